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
from mailbot.domain.review import FORGOTTEN, DispatchReview, Document, review, versions_of
from mailbot.domain.verdict import DocumentVerdict, Verdict
from mailbot.ports.records import Records
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.reading.attachment_text import AttachmentText, extract_texts
from mailbot.reading.parse import read_message
from mailbot.reading.references import find_in_text
from mailbot.services.desk import Desk

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


def review_dispatch(desk: Desk, order: str, *, on: date) -> DispatchReview | None:
    """The papers of a dispatch as far as stored mails brought them; None for an order nobody knows.

    Files are opened one mail at a time and between units of work, so that nobody waits for them.
    """
    with desk.store.begin() as uow:
        dispatch = uow.records.dispatch(order)
        brought = list(bringing(order, uow))
    if dispatch is None:
        return None
    arrived = [item for stored in brought for item in _arrived(stored, desk)]
    papers = {item.document.sha256: item.paper for item in arrived}
    # A version that was replaced is nobody's defect any more.
    held = {item.document.sha256: None for item in versions_of(item.document for item in arrived) if item.is_current}
    hints = find_defects([papers[sha256] for sha256 in held], dispatch, on=on)
    return review(dispatch, [item.document for item in arrived], hints=hints, checklist=desk.checklist)


def bringing(order: str, uow: UnitOfWork) -> Iterator[StoredMessage]:
    """Mails of others about the dispatch that have papers; what the office itself sent is no arrival."""
    for stored in uow.messages.list(MessageFilter(order=order)):
        if stored.direction is Direction.INCOMING and stored.verdict and stored.verdict.documents:
            yield stored


def _arrived(stored: StoredMessage, desk: Desk) -> Iterator[Arrived]:
    verdict = stored.verdict or Verdict()
    message = _read(stored, desk)
    if message is None:
        papers = (judged for judged in verdict.documents if judged.type not in _NO_PAPERS)
        yield from (_forgotten(stored, judged, place) for place, judged in enumerate(papers, start=1))
        return
    texts = extract_texts(message)
    for attachment, kind in _typed(message, verdict):
        if kind not in _NO_PAPERS:
            yield _one(stored, attachment, kind, texts)


def _typed(message: Message, verdict: Verdict) -> Iterator[tuple[Attachment, DocumentType]]:
    """Every attachment with what it was taken for; several of one name in their order."""
    types: dict[str, list[DocumentType]] = {}
    for judged in verdict.documents:
        types.setdefault(judged.name, []).append(judged.type)
    for attachment in message.attachments:
        known = types.get(attachment.name)
        yield attachment, known.pop(0) if known else DocumentType.OTHER


def _read(stored: StoredMessage, desk: Desk) -> Message | None:
    with desk.store.begin() as uow:
        raw = uow.messages.raw(stored.id)
    if not raw:
        return None
    try:
        return read_message(raw, received_at=stored.received_at)
    except MessageUnreadable:
        return None


def _forgotten(stored: StoredMessage, judged: DocumentVerdict, place: int) -> Arrived:
    """A paper whose bytes are gone: what it was taken for is still known."""
    document = Document(
        type=judged.type,
        name=judged.name,
        sha256=f"{stored.id}/{place}",
        received_at=stored.received_at,
        message=stored.id,
        path="",
        sender=stored.sender,
        fault=FORGOTTEN,
    )
    return Arrived(document=document, paper=Paper(name=judged.name, type=judged.type, text=""))


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
        sender=stored.sender,
        number=_own_number(kind, (*named, *references)),
        is_scan=found.is_scan,
        fault=found.fault,
    )
    is_partial = found.is_scan or found.fault is not None
    paper = Paper(name=attachment.name, type=kind, text=found.text, references=references, is_partial=is_partial)
    return Arrived(document=document, paper=paper)


def _own_number(kind: DocumentType, references: Sequence[Reference]) -> str:
    wanted = _OWN_NUMBER.get(kind)
    return next((item.canonical for item in references if item.kind is wanted), "")
