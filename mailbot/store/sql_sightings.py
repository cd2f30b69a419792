"""Where mails were seen, in the database.

A batch is asked about as a stretch of a folder and not mail by mail: what follows the last mail read is
usually empty, and one statement then answers for all of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from mailbot.domain.message import MailKey
from mailbot.ports.stored import Sighting, SightingState
from mailbot.ports.tally import LedgerLine
from mailbot.store.ledger import ledger_of
from mailbot.store.mapping import from_key, from_sighting, to_sighting
from mailbot.store.schema import table_of
from mailbot.store.tables import SightingRow
from mailbot.store.transaction import Transaction

_SIGHTINGS = table_of(SightingRow)
_STRETCH = 500
_FROM = (
    select(_SIGHTINGS.c.uid)
    .where(
        _SIGHTINGS.c.mailbox == bindparam("mailbox"),
        _SIGHTINGS.c.folder == bindparam("folder"),
        _SIGHTINGS.c.validity == bindparam("validity"),
        _SIGHTINGS.c.uid >= bindparam("uid"),
    )
    .order_by(_SIGHTINGS.c.uid)
    .limit(_STRETCH)
)
_OF_MESSAGE = select(_SIGHTINGS).where(_SIGHTINGS.c.message == bindparam("its_message"))
_SINCE = select(_SIGHTINGS.c.mailbox, _SIGHTINGS.c.folder, _SIGHTINGS.c.received_at, _SIGHTINGS.c.state).where(
    _SIGHTINGS.c.received_at >= bindparam("since")
)
_BY_ARRIVAL = (
    _SIGHTINGS.c.received_at,
    _SIGHTINGS.c.mailbox,
    _SIGHTINGS.c.folder,
    _SIGHTINGS.c.validity,
    _SIGHTINGS.c.uid,
)

Folder = tuple[str, str, int]


class SqlSightings:
    """Every place where a mail was seen."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._recorded: set[MailKey] = set()
        # The stretch of uids of each folder that is known; no end means to the last.
        self._stretches: dict[Folder, tuple[int, int | None]] = {}

    def forget(self) -> None:
        """Start anew: the transaction ended."""
        self._recorded.clear()
        self._stretches.clear()

    def see(self, sighting: Sighting) -> bool:
        """Record where a mail was seen."""
        if self.known([sighting.key]):
            return False
        self._recorded.add(sighting.key)
        self._transaction.gather(SightingRow, from_sighting(sighting))
        return True

    def known(self, keys: Collection[MailKey]) -> frozenset[MailKey]:
        """Which are recorded."""
        for key in sorted(keys):
            if not self._is_covered(key):
                self._cover(key)
        return frozenset(key for key in keys if key in self._recorded)

    def of(self, message: str) -> Sequence[Sighting]:
        """By place, those of one message."""
        self._transaction.flush()
        rows = self._transaction.rows(_OF_MESSAGE, {"its_message": message})
        return sorted((to_sighting(row) for row in rows), key=lambda sighting: sighting.key)

    def with_state(self, state: SightingState, *, since: datetime | None) -> Sequence[Sighting]:
        """By arrival, those with one outcome."""
        self._transaction.flush()
        query = select(_SIGHTINGS).where(_SIGHTINGS.c.state == state).order_by(*_BY_ARRIVAL)
        if since is not None:
            query = query.where(_SIGHTINGS.c.received_at >= since)
        return [to_sighting(row) for row in self._transaction.rows(query)]

    def ledger(self, *, since: datetime, zone: ZoneInfo) -> Sequence[LedgerLine]:
        """By mailbox, folder and day."""
        self._transaction.flush()
        rows = self._transaction.rows(_SINCE, {"since": since})
        return ledger_of(((r["mailbox"], r["folder"], r["received_at"], r["state"]) for r in rows), zone=zone)

    def _is_covered(self, key: MailKey) -> bool:
        stretch = self._stretches.get((key.mailbox, key.folder, key.validity))
        return stretch is not None and stretch[0] <= key.uid and (stretch[1] is None or key.uid <= stretch[1])

    def _cover(self, key: MailKey) -> None:
        rows = self._transaction.rows(_FROM, from_key(key))
        uids = [row["uid"] for row in rows]
        self._recorded.update(replace(key, uid=uid) for uid in uids)
        end = uids[-1] if len(uids) == _STRETCH else None
        self._stretches[key.mailbox, key.folder, key.validity] = (key.uid, end)
