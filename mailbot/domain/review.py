"""The papers of one dispatch: what arrived, in which version, what is missing, what a person must decide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.domain.checklist import Checklist, ChecklistRow, Need, missing_documents, rows_for
from mailbot.domain.defects import Hint
from mailbot.domain.labels import DocumentType
from mailbot.domain.office import Dispatch, Language


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
    number: str = ""
    is_scan: bool = False
    fault: str | None = None


@dataclass(frozen=True, kw_only=True)
class Version:
    """A document with its place among those that replace each other; the last one holds."""

    document: Document
    number: int
    is_current: bool


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
    return tuple(
        Version(document=document, number=at, is_current=at == len(group))
        for group in groups.values()
        for at, document in enumerate(group, start=1)
    )


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


@dataclass(frozen=True, kw_only=True)
class ArrivedLine:
    """One paper in the draft answer to the client."""

    name: str
    file: str
    # Its version, when it took another's place; 0 otherwise.
    version: int = 0
    # It is a picture without text, or could not be opened: the client may have to send it again.
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentAnswerContext:
    """The draft answer to a client about his papers; an ESC sends it, mailbot never does."""

    recipient: str
    order: str
    arrived: tuple[ArrivedLine, ...]
    missing: tuple[str, ...]
    # Papers of which the client should say whether they apply, with the condition.
    to_decide: tuple[str, ...] = ()
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "document_answer"

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def answer_to_client(reviewed: DispatchReview, *, recipient: str, language: Language) -> DocumentAnswerContext:
    """What arrived and what is missing, in the client's language; hints stay with the ESC."""
    arrived = [
        _arrived(version, row.row, language) for row in reviewed.rows for version in row.versions if version.is_current
    ]
    missing = [_called(row.row, language) for row in reviewed.rows if row.state is RowState.MISSING]
    return DocumentAnswerContext(
        recipient=recipient,
        order=reviewed.dispatch.order,
        arrived=tuple(arrived),
        missing=tuple(missing),
    )


def _arrived(version: Version, row: ChecklistRow, language: Language) -> ArrivedLine:
    return ArrivedLine(
        name=_called(row, language),
        file=version.document.name,
        version=version.number if version.number > 1 else 0,
        remark=version.document.fault or "",
    )


def _called(row: ChecklistRow, language: Language) -> str:
    return row.name_en if language is Language.EN else row.name_es
