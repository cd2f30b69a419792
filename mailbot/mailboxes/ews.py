"""Reads a mailbox on an Exchange server over EWS without leaving a trace in it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser

from mailbot.domain.clock import to_utc
from mailbot.domain.message import MailKey
from mailbot.ews.client import EwsClient, EwsFolder
from mailbot.ews.endpoint import EwsRights
from mailbot.ews.failure import EwsFailure
from mailbot.mailboxes.ews_account import EwsAccount
from mailbot.mailboxes.ews_errors import translated
from mailbot.mailboxes.ews_folders import EwsFolderNames
from mailbot.mailboxes.ews_reading import Content, contents_of
from mailbot.mailboxes.ews_round import EwsRounds, Listed, Round
from mailbot.mailboxes.ews_watch import EwsWatch
from mailbot.mailboxes.numbering import Place, afresh, keys_of, place_of
from mailbot.ports.mailbox import Cursor, FetchedMail

__all__ = ["EwsAccount", "EwsMailSource"]


class EwsMailSource:
    """The `MailSource` over EWS; safe to use from several threads.

    EWS numbers no mails, so a fetch numbers them as it hands them out; a lost sync state is what a
    new UIDVALIDITY is on IMAP.
    """

    def __init__(self, account: EwsAccount, *, client: EwsClient | None = None) -> None:
        self._account = account
        self._client = client or EwsClient(account.endpoint, account.address)
        self._known = EwsFolderNames(self._client, account)
        self._rounds = EwsRounds(self._client)
        self._watch = EwsWatch(self._client, poll_interval=account.poll_interval)
        self._folders = account.folders
        # By folder: where its last round ended.
        self._states: dict[str, str] = {}
        # By folder: a state that a cursor holds, and where the rounds after it that brought nothing ended.
        self._ahead: dict[str, tuple[str, str]] = {}
        # By folder: how far it was handed out, and mails that lie there and that no round told of.
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
        return self._account.sent_folder or self._known.sent

    def fetch(
        self, folder: str, cursor: Cursor | None, *, since: datetime | None = None
    ) -> Iterator[Sequence[FetchedMail]]:
        """Batches after the cursor, several mails in one request."""
        place = place_of(cursor, since)
        found = self._known.find(folder)
        self._watch.forget(found.id)
        with translated(self._account, f"leer la carpeta «{folder}»"):
            try:
                round_ = self._round(place, found)
            except EwsFailure as failure:
                if failure.is_missing:
                    # Deleted or made anew under the same name.
                    self._known.forget()
                    found = self._known.find(folder)
                elif not failure.has_lost_sync:
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
        """Listen to the server's notifications; look every `poll_interval` where it grants none."""
        with translated(self._account, "ver si hay correo nuevo"):
            return self._watch.wait(timeout, self._watched, self._has_news)

    def wake(self) -> None:
        """End a `wait` in another thread."""
        self._watch.wake()

    def find(self, message_id: str, *, folder: str) -> bool:
        """Whether a mail with that Message-ID lies in the folder now."""
        found = self._known.find(folder)
        with translated(self._account, f"buscar en la carpeta «{folder}»"):
            return bool(self._client.find(message_id, [found.id]))

    def file_sent(self, raw: bytes, *, at: datetime) -> None:
        """Put a copy into Sent unless one lies there."""
        folder = self.sent_folder
        message_id = str(BytesHeaderParser().parsebytes(raw).get("Message-ID", "")).strip()
        if message_id and self.find(message_id, folder=folder):
            return
        found = self._known.find(folder)
        with translated(self._account, f"guardar la copia en «{folder}»"):
            self._client.create(raw, found.id, filed_at=to_utc(at))

    def check(self) -> Sequence[str]:
        """Ask for every folder and a mail in it, and for notifications, on a fresh connection."""
        self.close()
        self._known.forget()
        names = self.folders
        how = "por suplantación" if self._account.endpoint.rights is EwsRights.IMPERSONATION else "por acceso delegado"
        host = self._client.endpoint.host
        lines = [f"Conectado a {host} (EWS, Exchange {self._client.server}) para {self._account.address} {how}."]
        for name in names:
            folder = self._known.find(name)
            with translated(self._account, f"leer la carpeta «{name}»"):
                self._client.find("<prueba@mailbot>", [folder.id])
            lines.append(f"Carpeta «{name}»: {folder.count} mensajes.")
        lines.append(f"Carpeta de enviados: «{self.sent_folder}».")
        return [*lines, self._hints()]

    def close(self) -> None:
        """Let the connections go."""
        self._watch.close()
        self._client.close()

    def _hints(self) -> str:
        """How new mail is heard of, tried for real."""
        try:
            self._watch.try_subscribing(self._watched())
        except EwsFailure as failure:
            seconds = self._account.poll_interval.total_seconds()
            return f"Correo nuevo: Exchange no concede avisos ({failure.code}); se consulta cada {seconds:.0f} s."
        return "Correo nuevo: Exchange avisa al momento."

    def _round(self, place: Place, folder: EwsFolder) -> Round:
        progress = place.progress
        base, ahead = self._ahead.get(folder.id, ("", ""))
        start = progress.at(ahead) if progress.link and progress.link == base else progress
        found = self._rounds.after(start, folder=folder.id)
        found = self._rounds.with_missed(found, self._missed.pop(folder.name, ()), progress=progress)
        self._places[folder.name] = place
        self._states[folder.id] = found.state
        # Nothing to hand out moves no cursor; without this the same changes would come again and again.
        if progress.link and not found.mails:
            self._ahead[folder.id] = (progress.link, found.state)
        return found

    def _batches(self, found: Round, place: Place, folder: str) -> Iterator[Sequence[FetchedMail]]:
        count = self._account.batch_count
        for start in range(0, len(found.mails), count):
            listed = found.mails[start : start + count]
            with translated(self._account, f"leer los correos de «{folder}»"):
                contents = contents_of(self._client, listed, max_bytes=self._account.max_bytes)
            batch = []
            for mail, content in zip(listed, contents, strict=True):
                if content is not None:
                    place = place.past(mail.id, link=found.state if mail is found.mails[-1] else None)
                    batch.append(self._fetched(mail, content, place, folder))
                    self._places[folder] = place
            if batch:
                yield tuple(batch)

    def _fetched(self, mail: Listed, content: Content, place: Place, folder: str) -> FetchedMail:
        return FetchedMail(
            key=MailKey(mailbox=self.name, folder=folder, validity=place.validity, uid=place.uid),
            raw=content.raw,
            received_at=mail.received_at,
            fault=content.fault,
            token=place.progress.token,
        )

    def _watched(self) -> Sequence[str]:
        return [self._known.find(name).id for name in self.folders]

    def _has_news(self) -> bool:
        """Whether a round of a folder that was read would tell of anything."""
        return any(self._rounds.has_news(folder, state) for folder, state in dict(self._states).items())
