"""Obligations with their events and notices, and the outbox, of the memory store."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from mailbot.domain.errors import StoreUnavailable, UnknownName
from mailbot.domain.mail import Departure, MailState, OutgoingMail, departure_of
from mailbot.domain.obligation import Obligation, ObligationEvent
from mailbot.ports.stored import Notice, ObligationFilter
from mailbot.store.memory_tables import HashIndex, Journal, Table, TimeIndex

_Ids = HashIndex[str, Obligation]
NoticeKey = tuple[str, str, str, int, str]


def notice_key(notice: Notice) -> NoticeKey:
    """What a notice must be the only one of, for ever."""
    return notice.obligation, str(notice.step), notice.recipient, notice.occurrence, notice.mark


def matches(obligation: Obligation, query: ObligationFilter) -> bool:
    """Whether an obligation is one of those asked for; `since` is about its start."""
    wanted = (
        (query.client, obligation.client),
        (query.order, obligation.order),
        (query.owner, obligation.owner),
        (query.kind, obligation.kind),
        (query.is_open, obligation.is_open),
        (query.conversation, obligation.conversation),
    )
    is_wanted = all(value is None or value == actual for value, actual in wanted)
    return is_wanted and (query.since is None or obligation.starts_at >= query.since)


class MemoryObligations:
    """Obligations by id and by everything they are asked by."""

    def __init__(self, journal: Journal) -> None:
        self._due: TimeIndex[Obligation] = TimeIndex(lambda o: o.next_step_at if o.is_open else None)
        self._by_conversation = _Ids(lambda o: [o.conversation])
        self._by_client = _Ids(lambda o: [o.client])
        self._by_order = _Ids(lambda o: [o.order])
        self._by_openness = _Ids(lambda o: [o.is_open])
        self.rows: Table[str, Obligation] = Table(
            journal, self._due, self._by_conversation, self._by_client, self._by_order, self._by_openness
        )
        self._events_of: HashIndex[int, ObligationEvent] = HashIndex(lambda event: [event.obligation])
        self._events: Table[int, ObligationEvent] = Table(journal, self._events_of)
        self._notices_of: HashIndex[NoticeKey, Notice] = HashIndex(lambda notice: [notice.obligation])
        self._waiting: HashIndex[NoticeKey, Notice] = HashIndex(lambda notice: [notice.mail is None])
        self.notice_rows: Table[NoticeKey, Notice] = Table(journal, self._notices_of, self._waiting)

    def add(self, obligation: Obligation, event: ObligationEvent) -> bool:
        """Keep a new one with the event that opened it."""
        if not self.rows.add(obligation.id, obligation):
            return False
        self.append(event)
        return True

    def update(self, obligation: Obligation, event: ObligationEvent) -> None:
        """Replace one and append why."""
        self.known(obligation.id)
        self.rows.put(obligation.id, obligation)
        self.append(event)

    def schedule(self, id: str, next_step_at: datetime | None) -> None:
        """Say when to look next."""
        self.rows.put(id, replace(self.known(id), next_step_at=next_step_at))

    def prefetch(self, ids: Collection[str]) -> None:
        """Everything is near already."""

    def get(self, id: str) -> Obligation | None:
        """The obligation with that id."""
        return self.rows.get(id)

    def list(self, query: ObligationFilter) -> Sequence[Obligation]:
        """By due instant, then id."""
        found = [obligation for obligation in self._narrowest(query) if matches(obligation, query)]
        return sorted(found, key=lambda o: (o.due_at, o.id))[: query.limit]

    def due_for_step(self, now: datetime, *, limit: int = 1000) -> Sequence[Obligation]:
        """Oldest first."""
        return self.rows.pick(islice(self._due.until(now), limit))

    def append(self, event: ObligationEvent) -> None:
        """Append an event."""
        self.known(event.obligation)
        self._events.put(len(self._events), event)

    def events(self, id: str) -> Sequence[ObligationEvent]:
        """In the order in which they were appended."""
        return self._events.pick(self._events_of.find(id))

    def add_notice(self, notice: Notice) -> bool:
        """Queue a step for a recipient."""
        self.known(notice.obligation)
        return self.notice_rows.add(notice_key(notice), notice)

    def waiting_notices(self) -> Sequence[Notice]:
        """Not yet carried."""
        return _by_due(self.notice_rows.pick(self._waiting.find(True)))

    def carry(self, notices: Collection[Notice], *, mail: str) -> None:
        """Mark as carried."""
        for notice in notices:
            kept = self.notice_rows.get(notice_key(notice))
            if kept is None or kept.mail not in (None, mail):
                raise StoreUnavailable("otro correo ya lleva uno de los avisos: mire de nuevo")
            self.notice_rows.put(notice_key(notice), replace(kept, mail=mail))

    def withdraw(self, notices: Collection[Notice]) -> None:
        """Take back those that no mail carries."""
        for notice in notices:
            kept = self.notice_rows.get(notice_key(notice))
            if kept is not None and kept.mail is None:
                self.notice_rows.drop(notice_key(notice))

    def take_back(self, notices: Collection[Notice], *, at: datetime) -> None:
        """Note from when on they leave no more."""
        for notice in notices:
            kept = self.notice_rows.get(notice_key(notice))
            if kept is not None and kept.mail is None and kept.taken_back_at is None:
                self.notice_rows.put(notice_key(notice), replace(kept, taken_back_at=at))

    def notices(self, id: str) -> Sequence[Notice]:
        """Of one obligation."""
        return _by_due(self.notice_rows.pick(self._notices_of.find(id)))

    def evidence(self, *, only_open: bool = False) -> frozenset[str]:
        """The messages that opened, changed or ended obligations, or those still owed."""
        owed = {o.id: o.message for o in self.rows.values() if o.is_open or not only_open}
        told = {event.message for event in self._events.values() if event.obligation in owed}
        return frozenset(message for message in (*owed.values(), *told) if message is not None)

    def move(self, old: str, new: str) -> None:
        """Put the obligations of one conversation into another."""
        for obligation in self.rows.pick(self._by_conversation.find(old)):
            self.rows.put(obligation.id, replace(obligation, conversation=new))

    def known(self, id: str) -> Obligation:
        """The same; raises `UnknownName` when there is none."""
        obligation = self.rows.get(id)
        if obligation is None:
            raise UnknownName(f"no hay ninguna obligación {id}")
        return obligation

    def _narrowest(self, query: ObligationFilter) -> Iterable[Obligation]:
        if query.conversation is not None:
            return self.rows.pick(self._by_conversation.find(query.conversation))
        if query.order is not None:
            return self.rows.pick(self._by_order.find(query.order))
        if query.client is not None:
            return self.rows.pick(self._by_client.find(query.client))
        if query.is_open is not None:
            return self.rows.pick(self._by_openness.find(query.is_open))
        return self.rows.values()


def _by_due(notices: Iterable[Notice]) -> Sequence[Notice]:
    return sorted(notices, key=lambda notice: (notice.due_at, notice_key(notice)))


@dataclass(frozen=True, kw_only=True)
class _Claim:
    """Who holds a mail, and until when."""

    worker: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A mail of the outbox with the claim on it, if any."""

    mail: OutgoingMail
    claim: _Claim | None = None


