"""Prepared answers of the memory store."""

from collections.abc import Sequence

from mailbot.domain.drafting import KeptAnswer
from mailbot.domain.errors import UnknownName
from mailbot.store.memory_tables import HashIndex, Journal, Table


class MemoryAnswers:
    """The answers that were prepared."""

    def __init__(self, journal: Journal) -> None:
        self._ours: HashIndex[str, KeptAnswer] = HashIndex(lambda kept: [True] if kept.is_ours else [])
        self._by_obligation: HashIndex[str, KeptAnswer] = HashIndex(lambda kept: [kept.obligation])
        self.rows: Table[str, KeptAnswer] = Table(journal, self._ours, self._by_obligation)

    def add(self, answer: KeptAnswer) -> bool:
        """Keep an answer that is about to be offered."""
        return self.rows.add(answer.stamp, answer)

    def update(self, answer: KeptAnswer) -> None:
        """Replace what is kept of it."""
        if answer.stamp not in self.rows:
            raise UnknownName(f"no hay un borrador «{answer.stamp}»")
        self.rows.put(answer.stamp, answer)

    def get(self, stamp: str) -> KeptAnswer | None:
        """The answer with that stamp."""
        return self.rows.get(stamp)

    def open(self) -> Sequence[KeptAnswer]:
        """Those that mailbot may still change."""
        return self.rows.pick(sorted(self._ours.find(True)))

    def of_obligation(self, obligation: str) -> Sequence[KeptAnswer]:
        """Those that would meet an obligation."""
        return self.rows.pick(sorted(self._by_obligation.find(obligation)))
