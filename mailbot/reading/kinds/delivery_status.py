"""Machine-readable delivery reports (RFC 3464) and what stands in for them in plain text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailbot.reading.mime.tree import Part

_STATUS_PARTS = frozenset(
    ("message/delivery-status", "message/global-delivery-status", "text/delivery-status", "message/feedback-report")
)
_FIELD = re.compile(r"^([A-Za-z][\w-]{1,60})[ \t]*:[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
# Delivery reports (RFC 3464) and feedback reports (RFC 5965).
_RECIPIENT_FIELDS = (
    "final-recipient",
    "original-recipient",
    "x-actual-recipient",
    "original-rcpt-to",
    "removal-recipient",
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# A letter beyond ASCII where the way back took none (RFC 6533 section 3).
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,5})\}")
_ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]{}=]+@[^\s<>,;:\"'()\[\]{}=]+")


@dataclass(frozen=True, kw_only=True)
class RecipientReport:
    """One recipient's lines of a delivery report."""

    recipient: str
    action: str
    status: str | None


def status_parts(root: Part) -> Iterator[Part]:
    """The parts of a mail that are reports for machines; those of mails attached to it are not its own."""
    for part in root.children:
        if part.type in _STATUS_PARTS:
            yield part
        elif part.type.startswith("multipart/"):
            yield from status_parts(part)


def recipient_reports(text: str) -> list[RecipientReport]:
    """The recipients a report names, with action and status."""
    reports = []
    for group in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        fields = {name.lower(): value for name, value in reversed(_FIELD.findall(group))}
        recipient = _recipient(fields)
        if recipient:
            reports.append(
                RecipientReport(
                    recipient=recipient, action=fields.get("action", "").strip().lower(), status=_status(fields)
                )
            )
    return reports


def _recipient(fields: Mapping[str, str]) -> str:
    """The address the mail was sent to: where it was forwarded matters less to the sender."""
    for name in _RECIPIENT_FIELDS:
        value = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), fields.get(name, ""))
        match = _ADDRESS.search(value.partition(";")[2] or value)
        if match:
            return match.group().strip(".")
    return ""


def _status(fields: Mapping[str, str]) -> str | None:
    """The status field; a vague one (x.0.0) gives way to the code inside the diagnosis."""
    own = _STATUS.search(fields.get("status", ""))
    diagnosis = _STATUS.search(fields.get("diagnostic-code", ""))
    if own and not own.group(1).endswith(".0.0"):
        return own.group(1)
    found = diagnosis or own
    return found.group(1) if found else None
