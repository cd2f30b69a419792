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
from mailbot.domain.measures import Measure, Stated, all_packages, all_weights
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
    # Only a part of it could be read: what it lacks says nothing.
    is_partial: bool = False


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A possible defect: in which paper, what, and the line it was read from.

    Where something is absent it is the line that names the paper.
    """

    kind: DefectKind
    document: str
    message: str
    line: str = ""

    @property
    def told(self) -> str:
        """The hint in one line, with the paper's own words behind it."""
        words = f" («{self.line}»)" if self.line else ""
        return f"{self.document}: {self.message}{words}"


# The terms of Incoterms 2020 and the older ones that invoices still use, also with points and in words.
_INCOTERM = re.compile(
    r"(?<![a-z])(?:EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DAT|DPU|DDP|DDU|DAF|C\s?[&+]\s?F|CNF|C\.?N\.?F|"
    r"(?:F\.O\.B|C\.I\.F|C\.F\.R|E\.X\.W|F\.C\.A|C\.P\.T|C\.I\.P|D\.A\.P|D\.D\.P)\.?|"
    r"ex\s*-?\s*works?|free\s+on\s+board|free\s+carrier|free\s+alongside|cost\s+(?:and|&)\s+freight|"
    r"cost,?\s+insurance,?\s+(?:and\s+|&\s*)?freight|carriage\s+(?:and\s+insurance\s+)?paid|"
    r"delivered\s+(?:at|duty)|en\s+f[aá]brica|franco\s+(?:a\s+bordo|transportista)|costo\s+y\s+flete|"
    r"costo,?\s+seguro\s+y\s+flete)(?![a-z])",
    re.IGNORECASE,
)
_RUC = re.compile(r"(?<!\d)(?:10|15|16|17|20)\d{9}(?!\d)")
_TAX_WORD = re.compile(r"\b(?:R\.?\s?U\.?\s?C|tax\s*(?:id|no|number)|taxpayer|VAT|NIT)\b", re.IGNORECASE)
_CONSIGNEE = re.compile(
    r"\b(?:consignee|consigned\s+to|consignatario|consignado|importer|importador|buyer|comprador|sold\s+to|bill\s+to|"
    r"messrs|cliente|se[ñn]or(?:es)?)\b",
    re.IGNORECASE,
)
_OTHER_PARTY = re.compile(
    r"\b(?:notify|notificar|shipper|exporter|exportador|seller|vendedor|embarcador|forwarder|agente?|agency|agencia|"
    r"carrier|transportista)\b",
    re.IGNORECASE,
)
# A party's block on a transport document has no more lines.
_BLOCK = 7
_ISSUED = re.compile(
    r"\b(?:date|dated|fecha|issued|emitido|expedido|emisi[oó]n|issuance|place and date|lugar y fecha)\b", re.IGNORECASE
)
_DATE_LABEL = re.compile(r"\b(?:date|dated|fecha|fec|datum|data)\b|日期", re.IGNORECASE)
# Days on an invoice that are not its own.
_OTHER_DAY = re.compile(
    r"\b(?:shipment|shipped|shipping|sailing|embarque|delivery|entrega|due|vence|vencimiento|payment|pago|valid|"
    r"v[aá]lid[oa]|ETA|ETD|contract|contrato|order|pedido|P\.?O|L/?C|B/?L)\b",
    re.IGNORECASE,
)
_OWN_DAY = re.compile(r"\b(?:invoice|factura|emisi[oó]n|issue|issued)\b", re.IGNORECASE)
_VALID_UNTIL = re.compile(
    r"\b(?:valid\s+(?:until|till|to|thru|through)|expir\w*|v[aá]lid[oa]\s+hasta|vigente\s+hasta|vence|vencimiento|"
    r"caduca)\b",
    re.IGNORECASE,
)
# Certificates of origin hold 12 months under most agreements (`domain.md` 3.1); shorter terms are the office's to know.
_CERTIFICATE_HOLDS = timedelta(days=366)
# A paper with less text than this is a cover or a scan with a stamp: what it lacks says nothing.
_LEAST_TEXT = 80
_NAMES_THE_PAPER = re.compile(r"invoice|factura", re.IGNORECASE)


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
    if paper.is_partial:
        return
    named = _named(paper)
    if not _INCOTERM.search(paper.text):
        yield _hint(DefectKind.NO_INCOTERM, paper, "la factura no indica incoterm", named)
    if not _has_own_date(paper.text):
        yield _hint(DefectKind.NO_DATE, paper, "la factura no indica fecha", named)


def _has_own_date(text: str) -> bool:
    """Whether a day stands there that may be the invoice's own, or words that announce one nobody here can read."""
    if any(not _OTHER_DAY.search(line) or _OWN_DAY.search(line) for _, line in dates_in(text)):
        return True
    unread = (line for line in text.splitlines() if _DATE_LABEL.search(line) and not any(dates_in(line)))
    return any(re.search(r"\d", line[found.end() :]) for line in unread if (found := _DATE_LABEL.search(line)))


