"""One mailbox whose mails may be marked, and what every step of marking needs."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.marking import Heard, KeptMarks, accepted, heard
from mailbot.domain.marks import Marks, Switch, mark_named
from mailbot.ports.marks import Ability, MailMarks, MarkedMail, Wanted
from mailbot.ports.store import UnitOfWork
from mailbot.services.desk import Box, Desk
from mailbot.services.hear import Listening, obey_outlook


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """A watched mailbox as its owner sees it: what can be shown on its mails."""

    box: Box
    marks: MailMarks
    # Where its mail comes in, as the mail source calls them.
    folders: tuple[str, ...] = ("INBOX",)

    def close(self) -> None:
        """Let the connection go."""
        self.marks.close()


@dataclass(frozen=True, kw_only=True)
class Place:
    """A mailbox while it is tended."""

    desk: Desk
    outlook: Outlook
    can: frozenset[Ability]
    now: datetime

    @property
    def box(self) -> Box:
        """Whose it is."""
        return self.outlook.box

    @property
    def marks(self) -> MailMarks:
        """What can be shown on its mails."""
        return self.outlook.marks

    @property
    def switches(self) -> frozenset[Switch]:
        """What the office switched on; where a server has no categories, its flag stands in for them."""
        switches = self.box.switches
        lacks = Switch.CATEGORIES in switches and Ability.CATEGORIES not in self.can
        return switches | {Switch.FLAGS} if lacks else switches


def wanted_of(kept: KeptMarks) -> Wanted:
    """How a kept mail is looked for."""
    return Wanted(message_id=kept.message_id, key=kept.key, item=kept.item, received_at=kept.received_at)


def taken_in(place: Place, kept: KeptMarks, mail: MarkedMail, uow: UnitOfWork) -> tuple[Heard, KeptMarks]:
    """Hear what people did to a mail and obey; what is kept of it then."""
    seen = Marks(categories=mail.categories, flag=mail.flag, stamp=mail.stamp)
    word = _allowed(heard(kept, seen, mail.folder, can_complete=Ability.COMPLETION in place.can), place.switches)
    at = min(place.now, max(mail.changed_at or place.now, kept.received_at))
    obey_outlook(word, kept, uow, listening=Listening(desk=place.desk, box=place.box, at=at))
    return word, replace(accepted(kept, seen, mail.folder, word=word), item=mail.item)


def _allowed(word: Heard, switches: Collection[Switch]) -> Heard:
    """Only what the office switched on is heard."""
    names = set()
    if Switch.CATEGORIES in switches:
        names |= {name for name in (*word.added, *word.removed) if mark_named(name)}
    if Switch.DISPATCH in switches:
        names |= {name for name in (*word.added, *word.removed) if not mark_named(name)}
    return Heard(
        added=tuple(name for name in word.added if name in names),
        removed=tuple(name for name in word.removed if name in names),
        folder=word.folder if {Switch.CATEGORIES, Switch.FOLDERS} & set(switches) else None,
        flag=word.flag if Switch.FLAGS in switches else None,
    )
