"""Sightings added up to a ledger: everything that was on the server, by what became of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailbot.ports.tally import LedgerLine

# Mailbox, folder, arrival and state of one sighting.
Seen = tuple[str, str, datetime, str]
Place = tuple[str, str, date]


def ledger_of(sightings: Iterable[Seen], *, zone: ZoneInfo) -> Sequence[LedgerLine]:
    """One line for each mailbox, folder and day, in that order."""
    counts: defaultdict[Place, Counter[str]] = defaultdict(Counter)
    for mailbox, folder, received_at, state in sightings:
        counts[mailbox, folder, received_at.astimezone(zone).date()][str(state)] += 1
    return [
        LedgerLine(mailbox=mailbox, folder=folder, day=day, **states)
        for (mailbox, folder, day), states in sorted(counts.items(), key=lambda item: item[0])
    ]
