"""The office's rules as values: one for each kind of obligation, and the settings they share.

The rows stand in `policy.toml` beside this module; `load_policy` reads them, with the office's own
values on top. What a limit gives on a calendar is for `deadlines`, what happens then for `ladder`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from functools import lru_cache

from mailbot.domain.errors import UnknownName
from mailbot.domain.labels import Category, Topic
from mailbot.domain.limits import Limit
from mailbot.domain.milestones import Milestone
from mailbot.domain.obligation import Clock, ObligationKind, Step
from mailbot.domain.office import Role, Transport
from mailbot.domain.verdict import Verdict


class WorkingDayReading(StrEnum):
    """The two readings of "24 h útiles" (`domain.md` 5.1, point 6)."""

    # The same clock time of the next working day.
    DAY = "day"
    # 24 counted working hours.
    HOURS = "hours"


class Owner(StrEnum):
    """Whose agenda an obligation stands in."""

    # The ESC of the client.
    ESC = "esc"
    # The ESC who wrote the mail; for everybody else's mail the ESC of the client, who answers for all (Annex 01).
    AUTHOR = "author"


class Modifier(StrEnum):
    """What may change the limit of a row."""

    # A client's row in `Acuerdos` replaces the limit.
    AGREEMENT = "agreement"
    # Documents are reviewed before the goods come.
    ETA = "eta"
    # How long before depends on the way of transport; without it the shortest lead is that of all.
    TRANSPORT = "transport"
    # Goods that are there and not numbered leave the floor only.
    ARRIVAL = "arrival"
    # A numbered declaration has the plain limit.
    NUMBERING = "numbering"
    # Goods that leave the country have no ETA rule.
    LEAVING = "leaving"
    # The day that the words of a promise name.
    PROMISED_DATE = "promised_date"


class Stop(StrEnum):
    """What ends an obligation by itself. A person's word (`done`, `atendido`) ends any and is not listed."""

    # The office answers the asker with substance.
    ANSWER = "answer"
    # Any word of the office to the asker.
    ANY_ANSWER = "any_answer"
    # An answer that says what a review found.
    ANSWER_WITH_RESULT = "answer_with_result"
    # An answer with a pro forma attached.
    ANSWER_WITH_PROFORMA = "answer_with_proforma"
    # Mail of the office that reaches Administración, or Archivo.
    MAIL_TO_ADMINISTRATION = "mail_to_administration"
    MAIL_TO_ARCHIVE = "mail_to_archive"
    # The ESC's own mail to the supervisor or the head.
    OWN_REPORT = "own_report"
    # The server accepted the notice to the supervisor.
    NOTICE_DELIVERED = "notice_delivered"
    # Mail of the office to the client about that dispatch.
    MAIL_ON_DISPATCH = "mail_on_dispatch"
    # A status digest that shows the dispatch was sent to the client.
    DIGEST_SHOWS_IT = "digest_shows_it"
    # The dispatch's row has another status; another ETA, vessel or voyage.
    STATUS_CHANGED = "status_changed"
    ROW_SHOWS_IT = "row_shows_it"
    # The client's row in `Status` changed.
    PROGRAMME_CHANGED = "programme_changed"
    # The dated kinds: what the dispatch's own dates and state show.
    NEWER_STATUS_NOTE = "newer_status_note"
    DISPATCH_ENDED = "dispatch_ended"
    REGULARIZED_ON = "regularized_on"
    REGIME_CONCLUDED = "regime_concluded"
    REGIME_EXTENDED = "regime_extended"


class Standstill(StrEnum):
    """What makes the clock of a row stand still."""

    # The office asked the client for something that is missing.
    WAITING_FOR_CLIENT = "waiting_for_client"


