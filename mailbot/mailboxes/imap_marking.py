"""The IMAP connection that may write marks: the only one that opens a folder with SELECT.

It changes keywords and \\Flagged alone, never \\Seen; and a mail's folder where it is told to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from imapclient import DELETED
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailbot.domain.errors import MailboxRefused, MailboxUnavailable, MarkRefused
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_connection import FolderReadOnly, FolderState, ImapConnection, MailUnfetchable, state_of
from mailbot.mailboxes.imap_errors import explained, said, translated

FLAGGED = "\\Flagged"
# Dovecot with Maildir has 26 letters for keywords in its files' names: it takes more, keeps them in its index
# alone, and loses them when that is built anew. Nobody could tell that from a person taking them off.
MOST_KEYWORDS = 26
# "Any other" among the permanent flags (RFC 3501 section 7.1).
_ANY = "\\*"
# How many mails are asked about with one command.
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """What a folder keeps of its mails for good."""

    permanent: tuple[str, ...]
    # Whether this login may change anything in it.
    is_writable: bool

    @property
    def takes_new(self) -> bool:
        """Whether keywords can be made up."""
        return _ANY in self.permanent

    @property
    def keywords(self) -> tuple[str, ...]:
        """Those that the folder knows already."""
        return tuple(flag for flag in self.permanent if not flag.startswith("\\"))

    def keeps(self, flag: str) -> bool:
        """Whether a flag is one of the folder's own; servers spell them as they like."""
        return flag.casefold() in {known.casefold() for known in self.permanent}


@dataclass(frozen=True, kw_only=True)
class Selected:
    """A folder that was opened for writing."""

    state: FolderState
    keeping: Keeping


class MarkingConnection(ImapConnection):
    """One logged-in connection that may write; only one thread may use it at a time."""

    @classmethod
    def open(cls, account: ImapAccount) -> Self:
        """Connect and log in; where the server counts changes, it is asked to tell (RFC 7162)."""
        connection = super().open(account)
        if connection.can("CONDSTORE") and connection.can("ENABLE"):
            with translated(account, "preguntar por los cambios"):
                connection.client.enable("CONDSTORE")
        return connection

    def select(self, folder: str) -> Selected:
        """Open a folder for writing and see how it stands now."""
        self._selected = None
        try:
            answer = self._answer(folder, is_readonly=False)
        except FolderReadOnly:
            return Selected(state=self.examine(folder), keeping=Keeping(permanent=(), is_writable=False))
        state = state_of(folder, answer, self._account)
        # A server that says nothing of permanence keeps every flag it has (RFC 3501 section 7.1).
        flags = answer.get(b"PERMANENTFLAGS", answer.get(b"FLAGS", ()))
        names = tuple(flag.decode("ascii", "replace") for flag in flags)
        return Selected(state=state, keeping=Keeping(permanent=names, is_writable=True))

    def there(self, folder: str) -> FolderState | None:
        """A folder opened for reading; None when it is not there, or not for this login."""
        try:
            return self.examine(folder)
        except MailboxRefused:
            return None

    def read(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, Mapping[bytes, Any]]:
        """Items of mails in the open folder; a mail that is not there any more is left out."""
        found: dict[int, Mapping[bytes, Any]] = {}
        try:
            for start in range(0, len(uids), _AT_ONCE):
                part = uids[start : start + _AT_ONCE]
                answers = self.fetch(part, items)
                found |= {uid: answers[uid] for uid in part if uid in answers}
        except MailUnfetchable as error:
            raise MailboxUnavailable(f"Buzón «{self._account.name}»: no se leen las marcas ({error}).") from error
        return found

    def store(self, uid: int, sign: str, flags: Sequence[str], *, unless_after: int | None = None) -> bool:
        """Put on (`+`) or take off (`-`) flags of a mail in the open folder.

        False, and nothing done, when the mail was changed after `unless_after`.
        """
        condition = () if unless_after is None else (f"(UNCHANGEDSINCE {unless_after})",)
        words = f"({' '.join(flags)})"
        with translated(self._account, "marcar el correo"):
            try:
                # IMAPClient has no conditional STORE of its own.
                self.client._command_and_check("store", str(uid), *condition, f"{sign}FLAGS.SILENT", words, uid=True)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise self._refused(error) from error
            return bool(self.client._imap.response("MODIFIED")[1] == [None])

    def move(self, uid: int, folder: str) -> None:
        """Put a mail of the open folder into another one; for `can_move` servers."""
        with translated(self._account, f"mover el correo a «{folder}»"):
            if self.client.has_capability("MOVE"):
                self.client.move([uid], folder)
                return
            self.client.copy([uid], folder)
            self.client.add_flags([uid], [DELETED], silent=True)
            # Not EXPUNGE: it would take along whatever its owner struck out.
            self.client.uid_expunge([uid])

    @property
    def can_move(self) -> bool:
        """Whether a mail can be moved without touching others (RFC 6851, RFC 4315)."""
        return self.can("MOVE") or self.can("UIDPLUS")

    def _refused(self, error: IMAPClientError) -> Exception:
        """What a no to one mail's marks is; `LIMIT` speaks of keywords here (RFC 5530)."""
        told = explained(error, self._account, "marcar el correo")
        if isinstance(told, MailboxRefused) or "[LIMIT]" in str(error):
            return MarkRefused(f"Buzón «{self._account.name}»: el servidor no admite estas marcas ({said(error)}).")
        return told
