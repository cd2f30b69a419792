"""One logged-in IMAP connection that reads.

Folders are only ever opened with EXAMINE and mails fetched with BODY.PEEK, so nothing here can
change a flag; `append` is the single command that writes.
"""

import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from imapclient import SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, LoginError

from mailbot.domain.errors import MailboxRefused, MailboxUnavailable
from mailbot.login import Security, Tokens, oauthbearer, tls_context, xoauth2
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_errors import said, translated

# Folders that show mails which lie in others (RFC 6154).
_VIEWS = {b"\\all", b"\\flagged"}


@dataclass(frozen=True, kw_only=True)
class FolderState:
    """What the server says of a folder when it is opened."""

    name: str
    validity: int
    # The uid the next mail will get; None where the server does not say (RFC 3501 section 7.1).
    next_uid: int | None
    exists: int
    # The number of the last change in it; None where the server counts none (RFC 7162).
    modseq: int | None = None


@dataclass(frozen=True, kw_only=True)
class ListedFolder:
    """One folder of the account."""

    name: str
    # The last part of its path, by which people know it.
    leaf: str
    is_sent: bool
    is_selectable: bool
    is_drafts: bool = False
    # Whether its mails lie in other folders too.
    is_view: bool = False


class MailUnfetchable(Exception):
    """The server answered no, or nonsense, for these mails; the connection itself is fine."""


class FolderReadOnly(MailboxRefused):
    """A folder was to be opened for writing, and this login may only read it."""


class ImapConnection:
    """One logged-in connection; only one thread may use it at a time."""

    def __init__(self, client: IMAPClient, account: ImapAccount) -> None:
        self.client = client
        self._account = account
        self._selected: FolderState | None = None

    @classmethod
    def open(cls, account: ImapAccount) -> Self:
        """Connect, secure and log in."""
        with translated(account, "conectar"):
            client = _connected(account)
            try:
                _log_in(client, account)
            except BaseException:
                _shut(client)
                raise
        # INTERNALDATE comes with its offset instead of in this machine's local time.
        client.normalise_times = False
        return cls(client, account)

    def can(self, capability: str) -> bool:
        """Whether the server announced a capability."""
        with translated(self._account, "preguntar qué sabe hacer"):
            return bool(self.client.has_capability(capability))

    def examine(self, folder: str) -> FolderState:
        """Open a folder for reading alone and see how it stands now."""
        self._selected = None
        self._selected = state_of(folder, self._answer(folder, is_readonly=True), self._account)
        return self._selected

    def _answer(self, folder: str, *, is_readonly: bool) -> Mapping[bytes, Any]:
        """What the server says when a folder is opened."""
        with translated(self._account, f"abrir la carpeta «{folder}»"):
            try:
                return self.client.select_folder(folder, readonly=is_readonly)  # type: ignore[no-any-return]
            except IMAPClientReadOnlyError as error:
                raise FolderReadOnly(f"Buzón «{self._account.name}»: «{folder}» solo se puede leer.") from error
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise self._without_folder(folder, error) from error

    def opened(self, folder: str) -> FolderState:
        """The folder as it stood when it was opened last; opens it if it is not the current one."""
        if self._selected is not None and self._selected.name == folder:
            return self._selected
        return self.examine(folder)

    def search(self, criteria: Sequence[Any]) -> list[int]:
        """The uids in the open folder that match."""
        with translated(self._account, "buscar mensajes"):
            return [int(uid) for uid in self.client.search(list(criteria))]

    def fetch(self, uids: Sequence[int], items: Sequence[str]) -> Mapping[int, Mapping[bytes, Any]]:
        """Items of mails in the open folder.

        Raises `MailUnfetchable` when the server refuses or garbles these mails only.
        """
        with translated(self._account, "leer mensajes"):
            try:
                return self.client.fetch(list(uids), list(items))  # type: ignore[no-any-return]
            except IMAPClientAbortError:
                raise
            except (IMAPClientError, ValueError, AssertionError) as error:
                raise MailUnfetchable(said(error)) from error

    def folders(self) -> Sequence[ListedFolder]:
        """Every folder of the account."""
        with translated(self._account, "listar carpetas"):
            return [_listed(*row) for row in self.client.list_folders()]

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        """Put a mail into a folder, marked as read."""
        with translated(self._account, f"guardar en la carpeta «{folder}»"):
            self.client.append(folder, raw, flags=(SEEN,), msg_time=at)

    def close(self) -> None:
        """Log out if that still works; never raises."""
        with suppress(Exception):
            self.client.logout()
        _shut(self.client)

    def abort(self) -> None:
        """Break the connection at once, from any thread; a read in progress ends with an error."""
        with suppress(Exception):
            self.client.socket().shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        """Let a broken connection go without a word to the server; never raises."""
        _shut(self.client)

    def _without_folder(self, folder: str, error: Exception) -> MailboxRefused | MailboxUnavailable:
        names = [listed.name for listed in self.folders() if listed.is_selectable]
        start = f"Buzón «{self._account.name}»: no se puede abrir la carpeta «{folder}» ({said(error)})."
        if "[UNAVAILABLE]" in str(error):
            return MailboxUnavailable(start)
        there = ", ".join(f"«{name}»" for name in names[:40])
        return MailboxRefused(f"{start} Las carpetas que hay son: {there}.")


