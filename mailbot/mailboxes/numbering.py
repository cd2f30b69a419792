"""Numbers for mails of a server that numbers none: they are counted as they are handed out.

A lost place on the server is what a new UIDVALIDITY is on IMAP: the folder is counted anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from mailbot.domain.clock import to_utc
from mailbot.domain.message import MailKey
from mailbot.mailboxes.graph_progress import Progress, read_progress
from mailbot.ports.mailbox import Cursor


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a fetch begins: the numbers to go on with, and how far the folder was read."""

    validity: int
    uid: int
    progress: Progress

    def past(self, id: str, *, link: str | None) -> "Place":
        """One mail on; `link` is where the next round goes on, after the last of a round."""
        progress = self.progress.past(id)
        return replace(self, uid=self.uid + 1, progress=progress if link is None else progress.at(link))


def place_of(cursor: Cursor | None, since: datetime | None) -> Place:
    """Where the cursor stands; a cursor without a place of ours begins afresh."""
    progress = read_progress(cursor.token) if cursor is not None else None
    if cursor is None or progress is None:
        return afresh(cursor, since)
    return Place(validity=cursor.validity, uid=cursor.uid, progress=progress)


def afresh(cursor: Cursor | None, since: datetime | None) -> Place:
    """The folder from its beginning, under a validity that no key has yet."""
    bound = to_utc(since) if since is not None else None
    return Place(validity=cursor.validity + 1 if cursor else 1, uid=0, progress=Progress(since=bound))


class Identified(Protocol):
    """A mail as its server lists it."""

    @property
    def id(self) -> str:
        """The server's own identifier of it."""
        ...


Mail = TypeVar("Mail", bound=Identified)


def keys_of(
    place: Place, mails: Sequence[Mail], *, mailbox: str, folder: str
) -> tuple[list[MailKey], tuple[Mail, ...]]:
    """The keys of mails that lie there now, and those of them that no round told of: these get the next numbers."""
    after = place.progress.handed_out_since(mail.id for mail in mails)
    missed = tuple(mail for mail in mails if mail.id not in after)
    uids = [place.uid - number for number in after.values()]
    uids += range(place.uid + 1, place.uid + 1 + len(missed))
    return [MailKey(mailbox=mailbox, folder=folder, validity=place.validity, uid=uid) for uid in sorted(uids)], missed
