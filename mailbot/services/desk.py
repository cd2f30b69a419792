"""What every service works with: the office's rules, its store, and who signs its mails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from mailbot.domain.calendars import DEFAULT_HOURS, OfficeHours, office_calendar
from mailbot.domain.checklist import Checklist, shipped_checklist
from mailbot.domain.clock import LIMA
from mailbot.domain.drafting import DraftKind
from mailbot.domain.marks import Switch
from mailbot.domain.message import Address
from mailbot.domain.office import Holiday
from mailbot.domain.plan import Rules
from mailbot.domain.policy import Policy
from mailbot.domain.worktime import WorkingTime
from mailbot.ports.classifier import Classifier
from mailbot.ports.records import Records
from mailbot.ports.renderer import Renderer
from mailbot.ports.store import Store


@dataclass(frozen=True, kw_only=True)
class Box:
    """A watched mailbox: its name in keys and cursors, whose it is, and where its sent mail lies."""

    name: str
    address: str
    sent_folder: str | None = None
    # What mailbot may do to its mails; nothing by itself.
    switches: frozenset[Switch] = frozenset()
    # Whether a blind copy of everything mailbot sends lands in it.
    keeps_copies: bool = False


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The collaborators of the services; one for the life of a process."""

    store: Store
    classifier: Classifier
    renderer: Renderer
    policy: Policy
    # From whom mailbot's own mails come, and the key their Message-IDs are signed with.
    sender: Address
    secret: str = field(repr=False)
    hours: OfficeHours = DEFAULT_HOURS
    zone: ZoneInfo = LIMA
    public_sector_days: bool = False
    # Which papers a dispatch needs.
    checklist: Checklist = field(default_factory=shipped_checklist)
    # Which answers are put into the mailboxes of the ESCs; nothing by itself.
    drafts: frozenset[DraftKind] = frozenset()
    # The name of the office as mails show it.
    office: str = ""
    # Who is told what only an administrator can mend.
    admin: Address | None = None
    boxes: Mapping[str, Box] = field(default_factory=dict)

    def rules(self, records: Records) -> Rules:
        """Calendar and policy as the office's holidays stand now."""
        calendar = _calendar(self.hours, tuple(records.holidays()), self.public_sector_days, self.zone)
        return Rules(calendar=calendar, policy=self.policy, zone=self.zone)

    def box(self, name: str) -> Box:
        """The watched mailbox of that name; one that is no longer watched is known by its name alone."""
        return self.boxes.get(name) or Box(name=name, address=name)

    @property
    def domain(self) -> str:
        """The mail domain that mailbot's Message-IDs carry."""
        return self.sender.domain

    def day_of(self, instant: datetime) -> date:
        """The calendar day of an instant where the office is."""
        return instant.astimezone(self.zone).date()


@lru_cache(maxsize=8)
def _calendar(
    hours: OfficeHours, holidays: tuple[Holiday, ...], public_sector_days: bool, zone: ZoneInfo
) -> WorkingTime:
    """Built once for a set of holidays, since its days are worked out lazily and kept."""
    return office_calendar(hours=hours, holidays=holidays, public_sector_days=public_sector_days, zone=zone)
