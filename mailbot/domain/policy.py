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
    # Whoever of the office wrote the mail.
    AUTHOR = "author"


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
    # Milestones that became known, by mail or by a newer dispatch row; their Spanish names.
    milestones: tuple[str, ...] = ()
    # Fields of `Dispatch` whose date starts the clock.
    dates: tuple[str, ...] = ()
    # Words in our own mail.
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
    """One row of the policy. `stops`, `pauses` and `modifiers` are names that services act on."""

    kind: ObligationKind
    # For people, in Spanish.
    title: str
    annex_row: int
    owner: Owner
    # None where the date of a row decides.
    limit: Limit | None
    clock: Clock = Clock.WORKING
    opens: Opening = Opening()
    # Kinds that this one stands in for when both would open.
    replaces: tuple[ObligationKind, ...] = ()
    modifiers: tuple[str, ...] = ("agreement",)
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    is_urgent: bool = False
    ladder: tuple[Step, ...] = (Step.OWNER, Step.SUPERVISOR, Step.HEAD)
    # `milestone_notice` only: the limit of milestones that are not among the urgent ones.
    other_limit: Limit | None = None
    urgent_milestones: tuple[str, ...] = ()
    # Dated kinds only: days counted from the start, days before the legal date, marks before the expiry.
    owner_day: int = 0
    supervisor_day: int = 0
    head_days_before_legal: int = 0
    owner_marks: tuple[int, ...] = ()
    supervisor_from: int = 0
    head_from: int = 0

    def limit_for(self, *, is_urgent: bool = True) -> Limit | None:
        """The default limit; a milestone that is not urgent may have its own."""
        return self.limit if is_urgent or self.other_limit is None else self.other_limit


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

    def is_urgent_milestone(self, names: Iterable[str]) -> bool:
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
