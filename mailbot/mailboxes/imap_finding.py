"""Mails with their marks on an IMAP server: read where they lie, and found again where they went."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import Any

from mailbot.domain.marks import NO_FLAG, Flag, FlagState
from mailbot.mailboxes.alike import closest, is_alike
from mailbot.mailboxes.imap_connection import FolderState
from mailbot.mailboxes.imap_listing import arrival
from mailbot.mailboxes.imap_marking import FLAGGED, MarkingConnection
from mailbot.ports.marks import MarkedMail, Wanted

# Flags that say nothing of marks: the session's own, and whether somebody read the mail.
_BESIDE = {"\\recent", "\\seen"}
_MESSAGE_ID = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"


@dataclass(frozen=True, kw_only=True)
class Lying:
    """Where a mail lies: that names it, until it is moved."""

    folder: str
    validity: int
    uid: int

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}:{self.folder}"


def lying(item: str) -> Lying | None:
    """The place that an item names; None for anything else."""
    parts = item.split(":", 2)
    if len(parts) < 3 or not (parts[0].isdigit() and parts[1].isdigit()):
        return None
    return Lying(folder=parts[2], validity=int(parts[0]), uid=int(parts[1]))


def find_mail(connection: MarkingConnection, wanted: Wanted) -> MarkedMail | None:
    """Where it was last, where it was read, else by its Message-ID in any folder."""
    key = Lying(folder=wanted.key.folder, validity=wanted.key.validity, uid=wanted.key.uid)
    for place in (lying(wanted.item), key):
        mail = mail_at(connection, place) if place is not None else None
        if mail is not None:
            return mail
    if not wanted.message_id:
        return None
    found: list[MarkedMail] = []
    for folder in _folders(connection, key.folder):
        found += mails_named(connection, wanted.message_id, folder)
        if any(is_alike(mail, wanted) for mail in found):
            break
    return closest(found, wanted)


def mail_at(connection: MarkingConnection, place: Lying) -> MarkedMail | None:
    """The mail that lies there, unless the folder was numbered anew."""
    state = connection.there(place.folder)
    return None if state is None else mail_in(connection, state, place)


def mail_in(connection: MarkingConnection, state: FolderState, place: Lying) -> MarkedMail | None:
    """The same in the folder that is open."""
    if state.validity != place.validity:
        return None
    return next(iter(marked_mails(connection, state, [place.uid])), None)


def mails_named(connection: MarkingConnection, message_id: str, folder: str, *, first: int = 1) -> Sequence[MarkedMail]:
    """The mails with that Message-ID, if they have one, in a folder, among those from the uid `first` on."""
    state = connection.there(folder)
    if state is None or not state.exists:
        return ()
    uids = connection.search(["HEADER", "Message-ID", message_id] if message_id else ["ALL"])
    return marked_mails(connection, state, [uid for uid in uids if uid >= first])


def marked_mails(connection: MarkingConnection, state: FolderState, uids: Sequence[int]) -> list[MarkedMail]:
    """The mails of these uids in the open folder that are still there."""
    items = ["FLAGS", "INTERNALDATE", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]
    if state.modseq is not None:
        items.append("MODSEQ")
    return [_marked(state, uid, answer) for uid, answer in connection.read(uids, items).items()]


def flags_of(answer: Mapping[bytes, Any]) -> tuple[str, ...]:
    """The flags of a mail that have to do with marks, in the server's order and spelling."""
    names = (flag.decode("utf-8", "replace") for flag in answer.get(b"FLAGS", ()))
    return tuple(name for name in names if name.lower() not in _BESIDE)


def _folders(connection: MarkingConnection, first: str) -> Iterator[str]:
    """Every folder that holds mails of its own, that one first."""
    yield first
    for folder in connection.folders():
        if folder.is_selectable and not folder.is_view and folder.name != first:
            yield folder.name


def _marked(state: FolderState, uid: int, answer: Mapping[bytes, Any]) -> MarkedMail:
    flags = flags_of(answer)
    is_flagged = FLAGGED.lower() in {flag.lower() for flag in flags}
    return MarkedMail(
        item=str(Lying(folder=state.name, validity=state.validity, uid=uid)),
        folder=state.name,
        message_id=_message_id(answer),
        version=_version(answer, flags),
        received_at=arrival(answer),
        categories=tuple(flag for flag in flags if not flag.startswith("\\")),
        flag=Flag(state=FlagState.FLAGGED) if is_flagged else NO_FLAG,
    )


def _version(answer: Mapping[bytes, Any], flags: Sequence[str]) -> str:
    """The server's own number of the last change, else what the flags come to."""
    modseq = answer.get(b"MODSEQ")
    if modseq:
        return str(modseq[0])
    return hashlib.sha256("\n".join(sorted(flags)).encode()).hexdigest()[:16]


def _message_id(answer: Mapping[bytes, Any]) -> str:
    header = answer.get(_MESSAGE_ID)
    if not isinstance(header, bytes):
        return ""
    return " ".join(str(BytesHeaderParser().parsebytes(header).get("Message-ID", "")).split())
