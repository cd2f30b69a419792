"""Which papers a client still owes for its dispatches, from what is stored of mails: no file is opened for it.

Only names of papers come out of here, never a word of a mail.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from mailbot.domain.checklist import Checklist, missing_documents
from mailbot.domain.labels import DocumentType
from mailbot.domain.message import Direction
from mailbot.domain.office import Dispatch
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter

# States (`domain.md` 1.4) in which the papers are being waited for, whether mailbot saw any or not.
_AWAITED = ("orden abierta", "documentos incompletos", "documentos revisados: observado")
# States that an order reaches with its papers complete: they may have come by another way than mail.
_COMPLETE = (
    "documentos revisados: conforme",
    "documentos conciliados",
    "proforma enviada",
    "fondos recibidos",
    "garantía aceptada",
    "enviado a",
)


def lacking(
    dispatches: Iterable[Dispatch], uow: UnitOfWork, *, checklist: Checklist, at: datetime
) -> Mapping[str, tuple[DocumentType, ...]]:
    """By order, what is asked for by what had come by then; orders that lack nothing are left out.

    Of an order whose papers nobody sent by mail, only the office's own file can say that they are missing.
    """
    found = {dispatch.order: _lacking(dispatch, uow, checklist, at) for dispatch in dispatches}
    return {order: missing for order, missing in found.items() if missing}


def _lacking(dispatch: Dispatch, uow: UnitOfWork, checklist: Checklist, at: datetime) -> tuple[DocumentType, ...]:
    state = dispatch.status.strip().casefold()
    if state.startswith(_COMPLETE) or not missing_documents(dispatch, (), checklist=checklist):
        return ()
    present = _present(dispatch, uow, at)
    if not present and not state.startswith(_AWAITED):
        return ()
    return missing_documents(dispatch, present, checklist=checklist)


def _present(dispatch: Dispatch, uow: UnitOfWork, at: datetime) -> set[DocumentType]:
    """The kinds of papers that mails brought for the dispatch; what the office itself sent is no arrival."""
    return {
        document.type
        for stored in uow.messages.list(MessageFilter(order=dispatch.order))
        if stored.direction is Direction.INCOMING and stored.received_at <= at and stored.verdict
        for document in stored.verdict.documents
    }
