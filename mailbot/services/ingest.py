"""Take a batch of fetched mails: read, classify, place, oblige and store each, once.

Reading and classifying happen outside any transaction; everything a batch leads to, its cursor
included, is stored in one. A mail that gives no reading goes to quarantine with its clock running.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.domain.errors import MessageUnreadable, UnknownName
from mailbot.domain.message import MailKey, Message, MessageKind
from mailbot.domain.outgoing import verify
from mailbot.ports.mailbox import Cursor, FetchedMail
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import QuarantinedMail, Sighting, SightingState
from mailbot.reading.own_draft import is_own_draft
from mailbot.reading.parse import read_message
from mailbot.services.arrive import Arriving, Placed, foresee, inputs_of, place_message, with_texts
from mailbot.services.bounced import note_bounce
from mailbot.services.carry_out import MAILBOT, note, oblige, reopen_after_bounce
from mailbot.services.desk import Box, Desk
from mailbot.services.doubt import arrived
from mailbot.services.enrol import enrol
from mailbot.services.obey import obey
from mailbot.services.on_demand import send_on_demand
from mailbot.services.precede import take_what_fell_due
from mailbot.services.shelve import close_for_unread, open_for_unread
from mailbot.services.table_answers import with_table_answers

# A server's clock may be a little ahead; older than this no mailbox is.
_AHEAD = timedelta(days=1)
_AGES = timedelta(days=15 * 365)


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """What became of a batch."""

    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    ignored: int = 0
    opened: int = 0
    met: int = 0

    def plus(self, other: "Ingested") -> "Ingested":
        """Both together."""
        return Ingested(
            stored=self.stored + other.stored,
            duplicates=self.duplicates + other.duplicates,
            quarantined=self.quarantined + other.quarantined,
            ignored=self.ignored + other.ignored,
            opened=self.opened + other.opened,
            met=self.met + other.met,
        )


@dataclass(frozen=True, kw_only=True)
class Read:
    """One fetched mail and its reading, or why there is none."""

    mail: FetchedMail
    message: Message | None
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A batch of which everything is known that can be without changing anything."""

    mails: Sequence[FetchedMail]
    fresh: Sequence[Read]
    arriving: Mapping[MailKey, Arriving]


def ingest(desk: Desk, mails: Sequence[FetchedMail], *, box: Box, now: datetime) -> Ingested:
    """Take one batch of one folder; taking it again changes nothing."""
    return take_prepared(desk, prepare(desk, mails, box=box, now=now), now=now)


def prepare(desk: Desk, mails: Sequence[FetchedMail], *, box: Box, now: datetime) -> Prepared:
    """Read and classify what is new of a batch; may go on while the batch before it is taken."""
    with desk.store.begin() as uow:
        known = uow.messages.known([mail.key for mail in mails])
    fresh = [read(dated(mail, now)) for mail in mails if mail.key not in known]
    return Prepared(mails=mails, fresh=fresh, arriving=classify(fresh, desk, box))


def take_prepared(desk: Desk, batch: Prepared, *, now: datetime) -> Ingested:
    """Keep a batch that was prepared."""
    return take(desk, batch.fresh, batch.arriving, mails=batch.mails, now=now)


def take(
    desk: Desk,
    fresh: Sequence[Read],
    arriving: Mapping[MailKey, Arriving],
    *,
    mails: Sequence[FetchedMail],
    now: datetime,
) -> Ingested:
    """Keep what was read of a batch and move the cursor past all its mails, in one transaction.

    Mails of a batch are worked in order of arrival, so that an answer follows its question.
    """
    with desk.store.begin() as uow:
        foresee(arriving.values(), uow)
        result = Ingested()
        for item in sorted(fresh, key=lambda item: (item.mail.received_at, item.mail.key)):
            result = result.plus(_keep(item, arriving.get(item.mail.key), uow, desk=desk, now=now))
        _advance(uow, mails)
        uow.commit()
    return result


def dated(mail: FetchedMail, now: datetime) -> FetchedMail:
    """The mail with a time of arrival that can be true: a server with a wrong clock stops no clock of ours."""
    is_possible = mail.received_at <= now + _AHEAD and now - mail.received_at < _AGES
    return mail if is_possible else replace(mail, received_at=now)


def read(mail: FetchedMail) -> Read:
    """Read the bytes of one mail; a fault is a value, so that the batch goes on."""
    if mail.raw is None:
        return Read(mail=mail, message=None, fault=mail.fault or "el servidor no entregó el correo")
    try:
        return Read(mail=mail, message=read_message(mail.raw, received_at=mail.received_at))
    except MessageUnreadable as error:
        return Read(mail=mail, message=None, fault=str(error))


def classify(fresh: Sequence[Read], desk: Desk, box: Box) -> dict[MailKey, Arriving]:
    """Verdicts for all that could be read, in one go."""
    readable = [(item, item.message) for item in fresh if item.message is not None]
    if not readable:
        return {}
    with desk.store.begin() as uow:
        known = inputs_of([with_table_answers(message, uow, desk=desk) for _, message in readable], uow.records)
    inputs = [with_texts(one) for one in known]
    verdicts = desk.classifier.classify(inputs)
    return {
        item.mail.key: Arriving(
            message=given.message,
            verdict=verdict,
            box=box,
            folder=item.mail.key.folder,
            received_at=item.mail.received_at,
            attachment_texts=given.texts,
            own_address=desk.sender.key,
        )
        for (item, _), given, verdict in zip(readable, inputs, verdicts, strict=True)
    }


