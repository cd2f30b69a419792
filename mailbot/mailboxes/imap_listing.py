"""Which mails of a folder are to be fetched, and in which batches. Knows the search rules of IMAP."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mailbot.domain.clock import to_utc
from mailbot.mailboxes.imap_connection import FolderState, ImapConnection, MailUnfetchable
from mailbot.ports.mailbox import Cursor

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# imaplib refuses an answer line over 1,000,000 bytes, which a search for some 100,000 uids can reach.
_SEARCH_AT_ONCE = 80_000
_SEARCH_STEP = 50_000
# How many mails are measured with one command.
_MEASURE_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The uids to fetch, ascending, in a folder as it stood."""

    folder: FolderState
    uids: Sequence[int]
    # Only mails that arrived from here on; None means all.
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class ListedMail:
    """One mail before its content is fetched; `size` 0 when the server did not say."""

    uid: int
    size: int
    received_at: datetime


def list_folder(connection: ImapConnection, folder: str, cursor: Cursor | None, since: datetime | None) -> Listing:
    """The mails after the cursor; all from `since` on without one or when UIDVALIDITY changed."""
    state = connection.examine(folder)
    first, is_new = _first_uid(state, cursor)
    # INTERNALDATE knows whole seconds only.
    since = to_utc(since).replace(microsecond=0) if since is not None and is_new else None
    if state.exists == 0 or (state.next_uid is not None and first >= state.next_uid):
        return Listing(folder=state, uids=(), since=since)
    found: list[int] = []
    for low, high in _ranges(state, first):
        found.extend(connection.search(_criteria(low, high, since)))
    # An open range always gives the last mail, even below its start (RFC 3501 section 6.4.8).
    uids = sorted({uid for uid in found if uid >= first})
    return Listing(folder=state, uids=uids, since=since)


def _first_uid(state: FolderState, cursor: Cursor | None) -> tuple[int, bool]:
    if cursor is None or cursor.validity != state.validity:
        return 1, True
    return cursor.uid + 1, False


def _ranges(state: FolderState, first: int) -> Iterator[tuple[int, int | None]]:
    if state.next_uid is None or state.exists <= _SEARCH_AT_ONCE:
        yield first, None
        return
    for low in range(first, state.next_uid, _SEARCH_STEP):
        yield low, min(low + _SEARCH_STEP, state.next_uid) - 1


def _criteria(low: int, high: int | None, since: datetime | None) -> Sequence[Any]:
    criteria: list[Any] = ["UID", f"{low}:{'*' if high is None else high}"]
    if since is not None:
        # SINCE compares bare dates in the server's zone: one day of margin, the rest is filtered later.
        criteria += ["SINCE", (since - timedelta(days=1)).date()]
    return criteria


def measure(connection: ImapConnection, listing: Listing, uids: Sequence[int]) -> Sequence[ListedMail]:
    """Size and arrival of mails, those before `since` left out."""
    connection.opened(listing.folder.name)
    try:
        answers = connection.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
    except MailUnfetchable:
        # One mail can spoil the answer for all; each is fetched by itself then, and tells its own fault.
        answers = {}
    mails = (_measured(uid, answers.get(uid)) for uid in uids)
    return [mail for mail in mails if _is_wanted(mail, listing.since)]


def measure_all(connection: ImapConnection, listing: Listing) -> Iterator[ListedMail]:
    """The same for every mail of a listing, some at a time."""
    for start in range(0, len(listing.uids), _MEASURE_AT_ONCE):
        yield from measure(connection, listing, listing.uids[start : start + _MEASURE_AT_ONCE])


def _measured(uid: int, answer: Any) -> ListedMail:
    size = answer.get(b"RFC822.SIZE") if answer else None
    return ListedMail(uid=uid, size=size if isinstance(size, int) else 0, received_at=arrival(answer or {}))


def _is_wanted(mail: ListedMail, since: datetime | None) -> bool:
    return since is None or mail.received_at == EPOCH or mail.received_at >= since


def arrival(answer: Any) -> datetime:
    """The server's own arrival time; `EPOCH` when it gave none that can be read."""
    moment = answer.get(b"INTERNALDATE")
    if not isinstance(moment, datetime):
        return EPOCH
    return to_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def batches(mails: Iterable[ListedMail], *, count: int, size: int) -> Iterator[Sequence[ListedMail]]:
    """Neighbours together, at most `count` mails and `size` bytes; a bigger mail goes alone."""
    batch: list[ListedMail] = []
    total = 0
    for mail in mails:
        if batch and (len(batch) >= count or total + mail.size > size):
            yield tuple(batch)
            batch, total = [], 0
        batch.append(mail)
        total += mail.size
    if batch:
        yield tuple(batch)
