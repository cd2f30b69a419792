"""Reads a mailbox in Microsoft 365 over Graph without leaving a trace in it."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from mailbot.domain.clock import to_utc
from mailbot.domain.message import MailKey
from mailbot.graph.answers import GraphFailure
from mailbot.graph.client import AT_ONCE, Call, GraphClient
from mailbot.mailboxes.graph_account import GraphAccount
from mailbot.mailboxes.graph_errors import translated
from mailbot.mailboxes.graph_folders import INBOX, GraphFolder, GraphFolders
from mailbot.mailboxes.graph_round import GraphRounds, Listed, Round
from mailbot.mailboxes.numbering import Place, afresh, keys_of, place_of
from mailbot.mailboxes.wakeup import Wakeup
from mailbot.ports.mailbox import Cursor, FetchedMail

__all__ = ["GraphAccount", "GraphMailSource"]

# One mail's own trouble; anything else is the mailbox's or the server's.
_MAIL_FAULTS = frozenset({400, 413, 422, 500})


class GraphMailSource:
    """The `MailSource` over Graph; safe to use from several threads.

    Graph numbers no mails, so a fetch numbers them as it hands them out; a lost delta link is what a
    new UIDVALIDITY is on IMAP.
    """

    def __init__(self, account: GraphAccount, *, client: GraphClient | None = None) -> None:
        self._account = account
        self._client = client or GraphClient(account.app)
        self._known = GraphFolders(self._client, account)
        self._rounds = GraphRounds(self._client, account)
        self._bell = Wakeup()
        self._folders = tuple(INBOX if name.upper() == INBOX else name for name in account.folders)
        # By folder: where its last round ended.
        self._links: dict[str, str] = {}
        self._compared: dict[str, float] = {}
        # By folder: a link that a cursor holds, and where the rounds after it that brought nothing ended.
        self._ahead: dict[str, tuple[str, str]] = {}
        # By folder: how far it was read, and the mails that no round told of.
        self._places: dict[str, Place] = {}
        self._missed: dict[str, tuple[Listed, ...]] = {}

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._account.name

    @property
    def folders(self) -> Sequence[str]:
        """The folders of the account and the Sent folder; asks the server once."""
        sent = self.sent_folder
        return self._folders if sent in self._folders else (*self._folders, sent)

    @property
    def sent_folder(self) -> str:
        """The configured Sent folder, or the mailbox's own; asks the server once."""
        return self._account.sent_folder or self._known.sent().name

    def fetch(
        self, folder: str, cursor: Cursor | None, *, since: datetime | None = None
    ) -> Iterator[Sequence[FetchedMail]]:
        """Batches after the cursor; four mails are fetched at once."""
        place = place_of(cursor, since)
        found = self._known.find(folder)
        with translated(self._account, f"leer la carpeta «{folder}»"):
            try:
                round_ = self._round(place, found)
            except GraphFailure as failure:
                if failure.is_missing:
                    # Deleted or made anew under the same name: next time it is looked up again.
                    self._known.forget()
                if not failure.has_lost_sync:
                    raise
                place = afresh(cursor, since)
                round_ = self._round(place, found)
        yield from self._batches(round_, place, folder)

    def list_keys(self, folder: str, *, since: datetime) -> Sequence[MailKey]:
        """What lies in the folder from `since` on; what no round told of is numbered next, and handed out next."""
        place = self._places.get(folder)
        if place is None:
            # Nothing was read since the start, so nothing can be missing.
            return ()
        found = self._known.find(folder)
        with translated(self._account, f"listar la carpeta «{folder}»"):
            mails = self._rounds.arrived(place.progress, folder=found.id, since=to_utc(since))
        keys, self._missed[folder] = keys_of(place, mails, mailbox=self.name, folder=folder)
        return keys

    def wait(self, timeout: timedelta) -> bool:
        """Look at the first folder's delta every `poll_interval`."""
        until = time.monotonic() + timeout.total_seconds()
        while not self._bell.take() and (left := until - time.monotonic()) > 0:
            if self._has_news(self._folders[0]):
                return True
            self._bell.wait(min(left, self._account.poll_interval.total_seconds()))
        return False

    def wake(self) -> None:
        """End a `wait` in another thread."""
        self._bell.ring()

    def find(self, message_id: str, *, folder: str) -> bool:
        """Whether a mail with that Message-ID lies in the folder now."""
        found = self._known.find(folder)
        wanted = message_id.replace("'", "''")
        call = Call(
            method="GET",
            path=f"{self._account.root}/mailFolders/{found.id}/messages",
            params={"$filter": f"internetMessageId eq '{wanted}'", "$select": "id", "$top": "1"},
        )
        with translated(self._account, f"buscar en la carpeta «{folder}»"):
            return bool(self._client.read(call).items)

    def file_sent(self, raw: bytes, *, at: datetime) -> None:
        """Nothing: what is sent from the mailbox is filed by Exchange, and Graph lets nobody file another's copy."""

    def check(self) -> Sequence[str]:
        """Ask for every folder and a mail in it, on a fresh connection."""
        self._client.close()
        self._known.forget()
        lines = [f"Conectado a {self._account.app.host} (Microsoft Graph) para {self._account.address}."]
        for name in self.folders:
            folder = self._known.find(name)
            with translated(self._account, f"leer la carpeta «{name}»"):
                self._try_reading(folder)
            lines.append(f"Carpeta «{name}»: {folder.count} mensajes.")
        lines.append(f"Carpeta de enviados: «{self.sent_folder}».")
        seconds = self._account.poll_interval.total_seconds()
        lines.append(f"Correo nuevo: se consulta cada {seconds:.0f} s (Graph no avisa a una red interna).")
        return lines

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()
        self._bell.close()

    def _round(self, place: Place, folder: GraphFolder) -> Round:
        progress = place.progress
        base, ahead = self._ahead.get(folder.id, ("", ""))
        start = progress.at(ahead) if progress.link and progress.link == base else progress
        found = self._rounds.after(start, folder=folder.id)
        if progress.link and self._is_to_compare(folder):
            found = self._rounds.left_out(progress, found, folder=folder.id)
        found = self._rounds.with_missed(found, self._missed.pop(folder.name, ()), progress=progress)
        self._places[folder.name] = place
        self._links[folder.name] = found.link
        # Nothing to hand out moves no cursor; without this the same changes would come again and again.
        if progress.link and not found.mails:
            self._ahead[folder.id] = (progress.link, found.link)
        return found

    def _is_to_compare(self, folder: GraphFolder) -> bool:
        """Once in a while; a delta has been known to lose a mail."""
        now = time.monotonic()
        last = self._compared.setdefault(folder.id, now)
        if now - last < self._account.compare_every.total_seconds():
            return False
        self._compared[folder.id] = now
        return True

    def _batches(self, found: Round, place: Place, folder: str) -> Iterator[Sequence[FetchedMail]]:
        count = self._account.batch_count
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            for start in range(0, len(found.mails), count):
                listed = found.mails[start : start + count]
                batch = []
                for mail, content in zip(listed, self._contents(pool, listed, folder), strict=True):
                    if content is not None:
                        place = place.past(mail.id, link=found.link if mail is found.mails[-1] else None)
                        batch.append(self._fetched(mail, content, place, folder))
                        self._places[folder] = place
                if batch:
                    yield tuple(batch)

    def _contents(self, pool: ThreadPoolExecutor, listed: Sequence[Listed], folder: str) -> Sequence["_Content | None"]:
        with translated(self._account, f"leer los correos de «{folder}»"):
            return list(pool.map(self._content, listed))

    def _content(self, mail: Listed) -> "_Content | None":
        """The mail's bytes; None when it was deleted meanwhile."""
        path = f"{self._account.root}/messages/{quote(mail.id, safe='')}/$value"
        try:
            answer = self._client.read(Call(method="GET", path=path, limit=self._account.max_bytes))
        except GraphFailure as failure:
            if failure.is_missing:
                return None
            if failure.status in _MAIL_FAULTS:
                return _Content(raw=None, fault=f"Microsoft no entregó el correo: {failure}")
            raise
        return _Content(raw=answer.content, fault="")

    def _fetched(self, mail: Listed, content: "_Content", place: Place, folder: str) -> FetchedMail:
        return FetchedMail(
            key=MailKey(mailbox=self.name, folder=folder, validity=place.validity, uid=place.uid),
            raw=content.raw,
            received_at=mail.received_at,
            fault=content.fault,
            token=place.progress.token,
        )

    def _has_news(self, folder: str) -> bool:
        with translated(self._account, "ver si hay correo nuevo"):
            link = self._links.get(folder)
            if link is not None:
                return self._rounds.has_news(link)
        # Never read: at least say when the mailbox is out of reach.
        self._known.forget()
        self._known.find(folder)
        return False

    def _try_reading(self, folder: GraphFolder) -> None:
        path = f"{self._account.root}/mailFolders/{folder.id}/messages"
        self._client.read(Call(method="GET", path=path, params={"$select": "id", "$top": "1"}))


@dataclass(frozen=True, kw_only=True)
class _Content:
    raw: bytes | None
    fault: str
