"""The client's purchase orders: "OC-1187", "PO 7700124", "pedido Quillay 2026/118"."""

import re

from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import MARK, TOKEN, Passage
from mailbot.reading.identifiers.series import take_tokens

_WORD = (
    r"(?:O\.?/?C\.?(?:['´’]?s)?|P\.?/?O\.?(?:['´’]?s)?|purchase\s+orders?|[óo]rdenes\s+de\s+compra|orden\s+(?:del\s+)?cliente|orden\s+de\s+compra|pedidos?|"
    r"(?:customer|sales|your|our|client)?\s?orders?)"
)
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9]){_WORD}(?![A-Za-z]){MARK}(?:(?:es|is|:)\s+(?:(?:la|el|the)\s+)?)?(?:(?:de\s+)?[A-Z][a-záéíóúñ]+\s)?({TOKEN.pattern})",
    re.IGNORECASE,
)
# The letters are part of the number when a hyphen joins them.
_JOINED = re.compile(
    r"(?<![A-Za-z0-9-])(?:OC|PO|PED)-(?:[A-Z]{1,5}-?)?\d[A-Z0-9/-]{1,20}(?![A-Za-z0-9])", re.IGNORECASE
)

# Two digits are enough where nothing that could be counted follows.
_SHORT = re.compile(
    rf"\b(?:pedido|OC|O/C|PO){MARK}(\d{{2}})(?=\s*(?:[(),;:.?!/-]|$))(?![.,/-]\d)", re.IGNORECASE | re.MULTILINE
)


def find_purchase_orders(passage: Passage) -> None:
    """Take every purchase order."""
    for match in _JOINED.finditer(passage.text):
        if sum(char.isdigit() for char in match[0]) >= (3 if match[0].count("-") > 1 else 2):
            passage.take(ReferenceKind.PO, match.start(), match.end(), weight=3)
    for match in _NAMED.finditer(passage.text):
        if _may_be_po(match[1], is_order=match[0].lower().startswith("order")):
            passage.take(ReferenceKind.PO, match.start(1), match.end(1), weight=3)
            take_tokens(passage, ReferenceKind.PO, match.end(1), like=match[1])
    for match in _SHORT.finditer(passage.text):
        passage.take(ReferenceKind.PO, match.start(1), match.end(1), weight=3)


def _may_be_po(token: str, *, is_order: bool) -> bool:
    """In English an order of three digits alone is as often a count."""
    digits = sum(char.isdigit() for char in token)
    return digits >= (4 if is_order and token.isdigit() else 3) and not re.fullmatch(
        r"20[12]\d|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d+)?|\d+[.,]\d+", token
    )
