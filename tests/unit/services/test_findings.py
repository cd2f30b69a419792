"""A mistyped year in one row stops nobody's clock but its own, and is shown to a person."""

from dataclasses import replace
from datetime import date

import pytest

from mailbot.domain.message import Address
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.office import Dispatch
from mailbot.services.admin import queue_admin_mail
from mailbot.services.findings import findings
from mailbot.services.health import health
from mailbot.services.watch import watch
from tests.builders import REQUIREMENT, dispatch, lima, office
from tests.unit.services.world import World

NINE = lima("2026-11-16 09:00")
GOOD = dispatch("2026-004513", regime="20", released_on=date(2026, 6, 1), regime_expires_on=date(2026, 12, 15))
MISTYPED = {
    "an expiry": {"regime": "20", "released_on": date(2026, 6, 1), "regime_expires_on": date(2206, 12, 15)},
    "a discharge": {"needs_regularization": True, "discharge_ended_on": date(2009, 11, 10)},
    "a status note": {"status": "En tránsito", "status_noted_at": lima("2006-11-13 12:00")},
    "the last year of all": {"regime": "20", "regime_expires_on": date(9999, 12, 31)},
}


def world_with(row: dict[str, object]) -> World:
    return World(verdicts={"levante": REQUIREMENT}, book=office(dispatches=(dispatch(**row), GOOD)))


def found_in(world: World) -> dict[str, str]:
    with world.desk.store.begin() as uow:
        return findings(uow)


@pytest.mark.parametrize("row", MISTYPED.values(), ids=MISTYPED.keys())
def test_the_other_dispatches_are_watched_all_the_same(row: dict[str, object]) -> None:
    world = world_with(row)

    watch(world.desk, now=NINE)

    assert [owed.order for owed in world.owed(ObligationKind.REGIME_EXPIRY)] == [GOOD.order]
    assert list(found_in(world)) == ["2026-004512"]


def test_a_person_is_told_in_the_state_of_the_service_and_once_by_mail() -> None:
    world = world_with(MISTYPED["an expiry"])
    watch(world.desk, now=NINE)
    desk = replace(world.desk, admin=Address(name="", address="soporte@agencia.example"))

    queued = [queue_admin_mail(desk, now=NINE) for _ in range(2)]

    assert queued == [True, False]
    problems = health(desk.store, now=NINE).problems
    assert any("2026-004512" in problem and "2206" in problem for problem in problems)


def test_what_was_mended_is_gone() -> None:
    world = world_with(MISTYPED["an expiry"])
    watch(world.desk, now=NINE)

    with world.desk.store.begin() as uow:
        known = uow.records.dispatch("2026-004512")
        assert isinstance(known, Dispatch)
        uow.office.save_dispatches([replace(known, regime_expires_on=date(2026, 12, 16))])
        uow.commit()
    watch(world.desk, now=NINE)

    assert found_in(world) == {}
    assert len(world.owed(ObligationKind.REGIME_EXPIRY)) == 2


def test_an_obligation_whose_ladder_leaves_the_calendar_does_not_stop_the_others() -> None:
    world = world_with({})
    world.write("levante", NINE)
    (owed,) = world.owed(ObligationKind.REPLY)
    with world.desk.store.begin() as uow:
        astray = replace(owed, id="O-astray", due_at=lima("2040-12-31 17:00"), next_step_at=NINE)
        uow.obligations.add(astray, uow.obligations.events(owed.id)[0])
        uow.commit()

    world.tick(lima("2026-11-16 11:01"))

    with world.desk.store.begin() as uow:
        told = uow.obligations.get(owed.id)
        left = uow.obligations.get("O-astray")
    assert told is not None
    assert told.breached_at == lima("2026-11-16 11:00")
    assert left is not None
    assert (left.state, left.next_step_at) == (ObligationState.OPEN, None)
    assert owed.order in found_in(world) or "O-astray" in found_in(world)