class StartDate(StrEnum):
    """Fields of `Dispatch` that can start the clock of a dated kind."""

    STATUS_NOTED = "status_noted_at"
    DISCHARGE_ENDED = "discharge_ended_on"
    LOADING_ENDED = "loading_ended_on"
    REGIME_EXPIRES = "regime_expires_on"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What opens a kind; any one of the named things is enough."""

    categories: tuple[Category, ...] = ()
    topics: tuple[Topic, ...] = ()
    # The sender's role in `Personal`.
    roles: tuple[Role, ...] = ()
    # Any contingency at all.
    contingency: bool = False
    # Somebody must also be waiting for an answer.
    needs_reply: bool = False
    # Milestones that became known, by mail or by a newer dispatch row.
    milestones: tuple[Milestone, ...] = ()
    # Whether milestones count that the client itself tells.
    told_by_client: bool = False
    # Fields of `Dispatch` whose date starts the clock.
    dates: tuple[StartDate, ...] = ()
    # Words of our own mail that announce something for later.
    own_mail: bool = False
    # A third party's invoice or request to pay, for a client without credit.
    third_party_invoice: bool = False

    def holds(self, verdict: Verdict, *, role: Role | None = None) -> bool:
        """Whether the labels of a mail, or the role of its sender, open it."""
        if self.needs_reply and not verdict.needs_reply:
            return False
        return (
            any(category in verdict.categories for category in self.categories)
            or any(topic in verdict.topics for topic in self.topics)
            or role in self.roles
            or (self.contingency and bool(verdict.contingency))
        )


@dataclass(frozen=True, kw_only=True)
class KindRule:
    """One row of the policy."""

    kind: ObligationKind
    # For people, in Spanish.
    title: str
    annex_row: int
    owner: Owner
    # None where the date of a row decides.
    limit: Limit | None
    # Which time the limit counts; without it the limit's own words say so.
    clock: Clock | None = None
    opens: Opening = Opening()
    # Kinds that this one stands in for when both would open.
    replaces: tuple[ObligationKind, ...] = ()
    modifiers: tuple[Modifier, ...] = (Modifier.AGREEMENT,)
    stops: tuple[Stop, ...] = ()
    pauses: tuple[Standstill, ...] = ()
    is_urgent: bool = False
    # Who is told at all.
    ladder: tuple[Step, ...] = (Step.OWNER, Step.SUPERVISOR, Step.HEAD)
    # `milestone_notice` only: the limit of milestones that are not among the urgent ones.
    other_limit: Limit | None = None
    urgent_milestones: tuple[Milestone, ...] = ()
    # Dated kinds only: days counted from the start, days before the legal date, marks before the expiry.
    owner_day: int = 0
    supervisor_day: int = 0
    head_days_before_legal: int = 0
    owner_marks: tuple[int, ...] = ()
    supervisor_from: int = 0
    head_from: int = 0

    def limit_for(self, *, is_urgent: bool = True) -> Limit | None:
        """The default limit on the row's clock; a milestone that is not urgent may have its own."""
        limit = self.limit if is_urgent or self.other_limit is None else self.other_limit
        return limit if limit is None or self.clock is None else limit.counting(is_working=self.clock is Clock.WORKING)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """All rules and the settings they share."""

    rules: Mapping[ObligationKind, KindRule]
    reminder_share: float
    bundle: timedelta
    last_call: timedelta
    working_day_reading: WorkingDayReading
    urgent_at_once: bool
    ask_timeout: Limit
    dated_due_time: time
    acknowledgement_stops_reply: bool
    lead: Mapping[Transport, timedelta]
    eta_floor: Limit
    leaving_regimes: frozenset[str]
    status_ended: tuple[str, ...]

    def rule(self, kind: ObligationKind) -> KindRule:
        """The rule of a kind."""
        return self.rules[kind]

    def limit_of(self, kind: ObligationKind, *, is_urgent: bool = True) -> Limit:
        """The default limit of a kind; `UnknownName` for a kind whose date stands in the dispatch's row."""
        limit = self.rules[kind].limit_for(is_urgent=is_urgent)
        if limit is None:
            raise UnknownName(f"la obligación «{kind.value}» no tiene plazo: su fecha está en el despacho")
        return limit

    def is_stopped_by(self, kind: ObligationKind, stop: Stop) -> bool:
        """Whether the row of a kind names that as its end."""
        return stop in self.rules[kind].stops

    def kinds_stopped_by(self, stop: Stop) -> tuple[ObligationKind, ...]:
        """The kinds whose rows name that as their end."""
        return tuple(kind for kind, rule in self.rules.items() if stop in rule.stops)

    def is_begun_by(self, kind: ObligationKind, date: StartDate) -> bool:
        """Whether that date of a dispatch starts the clock of a kind."""
        return date in self.rules[kind].opens.dates

    def is_urgent_milestone(self, names: Iterable[Milestone]) -> bool:
        """Whether any of these milestones has the short limit."""
        return not set(self.rules[ObligationKind.MILESTONE_NOTICE].urgent_milestones).isdisjoint(names)

    def opened_by(self, verdict: Verdict, *, role: Role | None = None) -> tuple[ObligationKind, ...]:
        """The kinds that a mail's labels and its sender's role open, without those they replace."""
        opened = [kind for kind, rule in self.rules.items() if rule.opens.holds(verdict, role=role)]
        replaced = {other for kind in opened for other in self.rules[kind].replaces}
        return tuple(kind for kind in opened if kind not in replaced)

    def leaves_at_once(self, kind: ObligationKind) -> bool:
        """Whether notices of this kind leave outside office hours too."""
        return self.urgent_at_once and self.rules[kind].is_urgent

    def is_leaving(self, regime: str) -> bool:
        """Whether goods under this regime leave the country."""
        return regime.strip() in self.leaving_regimes

    def read_limit(self, limit: Limit) -> Limit:
        """The limit with "24 h útiles" in the office's reading."""
        return limit.in_days if self.working_day_reading is WorkingDayReading.DAY else limit


def load_policy(override: str | None = None) -> Policy:
    """The shipped policy with the office's own TOML text on top.

    Raises `OfficeFileRejected` that names every fault of the text; none of it is taken then.
    """
    from mailbot.domain.policy_file import read_policy

    return read_policy(override) if override else _shipped()


def kind_named(name: str) -> ObligationKind:
    """The kind of that name; raises `UnknownName` with the nearest ones."""
    from difflib import get_close_matches

    wanted = name.strip().lower().replace("-", "_")
    names = [kind.value for kind in ObligationKind]
    if wanted in names:
        return ObligationKind(wanted)
    nearest = get_close_matches(wanted, names, n=3, cutoff=0.4)
    raise UnknownName(f"no existe la obligación «{name}».", nearest=nearest or names)


@lru_cache(maxsize=1)
def _shipped() -> Policy:
    from mailbot.domain.policy_file import read_policy

    return read_policy(None)
