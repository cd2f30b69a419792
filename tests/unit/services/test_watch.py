from dataclasses import replace
from datetime import date

import pytest

from mailbot.domain.milestones import Milestone
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.office import Agreement, Dispatch
from mailbot.services.news import News, row_news
from mailbot.services.watch import watch
from tests.builders import CLIENT, RUC, dispatch, lima, office
from tests.unit.services.world import World

ORDER = "2026-004512"
MONDAY_9, TEN = lima("2026-11-16 09:00"), lima("2026-11-16 10:00")
BEFORE = dispatch(eta=lima("2026-11-25 00:00"), vessel="ANDES STAR", voyage="12W", channel="", status="En tránsito")


@pytest.fixture
def world() -> World:
    world = World(book=office(dispatches=(BEFORE,)))
    watch(world.desk, now=MONDAY_9)
    return world


def export(world: World, at, **changes: object) -> Dispatch:
    """A newer export of the dispatch is imported, and the next look follows."""
    with world.desk.store.begin() as uow:
        known = uow.records.dispatch(ORDER)
        assert known is not None
        fresh = replace(known, **changes)  # type: ignore[arg-type]
        uow.office.save_dispatches([fresh])
        uow.commit()
    watch(world.desk, now=at)
    return fresh


@pytest.mark.parametrize(
    ("changes", "due", "told"),
    [
        pytest.param({"channel": "rojo"}, "2026-11-16 12:00", "canal: rojo", id="channel"),
        pytest.param({"released_on": date(2026, 11, 16)}, "2026-11-16 12:00", "levante: 16/11/2026", id="release"),
        pytest.param({"eta": lima("2026-11-28 00:00")}, "2026-11-16 12:00", "ETA: sáb 28/11", id="eta"),
        pytest.param({"status": "Aforo observado"}, "2026-11-16 12:00", "observación: Aforo", id="observation"),
        pytest.param({"vessel": "PACIFICO SUR"}, "2026-11-16 18:00", "nave: PACIFICO SUR", id="vessel"),
        pytest.param({"delivered_on": date(2026, 11, 16)}, "2026-11-16 18:00", "entrega: 16/11/2026", id="delivery"),
    ],
)
def test_a_newer_row_opens_word_to_the_client_for_its_esc(
    world: World, changes: dict[str, object], due: str, told: str
) -> None:
    export(world, TEN, **changes)

    owed = world.only(ObligationKind.MILESTONE_NOTICE)

    assert (owed.owner, owed.client, owed.order) == ("RQ", RUC, ORDER)
    assert (owed.received_at, owed.due_at) == (TEN, lima(due))
    assert told in owed.reckoning[0]


FRESH = {
    "eta": lima("2026-11-28 00:00"),
    "channel": "rojo",
    "numbered_on": date(2026, 11, 16),
    "released_on": date(2026, 11, 16),
    "delivered_on": date(2026, 11, 16),
}


def look_at_new(world: World, ruc: str, **row: object) -> list[str]:
    """A dispatch comes that was not there before; what the client is owed word of."""
    with world.desk.store.begin() as uow:
        uow.office.save_dispatches([dispatch("2026-004513", ruc=ruc, **row)])
        uow.commit()
    watch(world.desk, now=TEN)
    return sorted(owed.reckoning[0].split(":")[0] for owed in world.owed(ObligationKind.MILESTONE_NOTICE))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(FRESH, ["ETA", "canal", "entrega", "levante"], id="fresh"),
        pytest.param({"vessel": "ANDES STAR"}, [], id="its first vessel"),
        pytest.param({"eta": lima("2026-11-12 00:00")}, [], id="an arrival that lies behind"),
        pytest.param({"channel": "rojo", "released_on": date(2026, 11, 1)}, [], id="what is long done"),
        pytest.param({"status": "Aforo observado"}, ["observación"], id="an observation"),
    ],
)
def test_a_new_dispatch_of_a_known_client_tells_what_is_fresh_in_it(
    world: World, row: dict[str, object], told: list[str]
) -> None:
    assert look_at_new(world, RUC, **row) == told


def test_the_first_look_at_a_client_tells_nothing(world: World) -> None:
    new = replace(office().clients[0], ruc="20602345678", name="Nueva SAC", domains=("nueva.example",))
    with world.desk.store.begin() as uow:
        book = uow.office.load()
        uow.office.save(replace(book, clients=(*book.clients, new)))
        uow.commit()

    assert look_at_new(world, new.ruc, **FRESH) == []


def test_the_first_import_of_the_office_tells_nothing() -> None:
    world = World(book=office(dispatches=(dispatch(**FRESH),)))

    watch(world.desk, now=MONDAY_9)

    assert world.owed(ObligationKind.MILESTONE_NOTICE) == []


def test_the_same_row_tells_its_news_once(world: World) -> None:
    export(world, TEN, channel="rojo")
    export(world, lima("2026-11-16 10:15"), channel="rojo")

    assert len(world.owed(ObligationKind.MILESTONE_NOTICE)) == 1


def test_what_the_client_was_told_by_mail_is_no_news(world: World) -> None:
    world.answer(f"orden {ORDER}", lima("2026-11-16 09:30"), "La DAM salió canal rojo.", to=CLIENT)

    export(world, TEN, channel="rojo")

    assert world.owed(ObligationKind.MILESTONE_NOTICE) == []


