"""The store's contract for the office file and the look-ups over it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import (
    Agreement,
    CalendarName,
    Client,
    Contact,
    Dispatch,
    Holiday,
    Language,
    Modality,
    Office,
    Role,
    Staff,
    StatusProgramme,
)
from mailbot.ports.store import Store
from mailbot.store import sql_office
from tests.unit.store.samples import NOW, dispatch
from tests.unit.store.stores import STORES, opened

RUC = "20131312955"
OTHER = "20100000001"

FULL = dispatch(
    modality=Modality.ANTICIPADO,
    dam="118-2026-10-084512",
    bls=("MAEU123456789", "HBL-7788"),
    awbs=("139-12345675",),
    containers=("CSQU3054383",),
    invoices=("F001-33",),
    purchase_orders=("OC 5521",),
    vessel="PACIFIC HERON",
    voyage="602E",
    eta=NOW,
    discharge_ended_on=date(2026, 7, 20),
    needs_regularization=True,
    free_days=21,
    status="Canal asignado",
    status_note="aforo mañana",
    status_noted_at=NOW,
)
OFFICE = Office(
    staff=(
        Staff(code="SUP1", name="Rosa Vera", address="rosa.vera@agencia.example", role=Role.SUPERVISOR),
        Staff(
            code="ESC1",
            name="Luz Prado",
            address="Luz.Prado@agencia.example",
            role=Role.ESC,
            chief="SUP1",
            deputy="ESC2",
            absent_from=date(2026, 8, 1),
        ),
    ),
    clients=(
        Client(ruc=RUC, name="Textiles Andinos", domains=("textilesandinos.example",), esc="ESC1", has_credit=True),
        Client(
            ruc=OTHER,
            name="Andean Foods",
            domains=("textilesandinos.example", "foods.example"),
            esc="ESC1",
            asc="ASC1",
            language=Language.EN,
        ),
    ),
    contacts=(
        Contact(ruc=RUC, name="Ana Torres", address="ana@forwarder.example", position="Analista"),
        Contact(ruc=OTHER, name="Ana Torres", address="Ana@forwarder.example"),
    ),
    agreements=(
        Agreement(ruc=RUC, kind="reply", limit="4 h hábiles", until=date(2026, 6, 30)),
        Agreement(ruc=RUC, kind="reply", limit="1 h hábil", since=date(2026, 6, 1), basis="contrato 12"),
    ),
    programmes=(
        StatusProgramme(ruc=RUC, frequency="diario 09:00", recipients=("a@x.example",), columns=("dam",)),
        StatusProgramme(
            ruc=OTHER, frequency="cada 2 días 08:30", recipients=(), only_changes=True, language=Language.EN
        ),
    ),
    holidays=(
        Holiday(day=date(2026, 12, 24), name="Víspera", windows=((time(9), time(13)),)),
        Holiday(day=date(2026, 8, 6), name="Junín", calendar=CalendarName.SUNAT),
    ),
    dispatches=(FULL, dispatch("2026-000002", ruc=OTHER, status="Anulado")),
)

# What is looked up, and whether it finds the first dispatch.
LOOK_UPS = [
    (ReferenceKind.ORDER, "2026-004512", True),
    (ReferenceKind.ORDER, "004512", False),
    (ReferenceKind.DAM, "118-2026-10-084512", True),
    (ReferenceKind.DAM, "084512", False),
    (ReferenceKind.AWB, "139-12345675", True),
    (ReferenceKind.CONTAINER, "CSQU3054383", True),
    (ReferenceKind.INVOICE, "F00133", True),
    (ReferenceKind.PO, "5521", True),
    (ReferenceKind.BL, "MAEU123456789", True),
    (ReferenceKind.BL, "123456789", True),
    (ReferenceKind.BL, "MSCU123456789", False),
    (ReferenceKind.BL, "HBL7788", True),
    (ReferenceKind.VESSEL, "PACIFIC HERON 602E", True),
    (ReferenceKind.VESSEL, "PACIFIC HERON", True),
    (ReferenceKind.CONTAINER, "F00133", False),
]


@pytest.fixture(params=[*STORES, "sqlite, too many to hold"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    name, _, many = request.param.partition(",")
    if many:
        monkeypatch.setattr(sql_office, "MOST_HELD", 0)
    with opened(name, tmp_path) as opened_store:
        yield opened_store


@pytest.fixture
def full(store: Store) -> Store:
    with store.begin() as unit:
        unit.office.save(OFFICE)
        unit.commit()
    return store


def load(store: Store) -> Office:
    with store.begin() as unit:
        return unit.office.load()


class TestOfficeFile:
    def test_nothing_imported_is_an_empty_office(self, store: Store) -> None:
        assert load(store) == Office()

    def test_the_office_comes_back_as_it_was(self, full: Store) -> None:
        expected = sorted(OFFICE.dispatches, key=lambda d: d.order)
        assert load(full) == replace(OFFICE, dispatches=tuple(expected))

    def test_a_later_import_replaces_every_sheet_but_keeps_other_dispatches(self, full: Store) -> None:
        newer = dispatch("2026-000002", ruc=OTHER, status="Levante autorizado")
        later = Office(staff=OFFICE.staff[:1], clients=OFFICE.clients[:1], dispatches=(newer,))
        with full.begin() as unit:
            assert unit.records.client(OTHER) is not None
            unit.office.save(later)
            assert unit.records.client(OTHER) is None
            unit.commit()
        assert load(full) == replace(later, dispatches=(newer, FULL))

    def test_an_import_that_is_not_committed_is_forgotten(self, full: Store) -> None:
        with full.begin() as unit:
            unit.office.save(Office())
            assert not unit.records.staff()
        with full.begin() as unit:
            assert len(unit.records.staff()) == 2

    def test_dispatches_alone_are_inserted_or_updated_by_order(self, full: Store) -> None:
        numbered = replace(FULL, dam="118-2026-10-000777", containers=())
        with full.begin() as unit:
            unit.office.save_dispatches([numbered, dispatch("2026-000003")])
            assert unit.records.dispatch(FULL.order) == numbered
            unit.commit()
        with full.begin() as unit:
            assert unit.records.dispatch("2026-000003") == dispatch("2026-000003")
            assert not unit.records.dispatches_by_reference(ReferenceKind.DAM, "118-2026-10-084512")
            assert not unit.records.dispatches_by_reference(ReferenceKind.CONTAINER, "CSQU3054383")
            assert list(unit.records.dispatches_by_reference(ReferenceKind.DAM, "118-2026-10-000777")) == [numbered]
            assert len(unit.records.clients()) == 2


class TestRecords:
    def test_people_are_found_by_code_and_address_ignoring_case(self, full: Store) -> None:
        with full.begin() as unit:
            assert [person.code for person in unit.records.staff()] == ["ESC1", "SUP1"]
            assert unit.records.staff_by_code("esc1") == OFFICE.staff[1]
            assert unit.records.staff_by_address("LUZ.prado@agencia.example") == OFFICE.staff[1]
            assert unit.records.staff_by_address("nobody@agencia.example") is None

    def test_clients_are_found_by_ruc_domain_and_contact(self, full: Store) -> None:
        with full.begin() as unit:
            assert [client.ruc for client in unit.records.clients()] == [OTHER, RUC]
            assert unit.records.client(RUC) == OFFICE.clients[0]
            assert unit.records.client("20999999999") is None
            assert [c.ruc for c in unit.records.clients_by_domain("TextilesAndinos.example")] == [OTHER, RUC]
            assert {c.ruc for c in unit.records.contacts_by_address("ANA@forwarder.example")} == {RUC, OTHER}
            assert not unit.records.clients_by_domain("x.example")

    @pytest.mark.parametrize(
        ("on", "limits"),
        [
            (date(2026, 5, 31), ["4 h hábiles"]),
            (date(2026, 6, 1), ["1 h hábil", "4 h hábiles"]),
            (date(2026, 6, 30), ["1 h hábil", "4 h hábiles"]),
            (date(2026, 7, 1), ["1 h hábil"]),
        ],
        ids=["before", "first day", "last day", "after"],
    )
    def test_agreements_hold_by_date_newest_first(self, full: Store, on: date, limits: list[str]) -> None:
        with full.begin() as unit:
            assert [agreement.limit for agreement in unit.records.agreements(RUC, "reply", on)] == limits
            assert not unit.records.agreements(RUC, "proforma", on)

    def test_programmes_and_holidays_are_told_in_order(self, full: Store) -> None:
        with full.begin() as unit:
            assert [programme.ruc for programme in unit.records.programmes()] == [OTHER, RUC]
            assert [holiday.name for holiday in unit.records.holidays()] == ["Junín", "Víspera"]

    def test_a_dispatch_is_found_by_its_whole_identifiers_alone(self, full: Store) -> None:
        with full.begin() as unit:
            found = [(kind, text, bool(unit.records.dispatches_by_reference(kind, text))) for kind, text, _ in LOOK_UPS]
        assert found == LOOK_UPS

    def test_a_bl_on_record_without_its_prefix_is_found_with_it(self, store: Store) -> None:
        bare = dispatch(bls=("123456789",))
        with store.begin() as unit:
            unit.office.save_dispatches([bare])
            assert list(unit.records.dispatches_by_reference(ReferenceKind.BL, "MAEU123456789")) == [bare]

    def test_open_dispatches_leave_out_the_closed(self, store: Store) -> None:
        open_ones: list[Dispatch] = [dispatch("2025-000009"), dispatch("2026-000001")]
        closed = dispatch("2026-000002", status="File en Archivo: cerrado")
        foreign = dispatch("2026-000003", ruc=OTHER)
        with store.begin() as unit:
            unit.office.save_dispatches([*open_ones, closed, foreign])
            unit.commit()
        with store.begin() as unit:
            assert list(unit.records.open_dispatches(RUC)) == open_ones[::-1]
            assert list(unit.records.all_open_dispatches()) == [*open_ones, foreign]
            assert not unit.records.open_dispatches("20999999999")
