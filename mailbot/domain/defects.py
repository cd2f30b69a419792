"""Defects that can be read from the text of shipping papers, as hints with the line they come from.

A hint is shown to the ESC, never to a client, and never decides anything (`domain.md` 4.3). Where a
paper does not speak clearly nothing is said: a wrong hint costs more trust than a missing one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mailbot.domain.identifiers import has_valid_check, is_same_bl
from mailbot.domain.labels import DocumentType, ReferenceKind
from mailbot.domain.linkage import Reference
from mailbot.domain.measures import Measure, gross_weight, packages
from mailbot.domain.office import Dispatch
from mailbot.domain.written_dates import dates_in


class DefectKind(StrEnum):
    """What looks wrong."""

    # The invoice names no Incoterm.
    NO_INCOTERM = "no_incoterm"
    # The invoice bears no date.
    NO_DATE = "no_date"
    # The taxpayer number of the consignee is not the client's.
    OTHER_RUC = "other_ruc"
    # Two papers state different numbers of packages.
    PACKAGES_DIFFER = "packages_differ"
    # Two papers state different gross weights.
    WEIGHT_DIFFERS = "weight_differs"
    # The transport document bears another number than the dispatch.
    OTHER_BL = "other_bl"
    # The certificate is older than its validity.
    CERTIFICATE_OLD = "certificate_old"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One attached document with its text."""

    name: str
    type: DocumentType
    text: str
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A possible defect: in which paper, what, and the line it was read from (empty when something is absent)."""

    kind: DefectKind
    document: str
    message: str
    line: str = ""

    @property
    def told(self) -> str:
        """The hint in one line, with the paper's own words behind it."""
        words = f" («{self.line}»)" if self.line else ""
        return f"{self.document}: {self.message}{words}"


_INCOTERM = re.compile(r"(?<![A-Za-z])(?:EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DAT|DPU|DDP|C&F|CNF)(?![A-Za-z])")
_RUC = re.compile(r"(?<!\d)(?:10|15|16|17|20)\d{9}(?!\d)")
_ISSUED = re.compile(r"\b(?:date|fecha|issued|emitido|expedido|emisi[oó]n|issuance|place and date)\b", re.IGNORECASE)
# Certificates of origin hold 12 months under most agreements (`domain.md` 3.1); shorter terms are the office's to know.
_CERTIFICATE_HOLDS = timedelta(days=366)
# A paper with less text than this is a cover or a scan with a stamp: what it lacks says nothing.
_LEAST_TEXT = 80


def find_defects(papers: Sequence[Paper], dispatch: Dispatch, *, on: date) -> tuple[Hint, ...]:
    """Every hint, paper by paper; `on` is the day on which the papers would be used."""
    readable = [paper for paper in papers if len(paper.text.strip()) >= _LEAST_TEXT]
    hints = [hint for paper in readable for hint in _of_one(paper, dispatch, on)]
    return (*hints, *_of_all(readable))


def _of_one(paper: Paper, dispatch: Dispatch, on: date) -> Iterator[Hint]:
    match paper.type:
        case DocumentType.COMMERCIAL_INVOICE:
            yield from _of_invoice(paper)
            yield from _of_consignee(paper, dispatch)
        case DocumentType.BILL_OF_LADING | DocumentType.AIR_WAYBILL:
            yield from _of_consignee(paper, dispatch)
            yield from _of_number(paper, dispatch)
        case DocumentType.CERTIFICATE_OF_ORIGIN:
            yield from _of_certificate(paper, on)


def _of_invoice(paper: Paper) -> Iterator[Hint]:
    if not _INCOTERM.search(paper.text):
        yield _hint(DefectKind.NO_INCOTERM, paper, "la factura no indica incoterm")
    if not any(True for _ in dates_in(paper.text)):
        yield _hint(DefectKind.NO_DATE, paper, "la factura no indica fecha")


def _of_consignee(paper: Paper, dispatch: Dispatch) -> Iterator[Hint]:
    """A valid RUC stands there, and none of them is the client's."""
    found = [
        (match[0], line)
        for line in paper.text.splitlines()
        for match in _RUC.finditer(line)
        if has_valid_check(ReferenceKind.RUC, match[0])
    ]
    if found and dispatch.ruc not in {ruc for ruc, _ in found}:
        ruc, line = found[0]
        yield _hint(DefectKind.OTHER_RUC, paper, f"figura el RUC {ruc}, que no es el del cliente", line)


def _of_number(paper: Paper, dispatch: Dispatch) -> Iterator[Hint]:
    if paper.type is DocumentType.BILL_OF_LADING:
        kind, own, is_same = ReferenceKind.BL, dispatch.bls, is_same_bl
    else:
        kind, own, is_same = ReferenceKind.AWB, dispatch.awbs, _equal
    stated = [item for item in paper.references if item.kind is kind]
    known = [_compact(text) for text in own]
    if not stated or not known:
        return
    if not any(is_same(_compact(item.canonical), number) for item in stated for number in known):
        value = stated[0].value
        yield _hint(
            DefectKind.OTHER_BL, paper, f"el documento lleva el número {value}, no el de la orden", _line(paper, value)
        )


def _of_certificate(paper: Paper, on: date) -> Iterator[Hint]:
    issued = [(day, line) for day, line in dates_in(paper.text) if _ISSUED.search(line)]
    if not issued:
        return
    day, line = max(issued)
    if on - day > _CERTIFICATE_HOLDS:
        message = f"el certificado es del {day:%d/%m/%Y}: pasó su vigencia usual de 12 meses"
        yield _hint(DefectKind.CERTIFICATE_OLD, paper, message, line)


def _of_all(papers: Sequence[Paper]) -> Iterator[Hint]:
    compared = (DocumentType.COMMERCIAL_INVOICE, DocumentType.PACKING_LIST, DocumentType.BILL_OF_LADING)
    chosen = [paper for paper in papers if paper.type in compared or paper.type is DocumentType.AIR_WAYBILL]
    yield from _compare(chosen, packages, DefectKind.PACKAGES_DIFFER, "difieren los bultos")
    yield from _compare(chosen, gross_weight, DefectKind.WEIGHT_DIFFERS, "difiere el peso bruto")


def _compare(
    papers: Sequence[Paper], measure: Callable[[str], Measure | None], kind: DefectKind, message: str
) -> Iterator[Hint]:
    """One hint where the papers of different types that state a measure do not agree."""
    stated = [(paper, found) for paper in papers if (found := measure(paper.text)) is not None]
    for paper, found in stated[1:]:
        first, base = stated[0]
        if paper.type is not first.type and not found.agrees_with(base):
            told = f"{message}: {base.shown} en {first.name}, {found.shown} en {paper.name}"
            yield _hint(kind, paper, told, found.line)
            return


def _hint(kind: DefectKind, paper: Paper, message: str, line: str = "") -> Hint:
    return Hint(kind=kind, document=paper.name, message=message, line=line.strip()[:200])


def _line(paper: Paper, value: str) -> str:
    return next((line for line in paper.text.splitlines() if value in line), "")


def _compact(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def _equal(one: str, other: str) -> bool:
    return one == other