def test_a_first_eta_becomes_known_by_a_newer_row_and_a_first_vessel_is_no_change() -> None:
    world = World(book=office(dispatches=(replace(BEFORE, eta=None, vessel="", voyage=""),)))
    watch(world.desk, now=MONDAY_9)

    export(world, TEN, eta=lima("2026-11-28 00:00"), vessel="ANDES STAR")

    owed = world.only(ObligationKind.MILESTONE_NOTICE)
    assert (owed.reckoning[0], owed.due_at) == ("ETA: sáb 28/11/2026 00:00", lima("2026-11-16 12:00"))


def test_the_client_is_told_by_our_mail_on_that_dispatch(world: World) -> None:
    export(world, TEN, channel="rojo")
    world.answer(f"orden {ORDER}", lima("2026-11-16 11:00"), "Le informo que salió canal rojo.", to=CLIENT)

    assert world.only(ObligationKind.MILESTONE_NOTICE).state is ObligationState.MET


def test_the_owner_is_reminded_and_the_supervisor_hears_of_it_like_of_any_other(world: World) -> None:
    export(world, TEN, channel="rojo")

    sent = [mail for at in ("11:36", "11:46", "12:00", "12:10") for mail in world.tick(lima(f"2026-11-16 {at}"))]

    assert [mail.purpose.value for mail in sent] == ["reminder", "notice"]
    assert all("canal: rojo" in mail.text for mail in sent)


def test_a_value_that_vanished_is_no_news() -> None:
    assert list(row_news({"canal": "rojo"}, {"canal": ""})) == []
    news = News(milestone=Milestone.CHANNEL, before="", after="rojo")
    assert list(row_news({"canal": ""}, {"canal": "rojo"})) == [news]


IMPORT = {"needs_regularization": True, "discharge_ended_on": date(2026, 11, 10)}
TEMPORARY = {"regime": "20", "released_on": date(2026, 6, 1), "regime_expires_on": date(2026, 12, 15)}


@pytest.mark.parametrize(
    ("kind", "row", "limit", "due"),
    [
        pytest.param(ObligationKind.REGULARIZATION, IMPORT, "5 días calendario", "2026-11-15 18:00", id="sooner"),
        pytest.param(ObligationKind.REGULARIZATION, IMPORT, "4 días hábiles", "2026-11-16 18:00", id="working days"),
        pytest.param(ObligationKind.REGULARIZATION, IMPORT, "12 días calendario", "2026-11-22 18:00", id="later"),
        pytest.param(ObligationKind.REGIME_EXPIRY, TEMPORARY, "180 días calendario", "2026-11-28 18:00", id="a regime"),
        pytest.param(
            ObligationKind.REGIME_EXPIRY, TEMPORARY, "300 días calendario", "2026-12-15 18:00", id="not past the law"
        ),
    ],
)
def test_an_agreement_replaces_the_limit_of_a_dated_kind(
    kind: ObligationKind, row: dict[str, object], limit: str, due: str
) -> None:
    agreement = Agreement(ruc=RUC, kind=kind.value, limit=limit, basis="adenda 3")
    world = World(book=office(dispatches=(dispatch(**row),), agreements=(agreement,)))

    watch(world.desk, now=MONDAY_9)

    owed = world.only(kind)
    assert owed.due_at == lima(due)
    is_agreed = due != "2026-12-15 18:00"
    assert owed.source == ("agreement" if is_agreed else "default")
    assert any("adenda 3" in line for line in owed.reckoning) is is_agreed


def test_a_new_agreement_moves_a_regularization_and_its_steps() -> None:
    world = World(book=office(dispatches=(dispatch(**IMPORT),)))
    watch(world.desk, now=lima("2026-11-11 09:00"))
    agreement = Agreement(ruc=RUC, kind="regularization", limit="5 días calendario")
    with world.desk.store.begin() as uow:
        uow.office.save(replace(uow.office.load(), agreements=(agreement,)))
        uow.commit()

    watch(world.desk, now=lima("2026-11-11 10:00"))

    told = [
        (f"{mail.created_at:%d}", mail.purpose.value)
        for day in range(11, 24)
        for hour in ("09:00", "17:30")
        for mail in world.tick(lima(f"2026-11-{day} {hour}"))
    ]
    # Day 8 of 10 is day 4 of 5, a Saturday here; the agreed day is the supervisor's, the last is the law's.
    assert told == [("13", "reminder"), ("16", "notice"), ("23", "notice")]


def test_a_regime_that_expires_unconcluded_is_missed_though_no_step_is_left() -> None:
    world = World(book=office(dispatches=(dispatch(**TEMPORARY),)))
    watch(world.desk, now=lima("2026-12-14 09:00"))

    for at in ("2026-12-14 09:00", "2026-12-15 18:00", "2026-12-15 18:01"):
        world.tick(lima(at))

    assert world.only(ObligationKind.REGIME_EXPIRY).breached_at == lima("2026-12-15 18:00")


def test_a_row_that_gives_the_date_no_more_owes_nothing() -> None:
    world = World(book=office(dispatches=(dispatch(**TEMPORARY),)))
    watch(world.desk, now=MONDAY_9)

    export(world, TEN, regime_expires_on=None)

    assert world.only(ObligationKind.REGIME_EXPIRY).state is ObligationState.CANCELLED
