"""Pass payment notices on to Administración, with client, dispatch, amount and voucher (Annex 01 row 9)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot.domain.contexts import HandoverContext
from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.labels import DocumentType
from mailbot.domain.mail import HANDOVER, MailFile, MailPurpose, OutgoingMail
from mailbot.domain.message import Attachment
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.office import Role, Staff
from mailbot.domain.programmes import PROMPT, is_prompt, told_at
from mailbot.domain.verdict import Verdict
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter, StoredMessage
from mailbot.reading.parse import read_message
from mailbot.services.desk import Desk
from mailbot.services.history import as_they_stood
from mailbot.services.lines import alert_of
from mailbot.services.outgoing import compose

# More than this many mail servers refuse; what does not fit is named instead.
_MOST_BYTES = 10 * 1024 * 1024
_LONGEST_TEXT = 1200
# A mail of ours is trusted: only papers travel in it, never a program or an archive.
_PAPERS = (".pdf", ".jpg", ".jpeg", ".png", ".heic", ".tif", ".tiff", ".doc", ".docx", ".xls", ".xlsx", ".txt")


@dataclass(frozen=True, kw_only=True)
class _Papers:
    """What goes along, and the names of what does not."""

    files: tuple[MailFile, ...] = ()
    left_out: tuple[str, ...] = field(default=())


def queue_handovers(desk: Desk, *, now: datetime) -> int:
    """Queue every payment notice that Administración was not told of yet; returns how many.

    One that was told by somebody else before a tick that comes minutes late is passed on all the same.
    """
    with desk.store.begin() as uow:
        office = [person for person in uow.records.staff() if person.role is Role.ADMINISTRACION]
        waiting = [one for one in _to_tell(uow, now) if office and uow.outbox.get(_key(one)) is None]
        queued = sum(uow.outbox.add(mail) for one in waiting for mail in _mail(one, office, uow, desk, now))
        uow.commit()
    return queued


def _to_tell(uow: UnitOfWork, now: datetime) -> Iterator[Obligation]:
    """What is owed, and what ended since it was to be passed on, which is at once."""
    query = ObligationFilter(kind=ObligationKind.PAYMENT_REPORT, is_open=True)
    yield from uow.obligations.list(query)
    for ended in uow.obligations.list(replace(query, is_open=False, since=now - PROMPT)):
        came_at = ended.received_at or ended.starts_at
        if ended.ended_at is not None and came_at < ended.ended_at and is_prompt(came_at, now):
            yield next(as_they_stood([ended], uow, at=came_at), ended)


def _key(obligation: Obligation) -> str:
    return f"{HANDOVER}{obligation.id}"


def _mail(
    obligation: Obligation, office: list[Staff], uow: UnitOfWork, desk: Desk, now: datetime
) -> Iterable[OutgoingMail]:
    message = uow.messages.get(obligation.message) if obligation.message else None
    if message is None:
        return
    papers = _papers(message, uow)
    planned_at = told_at(message.received_at, now)
    seen = alert_of(obligation, uow, now=planned_at, number=1, is_for_head=False, is_unconfirmed=False)
    owner = uow.records.staff_by_code(obligation.owner)
    context = HandoverContext(
        recipient=office[0].name,
        now=planned_at,
        item=seen.item,
        amounts=seen.amounts,
        files=tuple(file.name for file in papers.files),
        left_out=papers.left_out,
        text=message.new_text[:_LONGEST_TEXT],
        office=desk.office,
    )
    mail = compose(
        context,
        desk=desk,
        key=_key(obligation),
        purpose=MailPurpose.NOTICE,
        to=office,
        cc=[owner] if owner else [],
        obligations=[obligation.id],
        files=papers.files,
        now=now,
    )
    yield replace(mail, planned_at=planned_at)


def _papers(message: StoredMessage, uow: UnitOfWork) -> _Papers:
    """The vouchers of a mail; where none was recognised, every file that is not part of its text."""
    raw = uow.messages.raw(message.id)
    try:
        attachments = read_message(raw).attachments if raw else ()
    except MessageUnreadable:
        return _Papers()
    own = [attachment for attachment in attachments if not attachment.inline and "/" not in attachment.path]
    verdict = message.verdict or Verdict()
    vouchers = {paper.name for paper in verdict.documents if paper.type is DocumentType.PAYMENT_VOUCHER}
    return _that_fit([attachment for attachment in own if attachment.name in vouchers] or own)


def _that_fit(attachments: Iterable[Attachment]) -> _Papers:
    files: list[MailFile] = []
    left_out: list[str] = []
    room = _MOST_BYTES
    for attachment in attachments:
        if attachment.size > room or not attachment.name.lower().endswith(_PAPERS):
            left_out.append(attachment.name)
            continue
        room -= attachment.size
        files.append(MailFile(name=attachment.name, type=attachment.type, content=attachment.read()))
    return _Papers(files=tuple(files), left_out=tuple(left_out))