def _connected(account: ImapAccount) -> IMAPClient:
    seconds = account.timeout.total_seconds()
    is_tls = account.security is Security.TLS
    context = None if account.security is Security.PLAIN else tls_context(account.ca_file)
    client = IMAPClient(
        account.host, account.port, ssl=is_tls, ssl_context=context, timeout=SocketTimeout(seconds, seconds)
    )
    try:
        # imaplib sends in pieces; each would wait for the one before to be acknowledged.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if account.security is Security.STARTTLS:
            client.starttls(context)
    except BaseException:
        _shut(client)
        raise
    return client


def _log_in(client: IMAPClient, account: ImapAccount) -> None:
    if account.tokens is not None:
        _log_in_with_token(client, account, account.tokens)
        return
    password = account.password or ""
    words = account.username + password
    # LOGIN knows ASCII only; PLAIN carries UTF-8 (RFC 4616).
    if client.has_capability("LOGINDISABLED") or not (words.isascii() and words.isprintable()):
        if not client.has_capability("AUTH=PLAIN"):
            raise LoginError("el servidor no admite contraseñas en esta conexión: use «tls» o TOKEN_COMMAND")
        client.plain_login(account.username, password)
        return
    client.login(account.username, password)


def _log_in_with_token(client: IMAPClient, account: ImapAccount, tokens: Tokens) -> None:
    if client.has_capability("AUTH=OAUTHBEARER") and not client.has_capability("AUTH=XOAUTH2"):
        mechanism, answer = "OAUTHBEARER", oauthbearer
    elif client.has_capability("AUTH=XOAUTH2"):
        mechanism, answer = "XOAUTH2", xoauth2
    else:
        raise LoginError("el servidor no ofrece XOAUTH2 ni OAUTHBEARER: use una contraseña")
    token = tokens.get()
    try:
        _say_token(client, mechanism, answer(account.username, token))
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise
        # It may have been withdrawn before its time.
        other = tokens.get(renew=True)
        if other == token:
            raise
        _say_token(client, mechanism, answer(account.username, other))


def _say_token(client: IMAPClient, mechanism: str, words: str) -> None:
    left = [words.encode()]
    # A refusal comes as a challenge that explains it; it must be answered with nothing before the NO.
    client.sasl_login(mechanism, lambda _challenge: left.pop() if left else b"\x01")


def state_of(folder: str, answer: Mapping[bytes, Any], account: ImapAccount) -> FolderState:
    """What an answer to SELECT or EXAMINE says of a folder."""
    validity = answer.get(b"UIDVALIDITY")
    if validity is None:
        raise MailboxRefused(
            f"Buzón «{account.name}»: {account.place} no da UIDVALIDITY en «{folder}»; "
            "sin eso no se puede leer sin perder mensajes."
        )
    next_uid = answer.get(b"UIDNEXT")
    return FolderState(
        name=folder,
        validity=int(validity),
        next_uid=None if next_uid is None else int(next_uid),
        exists=int(answer.get(b"EXISTS", 0)),
        modseq=answer.get(b"HIGHESTMODSEQ") or None,
    )


def _listed(flags: Sequence[bytes], delimiter: bytes | None, name: str) -> ListedFolder:
    lower = {flag.lower() for flag in flags}
    leaf = name.rpartition(delimiter.decode("ascii", "replace"))[2] if delimiter else name
    return ListedFolder(
        name=name,
        leaf=leaf,
        is_sent=b"\\sent" in lower,
        is_drafts=b"\\drafts" in lower,
        is_selectable=not lower & {b"\\noselect", b"\\nonexistent"},
        is_view=bool(lower & _VIEWS),
    )


def _shut(client: IMAPClient) -> None:
    with suppress(Exception):
        client.shutdown()
