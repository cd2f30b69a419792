"""Where obligations are kept, with their events and the notices about them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from mailbot.domain.obligation import Obligation, ObligationEvent
from mailbot.ports.stored import (
    Notice,
    ObligationFilter,
)


class Obligations(Protocol):
    """Obligations, their events and their notices."""

    def add(self, obligation: Obligation, event: ObligationEvent) -> bool:
        """Keep a new obligation with the event that opened it."""
        ...

    def update(self, obligation: Obligation, event: ObligationEvent) -> None:
        """Replace an obligation and append why.

        Raises `UnknownName` when there is none, and `StoreUnavailable`, at the latest at the commit, when
        somebody else changed it since this unit of work read it.
        """
        ...

    def prefetch(self, ids: Collection[str]) -> None:
        """A hint: these and their notices will be looked up next. Saves statements, changes no answer."""
        ...

    def schedule(self, id: str, next_step_at: datetime | None) -> None:
        """Say when to look at it next; this is no event."""
        ...

    def get(self, id: str) -> Obligation | None:
        """The obligation with that id."""
        ...

    def list(self, query: ObligationFilter) -> Sequence[Obligation]:
        """Obligations by due instant, then id."""
        ...

    def due_for_step(self, now: datetime, *, limit: int = 1000) -> Sequence[Obligation]:
        """Open obligations with `next_step_at <= now`, oldest first; cost grows with those alone."""
        ...

    def append(self, event: ObligationEvent) -> None:
        """Append an event that changes no field."""
        ...

    def events(self, id: str) -> Sequence[ObligationEvent]:
        """The history of an obligation in order."""
        ...

    def add_notice(self, notice: Notice) -> bool:
        """Queue a step for a recipient; False when it was queued before."""
        ...

    def waiting_notices(self) -> Sequence[Notice]:
        """Notices not yet carried by a mail, by `due_at`."""
        ...

    def carry(self, notices: Collection[Notice], *, mail: str) -> None:
        """Mark notices as carried by the mail with that key.

        Raises `StoreUnavailable`, at the latest at the commit, when another mail carries one already.
        """
        ...

    def withdraw(self, notices: Collection[Notice]) -> None:
        """Take back notices that no mail carries: a step taken back may be queued again."""
        ...

    def take_back(self, notices: Collection[Notice], *, at: datetime) -> None:
        """Note that notices which no mail carries are not to leave from `at` on; the first word stands."""
        ...

    def notices(self, id: str) -> Sequence[Notice]:
        """Every notice of an obligation by `due_at`."""
        ...
