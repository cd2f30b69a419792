"""Numbers that look like identifiers and are none: addresses, links, phones, accounts, dates, money, tariff codes."""

import re

from mailbot.reading.identifiers.passage import Passage

_NOISE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+",
        r"(?:https?://|www\.)\S+",
        # A phone: after its word, or with the country's code.
        r"\b(?:tel[eé]?f?(?:ono)?|cel(?:ular)?|m[oó]vil|fono|whats\s?app|wsp|rpm|anexo|anx|ext|mob(?:ile)?|phone)\b"
        r"[.:\s]{0,3}(?:\+?\(?\d[\d\s().-]{2,18}\d|\d)",
        r"\+\d{1,3}[\s-]?\(?\d[\d\s().-]{5,16}\d",
        # An account of a bank, and its interbank code.
        r"\b(?:cta|cuenta|c/c|cci|account|a/c|iban|swift)\b[^\n\d]{0,30}\d[\d\s-]{6,28}\d",
        # Dates and times.
        r"(?<![\d-])[0-3]?\d[/.-][0-3]?\d[/.-](?:\d{4}|\d{2})(?![\d/-])",
        r"(?<![\d-])20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d-])",
        # Money and shares.
        r"(?:US\$|USD|U\$S|S/\.?|PEN|EUR|€|\$)\s?\d[\d.,]*",
        r"(?<![\d-])\d[\d.,]*\s?(?:USD|d[oó]lares|soles|%|€)",
        # A tariff code.
        r"(?<![\d.])\d{4}\.\d{2}(?:\.\d{2}){0,2}(?!\d|\.\d)",
        # A customs payment document and a service desk's ticket.
        r"\bCDA\b[\s.:#°ºN]{0,6}\d[\d-]+",
        r"\b(?:RITM|INC|SCTASK|REQ|CHG)-?\d{6,}",
        # Claims, returns, permits and other papers' own numbers.
        r"\b(?:RMA|EUR\.?\s?1|reclamo|claim|siniestro|ticket|caso|case)\s*(?:N[°º.]?|nro\.?|no\.?|#|:)?\s*(?:[A-Z]{1,4}-)*[A-Z]{0,4}\d[\w-]*",
    )
)


def close_noise(passage: Passage) -> None:
    """Keep every finder from what is no identifier."""
    for pattern in _NOISE:
        for match in pattern.finditer(passage.text):
            passage.close(match.start(), match.end())
