"""How long it takes to link a mail. Run with `pytest tests/benchmarks --benchmark-enable -m ''`.

The order's limit is 3 ms at the median, whatever the number of dispatches.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest

from mailbot.domain.labels import Category, Topic
from mailbot.domain.linkage import Reference
from mailbot.domain.message import Address, Message
from mailbot.domain.office import Client, Dispatch, Office, Transport
from mailbot.domain.verdict import Verdict
from mailbot.ports.records import Records
from mailbot.reading.references import find_references
from mailbot.records.memory import MemoryRecords
from mailbot.services.link import link
from mailbot.store import open_store

AT = datetime(2026, 6, 10, 15, 0, tzinfo=UTC)
LIMIT_SECONDS = 0.003
STATUS = Verdict(categories=(Category.REQUIREMENT,), topics=(Topic.STATUS_QUERY,), needs_reply=True)
SIZES = [1_000, 10_000, pytest.param(100_000, marks=pytest.mark.long)]
# A client has some hundred dispatches, one in ten still open.
PER_CLIENT = 100


def ruc_of(number: int) -> str:
    return f"20{number:09}"


@cache
def office_of(size: int) -> Office:
    clients = tuple(
        Client(ruc=ruc_of(n), name=f"Cliente {n}", domains=(f"c{n}.example",), esc="E")
        for n in range(size // PER_CLIENT)
    )
    return Office(clients=clients, dispatches=tuple(dispatch_of(n, len(clients)) for n in range(size)))


def dispatch_of(number: int, clients: int) -> Dispatch:
    is_open = number // clients % 10 == 0
    return Dispatch(
        order=f"{2016 + number % 11}-{number:06}",
        ruc=ruc_of(number % clients),
        regime="10",
        transport=Transport.MARITIMA,
        dam=f"118-{2016 + number % 11}-10-{number:06}",
        bls=(f"MEDU{number:09}",),
        containers=(f"MSKU{number:07}",),
        invoices=(f"SH-{number}",),
        purchase_orders=(f"45{number:08}",),
        vessel=f"PACIFIC HERON {number % 40}",
        status="En tránsito" if is_open else "File en Archivo: cerrado",
    )


def mails(size: int) -> list[tuple[Message, Sequence[Reference]]]:
    """One of each way to be linked, for a client in the middle."""
    own = [item for item in office_of(size).dispatches if item.ruc == ruc_of(5)]
    chosen = next(item for item in own if not item.is_closed)
    texts = (
        f"La OA-{chosen.order}",
        f"DAM {chosen.dam}",
        f"contenedor {chosen.containers[0]} y BL {chosen.bls[0]}",
        f"orden {int(chosen.order[5:])}",
        f"contenedor MSKU{chosen.containers[0][4:-2]}{chosen.containers[0][-1]}{chosen.containers[0][-2]}",
        "¿Ya tenemos levante?",
        f"La OA-{office_of(size).dispatches[0].order}",
        f"factura comercial {chosen.invoices[0]} del pedido {chosen.purchase_orders[0]}",
    )
    found = [mail(text, "ana@c5.example") for text in texts] + [mail(texts[0], "x@extrano.example")]
    return [(message, find_references(message)) for message in found]


def mail(text: str, sender: str) -> Message:
    return Message(
        message_id="<m@c.example>",
        sha256="0",
        content_digest="0",
        received_at=AT,
        date=AT,
        subject="Consulta",
        sender=Address(address=sender),
        new_text=text,
    )


@pytest.fixture
def sql_records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    with closing(open_store(f"sqlite:///{tmp_path}/mailbot.db")) as store:
        with store.begin() as uow:
            uow.office.save(office_of(request.param))
            uow.commit()
        with store.begin() as uow:
            yield uow.records


def measure(records: Records, size: int, benchmark: Any) -> None:
    waiting = cycle(mails(size))

    def one() -> None:
        message, references = next(waiting)
        link(message, references, records=records, at=AT, verdict=STATUS)

    benchmark(one)
    times = []
    for _ in range(90):
        started = perf_counter()
        one()
        times.append(perf_counter() - started)
    assert median(times) < LIMIT_SECONDS


@pytest.mark.parametrize("size", SIZES)
def test_linking_in_memory(benchmark: Any, size: int) -> None:
    measure(MemoryRecords(office_of(size)), size, benchmark)


@pytest.mark.parametrize(
    ("sql_records", "size"),
    [
        pytest.param(1_000, 1_000, id="1000"),
        pytest.param(10_000, 10_000, id="10000", marks=pytest.mark.long),
        pytest.param(100_000, 100_000, id="100000", marks=pytest.mark.long),
    ],
    indirect=["sql_records"],
)
def test_linking_in_the_database(benchmark: Any, sql_records: Records, size: int) -> None:
    measure(sql_records, size, benchmark)
