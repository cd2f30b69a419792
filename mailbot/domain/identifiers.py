"""Normal forms and check digits of the identifiers of `domain.md` section 2.

Two spellings of one identifier have one normal form; everything that is compared, indexed or stored is
compared in it. A number of which only the end is known keeps what is known:

- order: `AAAA-NNNNNN`; the number alone ("orden 4512") is its six digits, `004512`
- dam: `AAA-YYYY-RR-NNNNNN`; the number alone ("DAM 84512") is its six digits, `084512`
- awb: `PPP-SSSSSSSS`; a house waybill is its letters and digits in capitals
- bl, container, invoice, po: letters and digits in capitals; a po without the words that announce it
- ruc: eleven digits; vessel: the name in capitals without accents, then the voyage
"""

import re
import unicodedata
from functools import lru_cache

from stdnum import iso6346
from stdnum.pe import ruc

from mailbot.domain.labels import ReferenceKind

# SUNAT table 11 (`domain.md` 2.2).
_OFFICES = "000 019 028 046 055 082 091 118 127 145 154 163 172 181 190 217 226 235 244 262 271 280 299 316 929 992"
CUSTOMS_OFFICES = frozenset(_OFFICES.split())
# IT.00.04 (`domain.md` 2.3).
REGIMES = frozenset(("10", "18", "20", "21", "30", "36", "40", "41", "48", "51", "52", "60", "70", "80", "81", "89"))

_ORDER_PARTS = re.compile(r"(?:^|\D)((?:19|20)\d{2}|\d{2})\s*[-/. ]\s*(\d{1,6})$")
_REVERSED_ORDER = re.compile(r"(?:^|\D)(?!20\d\d\D)(\d{3,6})\s?[-/]\s?(20\d{2})$")
_CARRIER = re.compile(r"[A-Z]{4}(?=[A-Z0-9]*\d)")
# "OC-4500012345" and "4500012345" are one purchase order.
_PO_WORDS = re.compile(r"^(?:ORDENDECOMPRA|PURCHASEORDER|PEDIDO|OC|PO)(?:NRO|NUM|NO|N)?(?=\d)")
_VESSEL_WORDS = re.compile(r"^(?:M\s*/?\s*[NVT]|MOTONAVE|NAVE|BUQUE|VESSEL)\b[.:\s]*")
_VOYAGE_WORDS = re.compile(r"(?<=\s)(?:V|VJE|VIAJE|VOY|VOYAGE)\b[.:\s]*(?:NO?\b[.:\s]*)?(?=\S*\d)")


def compact(text: str) -> str:
    """The letters and digits of a text in capitals, without accents."""
    return "".join(char for char in _plain(text) if char.isalnum())


# A client's open dispatches are compared again with every mail.
@lru_cache(maxsize=32_768)
def normal_form(kind: ReferenceKind, text: str) -> str:
    """The normal form of an identifier of that kind; what cannot be taken apart is only compacted."""
    match kind:
        case ReferenceKind.ORDER:
            return normal_order(text)
        case ReferenceKind.DAM:
            return normal_dam(text)
        case ReferenceKind.AWB:
            return normal_awb(text)
        case ReferenceKind.VESSEL:
            return normal_vessel(text)
        case ReferenceKind.PO:
            return _PO_WORDS.sub("", compact(text))
        case _:
            return compact(text)


def normal_order(text: str) -> str:
    """`2026-004512` from "OA-2026-4512", "26-4512" or "2026-004512"; `004512` from "4512"."""
    if reversed_order := _REVERSED_ORDER.search(text.strip()):
        return f"{reversed_order[2]}-{reversed_order[1].zfill(6)}"
    found = _ORDER_PARTS.search(text.strip())
    if found:
        year, number = found.groups()
        return f"{year if len(year) == 4 else '20' + year}-{number.zfill(6)}"
    digits = re.sub(r"\D", "", text)
    if len(digits) == 10 and digits.startswith("20"):
        return f"{digits[:4]}-{digits[4:]}"
    return digits.zfill(6) if digits else compact(text)


def normal_dam(text: str) -> str:
    """`118-2026-10-084512` from any of its orders and separators; `084512` from the number alone.

    The tail (document type, check digit) is dropped: its check digit is not published (`domain.md` 2.1).
    """
    parts = re.findall(r"\d+", text)
    if len(parts) == 1 and len(parts[0]) in (15, 19):
        parts = _cut_dam(parts[0])
    if len(parts) < 4:
        return parts[-1].zfill(6) if parts else compact(text)
    return _arranged(parts[0], parts[1], parts[2], parts[3])


