"""What the page of a replay shows a head of service: how fast, what was missed, when and why."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot.domain.obligation import DATED_KINDS, ObligationKind


@dataclass(frozen=True, kw_only=True)
class Answering:
    """How fast somebody was answered, in office hours; `name` is an ESC or a client."""

    name: str
    answered: int
    median: timedelta
    p90: timedelta
    longest: timedelta
    # Questions whose limit was missed, answered late or never, among all that were asked.
    missed: int
    asked: int


@dataclass(frozen=True, kw_only=True)
class KindLine:
    """One kind of obligation: how many were opened and how they ended."""

    kind: ObligationKind
    opened: int
    in_time: int
    late: int
    # Still owed at the end, their limit passed.
    never: int
    # Still owed with time left, waiting for the client, or not owed after all.
    other: int


@dataclass(frozen=True, kw_only=True)
class Missed:
    """One limit that was missed, and what is known of why."""

    kind: ObligationKind
    received_at: datetime
    due_at: datetime
    ended_at: datetime | None
    late_by: timedelta
    owner: str
    client: str
    order: str
    subject: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WeekLine:
    """One week, by its Monday: limits that fell due in it."""

    monday: date
    kept: int
    missed: int


@dataclass(frozen=True, kw_only=True)
class PastReport:
    """The whole page."""

    since: datetime
    until: datetime
    office: str
    mails: int
    # Mails of people outside, which are what the load counts.
    incoming: int
    reminders: int
    notices: int
    kinds: tuple[KindLine, ...]
    by_esc: tuple[Answering, ...]
    by_client: tuple[Answering, ...]
    # What mail opened; the dated kinds follow the office file alone, which is not the one of the past.
    # The latest first, at most as many as a person reads; `missed_count` is all of them.
    missed: tuple[Missed, ...]
    missed_count: int
    # How often each reason stands behind a missed limit, the most frequent first.
    reasons: tuple[tuple[str, int], ...]
    weeks: tuple[WeekLine, ...]
    # Incoming mails by weekday (Monday first) and hour, and limits missed by the hour at which they fell due.
    load: tuple[tuple[int, ...], ...]
    missed_by_hour: tuple[int, ...]

    @property
    def opened(self) -> int:
        """Every obligation."""
        return sum(line.opened for line in self.kinds)

    @property
    def kept_share(self) -> float | None:
        """In time among all that mail opened and that came to an end or to their limit; None without any."""
        opened_by_mail = [line for line in self.kinds if line.kind not in DATED_KINDS]
        judged = sum(line.in_time + line.late + line.never for line in opened_by_mail)
        return sum(line.in_time for line in opened_by_mail) / judged if judged else None
