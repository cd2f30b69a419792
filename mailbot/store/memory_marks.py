"""Marks of the memory store."""

from collections.abc import Sequence
from dataclasses import replace

from mailbot.domain.errors import UnknownName
from mailbot.domain.marking import KeptMarks
from mailbot.store.memory_tables import HashIndex, Journal, Table

Place = tuple[str, str]


class MemoryMarkings:
    """What each message bears in each mailbox."""

    def __init__(self, journal: Journal) -> None:
        self._by_item: HashIndex[Place, KeptMarks] = HashIndex(lambda kept: [(kept.mailbox, kept.item)])
        self._by_message: HashIndex[Place, KeptMarks] = HashIndex(lambda kept: [kept.message])
        self._open: HashIndex[Place, KeptMarks] = HashIndex(
            lambda kept: [kept.mailbox] if kept.is_due or kept.is_waiting else []
        )
        self.rows: Table[Place, KeptMarks] = Table(journal, self._by_item, self._by_message, self._open)

    def add(self, kept: KeptMarks) -> bool:
        """Keep a message as one to mark."""
        return self.rows.add((kept.mailbox, kept.message), kept)

    def update(self, kept: KeptMarks) -> None:
        """Replace what is kept of it."""
        if (kept.mailbox, kept.message) not in self.rows:
            raise UnknownName(f"no hay marcas del mensaje {kept.message} en el buzón «{kept.mailbox}»")
        self.rows.put((kept.mailbox, kept.message), kept)

    def get(self, mailbox: str, message: str) -> KeptMarks | None:
        """What is kept of a message in a mailbox."""
        return self.rows.get((mailbox, message))

    def by_item(self, mailbox: str, item: str) -> KeptMarks | None:
        """What is kept of the mail that its adapter called so last."""
        found = self._by_item.find((mailbox, item)) if item else ()
        return self.rows.get(found[0]) if found else None

    def of_message(self, message: str) -> Sequence[KeptMarks]:
        """By mailbox."""
        return self.rows.pick(sorted(self._by_message.find(message)))

    def open(self, mailbox: str, *, limit: int = 500) -> Sequence[KeptMarks]:
        """Those that are due or carry a flag that waits."""
        found = self.rows.pick(self._open.find(mailbox))
        return sorted(found, key=lambda kept: (not kept.is_due, kept.received_at, kept.message))[:limit]

    def touch(self, message: str) -> None:
        """Due in every mailbox where it is kept."""
        for kept in self.of_message(message):
            if not (kept.is_gone or kept.is_due):
                self.update(replace(kept, is_due=True))
