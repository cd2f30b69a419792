"""What people may have changed in the folders of an IMAP mailbox since the last look.

A server with CONDSTORE (RFC 7162) is asked for what changed after a number. Of any other all flags are read
and held against those of the look that gave the token; after a restart nothing is known of that look, and every
mail may have been changed.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.errors import MailboxUnavailable
from mailbot.mailboxes.imap_connection import FolderState
from mailbot.mailboxes.imap_finding import flags_of, marked_mails
from mailbot.mailboxes.imap_listing import list_folder, measure_all
from mailbot.mailboxes.imap_marking import MarkingConnection
from mailbot.ports.marks import Look, MarkedMail

Flags = dict[int, tuple[str, ...]]
# Stands before the number of a change; without it a mark is the digest of all flags.
_NUMBER = "m"


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """How a folder stood at a look, as the token keeps it."""

    validity: int
    mark: str

    @property
    def modseq(self) -> int | None:
        number = self.mark.removeprefix(_NUMBER)
        return int(number) if number != self.mark and number.isdigit() else None


class FlagHistory:
    """The looks at one mailbox; used by one thread at a time."""

    def __init__(self) -> None:
        # The flags of every mail at the last two looks, by folder and mark: a look may be heard twice.
        self._flags: dict[str, dict[str, Flags]] = {}

    def look(self, connection: MarkingConnection, folders: Sequence[str], *, token: str, since: datetime) -> Look:
        """The mails of these folders that may have been changed since the look that gave the token."""
        before = _read(token)
        mails: list[MarkedMail] = []
        after: dict[str, _Seen] = {}
        for folder in folders:
            state = connection.examine(folder)
            seen = before.get(folder)
            known = seen if seen is not None and seen.validity == state.validity else None
            uids, mark = self._changed(connection, state, known)
            after[folder] = _Seen(validity=state.validity, mark=mark)
            if known is None:
                uids = _arrived(connection, state, since)
            mails += marked_mails(connection, state, uids)
        return Look(mails=tuple(mails), token=_written(after))

    def touched(self, folder: str, uid: int) -> None:
        """We changed a mail ourselves: whoever takes that back leaves it as it was at the last look."""
        for flags in self._flags.get(folder, {}).values():
            flags.pop(uid, None)

    def _changed(
        self, connection: MarkingConnection, state: FolderState, known: _Seen | None
    ) -> tuple[Sequence[int], str]:
        """What may have changed in the open folder, and how it stands now."""
        if state.modseq is None:
            return self._compared(connection, state, known)
        mark = f"{_NUMBER}{state.modseq}"
        last = known.modseq if known is not None else None
        if known is None or not state.exists or last == state.modseq:
            return (), mark
        # One that counts only since now: everything may have changed before.
        return connection.search(["ALL"] if last is None else ["MODSEQ", last + 1]), mark

    def _compared(
        self, connection: MarkingConnection, state: FolderState, known: _Seen | None
    ) -> tuple[Sequence[int], str]:
        uids = connection.search(["ALL"]) if state.exists else []
        flags = {uid: flags_of(answer) for uid, answer in connection.read(uids, ["FLAGS"]).items()}
        mark = hashlib.sha256(repr(sorted(flags.items())).encode()).hexdigest()[:32]
        remembered = self._flags.get(state.name, {})
        before = remembered.get(known.mark) if known is not None else None
        kept = {known.mark: before} if known is not None and before is not None else {}
        self._flags[state.name] = {**kept, mark: flags}
        if before is None:
            return list(flags), mark
        return [uid for uid, now in flags.items() if before.get(uid) != now], mark


def looked_at(connection: MarkingConnection, folders: Collection[str], named: Collection[str]) -> Sequence[str]:
    """These folders, and those anywhere whose own name is among the named."""
    wanted = {name.casefold() for name in named}
    there = (folder for folder in connection.folders() if folder.is_selectable)
    return list(dict.fromkeys([*folders, *(folder.name for folder in there if folder.leaf.casefold() in wanted)]))


def _arrived(connection: MarkingConnection, state: FolderState, since: datetime) -> Sequence[int]:
    """The mails that arrived since then."""
    listing = list_folder(connection, state.name, None, since)
    if listing.folder.validity != state.validity:
        raise MailboxUnavailable(f"La carpeta «{state.name}» se renovó durante la lectura.")
    return [mail.uid for mail in measure_all(connection, listing)]


def _read(token: str) -> dict[str, _Seen]:
    """What a token of ours says; nothing for any other."""
    try:
        found = json.loads(token)
        return {str(folder): _Seen(validity=int(seen[0]), mark=str(seen[1])) for folder, seen in found.items()}
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        return {}


def _written(seen: Mapping[str, _Seen]) -> str:
    return json.dumps({folder: [one.validity, one.mark] for folder, one in sorted(seen.items())}, ensure_ascii=False)
