"""Mailing lists, newsletters and calendar mail by their own standards' headers."""

import re

from mailbot.reading.kinds.facts import Facts

_CALENDAR_METHOD = re.compile(rb"^METHOD:\s*([A-Z]+)", re.MULTILINE | re.IGNORECASE)
_ANSWERABLE = frozenset(("REQUEST", "REPLY", "CANCEL", "COUNTER", "REFRESH", "DECLINECOUNTER", "ADD", "PUBLISH"))
_CALENDAR_TEXT = re.compile(
    r"^(?:.{0,60} ha (?:aceptado|rechazado|aceptado provisionalmente) (?:esta|su|tu|la) invitaci[oó]n|has "
    r"recibido una invitaci[oó]n a este evento|"
    r".{0,60} has (?:accepted|declined|tentatively accepted) this invitation|you have been invited to the "
    r"following event)",
    re.IGNORECASE | re.MULTILINE,
)
_CALENDAR_SUBJECT = re.compile(
    r"^(?:aceptad[oa]|rechazad[oa]|provisional|cancelad[oa]|invitaci[oó]n(?: actualizada)?|accepted|declined|"
    r"tentative|cancell?ed|"
    r"(?:updated )?invitation|zugesagt|abgelehnt|accept[eé]|refus[eé]|aceito|recusado)\s*:",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"desuscri|darse? de baja|date de baja|cancelar (?:la |tu |su )?suscripci|unsubscribe|no "
    r"(?:desea[s]?|quiere[s]?) recibir",
    re.IGNORECASE,
)


def list_reason(facts: Facts) -> str:
    """Why a mail came through a list or is a newsletter (RFC 2919, RFC 2369); empty when it did not."""
    for name in (
        "list-id",
        "list-post",
        "list-unsubscribe",
        "list-help",
        "x-mailing-list",
        "mailing-list",
        "x-mailman-version",
    ):
        if facts.headers.get(name, "").strip():
            return f"{name.title()}: {' '.join(facts.headers[name].split())[:80]}"
    return ""


def bulk_reason(facts: Facts) -> str:
    """The header by which older programs mark what they send to many; empty when it is not there."""
    if facts.value("precedence") in {"list", "bulk", "junk"}:
        return f"Precedence: {facts.value('precedence')}"
    return ""


def newsletter_reason(text: str) -> str:
    """Wording that only newsletters have; for records without headers."""
    match = _FOOTER.search(text[-600:])
    return f"Text: {match.group()}" if match else ""


def calendar_reason(facts: Facts) -> str:
    """Why a mail is an invitation or an answer to one (RFC 6047); empty when it is none."""
    if facts.value("content-class") == "urn:content-classes:calendarmessage":
        return "Content-Class: urn:content-classes:calendarmessage"
    if facts.root is None:
        return ""
    for part in facts.root.walk():
        if part.type not in {"text/calendar", "application/ics"}:
            continue
        if part.type == "application/ics" and part.disposition == "attachment":
            continue
        method = part.parameters.get("method", "").upper()
        if not method:
            match = _CALENDAR_METHOD.search(part.content()[:20_000])
            method = match.group(1).decode("ascii").upper() if match else ""
        # A person may attach a calendar file; an invitation is the mail's own body.
        if method in _ANSWERABLE and part.disposition != "attachment":
            return f"{part.type}; method={method}"
    return ""


def calendar_wording(*, subject: str, text: str) -> str:
    """The sentence by which a calendar program speaks; for records without headers."""
    match = _CALENDAR_TEXT.search(text[:600])
    if match:
        return f"Text: {match.group()[:80]}"
    if _CALENDAR_SUBJECT.match(subject) and re.search(r"^(?:cu[aá]ndo|when)\s*:", text, re.IGNORECASE | re.MULTILINE):
        return f"Subject: {subject[:80]}"
    return ""
