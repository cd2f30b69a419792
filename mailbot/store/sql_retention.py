"""Forgetting in the database, some hundreds of messages at a time."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, cast, delete, exists, func, or_, select, union, update
from sqlalchemy import text as sql

from mailbot.domain.mail import OutgoingMail
from mailbot.ports.retention import ERASED, Forgotten, PersonalData
from mailbot.ports.stored import StoredMessage
from mailbot.store.forgetting import (
    THROUGH,
    mail_without_person,
    mail_without_words,
    names_in_mail,
    names_in_message,
    without_person,
    without_words,
)
from mailbot.store.mapping import Values, from_mail, from_message, to_message
from mailbot.store.schema import table_of
from mailbot.store.sql_outbox import SqlOutbox
from mailbot.store.tables import MailFileRow, MessageRow, ObligationEventRow, ObligationRow, OutboxRow, RawMailRow
from mailbot.store.transaction import Transaction

_MESSAGES = table_of(MessageRow)
_RAWS = table_of(RawMailRow)
_OBLIGATIONS = table_of(ObligationRow)
_EVENTS = table_of(ObligationEventRow)
_OUTBOX = table_of(OutboxRow)
_FILES = table_of(MailFileRow)
_CHUNK = 500
_OVERTAKEN = "otro proceso cambió un mensaje entretanto: mire de nuevo"

_OPENED = select(_OBLIGATIONS.c.message).where(_OBLIGATIONS.c.message.is_not(None))
_TOLD = select(_EVENTS.c.message).where(_EVENTS.c.message.is_not(None))
_EVIDENCE = union(_OPENED, _TOLD)
_NEEDED = union(
    _OPENED.where(sql("is_open")),
    _TOLD.join(_OBLIGATIONS, _OBLIGATIONS.c.id == _EVENTS.c.obligation).where(sql("is_open")),
)
_HAS_BYTES = func.length(_RAWS.c.content) > 0
_REWORDED = ("subject", "sender", "sender_name", "recipients", "new_text", "verdict")
_REWRITE = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("its_id"))
    .values({name: bindparam(f"new_{name}") for name in _REWORDED})
)
_REMAILED = ("subject", "text", "html", "to", "cc")
_REWRITE_MAIL = (
    update(_OUTBOX)
    .where(_OUTBOX.c.key == bindparam("its_key"))
    .values({name: bindparam(f"new_{name}") for name in _REMAILED})
)


class SqlRetention:
    """What the database forgets."""

    def __init__(self, transaction: Transaction, *, outbox: SqlOutbox) -> None:
        self._transaction = transaction
        self._outbox = outbox

    def expire(self, before: datetime) -> Forgotten:
        """Forget the words of what is older, but for evidence."""
        old = select(_MESSAGES).join(_RAWS).where(_MESSAGES.c.received_at < before, _HAS_BYTES)
        old = old.where(_MESSAGES.c.id.not_in(_EVIDENCE))
        messages, last = 0, ""
        while found := self._messages(old.where(_MESSAGES.c.id > last).order_by(_MESSAGES.c.id).limit(_CHUNK)):
            self._rewrite(found, without_words)
            messages, last = messages + len(found), found[-1].id
        return Forgotten(messages=messages, mails=self._expire_mails(before))

    def _expire_mails(self, before: datetime) -> int:
        has_words = or_(_OUTBOX.c.text != "", _OUTBOX.c.html != "", exists().where(_FILES.c.mail == _OUTBOX.c.key))
        through = select(_OUTBOX).where(_OUTBOX.c.state.in_(THROUGH), _OUTBOX.c.created_at < before, has_words)
        mails = 0
        while waste := self._outbox.ask(through.order_by(_OUTBOX.c.key).limit(_CHUNK)):
            self._rewrite_mails(waste, mail_without_words)
            mails += len(waste)
        return mails

    def of(self, address: str) -> PersonalData:
        """Everything that names the address."""
        key = address.strip().lower()
        messages = select(_MESSAGES).where(or_(_MESSAGES.c.sender == key, _mentions(_MESSAGES.c.recipients, key)))
        mails = select(_OUTBOX).where(or_(_mentions(_OUTBOX.c.to, key), _mentions(_OUTBOX.c.cc, key)))
        found = self._messages(messages.order_by(_MESSAGES.c.received_at, _MESSAGES.c.id))
        sent = self._outbox.ask(mails.order_by(_OUTBOX.c.created_at, _OUTBOX.c.key))
        # The look into JSON is by letters alone and may find more than the address.
        return PersonalData(
            messages=[message for message in found if names_in_message(message, key)],
            mails=[mail for mail in sent if names_in_mail(mail, key)],
        )

    def erase(self, address: str) -> Forgotten:
        """Take a person out of everything that is not still needed."""
        key = address.strip().lower()
        data = self.of(key)
        needed = {row["message"] for row in self._transaction.rows(_NEEDED)}
        forgotten = [message for message in data.messages if message.id not in needed]
        self._rewrite(forgotten, lambda message: without_person(message, key))
        mails = [mail for mail in data.mails if mail.state in THROUGH]
        self._rewrite_mails(mails, lambda mail: mail_without_person(mail, key))
        ended = update(_OBLIGATIONS).where(_OBLIGATIONS.c.asker == key, sql("NOT is_open"))
        self._transaction.change(ended.values(asker=ERASED, version=_OBLIGATIONS.c.version + 1))
        return Forgotten(messages=len(forgotten), mails=len(mails), kept=len(data.messages) - len(forgotten))

    def _messages(self, query: Select[Any]) -> Sequence[StoredMessage]:
        self._transaction.flush()
        return [to_message(row) for row in self._transaction.rows(query)]

    def _rewrite(self, messages: Sequence[StoredMessage], less: Callable[[StoredMessage], StoredMessage]) -> None:
        if not messages:
            return
        rows = [_reworded(less(message)) for message in messages]
        self._transaction.gather_changes(_REWRITE, rows, overtaken=_OVERTAKEN)
        digests = {message.sha256 for message in messages}
        others = _MESSAGES.c.id.not_in([message.id for message in messages])
        # Bytes that another message shares stay with it.
        shared = select(_MESSAGES.c.sha256).where(_MESSAGES.c.sha256.in_(digests), others)
        spent = update(_RAWS).where(_RAWS.c.sha256.in_(digests), _RAWS.c.sha256.not_in(shared))
        self._transaction.change(spent.values(content=b""))

    def _rewrite_mails(self, mails: Sequence[OutgoingMail], less: Callable[[OutgoingMail], OutgoingMail]) -> None:
        if not mails:
            return
        rows = [_remailed(less(mail)) for mail in mails]
        self._transaction.gather_changes(_REWRITE_MAIL, rows, overtaken=_OVERTAKEN)
        self._transaction.change(delete(_FILES).where(_FILES.c.mail.in_([mail.key for mail in mails])))


def _mentions(column: ColumnElement[Any], address: str) -> ColumnElement[bool]:
    return func.lower(cast(column, String)).contains(json.dumps(address)[1:-1], autoescape=True)


def _reworded(message: StoredMessage) -> Values:
    values = from_message(message)
    return {f"new_{name}": values[name] for name in _REWORDED} | {"its_id": message.id}


def _remailed(mail: OutgoingMail) -> Values:
    values = from_mail(mail)
    return {f"new_{name}": values[name] for name in _REMAILED} | {"its_key": mail.key}
