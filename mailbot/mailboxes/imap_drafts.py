"""Puts answers as drafts into a mailbox over IMAP: APPEND to its Drafts folder. Nothing is ever sent.

A draft is found again by a header of its own. IMAP changes no mail: a draft that says something else is
put beside the old one, which is then taken away by its uid; nothing but drafts that bear our header and
that nobody touched is ever taken away.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from imapclient import DELETED, DRAFT, SEEN

from mailbot.domain.drafting import DRAFT_HEADER
from mailbot.domain.errors import MailboxRefused, MailChanged
from mailbot.domain.message import Address
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_connection import ImapConnection, ListedFolder
from mailbot.mailboxes.imap_errors import translated
from mailbot.mailboxes.imap_link import ImapLink
from mailbot.ports.drafts import KeptDraft, ReplyDraft
from mailbot.ports.marks import Wanted

# Names of the folder where the server does not mark it.
DRAFT_NAMES = ("Drafts", "Borradores", "Borrador", "Draft")
_BODY = "BODY.PEEK[]"


class ImapDrafts:
    """The `MailDrafts` over IMAP; safe to use from several threads."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._link = ImapLink(account, ImapConnection)

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._account.name

    def write(self, draft: ReplyDraft, *, to: Wanted) -> KeptDraft | None:
        """One of each stamp; the mail that is answered need not be there, since it is answered by its Message-ID."""

        def put(connection: ImapConnection) -> KeptDraft | None:
            folder = self._opened(connection)
            there = folder.stamped(draft.stamp)
            if there is not None:
                return replace(there, is_as_given=there.fingerprint == _fingerprint(bytes_of(draft)))
            folder.append(draft)
            made = folder.stamped(draft.stamp)
            return made and replace(made, is_new=True, is_as_given=True)

        return self._link.run(put)

    def find(self, item: str) -> KeptDraft | None:
        """The draft as it is now."""
        return self._link.run(lambda connection: self._opened(connection).read(item))

    def update(self, kept: KeptDraft, draft: ReplyDraft) -> KeptDraft | None:
        """Another one beside it, then away with the old one, if nobody changed it."""

        def change(connection: ImapConnection) -> KeptDraft | None:
            folder = self._opened(connection)
            # A call that was cut off may have left the new one there already, with the words of that time.
            newer = folder.stamped(draft.stamp, but=kept.item)
            if not self._is_untouched(folder, kept):
                return newer if newer and newer.fingerprint == _fingerprint(bytes_of(draft)) else None
            folder.append(draft)
            for old in filter(None, (kept, newer)):
                folder.remove(old.item)
            return folder.stamped(draft.stamp)

        return self._link.run(change)

    def discard(self, kept: KeptDraft) -> bool:
        """Away with it, if nobody changed it."""

        def remove(connection: ImapConnection) -> bool:
            folder = self._opened(connection)
            is_ours = self._is_untouched(folder, kept)
            if is_ours:
                folder.remove(kept.item)
            return is_ours

        return self._link.run(remove)

    def check(self) -> Sequence[str]:
        """Find the Drafts folder and open it."""
        return self._link.run(lambda connection: (f"borradores en «{self._opened(connection).name}».",))

    def close(self) -> None:
        """Let the connection go."""
        self._link.close()

    def _is_untouched(self, folder: "_Folder", kept: KeptDraft) -> bool:
        """Whether it lies there as it was kept; False when it is gone, and raises when it differs."""
        found = folder.read(kept.item)
        if found is not None and found.fingerprint != kept.fingerprint:
            raise MailChanged(f"Buzón «{self.name}»: alguien cambió el borrador.")
        return found is not None

    def _opened(self, connection: ImapConnection) -> "_Folder":
        name = drafts_folder_among(connection.folders())
        if name is None:
            raise MailboxRefused(
                f"Buzón «{self.name}»: no se encontró la carpeta de borradores; créela con el nombre «Borradores» "
                "(las respuestas preparadas van mientras tanto en la agenda)."
            )
        return _Folder(connection, self._account, name)


