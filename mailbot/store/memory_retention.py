"""Forgetting in the memory store."""

from dataclasses import replace
from datetime import datetime

from mailbot.ports.retention import ERASED, Forgotten, PersonalData
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.store.forgetting import (
    THROUGH,
    has_words,
    mail_without_person,
    mail_without_words,
    names_in_mail,
    names_in_message,
    without_person,
    without_words,
)
from mailbot.store.memory_messages import MemoryMessages
from mailbot.store.memory_work import MemoryObligations, MemoryOutbox


class MemoryRetention:
    """What the memory store forgets."""

    def __init__(self, messages: MemoryMessages, *, obligations: MemoryObligations, outbox: MemoryOutbox) -> None:
        self._messages = messages
        self._obligations = obligations
        self._outbox = outbox

    def expire(self, before: datetime) -> Forgotten:
        """Forget the words of what is older, but for evidence."""
        evidence = self._obligations.evidence()
        old = self._messages.list(MessageFilter(until=before))
        forgotten = [message for message in old if message.id not in evidence and self._messages.has_bytes(message)]
        for message in forgotten:
            self._messages.update(without_words(message))
        self._messages.forget_bytes(forgotten)
        mails = [mail for mail in self._outbox.list(states=THROUGH) if mail.created_at < before and has_words(mail)]
        for mail in mails:
            self._outbox.rewrite(mail_without_words(mail))
        return Forgotten(messages=len(forgotten), mails=len(mails))

    def of(self, address: str) -> PersonalData:
        """Everything that names the address."""
        key = address.strip().lower()
        return PersonalData(
            messages=[m for m in self._messages.list(MessageFilter()) if names_in_message(m, key)],
            mails=[mail for mail in self._outbox.list() if names_in_mail(mail, key)],
        )

    def erase(self, address: str) -> Forgotten:
        """Take a person out of everything that is not still needed."""
        key = address.strip().lower()
        data = self.of(key)
        needed = self._obligations.evidence(only_open=True)
        forgotten = [message for message in data.messages if message.id not in needed]
        for message in forgotten:
            self._erase(message, key)
        self._messages.forget_bytes(forgotten)
        mails = [mail for mail in data.mails if mail.state in THROUGH]
        for mail in mails:
            self._outbox.rewrite(mail_without_person(mail, key))
        for obligation in [o for o in self._obligations.rows.values() if o.asker == key and not o.is_open]:
            self._obligations.rows.put(obligation.id, replace(obligation, asker=ERASED))
        return Forgotten(messages=len(forgotten), mails=len(mails), kept=len(data.messages) - len(forgotten))

    def _erase(self, message: StoredMessage, address: str) -> None:
        self._messages.update(without_person(message, address))
