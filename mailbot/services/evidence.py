"""Gather what proves how an obligation arose, was reckoned, told and ended."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from mailbot.domain.dossier import Dossier, Exhibit, LogLine
from mailbot.domain.errors import UnknownName
from mailbot.domain.mail import OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationEvent
from mailbot.ports.store import Store, UnitOfWork
from mailbot.ports.stored import StoredMessage

# The file of a message inside the archive.
_FILE = "mensajes/{number:02}-{id}.eml"


def gather_evidence(store: Store, id: str, *, office: str, now: datetime) -> tuple[Dossier, dict[str, bytes]]:
    """The dossier of an obligation, and the raw bytes of its messages by their file in the archive.

    Raises `UnknownName` when there is none of that id.
    """
    with store.begin() as uow:
        obligation = uow.obligations.get(id)
        if obligation is None:
            raise UnknownName(f"no hay una obligación con el código «{id}»: véalos con «mailbot obligations».")
        events = uow.obligations.events(id)
        mails = tuple(_mails(obligation, uow))
        raws = _raws(_messages(obligation, events, uow), uow)
        client = uow.records.client(obligation.client) if obligation.client else None
        owner = uow.records.staff_by_code(obligation.owner)
        dossier = Dossier(
            obligation=obligation,
            office=office,
            client=f"{client.name} (RUC {client.ruc})" if client else obligation.client or "",
            owner=f"{owner.name} ({owner.code})" if owner else obligation.owner,
            made_at=now,
            events=tuple(events),
            exhibits=tuple(exhibit for exhibit, _ in raws),
            mails=mails,
            log=tuple(_log(obligation, mails, [exhibit.id for exhibit, _ in raws], uow)),
        )
    return dossier, {exhibit.file: raw for exhibit, raw in raws if exhibit.file is not None and raw is not None}


def _messages(obligation: Obligation, events: Sequence[ObligationEvent], uow: UnitOfWork) -> list[StoredMessage]:
    named = dict.fromkeys([obligation.message, *(event.message for event in events)])
    found = (uow.messages.get(name) for name in named if name is not None)
    return sorted((message for message in found if message is not None), key=lambda m: (m.received_at, m.id))


def _raws(messages: Sequence[StoredMessage], uow: UnitOfWork) -> list[tuple[Exhibit, bytes | None]]:
    return [_exhibit(number, message, uow) for number, message in enumerate(messages, start=1)]


def _exhibit(number: int, message: StoredMessage, uow: UnitOfWork) -> tuple[Exhibit, bytes | None]:
    raw = uow.messages.raw(message.id)
    exhibit = Exhibit(
        id=message.id,
        message_id=message.message_id,
        received_at=message.received_at,
        sender=message.sender,
        recipients=message.recipients,
        subject=message.subject,
        sha256=message.sha256,
        file=_FILE.format(number=number, id=message.id) if raw else None,
    )
    return exhibit, raw


def _mails(obligation: Obligation, uow: UnitOfWork) -> Iterator[OutgoingMail]:
    """The mails that told somebody of it, in order."""
    keys = dict.fromkeys(notice.mail for notice in uow.obligations.notices(obligation.id) if notice.mail)
    found = (uow.outbox.get(key) for key in keys)
    yield from sorted((mail for mail in found if mail is not None), key=lambda mail: (mail.created_at, mail.key))


def _log(
    obligation: Obligation, mails: Sequence[OutgoingMail], messages: Sequence[str], uow: UnitOfWork
) -> Iterator[LogLine]:
    subjects = [obligation.id, *messages, *(mail.key for mail in mails)]
    lines = (line for subject in subjects for line in uow.audit_lines(subject=subject))
    for line in sorted(lines, key=lambda line: line.at):
        yield LogLine(at=line.at, who=line.who, action=line.action, subject=line.subject, detail=line.detail)
