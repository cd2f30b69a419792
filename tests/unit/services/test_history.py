"""Obligations as they stood, and the state machine under any order of events."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.domain.arrival import Meeting
from mailbot.domain.errors import InvalidTransition
from mailbot.domain.labels import Category, Topic
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind, ObligationState
from mailbot.domain.office import Agreement
from mailbot.ports.stored import ObligationFilter
from mailbot.services.carry_out import meet
from mailbot.services.escalate import escalate
from mailbot.services.history import obligations_at, owed_at
from mailbot.services.rereckon import rereckon
from mailbot.services.waiting import pause, resume
from mailbot.services.word import mark_done, reassign
from mailbot.services.word_obligations import cancel
from mailbot.store.memory import MemoryStore
from tests.builders import REQUIREMENT, RUC, lima, obligation, office, verdict
from tests.unit.services.world import World

NINE = lima("2026-11-16 09:00")
QUESTION = "<q@textiles.example>"


@pytest.fixture
def world() -> World:
    return World(
        verdicts={
            "levante": REQUIREMENT,
            "proforma": verdict(Category.REQUIREMENT, topics=[Topic.PROFORMA_REQUEST]),
        }
    )


def stood(world: World, at: datetime, **query: object) -> list[Obligation]:
    with world.desk.store.begin() as uow:
        return list(obligations_at(ObligationFilter(**query), uow, at=at))  # type: ignore[arg-type]


def at(text: str) -> datetime:
    return lima(f"2026-11-{text}")


def test_nothing_stands_before_the_mail_arrived(world: World) -> None:
    world.write("levante", NINE)

    assert stood(world, at("16 08:59")) == []
    assert [item.state for item in stood(world, NINE)] == [ObligationState.OPEN]


def test_an_answered_question_was_open_and_missed_between_its_limit_and_its_answer(world: World) -> None:
    world.write("levante", NINE, message_id=QUESTION)
    escalate(world.desk, now=at("16 11:00"))
    world.answer("RE: levante", at("16 15:00"), "El levante salió.", In_Reply_To=QUESTION)

    told = [
        (item.state, item.breached_at, item.ended_at)
        for t in ("16 11:00", "16 11:01", "16 15:00")
        for item in stood(world, at(t))
    ]

    due = at("16 11:00")
    assert told == [
        (ObligationState.OPEN, None, None),
        (ObligationState.OPEN, due, None),
        (ObligationState.MET, due, at("16 15:00")),
    ]


def test_a_moved_deadline_was_what_it_was_before_the_move(world: World) -> None:
    world.write("levante", NINE)
    with world.desk.store.begin() as uow:
        agreement = Agreement(ruc=RUC, kind="reply", limit="4 h hábiles", since=date(2026, 11, 1))
        uow.office.save(replace(uow.office.load(), agreements=(agreement,)))
        rereckon(uow, desk=world.desk, found={}, now=at("16 10:00"))
        uow.commit()

    assert [item.due_at for item in stood(world, at("16 09:59"))] == [at("16 11:00")]
    assert [item.due_at for item in stood(world, at("16 10:00"))] == [at("16 13:00")]


def test_a_pause_is_seen_while_it_lasts_and_moves_the_limit_from_its_end_on(world: World) -> None:
    world.write("proforma", NINE, message_id=QUESTION)
    asked = "Por favor enviar el packing list."
    world.answer("RE: proforma", at("16 10:00"), asked, In_Reply_To=QUESTION, message_id="<a@agencia.example>")
    world.write("RE: proforma", at("17 11:00"), In_Reply_To="<a@agencia.example>")

    told = [stood(world, at(t), kind=ObligationKind.PROFORMA)[0] for t in ("16 09:30", "16 12:00", "17 11:00")]

    assert [item.state for item in told] == [ObligationState.OPEN, ObligationState.WAITING, ObligationState.OPEN]
    assert [item.due_at for item in told] == [at("16 13:00"), at("16 13:00"), at("17 15:00")]


def test_whoever_owed_it_then_is_told(world: World) -> None:
    world.write("levante", NINE)
    (owed,) = world.owed()
    reassign(world.desk.store, owed.id, "KV", who="MF", now=at("16 10:00"))

    assert [item.owner for item in stood(world, at("16 09:30"))] == ["RQ"]
    assert stood(world, at("16 09:30"), owner="KV") == []
    assert [item.owner for item in stood(world, at("16 10:30"), owner="KV")] == ["KV"]


def test_what_a_person_ended_was_open_until_then(world: World) -> None:
    world.write("levante", NINE)
    (owed,) = world.owed()
    mark_done(world.desk.store, owed.id, who="RQ", why="por teléfono", now=at("16 10:00"))

    assert stood(world, at("16 09:59"), is_open=True) != []
    assert stood(world, at("16 10:00"), is_open=True) == []
    assert stood(world, at("16 10:00"))[0].evidence.endswith("por teléfono")


# What the services do to one obligation, by name; each leaves its event or refuses.
_DOINGS = ("pause", "resume", "meet", "cancel", "reopen", "escalate", "rereckon")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings=st.lists(st.tuples(st.sampled_from(_DOINGS), st.integers(1, 600)), max_size=12))
def test_any_order_of_events_leads_along_the_states_and_can_be_told_again(doings: list[tuple[str, int]]) -> None:
    world = World(book=office())
    (opened,) = _opened(world)
    now, seen = NINE, [(NINE, ObligationState.OPEN)]
    for doing, minutes in doings:
        now += timedelta(minutes=minutes)
        before = _current(world, opened.id)
        if not _do(world, opened.id, doing, now):
            assert _current(world, opened.id) == before
        seen.append((now, _current(world, opened.id).state))

    events = _events(world, opened.id)
    assert [event.name for event in events].count(EventName.OPENED) == 1
    for moment, state in seen:
        (stood_then,) = stood(world, moment)
        assert stood_then.state is state
    (last,) = stood(world, now)
    current = _current(world, opened.id)
    assert (last.due_at, last.ended_at) == (current.due_at, current.ended_at)
    assert (current.next_step_at is None) or current.is_open


def _opened(world: World) -> list[Obligation]:
    fresh = obligation(next_step_at=NINE)
    with world.desk.store.begin() as uow:
        event = ObligationEvent(obligation=fresh.id, at=NINE, name=EventName.OPENED, who="mailbot")
        uow.obligations.add(fresh, event)
        uow.commit()
    return [fresh]


def _current(world: World, id: str) -> Obligation:
    with world.desk.store.begin() as uow:
        found = uow.obligations.get(id)
    assert found is not None
    return found


def _events(world: World, id: str) -> list[ObligationEvent]:
    with world.desk.store.begin() as uow:
        return list(uow.obligations.events(id))


def _do(world: World, id: str, doing: str, now: datetime) -> bool:
    """One thing a service does; False when the state does not lead there, and nothing was changed."""
    if doing == "escalate":
        escalate(world.desk, now=now)
        return True
    with world.desk.store.begin() as uow:
        rules = world.desk.rules(uow.records)
        owed = uow.obligations.get(id)
        assert owed is not None
        try:
            if doing == "pause":
                pause(owed, uow, at=now, who="RQ", why="falta un papel", message=None)
            elif doing == "resume":
                resume(owed, uow, rules, at=now)
            elif doing == "meet":
                meet(Meeting(obligation=owed, at=now, evidence="respondido"), uow, who="RQ", message=None)
            elif doing == "cancel":
                cancel(owed, uow, who="MF", at=now, why="no era")
            elif doing == "reopen":
                again = owed.to(ObligationState.OPEN, at=now, evidence="rebotó")
                uow.obligations.update(
                    again, ObligationEvent(obligation=id, at=now, name=EventName.REOPENED, who="mailbot")
                )
            else:
                rereckon(uow, desk=world.desk, found={}, now=now)
        except InvalidTransition:
            return False
        uow.commit()
    return True


def test_a_store_that_never_saw_a_mail_has_no_history() -> None:
    with MemoryStore().begin() as uow:
        assert obligations_at(ObligationFilter(), uow, at=NINE) == ()


def _owed(world: World, at: datetime, **query: str) -> list[tuple[str, str]]:
    with world.desk.store.begin() as uow:
        return [(item.owner, item.state) for item in owed_at(uow, at=at, policy=world.desk.policy, **query)]


def test_what_is_told_late_knows_nothing_of_what_came_since(world: World) -> None:
    world.write("levante", NINE, message_id=QUESTION)
    world.write("proforma", at("16 09:05"))
    world.answer("RE: levante", at("16 09:03"), "El levante salió.", In_Reply_To=QUESTION)

    assert _owed(world, at("16 09:02")) == [("RQ", "open")]
    assert _owed(world, at("16 09:04")) == []
    # A request for a proforma is to be answered too.
    assert _owed(world, at("16 09:06")) == [("RQ", "open")] * 2
    assert _owed(world, at("16 09:06"), client="20999999991") == []


def test_what_was_handed_over_since_belonged_to_whoever_had_it(world: World) -> None:
    world.write("levante", NINE)
    (owed,) = world.owed()
    reassign(world.desk.store, owed.id, "KV", who="RQ", now=at("16 09:05"))

    assert _owed(world, at("16 09:04")) == [("RQ", "open")]
    assert _owed(world, at("16 09:06")) == [("KV", "open")]
