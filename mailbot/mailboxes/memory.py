"""A mailbox in memory: keeps the whole contract, can be told to fail, needs no server."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser

from mailbot.domain.clock import to_utc
from mailbot.domain.errors import MailbotError, MailboxRefused
from mailbot.domain.message import MailKey
from mailbot.ports.mailbox import Cursor, FetchedMail


@dataclass
class _Folder:
    validity: int = 1
    last_uid: int = 0
    mails: list[FetchedMail] = field(default_factory=list)


class MemoryMailSource:
    """The `MailSource` over a dictionary; the Sent folder is the last of `folders`."""

    def __init__(self, name: str, *, folders: Sequence[str] = ("INBOX", "Sent"), batch_count: int = 50) -> None:
        self._name = name
        self._folders = {folder: _Folder() for folder in folders}
        self._sent_folder = folders[-1] if len(folders) > 1 else None
        self._batch_count = batch_count
        self._failure: MailbotError | None = None
        self._news = threading.Condition()
        self._hints = 0
        self._is_woken = False

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._name

    @property
    def folders(self) -> Sequence[str]:
        """Every folder it was made with."""
        return tuple(self._folders)

    @property
    def sent_folder(self) -> str | None:
        """The last folder, when there is more than the inbox."""
        return self._sent_folder

    def add(self, raw: bytes, *, at: datetime, folder: str = "INBOX") -> MailKey:
        """Let a mail arrive."""
        box = self._folders[folder]
        with self._news:
            box.last_uid += 1
            key = MailKey(mailbox=self._name, folder=folder, validity=box.validity, uid=box.last_uid)
            box.mails.append(FetchedMail(key=key, raw=raw, received_at=to_utc(at)))
            self._hints += folder == self.folders[0]
            self._news.notify_all()
        return key

    def spoil(self, key: MailKey, *, fault: str) -> None:
        """From now on this mail cannot be fetched."""
        mails = self._folders[key.folder].mails
        mails[:] = [replace(mail, raw=None, fault=fault) if mail.key == key else mail for mail in mails]

    def remove(self, key: MailKey) -> None:
        """Somebody deletes or moves this mail."""
        mails = self._folders[key.folder].mails
        mails[:] = [mail for mail in mails if mail.key != key]

    def renew(self, folder: str) -> None:
        """The server numbers the folder anew: another UIDVALIDITY, uids from 1."""
        box = self._folders[folder]
        box.validity += 1
        box.last_uid = len(box.mails)
        box.mails = [
            replace(mail, key=replace(mail.key, validity=box.validity, uid=uid))
            for uid, mail in enumerate(box.mails, start=1)
        ]

    def fail_with(self, failure: MailbotError | None) -> None:
        """Let every call raise this, until told otherwise with None."""
        self._failure = failure

    def fetch(
        self, folder: str, cursor: Cursor | None, *, since: datetime | None = None
    ) -> Iterator[Sequence[FetchedMail]]:
        """Batches after the cursor; from `since` on without a cursor that holds."""
        box = self._opened(folder)
        if folder == self.folders[0]:
            # Whoever looks needs no hint any more.
            self._hints = 0
        if cursor is not None and cursor.validity == box.validity:
            mails = [mail for mail in box.mails if mail.key.uid > cursor.uid]
        else:
            mails = [mail for mail in box.mails if since is None or mail.received_at >= to_utc(since)]
        for start in range(0, len(mails), self._batch_count):
            self._raise_failure()
            yield tuple(mails[start : start + self._batch_count])

    def list_keys(self, folder: str, *, since: datetime) -> Sequence[MailKey]:
        """What lies in the folder from `since` on."""
        return [mail.key for mail in self._opened(folder).mails if mail.received_at >= to_utc(since)]

    def wait(self, timeout: timedelta) -> bool:
        """True when a mail arrives in the inbox, or arrived since the last wait."""
        self._raise_failure()
        with self._news:
            self._news.wait_for(lambda: self._hints > 0 or self._is_woken, timeout.total_seconds())
            has_news = self._hints > 0 and not self._is_woken
            self._hints, self._is_woken = 0, False
        return has_news

    def wake(self) -> None:
        """End a wait."""
        with self._news:
            self._is_woken = True
            self._news.notify_all()

    def find(self, message_id: str, *, folder: str) -> bool:
        """Whether a mail with that Message-ID lies in the folder."""
        return any(_message_id(mail.raw or b"") == message_id for mail in self._opened(folder).mails)

    def file_sent(self, raw: bytes, *, at: datetime) -> None:
        """Put a copy into Sent, once."""
        self._raise_failure()
        if self._sent_folder is None:
            raise MailboxRefused(f"Buzón «{self._name}»: no hay carpeta de enviados; indíquela en SENT_FOLDER.")
        message_id = _message_id(raw)
        if not message_id or not self.find(message_id, folder=self._sent_folder):
            self.add(raw, at=at, folder=self._sent_folder)

    def check(self) -> Sequence[str]:
        """Say how full the folders are."""
        self._raise_failure()
        return [f"Carpeta «{name}»: {len(box.mails)} mensajes." for name, box in self._folders.items()]

    def close(self) -> None:
        """Nothing to let go."""

    def _opened(self, folder: str) -> _Folder:
        self._raise_failure()
        if folder not in self._folders:
            there = ", ".join(f"«{name}»" for name in self._folders)
            raise MailboxRefused(
                f"Buzón «{self._name}»: no se puede abrir la carpeta «{folder}». Las carpetas que hay son: {there}."
            )
        return self._folders[folder]

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


def _message_id(raw: bytes) -> str:
    return str(BytesHeaderParser().parsebytes(raw).get("Message-ID", "")).strip()
