from dataclasses import replace
from datetime import date

import pytest

from mailbot.domain.milestones import Milestone
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.office import Dispatch
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


def test_a_row_seen_for_the_first_time_tells_nothing(world: World) -> None:
    with world.desk.store.begin() as uow:
        uow.office.save_dispatches([dispatch("2026-004513", channel="rojo", released_on=date(2026, 11, 1))])
        uow.commit()
    watch(world.desk, now=TEN)

    assert world.owed(ObligationKind.MILESTONE_NOTICE) == []


def test_the_same_row_tells_its_news_once(world: World) -> None:
    export(world, TEN, channel="rojo")
    export(world, lima("2026-11-16 10:15"), channel="rojo")

    assert len(world.owed(ObligationKind.MILESTONE_NOTICE)) == 1


def test_what_the_client_was_told_by_mail_is_no_news(world: World) -> None:
    world.answer(f"orden {ORDER}", lima("2026-11-16 09:30"), "La DAM salió canal rojo.", to=CLIENT)

    export(world, TEN, channel="rojo")

    assert world.owed(ObligationKind.MILESTONE_NOTICE) == []


def test_a_first_eta_is_no_change() -> None:
    world = World(book=office(dispatches=(replace(BEFORE, eta=None),)))
    watch(world.desk, now=MONDAY_9)

    export(world, TEN, eta=lima("2026-11-28 00:00"))

    assert world.owed(ObligationKind.MILESTONE_NOTICE) == []


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
