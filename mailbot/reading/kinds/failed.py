"""What a delivery report says: which address failed, with which status, and which mail it was."""

import re
from collections.abc import Iterable, Iterator

from mailbot.domain.message import Bounce
from mailbot.reading.identity import message_ids
from mailbot.reading.kinds.delivery_status import RecipientReport, recipient_reports, status_parts
from mailbot.reading.kinds.facts import Facts
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.charsets import decode_bytes
from mailbot.reading.mime.headers import split_headers
from mailbot.reading.mime.tree import Part

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+&/=%!#$'*?^`{|}~-]{1,100}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_ORIGINAL = re.compile(
    r"^[ \t>*-]*(?:-{2,}.{0,20}(?:below this line is a copy|this is a copy of|original message|returned message|"
    r"message (?:text )?follows|"
    r"unsent message|mensaje original|copia del mensaje|the header of the original|ursprüngliche nachricht|"
    r"message header|"
    r"included is a copy|undelivered message|transcript of message|your original|begin of message|headers? "
    r"(?:from|of)|message headers)"
    r"|original message(?: headers)?\s*(?:follows)?\s*:?|received:\s+(?:from|by)|return-path:\s*<|the (?:first|"
    r"original) .{0,20}lines? of|"
    r"(?:here|following) is .{0,30}copy|the message (?:headers?|you sent|header) .{0,30}(?:follow|was|below)|"
    r"copy of (?:the|your) message|"
    r"\*+ original message|message contents follow|mail header:|your message (?:reads|follows)|message "
    r"header(?:s)? follow)",
    re.IGNORECASE | re.MULTILINE,
)
# From the most certain wording to the least.
_PATTERNS = (
    re.compile(
        r"^\s*(?:final|original)-recipient\s*:\s*(?:rfc822|x-\w+|unknown)?\s*;?\s*<?([^\s<>;]+@[^\s<>;]+)", re.I | re.M
    ),
    re.compile(r"^[ \t]*<([^<>\s]+@[^<>\s]+)>[ \t]*(?:\([^)\n]{0,100}\))?[ \t]*:", re.M),
    re.compile(r"\"emailAddress\"\s*:\s*\"([^\s\"]+@[^\s\"]+)\""),
    re.compile(r"rcpt to\s*:\s*<([^<>\s]+@[^<>\s]+)>", re.I),
    re.compile(
        r"^[ \t]*[\"'<]?([^\s<>\"':;,()]+@[^\s<>\"':;,()]+)[\"'>]?[ \t]*(?:[(\[][^)\]\n]{0,100}[)\]])?[ \t]*:?[ \t]*$",
        re.M,
    ),
    re.compile(
        r"(?<!\w)(?:recipients?|destinatarios?|addressees?|to|user|mailbox|buz[oó]n|direcci[oó]n(?:es)?|address(?:es)?|"
        r"a|para|an|empf[aä]nger|failed|"
        r"unknown|for|deliver(?:ed)?|dirigido)\b[ "
        r"\t:\"'<(*\[]{1,12}(?:smtp:)?([^\s<>\"'():;,\[\]]+@[^\s<>\"'():;,\[\]]+)",
        re.I,
    ),
    re.compile(r"\b[45]\d\d[ -](?:[245]\.\d+\.\d+ )?[^\n@]{0,60}?<?([^\s<>\"'():;,]+@[^\s<>\"'():;,]+)>?", re.I),
)
# Where the report names the sender of what failed.
_SENT_BY = re.compile(r"^[ \t>]*(?:from|received|de|von)\b.*$", re.I | re.M)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,2}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?:^|[\s:<(#'\"])([45])([0-7]\d)(?=[\s\-:#])")
_REASONS = (
    (
        re.compile(
            r"user (?:is )?unknown|unknown (?:user|recipient|mailbox|address|local)|no such (?:user|recipient|"
            r"mailbox|person|address)|does(?: not|n'?t) exist|"
            r"no existe|user not found|not (?:a valid|found|listed)|invalid (?:recipient|address|mailbox)|"
            r"unknown in|desconocid|"
            r"account (?:is )?(?:disabled|inactive)|unbekannt|inconnu|inexistente",
            re.I,
        ),
        "5.1.1",
    ),
    (
        re.compile(
            r"(?:mailbox|quota|inbox|buz[oó]n).{0,30}(?:full|exceed|over|lleno|exced)|over ?quota|(?:exceed|"
            r"over).{0,20}quota",
            re.I,
        ),
        "5.2.2",
    ),
    (
        re.compile(
            r"host (?:unknown|not found)|unrouteable|unknown host|domain (?:not found|does not|.{1,60}not exist)|"
            r"no mx|name or service not known",
            re.I,
        ),
        "5.1.2",
    ),
    (re.compile(r"too (?:large|big)|size (?:limit|exceed)|exceeds? .{0,30}size", re.I), "5.3.4"),
    (
        re.compile(r"timed? ?out|delayed|retry|temporar|deferred|will (?:keep|continue) trying|demorad|retrasad", re.I),
        "4.4.7",
    ),
    (re.compile(r"relay(?:ing)? denied|spam|blocked|blacklist|policy|rejected|refused|denied", re.I), "5.7.1"),
)
_ID_LINE = re.compile(r"^[ \t>]*message-id[ \t]*:[ \t]*(?:\n[ \t]+)?(<[^<>\n]{1,400}>)", re.I | re.M)
_HEADS = frozenset(
    ("text/rfc822-headers", "message/rfc822", "message/rfc822-headers", "text/rfc822", "message/partial")
)
_PREFIX = re.compile(r"^(?:smtp|mailto|rfc822|internet)[:=;]\s*", re.I)
_SAMPLE = 30_000
_LIMITS = ReadingLimits()


def read_bounce(facts: Facts) -> Bounce:
    """The facts of a mail that is known to be a delivery report."""
    reports = list(_reports(facts.root)) if facts.root is not None else []
    failed = [report for report in reports if report.action not in {"delivered", "relayed", "expanded"}] or reports
    head = _before_original(facts.text[:_SAMPLE])
    named = [report.recipient for report in failed]
    recipients = _unique(named) or tuple(_header_recipients(facts)) or tuple(_named_in_text(facts, head))
    status = next((report.status for report in failed if report.status), None) or _status_in_text(head or facts.text)
    return Bounce(
        recipients=recipients or _original_recipient(facts),
        status=status,
        original_message_id=_original_id(facts),
    )


def _unique(addresses: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for address in addresses:
        clean = _PREFIX.sub("", address.strip(" <>.,;:'\""))
        if "@" in clean:
            seen.setdefault(clean.lower(), clean)
    return tuple(seen.values())


def _reports(root: Part) -> Iterator[RecipientReport]:
    for part in status_parts(root):
        yield from recipient_reports(decode_bytes(part.content()[:_SAMPLE]))


def _header_recipients(facts: Facts) -> tuple[str, ...]:
    return _unique(facts.headers.get("x-failed-recipients", "").split(","))


def _before_original(text: str) -> str:
    """The server's own words: what stands above the copy of the failed mail."""
    match = _ORIGINAL.search(text)
    return text[: match.start()] if match else text


def _named_in_text(facts: Facts, head: str) -> tuple[str, ...]:
    """The failed addresses by the first wording that names any but the sender and receiver of the report."""
    for text in (head, facts.text[:_SAMPLE]):
        for pattern in _PATTERNS:
            found = [address for address in pattern.findall(text) if _may_have_failed(address, facts)]
            if found:
                return _unique(found)
        rest = [address for address in _ADDRESS.findall(_SENT_BY.sub("", text)) if _may_have_failed(address, facts)]
        if rest:
            return _unique(rest[:1])
    return ()


def _may_have_failed(address: str, facts: Facts) -> bool:
    key = address.strip(" <>.,;:'\"").lower()
    if key == facts.sender.key or _ADDRESS.fullmatch(key) is None:
        return False
    local = key.partition("@")[0]
    if local in {"postmaster", "mailer-daemon", "abuse"} or "rfc822" in local or len(local) > 64:
        return False
    return key not in facts.headers.get("to", "").lower()


def _status_in_text(text: str) -> str | None:
    match = _STATUS.search(text)
    if match:
        return match.group(1)
    for pattern, status in _REASONS:
        if pattern.search(text):
            return status
    code = _REPLY_CODE.search(text)
    return f"{code.group(1)}.0.0" if code else None


def _original_recipient(facts: Facts) -> tuple[str, ...]:
    """When the server names nobody, the failed mail's own To does."""
    for part in _heads(facts.root):
        value = part.first("x-original-to") or part.first("to")
        if value:
            return _unique(_ADDRESS.findall(value.decode("latin-1"))[:1])
    match = re.search(r"^[ \t>]*to[ \t]*:[^\n]*?([^\s<>\"',;:]+@[^\s<>\"',;:]+)", facts.text, re.I | re.M)
    return _unique([match.group(1)]) if match else ()


def _heads(root: Part | None) -> Iterator[Part]:
    """The failed mail's own headers: attached, or as a part of their own."""
    if root is None:
        return
    for part in root.walk():
        if part.type == "message/rfc822":
            yield from part.children[:1]
        elif part.type in _HEADS:
            headers, _, _ = split_headers(part.content()[:_SAMPLE].lstrip(), 0, _SAMPLE, _LIMITS)
            yield Part(b"", 0, 0, headers, part.path)


def _original_id(facts: Facts) -> str | None:
    for part in _heads(facts.root):
        ids = message_ids(part.first("message-id"))
        if ids:
            return ids[0]
    match = _ID_LINE.search(facts.text)
    if match:
        return match.group(1)
    ids = message_ids(facts.headers.get("in-reply-to", "").encode()) or message_ids(
        facts.headers.get("references", "").encode()
    )
    return ids[-1] if ids else None
