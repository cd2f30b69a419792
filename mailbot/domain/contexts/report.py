"""What the weekly and monthly report to supervisor and head is written from."""

from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.obligation import ObligationKind
from mailbot.domain.reports import Judgement, ReportPeriod


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many obligations were met, missed or excused."""

    met: int = 0
    missed: int = 0
    excused: int = 0

    @property
    def judged(self) -> int:
        """What counts: the excused do not."""
        return self.met + self.missed

    @property
    def percent(self) -> int | None:
        """The share met in time, rounded down; None when nothing counts."""
        return 100 * self.met // self.judged if self.judged else None


@dataclass(frozen=True, kw_only=True)
class ClientTally:
    """One client's obligations of the period."""

    ruc: str
    name: str
    esc: str
    tally: Tally


@dataclass(frozen=True, kw_only=True)
class KindTally:
    """One kind's obligations of the period."""

    kind: ObligationKind
    tally: Tally


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """One obligation of the period with the evidence of what became of it."""

    obligation: str
    judgement: Judgement
    kind: ObligationKind
    client: str
    order: str | None
    owner: str
    subject: str
    received_at: datetime
    due_at: datetime
    ended_at: datetime | None
    evidence: str
    limit: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportContext:
    """The report of a week or month; a workbook with every line goes with it."""

    recipient: str
    now: datetime
    period: ReportPeriod
    total: Tally
    clients: tuple[ClientTally, ...]
    kinds: tuple[KindTally, ...]
    lines: tuple[ReportLine, ...]
    stands_in_for: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "report"

    @property
    def missed(self) -> tuple[ReportLine, ...]:
        """The lines that were not met in time."""
        return tuple(line for line in self.lines if line.judgement is Judgement.MISSED)

    @property
    def excused(self) -> tuple[ReportLine, ...]:
        """The lines whose clock stood still, or that were not owed after all."""
        return tuple(line for line in self.lines if line.judgement is Judgement.EXCUSED)