def _cut_dam(run: str) -> list[str]:
    """The four parts of a DAM written without separators; the year tells which order it is in."""
    widths = (3, 2, 4) if run[3:5] in REGIMES and run[5:7] == "20" else (3, 4, 2)
    if run[:2] == "20" and run[4:7] in CUSTOMS_OFFICES:
        widths = (4, 3, 2)
    first, second, third = widths
    return [run[:first], run[first : first + second], run[first + second : first + second + third], run[9:15]]


def _arranged(first: str, second: str, third: str, number: str) -> str:
    """Customs office, year and regime in the official order (IT.00.04), whichever order they came in."""
    if len(first) == 4:
        first, second = second, first
    if len(second) == 2 and (len(third) == 4 or (second in REGIMES and third not in REGIMES)):
        second, third = third, second
    year = second if len(second) == 4 else f"20{second}"
    return f"{first}-{year}-{third}-{number.zfill(6)}"


def normal_awb(text: str) -> str:
    """`139-12345675` for an airline's waybill, letters and digits for a forwarder's own."""
    run = compact(text)
    if len(run) == 11 and run.isdigit():
        return f"{run[:3]}-{run[3:]}"
    return run


def normal_vessel(text: str) -> str:
    """`PACIFIC HERON 602E`: name, then voyage, without "M/N" and "V."."""
    plain = re.sub(r"[^A-Z0-9/.\- ]", " ", _plain(text)).strip()
    plain = _VOYAGE_WORDS.sub("", _VESSEL_WORDS.sub("", plain))
    return re.sub(r"[\s/.]+", " ", plain).strip(" -")


def vessel_keys(canonical: str) -> tuple[str, ...]:
    """The names under which a vessel is looked up: with and without what may be its voyage."""
    name, _, last = canonical.rpartition(" ")
    return (canonical, name) if name and any(char.isdigit() for char in last) else (canonical,)


def bl_keys(canonical: str) -> tuple[str, ...]:
    """A BL as written and without its carrier's four letters (PG.01 tolerates either)."""
    if _CARRIER.match(canonical) and len(canonical) >= 10:
        return (canonical, canonical[4:])
    return (canonical,)


def is_same_bl(one: str, other: str) -> bool:
    """Whether two normal forms name one BL: equal, or one lacks the other's carrier prefix."""
    return one == other or one in bl_keys(other) or other in bl_keys(one)


def is_full(kind: ReferenceKind, canonical: str) -> bool:
    """Whether an order or DAM is whole, so that it names one file on its own."""
    parts = canonical.count("-")
    if kind is ReferenceKind.ORDER:
        return parts == 1
    return kind is not ReferenceKind.DAM or parts == 3


def has_valid_check(kind: ReferenceKind, canonical: str) -> bool | None:
    """What the check digit says; None for kinds and forms that have none."""
    if kind is ReferenceKind.CONTAINER:
        return bool(iso6346.is_valid(canonical))
    if kind is ReferenceKind.RUC:
        return bool(ruc.is_valid(canonical))
    if kind is ReferenceKind.AWB and re.fullmatch(r"\d{3}-\d{8}", canonical):
        return is_valid_awb(canonical)
    return None


def is_valid_awb(canonical: str) -> bool:
    """The eighth digit after the airline's prefix is the seven before it modulo 7 (IATA 600a)."""
    serial = canonical.replace("-", "")[3:]
    return int(serial[:7]) % 7 == int(serial[7])


def is_one_slip(one: str, other: str) -> bool:
    """Whether two identifiers differ by one typing error: a wrong character or two swapped neighbours."""
    if one == other or len(one) != len(other):
        return False
    wrong = [at for at, (left, right) in enumerate(zip(one, other, strict=True)) if left != right]
    if len(wrong) == 1:
        return True
    if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
        return False
    at = wrong[0]
    return one[at] == other[at + 1] and one[at + 1] == other[at]


def _plain(text: str) -> str:
    """Capitals without accents."""
    parts = unicodedata.normalize("NFKD", text.upper())
    return "".join(char for char in parts if not unicodedata.combining(char))
