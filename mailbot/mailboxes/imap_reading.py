"""Fetches the listed mails batch by batch, and gets past mails that cannot be had."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from mailbot.domain.clock import to_utc
from mailbot.domain.errors import MailboxUnavailable
from mailbot.domain.message import MailKey
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_connection import ImapConnection, MailUnfetchable
from mailbot.mailboxes.imap_link import ImapLink, LinkClosed
from mailbot.mailboxes.imap_listing import EPOCH, ListedMail, Listing, batches, measure
from mailbot.ports.mailbox import FetchedMail

# How many mails are measured with one command.
_MEASURE_AT_ONCE = 500
# PEEK leaves \Seen alone (RFC 3501 section 6.4.5).
_CONTENT = ["BODY.PEEK[]", "INTERNALDATE"]


class FolderReading:
    """One pass over the listed mails of one folder."""

    def __init__(self, link: ImapLink[ImapConnection], account: ImapAccount, listing: Listing) -> None:
        self._link = link
        self._account = account
        self._listing = listing

    def batches(self) -> Iterator[Sequence[FetchedMail]]:
        """Every batch in order, each fetched when it is asked for."""
        plan = batches(self._measured(), count=self._account.batch_count, size=self._account.batch_bytes)
        for batch in plan:
            mails = self._read_batch(batch)
            if mails:
                yield mails

    def _measured(self) -> Iterator[ListedMail]:
        uids = self._listing.uids
        for start in range(0, len(uids), _MEASURE_AT_ONCE):
            part = uids[start : start + _MEASURE_AT_ONCE]
            yield from self._link.run(partial(measure, listing=self._listing, uids=part))

    def _read_batch(self, batch: Sequence[ListedMail]) -> Sequence[FetchedMail]:
        wanted = [mail for mail in batch if mail.size <= self._account.max_bytes]
        try:
            answers = self._fetch(wanted, again=False) if wanted else {}
        except LinkClosed:
            raise
        except (MailUnfetchable, MailboxUnavailable):
            # Some mail in here breaks the answer or the connection: each gets its own chance.
            answers = {}
        mails = (self._taken(mail, answers) for mail in batch)
        return [mail for mail in mails if mail is not None]

    def _taken(self, mail: ListedMail, answers: dict[int, Any]) -> FetchedMail | None:
        if mail.size > self._account.max_bytes:
            return self._faulty(mail, f"pesa {mail.size // 1_000_000} MB, más de lo que se descarga")
        content = _content(answers.get(mail.uid))
        return self._read_alone(mail) if content is None else self._fetched(mail, content)

    def _read_alone(self, mail: ListedMail) -> FetchedMail | None:
        try:
            content = _content(self._fetch([mail]).get(mail.uid))
        except MailUnfetchable as error:
            return self._faulty(mail, f"el servidor no lo entrega ({error})")
        except LinkClosed:
            raise
        except MailboxUnavailable as error:
            # The server itself may be away; then this raises, and no mail is blamed for it.
            self._link.run(self._selected)
            return self._faulty(mail, f"la conexión se corta al leerlo ({error})")
        if content is not None:
            return self._fetched(mail, content)
        if not self._link.run(lambda connection: self._selected(connection).search(["UID", str(mail.uid)])):
            # Somebody deleted or moved it since it was listed.
            return None
        return self._faulty(mail, "el servidor lo nombra pero no lo entrega")

    def _fetch(self, mails: Sequence[ListedMail], *, again: bool = True) -> dict[int, Any]:
        uids = [mail.uid for mail in mails]
        return self._link.run(lambda connection: dict(self._selected(connection).fetch(uids, _CONTENT)), again=again)

    def _selected(self, connection: ImapConnection) -> ImapConnection:
        state = connection.opened(self._listing.folder.name)
        if state.validity != self._listing.folder.validity:
            raise MailboxUnavailable(
                f"Buzón «{self._account.name}»: la carpeta «{state.name}» se renovó durante la lectura."
            )
        return connection

    def _fetched(self, mail: ListedMail, content: bytes) -> FetchedMail:
        received_at = mail.received_at if mail.received_at != EPOCH else _date_of(content)
        return FetchedMail(key=self._key(mail), raw=content, received_at=received_at)

    def _faulty(self, mail: ListedMail, fault: str) -> FetchedMail:
        return FetchedMail(key=self._key(mail), raw=None, received_at=mail.received_at, fault=fault)

    def _key(self, mail: ListedMail) -> MailKey:
        folder = self._listing.folder
        return MailKey(mailbox=self._account.name, folder=folder.name, validity=folder.validity, uid=mail.uid)


def _content(answer: Any) -> bytes | None:
    content = answer.get(b"BODY[]") if answer else None
    return content if isinstance(content, bytes) else None


def _date_of(content: bytes) -> datetime:
    """The sender's date, for servers that give no arrival."""
    value = BytesHeaderParser().parsebytes(content[:65536]).get("Date", "")
    try:
        moment = parsedate_to_datetime(str(value))
        return to_utc(moment) if moment.tzinfo else EPOCH
    except (ValueError, OverflowError):
        return EPOCH
