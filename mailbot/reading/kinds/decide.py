"""Which kind of sender wrote a mail, by the first rule that holds."""

from mailbot.domain.message import Address, Bounce, MessageKind
from mailbot.reading.mime.tree import Part


def decide_kind(
    root: Part, *, headers: tuple[tuple[str, str], ...], subject: str, text: str
) -> tuple[MessageKind, str, Bounce | None]:
    """The kind, the reason in words, and what a bounce says."""
    values = {name.lower(): value for name, value in reversed(headers)}
    if root.type == "multipart/report" and root.parameters.get("report-type", "") == "delivery-status":
        return MessageKind.BOUNCE, "Content-Type: multipart/report; report-type=delivery-status", Bounce()
    automatic = values.get("auto-submitted", "no").lower()
    if automatic != "no":
        return MessageKind.AUTO_REPLY, f"Auto-Submitted: {automatic}", None
    if "list-id" in values or "list-unsubscribe" in values:
        return MessageKind.LIST, "List-Id", None
    if any(part.type == "text/calendar" for part in root.walk()):
        return MessageKind.CALENDAR, "text/calendar", None
    return MessageKind.PERSON, "", None


def kind_of_text(*, sender: Address, subject: str, text: str) -> tuple[MessageKind, str]:
    """The kind of a message of which only sender, subject and text are known."""
    return MessageKind.PERSON, ""