def drafts_folder_among(folders: Sequence[ListedFolder]) -> str | None:
    """The folder marked \\Drafts (RFC 6154), else the first that bears a usual name at its end."""
    selectable = [folder for folder in folders if folder.is_selectable]
    marked = next((folder.name for folder in selectable if folder.is_drafts), None)
    if marked is not None:
        return marked
    by_depth = sorted(selectable, key=lambda folder: len(folder.name), reverse=True)
    by_leaf = {folder.leaf.casefold(): folder.name for folder in by_depth}
    return next((by_leaf[name.casefold()] for name in DRAFT_NAMES if name.casefold() in by_leaf), None)


class _Folder:
    """The Drafts folder, opened for writing."""

    def __init__(self, connection: ImapConnection, account: ImapAccount, name: str) -> None:
        self.name = name
        self._account = account
        self._client = connection.client
        self._can_expunge = connection.can("UIDPLUS")
        with translated(account, f"abrir la carpeta «{name}»"):
            answer = self._client.select_folder(name)
        self._validity = int(answer.get(b"UIDVALIDITY", 0))

    def stamped(self, stamp: str, *, but: str = "") -> KeptDraft | None:
        """The newest draft with that stamp."""
        with translated(self._account, "buscar un borrador"):
            found = self._client.search(["UNDELETED", "HEADER", DRAFT_HEADER, stamp])
        items = [f"{self._validity}:{uid}" for uid in sorted(found, reverse=True)]
        return next((kept for item in items if item != but and (kept := self.read(item))), None)

    def read(self, item: str) -> KeptDraft | None:
        """A draft by its uid; None when it is not there, or is marked as deleted."""
        validity, _, uid = item.partition(":")
        if validity != str(self._validity):
            return None
        with translated(self._account, "leer un borrador"):
            found = self._client.fetch([int(uid)], [_BODY, "FLAGS"]).get(int(uid))
        if not found or DELETED in found.get(b"FLAGS", ()):
            return None
        raw = found.get(b"BODY[]") or b""
        return KeptDraft(item=item, version=uid, fingerprint=_fingerprint(raw))

    def append(self, draft: ReplyDraft) -> None:
        """Put a draft into the folder, marked as read."""
        with translated(self._account, f"guardar en la carpeta «{self.name}»"):
            self._client.append(self.name, bytes_of(draft), flags=(DRAFT, SEEN), msg_time=draft.created_at)

    def remove(self, item: str) -> None:
        """Mark one as deleted, and let it go where the server can do that for one alone (RFC 4315)."""
        uid = int(item.partition(":")[2])
        with translated(self._account, "retirar un borrador"):
            self._client.delete_messages([uid], silent=True)
            if self._can_expunge:
                self._client.uid_expunge([uid])


def _fingerprint(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def bytes_of(draft: ReplyDraft) -> bytes:
    """A draft as a mail program saves it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _mailbox(draft.sender)
    mail["To"] = ", ".join(_mailbox(address) for address in draft.to)
    mail["Subject"] = draft.subject
    mail["Date"] = format_datetime(draft.created_at)
    mail["Message-ID"] = f"<borrador.{draft.stamp}@{draft.sender.domain or 'localhost'}>"
    mail["In-Reply-To"] = draft.in_reply_to
    mail["References"] = " ".join(draft.references or (draft.in_reply_to,))
    mail[DRAFT_HEADER] = draft.stamp
    mail.set_content(f"{draft.text}\n{draft.quoted}" if draft.quoted else draft.text, cte="quoted-printable")
    mail.add_alternative(_page_of(draft), subtype="html", cte="quoted-printable")
    # The same draft gives the same bytes, so that one that lies there can be compared with it.
    mail.set_boundary(f"borrador-{draft.stamp}")
    return mail.as_bytes()


def _page_of(draft: ReplyDraft) -> str:
    from html import escape

    quoted = f"<blockquote>{escape(draft.quoted).replace(chr(10), '<br>')}</blockquote>" if draft.quoted else ""
    return f"{draft.html}{quoted}"


def _mailbox(address: Address) -> str:
    from email.utils import formataddr

    return formataddr((address.name, address.address))
