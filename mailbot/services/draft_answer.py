"""Write an answer to a client for an ESC to send: for whom it may be written at all, and what it says.

Nothing is written for anybody but a known sender of the very client that the dispatch belongs to, so
that no word about one client can reach another.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.columns import default_columns
from mailbot.domain.contexts.answers import AcknowledgementContext, StatusAnswerContext
from mailbot.domain.digest import TableRequest, status_table
from mailbot.domain.drafting import DraftKind, KeptAnswer, answer_kind
from mailbot.domain.message import Address, MessageKind
from mailbot.domain.obligation import Obligation
from mailbot.domain.office import Client, Dispatch, Staff
from mailbot.domain.review import answer_to_client
from mailbot.domain.wording import say_moment
from mailbot.ports.drafts import ReplyDraft
from mailbot.ports.records import Records
from mailbot.ports.renderer import MailContext
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.reading.subjects import strip_marks
from mailbot.services.desk import Desk
from mailbot.services.freshness import is_stale, known_at
from mailbot.services.review import bringing, review_dispatch

_QUOTED = 4000
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything that one answer is about."""

    kind: DraftKind
    obligation: Obligation
    message: StoredMessage
    client: Client
    # Who sends it.
    owner: Staff
    dispatch: Dispatch | None = None


@dataclass(frozen=True, kw_only=True)
class Written:
    """An answer as it is to be offered, and what looks wrong in the papers, which is for the ESC alone."""

    draft: ReplyDraft
    hints: tuple[str, ...] = ()


def case_of(obligation: Obligation, uow: UnitOfWork) -> Case | None:
    """What an answer to the mail that opened it would be about; None where none may be prepared."""
    message = uow.messages.get(obligation.message) if obligation.message else None
    owner = uow.records.staff_by_code(obligation.owner)
    if message is None or owner is None or message.kind is not MessageKind.PERSON:
        return None
    client = _writing_for(message, obligation, uow.records)
    kind = answer_kind(obligation, message.verdict)
    if client is None or kind is None:
        return None
    dispatch = uow.records.dispatch(obligation.order) if obligation.order else None
    if dispatch is not None and dispatch.ruc != client.ruc:
        return None
    if dispatch is None and kind is not DraftKind.ACKNOWLEDGEMENT:
        return None
    return Case(kind=kind, obligation=obligation, message=message, client=client, owner=owner, dispatch=dispatch)


def _writing_for(message: StoredMessage, obligation: Obligation, records: Records) -> Client | None:
    """The obligation's client, when the sender is listed for that very client; the mail's own link must agree."""
    linked = message.linkage.client
    if linked is None or linked.ruc != obligation.client or message.client != obligation.client:
        return None
    contacts = {contact.ruc for contact in records.contacts_by_address(message.sender)}
    domains = {client.ruc for client in records.clients_by_domain(message.sender.rpartition("@")[2])}
    return records.client(linked.ruc) if linked.ruc in contacts | domains else None


def basis_of(case: Case, uow: UnitOfWork, *, desk: Desk, now: datetime) -> str:
    """Of all that an answer is written from: as long as it stays the same, so does the answer."""
    parts: list[object] = [case.kind, case.client.language, case.owner.name]
    if case.dispatch is not None and case.kind is not DraftKind.ACKNOWLEDGEMENT:
        parts.append(case.dispatch)
    if case.kind is DraftKind.DOCUMENTS and case.dispatch is not None:
        parts += [stored.id for stored in bringing(case.dispatch.order, uow)]
        parts += [(row.key, row.need, row.types) for row in desk.checklist]
    if case.kind is DraftKind.STATUS and case.dispatch is not None:
        rules = desk.rules(uow.records)
        parts += [known_at(case.dispatch, uow), is_stale(case.dispatch, uow, rules=rules, now=now)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def write_answer(case: Case, answer: KeptAnswer, desk: Desk, *, now: datetime) -> Written:
    """The answer in the client's language; files are opened here, so no unit of work may be held."""
    context, hints = _context(case, desk, now)
    rendered = desk.renderer.render(context, language=case.client.language)
    found = _BODY.search(rendered.html)
    message = case.message
    draft = ReplyDraft(
        stamp=answer.stamp,
        sender=Address(name=case.owner.name, address=case.owner.address),
        to=(Address(name=message.sender_name, address=message.sender),),
        subject=rendered.subject,
        in_reply_to=message.message_id,
        references=(*message.reference_ids, message.message_id),
        text=rendered.text,
        html=(found[1] if found else rendered.html).strip(),
        quoted=_quoted(message, desk),
        created_at=message.received_at,
    )
    return Written(draft=draft, hints=hints)


def _context(case: Case, desk: Desk, now: datetime) -> tuple[MailContext, tuple[str, ...]]:
    subject = f"RE: {' '.join(strip_marks(case.message.subject).split())}".strip()
    person = case.message.sender_name
    if case.kind is DraftKind.DOCUMENTS and case.dispatch is not None:
        reviewed = review_dispatch(desk, case.dispatch.order, on=desk.day_of(now))
        if reviewed is not None:
            context = answer_to_client(reviewed, language=case.client.language)
            hints = tuple(hint.told for hint in reviewed.hints)
            named = replace(context, subject=subject, recipient=person, sender=case.owner.name, office=desk.office)
            return named, hints
    if case.kind is DraftKind.STATUS and case.dispatch is not None:
        return _status(case, desk, now, subject), ()
    words = AcknowledgementContext(subject=subject, recipient=person, sender=case.owner.name, office=desk.office)
    return words, ()


def _status(case: Case, desk: Desk, now: datetime, subject: str) -> StatusAnswerContext:
    dispatch = case.dispatch
    if dispatch is None:
        raise AssertionError("a status is told of a dispatch")
    with desk.store.begin() as uow:
        rules = desk.rules(uow.records)
        as_of, is_old = known_at(dispatch, uow), is_stale(dispatch, uow, rules=rules, now=now)
    request = TableRequest(
        day=desk.day_of(now), columns=default_columns([dispatch.regime]), language=case.client.language
    )
    return StatusAnswerContext(
        subject=subject,
        recipient=case.message.sender_name,
        order=dispatch.order,
        table=status_table([dispatch], request),
        as_of=as_of,
        is_stale=is_old,
        reference=", ".join(dispatch.purchase_orders),
        sender=case.owner.name,
        office=desk.office,
    )


def _quoted(message: StoredMessage, desk: Desk) -> str:
    """The client's own words as a mail program quotes them."""
    who = f"{message.sender_name} <{message.sender}>" if message.sender_name else message.sender
    lines = message.new_text[:_QUOTED].splitlines()
    head = f"{say_moment(message.received_at, desk.zone)}, {who}:"
    return "\n".join((head, *_marked(lines)))


def _marked(lines: Sequence[str]) -> list[str]:
    return [f"> {line}" for line in lines]
