"""The suggested glosas: what mails brought that the broker's own system does not show yet."""

from collections.abc import Iterable
from datetime import datetime

from mailbot.domain.contexts import SuggestedGlosa
from mailbot.domain.glosas import STATUS_GLOSA, glosa_code, glosa_text
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.ports.store import ObligationFilter, Store, UnitOfWork


def suggested_glosas(store: Store, *, since: datetime | None = None) -> tuple[SuggestedGlosa, ...]:
    """Everything still to be entered, by the time its mail arrived."""
    with store.begin() as uow:
        query = ObligationFilter(kind=ObligationKind.SYSTEM_ENTRY, is_open=True, since=since)
        return glosas_of(uow.obligations.list(query), uow)


def glosas_of(obligations: Iterable[Obligation], uow: UnitOfWork) -> tuple[SuggestedGlosa, ...]:
    """The glosas that these obligations call for; those of other kinds call for none."""
    entries = (one for one in obligations if one.kind is ObligationKind.SYSTEM_ENTRY)
    found = [_glosa(entry, uow) for entry in entries]
    return tuple(sorted(found, key=lambda glosa: (glosa.dated_at, glosa.order or "")))


def _glosa(entry: Obligation, uow: UnitOfWork) -> SuggestedGlosa:
    message = uow.messages.get(entry.message) if entry.message else None
    client = uow.records.client(entry.client) if entry.client else None
    received_at = entry.received_at or entry.starts_at
    topics = message.verdict.topics if message and message.verdict else ()
    return SuggestedGlosa(
        order=entry.order,
        code=glosa_code(topics) if message else STATUS_GLOSA,
        text=glosa_text(
            message.new_text if message else "",
            received_at=received_at,
            subject=message.subject if message else "",
        ),
        dated_at=received_at,
        client=client.name if client else "",
        message_id=entry.message_id or "",
    )
