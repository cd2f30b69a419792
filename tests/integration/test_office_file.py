"""From a file on disk to the stored office and back: import, import again, dispatches alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.demo.office import sample_office
from mailbot.domain.errors import OfficeFileRejected
from mailbot.domain.office import Office
from mailbot.ports.store import Store
from mailbot.records.changes import difference
from mailbot.records.workbook import read_dispatches, read_office
from mailbot.records.writing import write_office, write_template
from mailbot.store import open_store

SHEETS = ("staff", "clients", "contacts", "agreements", "dispatches", "programmes", "holidays")


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    opened = open_store(f"sqlite:///{tmp_path / 'oficina.db'}")
    yield opened
    opened.close()


def take(store: Store, book: Path) -> Office:
    """Import a book as the command does."""
    with store.begin() as unit:
        office = read_office(book, known=unit.office.load())
        unit.office.save(office)
        unit.office.save_dispatches(office.dispatches)
        unit.commit()
    return office


def kept(store: Store) -> Office:
    with store.begin() as unit:
        return unit.office.load()


def in_order(office: Office) -> dict[str, list[str]]:
    return {name: sorted(map(repr, getattr(office, name))) for name in SHEETS}


def test_an_imported_workbook_is_kept_whole(tmp_path: Path, store: Store) -> None:
    write_office(tmp_path / "oficina.xlsx", sample_office())

    take(store, tmp_path / "oficina.xlsx")

    assert in_order(kept(store)) == in_order(sample_office())


def test_importing_the_same_book_again_changes_nothing(tmp_path: Path, store: Store) -> None:
    write_office(tmp_path / "oficina.xlsx", sample_office())
    take(store, tmp_path / "oficina.xlsx")
    before = kept(store)

    take(store, tmp_path / "oficina.xlsx")

    assert difference(before, kept(store)) == ()


def test_a_faulty_book_leaves_what_was_there(tmp_path: Path, store: Store) -> None:
    write_office(tmp_path / "oficina.xlsx", sample_office())
    take(store, tmp_path / "oficina.xlsx")
    staff = (replace(sample_office().staff[0], chief="NADIE"), *sample_office().staff[1:])
    write_office(tmp_path / "mala.xlsx", replace(sample_office(), staff=staff, holidays=()))

    with pytest.raises(OfficeFileRejected, match="fila 2, columna jefe"):
        take(store, tmp_path / "mala.xlsx")

    assert in_order(kept(store)) == in_order(sample_office())


def test_dispatches_the_new_book_lacks_stay(tmp_path: Path, store: Store) -> None:
    write_office(tmp_path / "oficina.xlsx", sample_office())
    take(store, tmp_path / "oficina.xlsx")
    write_office(tmp_path / "nueva.xlsx", replace(sample_office(), dispatches=sample_office().dispatches[-3:]))

    take(store, tmp_path / "nueva.xlsx")

    assert len(kept(store).dispatches) == 40


def test_a_dispatch_export_updates_by_order(tmp_path: Path, store: Store) -> None:
    write_office(tmp_path / "oficina.xlsx", sample_office())
    office = take(store, tmp_path / "oficina.xlsx")
    known = next(dispatch for dispatch in office.dispatches if dispatch.order == "2026-004512")
    export = tmp_path / "clinet.csv"
    export.write_text(
        "orden;ruc;regimen;modalidad;via;fecha_levante;estado\n"
        f"OA-2026-4512;{known.ruc};10;anticipado;marítima;17/11/2026;Levante autorizado\n",
        encoding="cp1252",
    )

    with store.begin() as unit:
        unit.office.save_dispatches(read_dispatches(export, office=unit.office.load()))
        unit.commit()

    with store.begin() as unit:
        updated = unit.records.dispatch("2026-004512")
    assert updated is not None
    assert (updated.status, str(updated.released_on)) == ("Levante autorizado", "2026-11-17")
    assert updated == replace(known, status=updated.status, released_on=updated.released_on)


def test_the_template_can_be_imported_as_it_is(tmp_path: Path, store: Store) -> None:
    write_template(tmp_path / "plantilla.xlsx")

    take(store, tmp_path / "plantilla.xlsx")

    assert [dispatch.order for dispatch in kept(store).dispatches] == ["2026-004512"]