def _keep(item: Read, arriving: Arriving | None, uow: UnitOfWork, *, desk: Desk, now: datetime) -> Ingested:
    if arriving is None:
        return _quarantine(item, uow, desk=desk, now=now)
    if verify(arriving.message.message_id, secret=desk.secret):
        arrived(arriving.message.message_id, uow, policy=desk.policy, now=now)
        return _see(item, SightingState.IGNORED, uow, now=now, reason="correo propio de mailbot")
    if not arriving.lies_in_sent and is_own_draft(item.mail.raw or b""):
        return _see(item, SightingState.IGNORED, uow, now=now, reason="borrador propio de mailbot")
    twin = uow.messages.duplicate_of(arriving.message)
    if twin is not None:
        enrol(twin, item.mail.key, uow, desk=desk)
        return _see(item, SightingState.DUPLICATE, uow, now=now, message=twin.id, reason="mismo correo en otra carpeta")
    return _store(item, arriving, uow, desk=desk, now=now)


def _store(item: Read, arriving: Arriving, uow: UnitOfWork, *, desk: Desk, now: datetime) -> Ingested:
    placed = place_message(arriving, uow)
    for older in placed.placement.joined:
        uow.messages.move_conversation(older, placed.placement.conversation)
    uow.messages.add(placed.stored, raw=item.mail.raw or b"")
    _see(item, SightingState.STORED, uow, now=now, message=placed.stored.id)
    enrol(placed.stored, item.mail.key, uow, desk=desk)
    take_what_fell_due(placed.stored, arriving.message, uow, desk=desk, now=now)
    obeyed = send_on_demand(placed.stored, arriving.message, uow, desk=desk, now=now) or obey(
        placed.stored, arriving.message, uow, desk=desk, now=now
    )
    if obeyed is not None:
        return Ingested(stored=1, met=obeyed.met)
    outcome = oblige(placed.arrival, uow, desk=desk, mailbox=arriving.box.address, now=now)
    _after_bounce(placed, arriving.message, uow, desk)
    note(uow, at=now, action="message_stored", subject=placed.stored.id, detail=placed.placement.how)
    return Ingested(stored=1, opened=outcome.opened, met=outcome.met)


def _after_bounce(placed: Placed, message: Message, uow: UnitOfWork, desk: Desk) -> None:
    bounce = message.bounce
    if message.kind is MessageKind.BOUNCE and bounce is not None and bounce.original_message_id:
        rules = desk.rules(uow.records)
        reopen_after_bounce(bounce.original_message_id, placed.arrival, uow, rules=rules)
        note_bounce(bounce, uow, desk=desk, at=placed.stored.received_at)


def _quarantine(item: Read, uow: UnitOfWork, *, desk: Desk, now: datetime) -> Ingested:
    key = item.mail.key
    shelf = QuarantinedMail(
        id=quarantine_id(key),
        key=key,
        raw=item.mail.raw or b"",
        received_at=item.mail.received_at,
        reason=item.fault,
        quarantined_at=now,
    )
    uow.quarantine.add(shelf)
    open_for_unread(shelf, uow, desk=desk, mailbox=desk.box(key.mailbox).address)
    return _see(item, SightingState.QUARANTINED, uow, now=now, reason=item.fault)


def quarantine_id(key: MailKey) -> str:
    """The stable id of a quarantined mail."""
    place = f"{key.mailbox}\x1f{key.folder}\x1f{key.validity}\x1f{key.uid}"
    return f"Q{hashlib.sha256(place.encode()).hexdigest()[:12]}"


def _see(
    item: Read,
    state: SightingState,
    uow: UnitOfWork,
    *,
    now: datetime,
    message: str | None = None,
    reason: str = "",
) -> Ingested:
    uow.messages.see(
        Sighting(
            key=item.mail.key,
            state=state,
            message=message,
            reason=reason,
            received_at=item.mail.received_at,
            seen_at=now,
        )
    )
    counts = {
        SightingState.DUPLICATE: Ingested(duplicates=1),
        SightingState.QUARANTINED: Ingested(quarantined=1),
        SightingState.IGNORED: Ingested(ignored=1),
    }
    return counts.get(state, Ingested())


def _advance(uow: UnitOfWork, mails: Sequence[FetchedMail]) -> None:
    """Move the cursor of each folder to the last mail of the batch, and never back."""
    last = {(mail.key.mailbox, mail.key.folder): mail for mail in sorted(mails, key=lambda mail: mail.key)}
    for mail in last.values():
        key = mail.key
        current = uow.cursors.get(key.mailbox, key.folder)
        if current is not None and current.validity == key.validity and current.uid >= key.uid:
            continue
        uow.cursors.set(
            Cursor(mailbox=key.mailbox, folder=key.folder, validity=key.validity, uid=key.uid, token=mail.token)
        )


def retry_quarantined(desk: Desk, id: str, *, now: datetime) -> Ingested:
    """Read a quarantined mail again, with the start it always had; the shelf is cleared on success.

    Raises `MessageUnreadable` when it still gives no reading, `UnknownName` when there is none of that id.
    """
    with desk.store.begin() as uow:
        shelf = uow.quarantine.get(id)
        known = [kept.id for kept in uow.quarantine.list()] if shelf is None else []
    if shelf is None:
        raise UnknownName(f"no hay un correo en cuarentena con el código «{id}».", nearest=known[:3])
    mail = FetchedMail(key=shelf.key, raw=shelf.raw or None, received_at=shelf.received_at)
    item = read(mail)
    if item.message is None:
        raise MessageUnreadable(item.fault if shelf.raw else shelf.reason)
    box = desk.box(shelf.key.mailbox)
    arriving = classify([item], desk, box)[mail.key]
    with desk.store.begin() as uow:
        uow.quarantine.remove(id)
        close_for_unread(shelf, uow, who=MAILBOT)
        result = _keep(item, arriving, uow, desk=desk, now=now)
        uow.commit()
    return result
