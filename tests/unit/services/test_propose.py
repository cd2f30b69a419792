from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.classify.card import read_card
from mailbot.domain.corrections import LabelChange
from mailbot.domain.labels import Primary
from mailbot.domain.message import Address
from mailbot.ports.stored import MessageFilter
from mailbot.services.deliver import deliver
from mailbot.services.desk import Desk
from mailbot.services.propose import Classroom, propose_monthly
from mailbot.services.word import correct
from tests.builders import REQUIREMENT, lima
from tests.unit.classify.mails import write_corpus
from tests.unit.services.world import World

MONDAY_9 = lima("2026-11-16 09:00")
NIGHT = lima("2026-12-01 02:10")


@pytest.fixture
def world() -> World:
    world = World(verdicts={"levante": REQUIREMENT})
    world.desk = replace(world.desk, admin=Address(address="sistemas@agencia.example"))
    world.write("levante", MONDAY_9)
    return world


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    (tmp_path / "models").mkdir()
    return Classroom(folder=tmp_path / "models", corpus=write_corpus(tmp_path))


def correct_one(desk: Desk) -> None:
    with desk.store.begin() as uow:
        id_ = uow.messages.list(MessageFilter())[0].id
    correct(desk, id_, LabelChange(primary=Primary.OTHER), who="RQ", now=MONDAY_9 + timedelta(hours=1))


def test_a_model_learnt_from_corrections_is_proposed_once_and_told(world: World, room: Classroom) -> None:
    correct_one(world.desk)

    found = propose_monthly(world.desk, room, now=NIGHT)
    again = propose_monthly(world.desk, room, now=NIGHT + timedelta(days=1))

    card = read_card(room.folder)
    assert found is not None
    assert (again, card.current, card.candidate) == (None, None, found.candidate.file)
    assert found.candidate.corrections == 1
    deliver(world.desk, world.post, now=lima("2026-12-01 09:00"))
    told = [mail for mail in world.sender.sent if mail.to == (world.desk.admin,)]
    assert [Path(found.candidate.file).stem in mail.text for mail in told] == [True]


@pytest.mark.parametrize(
    ("is_corrected", "at"),
    [
        pytest.param(False, NIGHT, id="nothing was corrected"),
        pytest.param(True, lima("2026-12-01 11:00"), id="by day"),
    ],
)
def test_nothing_is_trained(world: World, room: Classroom, is_corrected: bool, at: object) -> None:
    if is_corrected:
        correct_one(world.desk)

    assert propose_monthly(world.desk, room, now=at) is None  # type: ignore[arg-type]
    assert list(room.folder.iterdir()) == []