def _of_consignee(paper: Paper, dispatch: Dispatch) -> Iterator[Hint]:
    """A valid RUC stands at the consignee, and none in the paper is the client's."""
    lines = paper.text.splitlines()
    if dispatch.ruc in {ruc for line in lines for ruc in _rucs(line)}:
        return
    for at, line in enumerate(lines):
        if _CONSIGNEE.search(line):
            for own in _block(lines, at):
                for ruc in _rucs(own):
                    yield _hint(DefectKind.OTHER_RUC, paper, f"figura el RUC {ruc}, que no es el del cliente", own)
                    return


def _block(lines: Sequence[str], at: int) -> Iterator[str]:
    """The lines of the party that a line begins, up to where another party's begin."""
    yield lines[at]
    for line in lines[at + 1 : at + _BLOCK]:
        if _OTHER_PARTY.search(line):
            return
        yield line


def _rucs(line: str) -> Iterator[str]:
    """Valid taxpayer numbers that are said to be some; a telephone number is none."""
    if _TAX_WORD.search(line):
        yield from (match[0] for match in _RUC.finditer(line) if has_valid_check(ReferenceKind.RUC, match[0]))


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
    days = [(day, line) for day, line in dates_in(paper.text) if day.year > 2000]
    ends = [(day, line) for day, line in days if _VALID_UNTIL.search(line)]
    if ends:
        day, line = max(ends)
        if day < on:
            yield _hint(DefectKind.CERTIFICATE_OLD, paper, f"el certificado valía hasta el {day:%d/%m/%Y}", line)
        return
    issued = [(day, line) for day, line in days if _ISSUED.search(line)]
    # The newest day anywhere in it: the one beside an invoice's number may be older than the certificate.
    if issued and on - max(days)[0] > _CERTIFICATE_HOLDS:
        day, line = max(issued)
        message = f"el certificado es del {day:%d/%m/%Y}: pasó su vigencia usual de 12 meses"
        yield _hint(DefectKind.CERTIFICATE_OLD, paper, message, line)


def _of_all(papers: Sequence[Paper]) -> Iterator[Hint]:
    compared = (
        DocumentType.COMMERCIAL_INVOICE,
        DocumentType.PACKING_LIST,
        DocumentType.BILL_OF_LADING,
        DocumentType.AIR_WAYBILL,
    )
    chosen = [[paper for paper in papers if paper.type is kind] for kind in compared]
    yield from _compare(chosen, all_packages, DefectKind.PACKAGES_DIFFER, "difieren los bultos")
    yield from _compare(chosen, all_weights, DefectKind.WEIGHT_DIFFERS, "difiere el peso bruto")


@dataclass(frozen=True, kw_only=True)
class _Stated:
    """What the papers of one type state: their clear totals, and every number that may be meant."""

    paper: Paper
    main: Measure
    numbers: tuple[float, ...]

    def agrees_with(self, other: "_Stated") -> bool:
        """Whether any number of one is the other's."""
        return any(self.main.agrees_with(number) for number in other.numbers) or any(
            other.main.agrees_with(number) for number in self.numbers
        )


def _stated(papers: Sequence[Paper], measure: Callable[[str], Stated]) -> _Stated | None:
    """None unless every paper of the type says one thing clearly; of several papers the sum counts too."""
    found = [(paper, measure(paper.text)) for paper in papers]
    mains = [stated.main for _, stated in found if stated.main is not None]
    if not mains or len(mains) < len(found):
        return None
    total = Measure(amount=sum(main.amount for main in mains), line=mains[0].line)
    numbers = (total.amount, *(number for _, stated in found for number in stated.numbers))
    return _Stated(paper=found[0][0], main=total, numbers=numbers)


def _compare(
    papers: Sequence[Sequence[Paper]], measure: Callable[[str], Stated], kind: DefectKind, message: str
) -> Iterator[Hint]:
    """One hint where the papers of two types that state a measure clearly do not agree."""
    stated = [found for same in papers if same and (found := _stated(same, measure)) is not None]
    for at, first in enumerate(stated):
        for other in stated[at + 1 :]:
            if not first.agrees_with(other):
                one, two = f"{first.main.shown} en {first.paper.name}", f"{other.main.shown} en {other.paper.name}"
                yield _hint(kind, other.paper, f"{message}: {one}, {two}", other.main.line)
                return


def _named(paper: Paper) -> str:
    """The line that names the paper, for what it lacks."""
    lines = [line for line in paper.text.splitlines() if line.strip()]
    return next((line for line in lines if _NAMES_THE_PAPER.search(line)), lines[0] if lines else "")


def _hint(kind: DefectKind, paper: Paper, message: str, line: str = "") -> Hint:
    return Hint(kind=kind, document=paper.name, message=message, line=line.strip()[:200])


def _line(paper: Paper, value: str) -> str:
    return next((line for line in paper.text.splitlines() if value in line), "")


def _compact(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def _equal(one: str, other: str) -> bool:
    return one == other
