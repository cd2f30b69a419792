"""What leaves the office from a real database is what leaves it from memory, byte for byte."""

from dataclasses import replace
from pathlib import Path

from mailbot.domain.mail import OutgoingMail
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.services.agenda import queue_agendas
from mailbot.services.digest import queue_digests
from mailbot.services.summary import queue_summaries
from mailbot.store import open_store, upgrade
from tests.unit.services.outgoing_office import OFFICE, Bench, lima, owed


def three_days(bench: Bench) -> list[OutgoingMail]:
    """Digests, agendas and summaries of a Wednesday, a Friday and a Monday; the Thursday is a holiday."""
    bench.owe(
        owed("O1", ObligationKind.REPLY, "2026-07-24T11:00"),
        owed("O2", ObligationKind.PROFORMA, "2026-07-22T11:00", state=ObligationState.WAITING),
        owed("O3", ObligationKind.REGULARIZATION, "2026-07-27T18:00"),
    )
    for day in ("2026-07-22", "2026-07-23", "2026-07-24", "2026-07-27"):
        for clock in ("08:00", "09:00", "09:00", "17:30", "17:31"):
            now = lima(f"{day}T{clock}")
            queue_agendas(bench.desk, now=now)
            queue_digests(bench.desk, now=now)
            queue_summaries(bench.desk, now=now)
        bench.change("2026-004512", status_note=f"Nota del {day}")
    with bench.desk.store.begin() as uow:
        return sorted(uow.outbox.list(), key=lambda mail: mail.key)


def test_a_database_gives_the_same_mails_as_memory(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mailbot.sqlite'}"
    upgrade(url)
    store = open_store(url)
    on_disk = Bench()
    on_disk.desk = replace(on_disk.desk, store=store)
    on_disk.save(OFFICE)

    kept = three_days(on_disk)
    store.close()

    assert [mail.key.split(":")[0] for mail in kept] == ["agenda"] * 3 + ["digest"] * 3 + ["summary"] * 6
    assert kept == three_days(Bench())
