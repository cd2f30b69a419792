"""The exports of the story can be imported day after day, and keep the status notes fresh."""

from dataclasses import replace
from pathlib import Path

from mailbot.demo.office import sample_office
from mailbot.demo.story import STORY_BEGINS_AT, STORY_ENDS_AT
from mailbot.demo.story_exports import sample_exports
from mailbot.domain.office import Office
from mailbot.records.workbook import read_dispatches


def imported(tmp_path: Path) -> Office:
    office = sample_office()
    for export in sample_exports():
        path = tmp_path / export.name
        path.write_bytes(export.raw)
        rows = {dispatch.order: dispatch for dispatch in read_dispatches(path, office=office)}
        office = replace(office, dispatches=tuple(rows.get(row.order, row) for row in office.dispatches))
    return office


def test_they_arrive_in_order_within_the_story() -> None:
    moments = [export.arrives_at for export in sample_exports()]

    assert moments == sorted(moments)
    assert all(STORY_BEGINS_AT < moment < STORY_ENDS_AT for moment in moments)


def test_no_note_is_from_after_its_export(tmp_path: Path) -> None:
    for export in sample_exports():
        path = tmp_path / export.name
        path.write_bytes(export.raw)
        notes = [dispatch.status_noted_at for dispatch in read_dispatches(path, office=sample_office())]
        assert all(noted and noted < export.arrives_at for noted in notes)


def test_they_tell_what_happened_to_the_dispatches(tmp_path: Path) -> None:
    after = {dispatch.order: dispatch for dispatch in imported(tmp_path).dispatches}

    assert after["2026-004512"].status == "Levante autorizado"
    assert after["2026-004512"].dam == "118-2026-10-084512"
    assert after["2026-004552"].channel == "naranja"
    assert after["2026-004531"].eta != {row.order: row for row in sample_office().dispatches}["2026-004531"].eta


def test_a_few_notes_are_left_to_grow_old(tmp_path: Path) -> None:
    before = {dispatch.order: dispatch.status_noted_at for dispatch in sample_office().dispatches}
    after = {dispatch.order: dispatch for dispatch in imported(tmp_path).dispatches}
    old = {order for order, dispatch in after.items() if dispatch.status_noted_at == before[order]}

    assert {"2026-004399", "2026-004533", "2026-004548"} <= old
    assert "2026-004462" not in old
