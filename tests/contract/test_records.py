"""The contract of `mailbot/ports/records.py`, kept by the records in memory and by every store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import (
    Agreement,
    Client,
    Contact,
    Dispatch,
    Holiday,
    Office,
    Role,
    Staff,
    StatusProgramme,
    Transport,
)
from mailbot.ports.records import Records
from mailbot.ports.store import Store
from mailbot.records.memory import MemoryRecords
from mailbot.store import open_store
from mailbot.store.memory import MemoryStore

ANDES, CHAVIN = "20512345671", "20601234565"


def dispatch(order: str, ruc: str = ANDES, **fields: object) -> Dispatch:
    return Dispatch(order=order, ruc=ruc, regime="10", transport=Transport.MARITIMA, **fields)  # type: ignore[arg-type]


OFFICE = Office(
    staff=(
        Staff(code="ESC02", name="Karina", address="KVelarde@agencia.example", role=Role.ESC),
        Staff(code="ESC01", name="Rosa", address="rquispe@agencia.example", role=Role.ESC),
    ),
    clients=(
        Client(ruc=CHAVIN, name="Chavín", domains=("grupo.example",), esc="ESC02"),
        Client(ruc=ANDES, name="Andes", domains=("andes.example", "grupo.example"), esc="ESC01"),
    ),
    contacts=(
        Contact(ruc=CHAVIN, name="Lucía", address="lparedes@carga.example"),
        Contact(ruc=ANDES, name="Lucía", address="lparedes@carga.example"),
    ),
    agreements=(
        Agreement(ruc=ANDES, kind="reply", limit="4 h hábiles"),
        Agreement(ruc=ANDES, kind="reply", limit="1 h hábil", since=date(2026, 1, 1), until=date(2026, 6, 30)),
        Agreement(ruc=ANDES, kind="document_review", limit="24 h"),
    ),
    dispatches=(
        dispatch("2026-000002", dam="118-2026-10-084512", bls=("MAEU262731845", "HBL-7"), vessel="Pacific Herón"),
        dispatch("2026-000001", awbs=("139-12345675",), containers=("CSQU3054383",), invoices=("F001-2231",)),
        dispatch("2026-000003", purchase_orders=("OC 4500",), vessel="PACIFIC HERON", voyage="602E"),
        dispatch("2025-009999", dam="118-2025-10-000001", status="File en Archivo: cerrado"),
        dispatch("2026-000004", CHAVIN, bls=("262731845",)),
    ),
    programmes=(
        StatusProgramme(ruc=CHAVIN, frequency="diario 09:00", recipients=("a@grupo.example",)),
        StatusProgramme(ruc=ANDES, frequency="diario 08:00", recipients=("b@andes.example",), columns=("Orden",)),
    ),
    holidays=(
        Holiday(day=date(2026, 12, 31), name="Fin de año"),
        Holiday(day=date(2026, 12, 24), name="Víspera"),
    ),
)


def _stored(store: Store) -> Iterator[Records]:
    """The office saved in a store and asked through a unit of work."""
    with store.begin() as unit:
        unit.office.save(OFFICE)
        unit.office.save_dispatches(OFFICE.dispatches)
        unit.commit()
    with store.begin() as unit:
        yield unit.records
    store.close()


@pytest.fixture(params=["memory records", "memory store", "sqlite"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    if request.param == "memory records":
        yield MemoryRecords(OFFICE)
    elif request.param == "memory store":
        yield from _stored(MemoryStore())
    else:
        yield from _stored(open_store(f"sqlite:///{tmp_path / 'oficina.db'}"))


def orders(found: object) -> list[str]:
    return [item.order for item in found]  # type: ignore[attr-defined]


class TestRecords:
    def test_staff_comes_by_code(self, records: Records) -> None:
        assert [person.code for person in records.staff()] == ["ESC01", "ESC02"]

    def test_a_code_is_found_in_any_case(self, records: Records) -> None:
        found = records.staff_by_code("esc02")

        assert found is not None
        assert found.name == "Karina"

    def test_an_address_of_the_office_is_found_in_any_case(self, records: Records) -> None:
        found = records.staff_by_address("kvelarde@AGENCIA.example")

        assert found is not None
        assert found.code == "ESC02"

    def test_what_is_not_known_is_none_or_empty(self, records: Records) -> None:
        assert records.staff_by_code("ESC09") is None
        assert records.staff_by_address("nadie@andes.example") is None
        assert records.client("20131312955") is None
        assert records.dispatch("2026-009999") is None
        assert not records.contacts_by_address("nadie@andes.example")
        assert not records.clients_by_domain("example")
        assert not records.open_dispatches("20131312955")
        assert not records.dispatches_by_reference(ReferenceKind.INVOICE, "F0012232")

    def test_clients_come_by_ruc(self, records: Records) -> None:
        assert [client.ruc for client in records.clients()] == [ANDES, CHAVIN]
        assert records.client(ANDES) == replace(OFFICE.clients[1])

    def test_a_forwarder_is_a_contact_of_every_client_it_serves(self, records: Records) -> None:
        assert {contact.ruc for contact in records.contacts_by_address("LParedes@carga.example")} == {ANDES, CHAVIN}

    def test_a_group_shares_its_domain(self, records: Records) -> None:
        assert {client.ruc for client in records.clients_by_domain("Grupo.example")} == {ANDES, CHAVIN}
        assert [client.ruc for client in records.clients_by_domain("andes.example")] == [ANDES]

    def test_a_dispatch_comes_back_whole(self, records: Records) -> None:
        assert records.dispatch("2026-000002") == OFFICE.dispatches[0]

    @pytest.mark.parametrize(
        ("kind", "canonical", "expected"),
        [
            (ReferenceKind.ORDER, "2026-000001", ["2026-000001"]),
            (ReferenceKind.DAM, "118-2026-10-084512", ["2026-000002"]),
            (ReferenceKind.DAM, "118-2025-10-000001", ["2025-009999"]),
            (ReferenceKind.BL, "HBL7", ["2026-000002"]),
            (ReferenceKind.BL, "MAEU262731845", ["2026-000002", "2026-000004"]),
            (ReferenceKind.BL, "262731845", ["2026-000002", "2026-000004"]),
            (ReferenceKind.AWB, "139-12345675", ["2026-000001"]),
            (ReferenceKind.CONTAINER, "CSQU3054383", ["2026-000001"]),
            (ReferenceKind.INVOICE, "F0012231", ["2026-000001"]),
            (ReferenceKind.PO, "4500", ["2026-000003"]),
            (ReferenceKind.VESSEL, "PACIFIC HERON", ["2026-000002", "2026-000003"]),
            (ReferenceKind.VESSEL, "PACIFIC HERON 602E", ["2026-000002", "2026-000003"]),
        ],
        ids=lambda value: str(value),
    )
    def test_an_identifier_finds_its_dispatches(
        self, records: Records, kind: ReferenceKind, canonical: str, expected: list[str]
    ) -> None:
        assert sorted(orders(records.dispatches_by_reference(kind, canonical))) == expected

    def test_open_dispatches_come_newest_first_without_closed_ones(self, records: Records) -> None:
        assert orders(records.open_dispatches(ANDES)) == ["2026-000003", "2026-000002", "2026-000001"]

    def test_all_open_dispatches_come_by_order(self, records: Records) -> None:
        assert orders(records.all_open_dispatches()) == ["2026-000001", "2026-000002", "2026-000003", "2026-000004"]

    @pytest.mark.parametrize(
        ("day", "limits"),
        [
            (date(2025, 12, 31), ["4 h hábiles"]),
            (date(2026, 1, 1), ["1 h hábil", "4 h hábiles"]),
            (date(2026, 6, 30), ["1 h hábil", "4 h hábiles"]),
            (date(2026, 7, 1), ["4 h hábiles"]),
        ],
        ids=["before", "first day", "last day", "after"],
    )
    def test_agreements_that_hold_come_newest_first(self, records: Records, day: date, limits: list[str]) -> None:
        assert [agreement.limit for agreement in records.agreements(ANDES, "reply", day)] == limits

    def test_programmes_come_by_ruc(self, records: Records) -> None:
        assert [programme.frequency for programme in records.programmes()] == ["diario 08:00", "diario 09:00"]

    def test_holidays_come_by_day(self, records: Records) -> None:
        assert [holiday.name for holiday in records.holidays()] == ["Víspera", "Fin de año"]
