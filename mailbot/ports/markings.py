"""Where marks on mails and prepared answers are kept. Part of a unit of work."""

from collections.abc import Sequence
from typing import Protocol

from mailbot.domain.drafting import KeptAnswer
from mailbot.domain.marking import KeptMarks


class Markings(Protocol):
    """What each message bears in each mailbox."""

    def add(self, kept: KeptMarks) -> bool:
        """Keep a message of a mailbox as one to mark."""
        ...

    def update(self, kept: KeptMarks) -> None:
        """Replace what is kept of it; raises `UnknownName` when there is none."""
        ...

    def get(self, mailbox: str, message: str) -> KeptMarks | None:
        """What is kept of a message in a mailbox."""
        ...

    def by_item(self, mailbox: str, item: str) -> KeptMarks | None:
        """What is kept of the mail that its adapter called so last."""
        ...

    def of_message(self, message: str) -> Sequence[KeptMarks]:
        """By mailbox, everything that is kept of a message."""
        ...

    def open(self, mailbox: str, *, limit: int = 500) -> Sequence[KeptMarks]:
        """Those of a mailbox that are due or where something waits, the due ones first, oldest first."""
        ...

    def touch(self, message: str) -> None:
        """Something of a message changed: it is due in every mailbox. Nothing when it is kept in none."""
        ...


class Answers(Protocol):
    """The answers that were prepared."""

    def add(self, answer: KeptAnswer) -> bool:
        """Keep an answer that is about to be offered; False when that stamp was kept before."""
        ...

    def update(self, answer: KeptAnswer) -> None:
        """Replace what is kept of it; raises `UnknownName` when there is none."""
        ...

    def get(self, stamp: str) -> KeptAnswer | None:
        """The answer with that stamp."""
        ...

    def open(self) -> Sequence[KeptAnswer]:
        """Those that mailbot may still change, by stamp."""
        ...

    def of_obligation(self, obligation: str) -> Sequence[KeptAnswer]:
        """Those that would meet an obligation, by stamp."""
        ...
