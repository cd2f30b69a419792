"""Prepared answers in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from mailbot.domain.drafting import DraftKind, DraftState, KeptAnswer
from mailbot.domain.errors import UnknownName
from mailbot.store.mapping import Found, Values
from mailbot.store.mark_tables import IS_OURS, DraftRow
from mailbot.store.schema import table_of
from mailbot.store.transaction import Transaction

_DRAFTS = table_of(DraftRow)


class SqlAnswers:
    """The answers that were prepared."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, answer: KeptAnswer) -> bool:
        """Keep an answer that is about to be offered."""
        if self.get(answer.stamp) is not None:
            return False
        self._transaction.gather(DraftRow, from_answer(answer))
        return True

    def update(self, answer: KeptAnswer) -> None:
        """Replace what is kept of it."""
        change = update(_DRAFTS).where(_DRAFTS.c.stamp == answer.stamp).values(from_answer(answer))
        if not self._transaction.change(change):
            raise UnknownName(f"no hay un borrador «{answer.stamp}»")

    def get(self, stamp: str) -> KeptAnswer | None:
        """The answer with that stamp."""
        found = self._all(select(_DRAFTS).where(_DRAFTS.c.stamp == stamp))
        return found[0] if found else None

    def open(self) -> Sequence[KeptAnswer]:
        """Those that mailbot may still change."""
        return self._all(select(_DRAFTS).where(IS_OURS).order_by(_DRAFTS.c.stamp))

    def of_obligation(self, obligation: str) -> Sequence[KeptAnswer]:
        """Those that would meet an obligation."""
        return self._all(select(_DRAFTS).where(_DRAFTS.c.obligation == obligation).order_by(_DRAFTS.c.stamp))

    def _all(self, query: Any) -> list[KeptAnswer]:
        self._transaction.flush()
        return [to_answer(row) for row in self._transaction.rows(query)]


def from_answer(answer: KeptAnswer) -> Values:
    """A prepared answer as a row."""
    return dict(vars(answer)) | {"hints": list(answer.hints)}


def to_answer(row: Found) -> KeptAnswer:
    """A prepared answer from its row."""
    words = {"kind": DraftKind(row["kind"]), "state": DraftState(row["state"]), "hints": tuple(row["hints"])}
    return KeptAnswer(**dict(row) | words)
