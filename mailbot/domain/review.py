"""The papers of one dispatch: what arrived, in which version, what is missing, what a person must decide."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.domain.checklist import Checklist, ChecklistRow, Need, missing_documents, rows_for
from mailbot.domain.contexts.answers import ArrivedLine, DocumentAnswerContext, OpenLine
from mailbot.domain.defects import Hint
from mailbot.domain.labels import DocumentType
from mailbot.domain.office import Dispatch, Language

# The faults of a file of which nothing can be read (`mailbot.reading.attachment_text` names them).
UNREADABLE = frozenset({"ilegible", "PDF cifrado", "documento cifrado", "bomba ZIP"})
# Its bytes were forgotten after their time.
FORGOTTEN = "el archivo ya no se guarda"


@dataclass(frozen=True, kw_only=True)
class Document:
    """One attached paper as it arrived; `number` is its own (an invoice's), where it names one."""

    type: DocumentType
    name: str
    sha256: str
    received_at: datetime
    # Stored message and attachment path: the place where it came from.
    message: str
    path: str
    sender: str = ""
    number: str = ""
    # It holds pictures of pages alone: nothing in it could be compared.
    is_scan: bool = False
    # What kept it from being read whole, in Spanish.
    fault: str | None = None

    @property
    def is_unreadable(self) -> bool:
        """Whether nothing of it could be read, so that it may have to be sent again."""
        return self.fault in UNREADABLE


@dataclass(frozen=True, kw_only=True)
class Version:
    """A document with its place among those that replace each other; the last one holds."""

    document: Document
    number: int
    is_current: bool
    # When the next one took its place.
    replaced_at: datetime | None = None


class RowState(StrEnum):
    """Where a paper of the checklist stands."""

    # It is there.
    PRESENT = "present"
    # It is there, and a later version took the place of an earlier one.
    REPLACED = "replaced"
    # It is needed and not there.
    MISSING = "missing"
    # Whether it is needed depends on goods or contract: a person decides.
    TO_DECIDE = "to_decide"


@dataclass(frozen=True, kw_only=True)
class ReviewedRow:
    """A row of the checklist with what arrived for it."""

    row: ChecklistRow
    state: RowState
    versions: tuple[Version, ...] = ()

    @property
    def since(self) -> datetime | None:
        """When the paper that holds arrived; None where none did."""
        return max((item.document.received_at for item in self.versions if item.is_current), default=None)


@dataclass(frozen=True, kw_only=True)
class DispatchReview:
    """Everything known of the papers of one dispatch."""

    dispatch: Dispatch
    rows: tuple[ReviewedRow, ...]
    # Papers that no row asks for.
    others: tuple[Version, ...]
    missing: tuple[DocumentType, ...]
    hints: tuple[Hint, ...] = ()


def versions_of(documents: Iterable[Document]) -> tuple[Version, ...]:
    """Each content once, numbered by arrival among documents of the same type and number.

    The same bytes again are the same version; other bytes of the same type are a new one, and the old
    one is kept.
    """
    groups: dict[tuple[DocumentType, str], list[Document]] = {}
    for document in sorted(documents, key=lambda item: (item.received_at, item.path)):
        group = groups.setdefault((document.type, document.number), [])
        if document.sha256 not in {known.sha256 for known in group}:
            group.append(document)
    return tuple(version for group in groups.values() for version in _numbered(group))


def _numbered(group: Sequence[Document]) -> Iterator[Version]:
    for at, document in enumerate(group, start=1):
        is_last = at == len(group)
        replaced_at = None if is_last else group[at].received_at
        yield Version(document=document, number=at, is_current=is_last, replaced_at=replaced_at)


def review(
    dispatch: Dispatch,
    documents: Sequence[Document],
    *,
    hints: Sequence[Hint] = (),
    checklist: Checklist | None = None,
) -> DispatchReview:
    """Hold what arrived against the checklist."""
    versions = versions_of(documents)
    present = {version.document.type for version in versions}
    missing = missing_documents(dispatch, present, checklist=checklist)
    rows = tuple(_reviewed(row, versions, missing) for row in rows_for(dispatch, checklist))
    asked = {name for row in rows for name in row.row.types}
    others = tuple(version for version in versions if version.document.type not in asked)
    return DispatchReview(dispatch=dispatch, rows=rows, others=others, missing=missing, hints=tuple(hints))


def _reviewed(row: ChecklistRow, versions: Sequence[Version], missing: Sequence[DocumentType]) -> ReviewedRow:
    own = tuple(version for version in versions if version.document.type in row.types)
    if own:
        state = RowState.REPLACED if any(not version.is_current for version in own) else RowState.PRESENT
    elif row.need is Need.CONDITIONAL or not set(row.types) & set(missing):
        state = RowState.TO_DECIDE
    else:
        state = RowState.MISSING
    return ReviewedRow(row=row, state=state, versions=own)


def answer_to_client(reviewed: DispatchReview, *, language: Language) -> DocumentAnswerContext:
    """What arrived and what is missing, in the client's language; hints stay with the ESC."""
    rows = reviewed.rows
    current = [(version, row.row) for row in rows for version in row.versions if version.is_current]
    open_rows = [row.row for row in rows if row.state is RowState.TO_DECIDE and row.row.need is Need.CONDITIONAL]
    return DocumentAnswerContext(
        subject="",
        recipient="",
        order=reviewed.dispatch.order,
        arrived=tuple(_arrived(version, row, language) for version, row in current),
        missing=tuple(row.row.called(language) for row in rows if row.state is RowState.MISSING),
        # The conditions are the office's own words, in its own language.
        to_decide=tuple(
            OpenLine(name=row.called(language), condition=row.condition if language is Language.ES else "")
            for row in open_rows
            if row.types
        ),
        reference=", ".join(reviewed.dispatch.purchase_orders),
    )


def _arrived(version: Version, row: ChecklistRow, language: Language) -> ArrivedLine:
    document = version.document
    return ArrivedLine(
        name=row.called(language),
        file=document.name,
        received_at=document.received_at,
        version=version.number if version.number > 1 else 0,
        is_scan=document.is_scan,
        is_unreadable=document.is_unreadable,
    )
