"""Gather the papers of a dispatch from the stored mails and hold them against the checklist.

What is found out here is shown to the ESC; nothing is sent and nothing is decided.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mailbot.domain.checklist import Checklist, missing_documents
from mailbot.domain.defects import Paper, find_defects
from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.labels import Category, DocumentType, ReferenceKind
from mailbot.domain.linkage import Linkage, Reference
from mailbot.domain.message import Attachment, Direction, Message
from mailbot.domain.review import DispatchReview, Document, review
from mailbot.domain.verdict import Verdict
from mailbot.ports.records import Records
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.reading.attachment_text import AttachmentText, extract_texts
from mailbot.reading.parse import read_message
from mailbot.reading.references import find_in_text

# What a mail brings along without being a paper of the dispatch.
_NO_PAPERS = frozenset({DocumentType.OTHER, DocumentType.PHOTO, DocumentType.PROFORMA, DocumentType.PAYMENT_VOUCHER})
# Which number is a paper's own, by its type.
_OWN_NUMBER = {
    DocumentType.COMMERCIAL_INVOICE: ReferenceKind.INVOICE,
    DocumentType.PACKING_LIST: ReferenceKind.INVOICE,
    DocumentType.BILL_OF_LADING: ReferenceKind.BL,
    DocumentType.AIR_WAYBILL: ReferenceKind.AWB,
}


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A document that arrived, with the text inside it."""

    document: Document
    paper: Paper


def missing_in_mail(
    verdict: Verdict, linkage: Linkage, *, records: Records, checklist: Checklist | None = None
) -> tuple[DocumentType, ...]:
    """What the dispatch of a mail still needs beside the papers that this mail brings; nothing for other mail."""
    present = {document.type for document in verdict.documents}
    brings_papers = Category.DOCUMENTS in verdict.categories and bool(present - _NO_PAPERS)
    if not brings_papers or len(linkage.dispatches) != 1:
        return ()
    dispatch = records.dispatch(linkage.dispatches[0].order)
    return missing_documents(dispatch, present, checklist=checklist) if dispatch else ()


def review_dispatch(
    order: str, uow: UnitOfWork, *, on: date, checklist: Checklist | None = None
) -> DispatchReview | None:
    """The papers of a dispatch as far as stored mails brought them; None for an order nobody knows."""
    dispatch = uow.records.dispatch(order)
    if dispatch is None:
        return None
    arrived = [item for stored in _bringing(order, uow) for item in _arrived(stored, uow)]
    current = {item.document.sha256: item.paper for item in arrived}
    hints = find_defects(tuple(current.values()), dispatch, on=on)
    return review(dispatch, [item.document for item in arrived], hints=hints, checklist=checklist)


def _bringing(order: str, uow: UnitOfWork) -> Iterator[StoredMessage]:
    """Mails of others about the dispatch that have papers; what the office itself sent is no arrival."""
    for stored in uow.messages.list(MessageFilter(order=order)):
        if stored.direction is Direction.INCOMING and stored.verdict and stored.verdict.documents:
            yield stored


def _arrived(stored: StoredMessage, uow: UnitOfWork) -> Iterator[Arrived]:
    message = _read(stored, uow)
    if message is None or stored.verdict is None:
        return
    types = {document.name: document.type for document in stored.verdict.documents}
    texts = extract_texts(message)
    for attachment in message.attachments:
        kind = types.get(attachment.name, DocumentType.OTHER)
        if kind not in _NO_PAPERS:
            yield _one(stored, attachment, kind, texts)


def _read(stored: StoredMessage, uow: UnitOfWork) -> Message | None:
    raw = uow.messages.raw(stored.id)
    if raw is None:
        return None
    try:
        return read_message(raw, received_at=stored.received_at)
    except MessageUnreadable:
        return None


def _one(
    stored: StoredMessage, attachment: Attachment, kind: DocumentType, texts: Mapping[str, AttachmentText]
) -> Arrived:
    found = texts.get(attachment.path, AttachmentText())
    references = find_in_text(found.text) if found.text else ()
    named = find_in_text(attachment.name.rpartition(".")[0].replace("_", " "))
    document = Document(
        type=kind,
        name=attachment.name,
        sha256=attachment.sha256,
        received_at=stored.received_at,
        message=stored.id,
        path=attachment.path,
        number=_own_number(kind, (*named, *references)),
        is_scan=found.is_scan,
        fault=found.fault,
    )
    paper = Paper(name=attachment.name, type=kind, text=found.text, references=references)
    return Arrived(document=document, paper=paper)


def _own_number(kind: DocumentType, references: Sequence[Reference]) -> str:
    wanted = _OWN_NUMBER.get(kind)
    return next((item.canonical for item in references if item.kind is wanted), "")
