"""The suggested glosas: what mails brought that the broker's own system does not show yet."""

import csv
from collections.abc import Iterable
from datetime import datetime
from io import StringIO

from mailbot.domain.clock import LIMA
from mailbot.domain.contexts import SuggestedGlosa
from mailbot.domain.glosas import STATUS_GLOSA, glosa_code, glosa_text
from mailbot.domain.obligation import Obligation, ObligationKind, ObligationState
from mailbot.domain.words import word
from mailbot.ports.store import Store, UnitOfWork
from mailbot.ports.stored import ObligationFilter

# What brings news of a dispatch that its status in the system has to show.
_KINDS = (ObligationKind.SYSTEM_ENTRY, ObligationKind.MILESTONE_NOTICE)
_NOT_OWED = ObligationState.CANCELLED
_HEADINGS = ("orden", "glosa", "texto", "fecha", "cliente", "correo", "estado")
# A cell that begins with one of these is a formula to Excel (OWASP, "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def suggested_glosas(store: Store, *, since: datetime | None = None) -> tuple[SuggestedGlosa, ...]:
    """What is still to be entered, by the time its mail arrived; with `since`, what was entered since then too."""
    with store.begin() as uow:
        is_open = True if since is None else None
        queries = (ObligationFilter(kind=kind, is_open=is_open, since=since) for kind in _KINDS)
        return glosas_of((entry for query in queries for entry in uow.obligations.list(query)), uow)


def glosas_of(obligations: Iterable[Obligation], uow: UnitOfWork) -> tuple[SuggestedGlosa, ...]:
    """The glosas that these obligations call for, one for each mail and dispatch; other kinds call for none."""
    known = tuple(obligations)
    entries = [one for kind in _KINDS for one in known if one.kind is kind and one.state is not _NOT_OWED]
    first = {(entry.message or entry.id, entry.order): entry for entry in reversed(entries)}
    found = [_glosa(entry, uow) for entry in first.values()]
    return tuple(sorted(found, key=lambda glosa: (glosa.dated_at, glosa.order or "", glosa.code)))


def glosas_csv(glosas: Iterable[SuggestedGlosa]) -> bytes:
    """A table that Excel opens with its accents, and in which no cell is a formula."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(_HEADINGS)
    for glosa in glosas:
        dated = f"{glosa.dated_at.astimezone(LIMA):%d/%m/%Y %H:%M}"
        cells = (glosa.order or "", glosa.code, glosa.text, dated, glosa.client, glosa.message_id, word(glosa.state))
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return file.getvalue().encode("utf-8-sig")


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
        state=entry.state,
        obligation=entry.id,
    )
