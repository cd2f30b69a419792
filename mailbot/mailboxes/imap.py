"""Reads a mailbox over IMAP without leaving a trace in it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser

from mailbot.domain.errors import MailboxRefused
from mailbot.domain.message import MailKey
from mailbot.login import Security
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_connection import ImapConnection, ListedFolder
from mailbot.mailboxes.imap_link import ImapLink
from mailbot.mailboxes.imap_listing import list_folder, measure_all
from mailbot.mailboxes.imap_reading import FolderReading
from mailbot.mailboxes.imap_watch import ImapWatch
from mailbot.ports.mailbox import Cursor, FetchedMail

__all__ = ["ImapAccount", "ImapMailSource", "sent_folder_among"]

# Names of the Sent folder where the server does not mark it: those of Outlook, Exchange, Gmail,
# Thunderbird, Zimbra, cPanel, Roundcube and Apple Mail in Spanish and English, the likeliest first.
SENT_NAMES = (
    "Sent",
    "Sent Items",
    "Elementos enviados",
    "Enviados",
    "Sent Messages",
    "Sent Mail",
    "Correo enviado",
    "Correos enviados",
    "Mensajes enviados",
    "INBOX.Sent",
    "INBOX.Enviados",
)
_SECURITY_WORDS = {
    Security.TLS: "con TLS y certificado verificado",
    Security.STARTTLS: "con STARTTLS y certificado verificado",
    Security.PLAIN: "SIN CIFRAR: use «tls» o «starttls» si el servidor no está en esta misma máquina",
}


class ImapMailSource:
    """The `MailSource` over IMAP. Connects when first asked; safe to use from several threads."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._link = ImapLink(account, ImapConnection)
        self._watch = ImapWatch(account)
        self._next_uids: dict[str, int | None] = {}
        # INBOX is the one name that means the same in any case (RFC 3501 section 5.1); keys need one spelling.
        self._folders = tuple("INBOX" if name.upper() == "INBOX" else name for name in account.folders)
        self._sent_folder = account.sent_folder
        self._knows_sent_folder = account.sent_folder is not None

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._account.name

    @property
    def folders(self) -> Sequence[str]:
        """The folders of the account, and the Sent folder once it is known; asks the server once."""
        sent = self.sent_folder
        return self._folders if sent is None or sent in self._folders else (*self._folders, sent)

    @property
    def sent_folder(self) -> str | None:
        """The configured Sent folder, or the one the server has; asks the server once."""
        if not self._knows_sent_folder:
            self._sent_folder = sent_folder_among(self._link.run(ImapConnection.folders))
            self._knows_sent_folder = True
        return self._sent_folder

    def fetch(
        self, folder: str, cursor: Cursor | None, *, since: datetime | None = None
    ) -> Iterator[Sequence[FetchedMail]]:
        """Batches after the cursor, each fetched when it is asked for."""
        listing = self._link.run(lambda connection: list_folder(connection, folder, cursor, since))
        self._next_uids[folder] = listing.folder.next_uid
        if listing.uids:
            yield from FolderReading(self._link, self._account, listing).batches()

    def list_keys(self, folder: str, *, since: datetime) -> Sequence[MailKey]:
        """What lies in the folder from `since` on, by size and arrival alone."""
        return self._link.run(lambda connection: _keys(connection, self.name, folder, since))

    def wait(self, timeout: timedelta) -> bool:
        """Watch the first folder with IDLE where the server can, else sit still."""
        folder = self._folders[0]
        return self._watch.wait(folder, timeout, seen_next=self._next_uids.get(folder))

    def wake(self) -> None:
        """End a `wait` in another thread."""
        self._watch.wake()

    def find(self, message_id: str, *, folder: str) -> bool:
        """Whether a mail with that Message-ID lies in the folder now."""
        return self._link.run(lambda connection: _has(connection, message_id, folder))

    def file_sent(self, raw: bytes, *, at: datetime) -> None:
        """Put a copy into Sent unless the server or an earlier call did."""
        if self._account.server_files_sent:
            return
        folder = self.sent_folder
        if folder is None:
            raise MailboxRefused(f"Buzón «{self.name}»: {self._without_sent}")
        message_id = str(BytesHeaderParser().parsebytes(raw).get("Message-ID", "")).strip()

        def file(connection: ImapConnection) -> None:
            if not message_id or not _has(connection, message_id, folder):
                connection.append(folder, raw, at)

        self._link.run(file)

    def check(self) -> Sequence[str]:
        """Connect, log in and open every folder, on a fresh connection."""
        self._link.close()
        return self._link.run(self._checked)

    def close(self) -> None:
        """Let both connections go."""
        self._link.close()
        self._watch.close()

    @property
    def _without_sent(self) -> str:
        setting = f"MAILBOT_MAILBOX__{self.name.upper()}__SENT_FOLDER"
        return f"no se encontró la carpeta de enviados, donde se ven las respuestas; indíquela en {setting}."

    def _checked(self, connection: ImapConnection) -> Sequence[str]:
        account = self._account
        how = "con un token (OAuth)" if account.tokens else "con contraseña"
        lines = [
            f"Conectado a {account.place} {_SECURITY_WORDS[account.security]}.",
            f"Sesión iniciada como «{account.username}» {how}.",
        ]
        for folder in self.folders:
            state = connection.examine(folder)
            lines.append(f"Carpeta «{folder}»: {state.exists} mensajes.")
        if self.sent_folder is None:
            lines.append(f"Falta algo: {self._without_sent}")
        else:
            lines.append(f"Carpeta de enviados: «{self.sent_folder}».")
        pushes = "sí" if connection.can("IDLE") else "no; se consultará cada poco"
        lines.append(f"Aviso inmediato de correo nuevo (IDLE): {pushes}.")
        return lines


def _keys(connection: ImapConnection, mailbox: str, folder: str, since: datetime) -> Sequence[MailKey]:
    listing = list_folder(connection, folder, None, since)
    return [
        MailKey(mailbox=mailbox, folder=folder, validity=listing.folder.validity, uid=mail.uid)
        for mail in measure_all(connection, listing)
    ]


def _has(connection: ImapConnection, message_id: str, folder: str) -> bool:
    connection.examine(folder)
    return bool(connection.search(["HEADER", "Message-ID", message_id]))


def sent_folder_among(folders: Sequence[ListedFolder]) -> str | None:
    """The folder marked \\Sent (RFC 6154), else the first that bears a usual name at its end."""
    selectable = [folder for folder in folders if folder.is_selectable]
    marked = next((folder.name for folder in selectable if folder.is_sent), None)
    if marked is not None:
        return marked
    # The shortest path wins, since it is the last to be put in: a project's own "Sent" lies deeper.
    by_depth = sorted(selectable, key=lambda folder: len(folder.name), reverse=True)
    by_leaf = {folder.leaf.casefold(): folder.name for folder in by_depth}
    return next((by_leaf[name.casefold()] for name in SENT_NAMES if name.casefold() in by_leaf), None)