_READY = (MailState.QUEUED, MailState.DEFERRED)


class MemoryOutbox:
    """Mails that go out."""

    def __init__(self, journal: Journal) -> None:
        self._ready: TimeIndex[_Entry] = TimeIndex(lambda e: e.mail.not_before if e.mail.state in _READY else None)
        self._held: TimeIndex[_Entry] = TimeIndex(lambda e: e.claim.until if e.claim else None)
        self._created: TimeIndex[_Entry] = TimeIndex(lambda e: e.mail.created_at)
        self._by_message_id: HashIndex[str, _Entry] = HashIndex(lambda e: [e.mail.message_id])
        self._by_state: HashIndex[str, _Entry] = HashIndex(lambda e: [e.mail.state])
        self._rows: Table[str, _Entry] = Table(
            journal, self._ready, self._held, self._created, self._by_message_id, self._by_state
        )

    def add(self, mail: OutgoingMail) -> bool:
        """Queue a mail."""
        if self._by_message_id.find(mail.message_id):
            return False
        return self._rows.add(mail.key, _Entry(mail=mail))

    def get(self, key: str) -> OutgoingMail | None:
        """The mail with that key."""
        entry = self._rows.get(key)
        return entry.mail if entry else None

    def by_message_id(self, message_id: str) -> OutgoingMail | None:
        """The mail of that Message-ID."""
        found = self._rows.pick(self._by_message_id.find(message_id))
        return found[0].mail if found else None

    def claim(self, now: datetime, *, worker: str, lease: timedelta, limit: int = 20) -> Sequence[OutgoingMail]:
        """Take what is ready, the longest waiting first."""
        claim = _Claim(worker=worker, until=now + lease)
        taken = [self._rows.pick([key])[0].mail for key in islice(self._ready.until(now), limit)]
        claimed = [replace(mail, state=MailState.SENDING) for mail in taken]
        for mail in claimed:
            self._rows.put(mail.key, _Entry(mail=mail, claim=claim))
        return claimed

    def settle(
        self, key: str, state: MailState, *, at: datetime, error: str = "", not_before: datetime | None = None
    ) -> None:
        """Record how it went."""
        entry = self._rows.get(key)
        if entry is None:
            raise UnknownName(f"no hay ningún correo de salida {key}")
        mail = entry.mail
        if mail.state is MailState.SENT:
            return
        settled = replace(
            mail,
            state=state,
            attempts=mail.attempts + 1,
            last_error=error,
            not_before=not_before or mail.not_before,
            sent_at=at if state is MailState.SENT else None,
        )
        self._rows.put(key, _Entry(mail=settled))

    def release_stale(self, now: datetime) -> Sequence[OutgoingMail]:
        """Turn what a dead worker held into UNCERTAIN."""
        stale = self._rows.pick(tuple(self._held.until(now)))
        released = [replace(entry.mail, state=MailState.UNCERTAIN) for entry in stale]
        for mail in released:
            self._rows.put(mail.key, _Entry(mail=mail))
        return released

    def list(self, *, states: Collection[MailState] = (), since: datetime | None = None) -> Sequence[OutgoingMail]:
        """By creation."""
        entries = self._in_states(states) if since is None else self._rows.pick(self._created.since(since))
        found = [entry.mail for entry in entries if not states or entry.mail.state in states]
        return sorted(found, key=lambda mail: (mail.created_at, mail.key))

    def departures(self, *, since: datetime) -> Sequence[Departure]:
        """What was sent since."""
        sent = self.list(states=[MailState.SENT], since=since)
        return [departure_of(mail, at=mail.sent_at) for mail in sent if mail.sent_at is not None]

    def rewrite(self, mail: OutgoingMail) -> None:
        """Replace the words of a mail; the claim on it stays."""
        entry = self._rows.get(mail.key)
        if entry is not None:
            self._rows.put(mail.key, replace(entry, mail=mail))

    def _in_states(self, states: Collection[MailState]) -> Iterable[_Entry]:
        if not states:
            return self._rows.values()
        return self._rows.pick(key for state in set(states) for key in self._by_state.find(state))
