import json
from pathlib import Path

import pytest

from mailbot.domain.errors import UnknownName
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.services.actions import read_actions
from tests.builders import REQUIREMENT, lima
from tests.unit.services.world import World

MONDAY_9 = lima("2026-11-16 09:00")


@pytest.fixture
def world() -> World:
    world = World(verdicts={"levante": REQUIREMENT})
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")
    return world


def _do(world: World, folder: Path, **action: object) -> None:
    file = folder / "acciones.jsonl"
    file.write_text(json.dumps({"at": "2026-11-16T10:00", "message_id": "<q@textiles.example>"} | action) + "\n")
    for item in read_actions(file, world.desk):
        item.run(item.at)


def test_a_correction_by_file_moves_what_is_owed(world: World, tmp_path: Path) -> None:
    _do(world, tmp_path, do="correct", labels={"categories": []})

    assert world.only(ObligationKind.REPLY).state is ObligationState.CANCELLED


def test_an_acknowledgement_by_file_keeps_steps_back(world: World, tmp_path: Path) -> None:
    _do(world, tmp_path, do="ack", kind="reply")

    assert world.only(ObligationKind.REPLY).seen_until == lima("2026-11-17 09:00")


@pytest.mark.parametrize("until", ["4h", "2026-11-16T15:00"])
def test_an_acknowledgement_may_say_until_when(world: World, tmp_path: Path, until: str) -> None:
    _do(world, tmp_path, do="ack", kind="reply", until=until)

    assert world.only(ObligationKind.REPLY).seen_until == lima("2026-11-16 15:00")


def test_a_link_by_file_moves_the_mail(world: World, tmp_path: Path) -> None:
    _do(world, tmp_path, do="link", order="2026-004600", who="RQ")

    assert world.only(ObligationKind.REPLY).order == "2026-004600"


@pytest.mark.parametrize(
    "action",
    [
        {"do": "correct", "primary": "queja"},
        {"do": "fly"},
        {"do": "link"},
        {"do": "done", "message_id": ""},
        {"do": "ack", "message_id": None},
    ],
    ids=["label", "deed", "link to nothing", "done with everything", "ack of everything"],
)
def test_a_line_that_is_off_is_named(world: World, tmp_path: Path, action: dict[str, object]) -> None:
    with pytest.raises(UnknownName, match="línea 1"):
        _do(world, tmp_path, **action)
