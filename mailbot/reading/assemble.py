"""From the parts of a mail to the value the rest of the program works with."""

from datetime import datetime

from mailbot.domain.clock import to_utc
from mailbot.domain.message import Address, Message, MessageKind
from mailbot.reading.attachments import FileLister
from mailbot.reading.forwards import find_forwarded
from mailbot.reading.identity import content_digest, message_ids, own_id, reference_ids
from mailbot.reading.kinds.decide import decide_kind
from mailbot.reading.kinds.facts import Facts
from mailbot.reading.languages import language_of
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.addresses import parse_addresses
from mailbot.reading.mime.bodies import Shown, leaf_text, sort_parts
from mailbot.reading.mime.dates import is_believable, parse_date, received_date
from mailbot.reading.mime.tree import Part
from mailbot.reading.mime.words import decode_header
from mailbot.reading.replies.split import Split, split_by_twin, split_reply
from mailbot.reading.texts import BodyText, body_text

_HEADERS_KEPT = 200
_HEADER_CHARS = 2000


def assemble(
    root: Part, *, sha256: str, received_at: datetime | None, limits: ReadingLimits, defects: tuple[str, ...]
) -> Message:
    """The message at `root`."""
    sender = _sender(root)
    shown = sort_parts(root)
    body = body_text(root, limits, shown)
    split = _split(body, shown, sender)
    files = FileLister(limits, shown_ids=body.shown_ids)
    attachments = tuple(files.list(root, shown))
    digest = content_digest(root, text=body.text, files=attachments)
    date = _date(root)
    headers = _headers(root)
    subject = _text(root, "subject")
    facts = Facts(sender=sender, subject=subject, text=body.text, headers=dict(reversed(headers)), root=root)
    kind, reason, bounce = decide_kind(facts)
    forwarded = (
        ()
        if kind is MessageKind.BOUNCE
        else find_forwarded(root, subject=subject, text=body.text, new_text=split.new_text, limits=limits)
    )
    return Message(
        message_id=own_id(root, digest),
        sha256=sha256,
        content_digest=digest,
        received_at=to_utc(received_at) if received_at else _first_received(root) or date,
        date=date,
        subject=subject,
        sender=sender,
        to=_addresses(root, "to"),
        cc=_addresses(root, "cc"),
        reply_to=_addresses(root, "reply-to"),
        in_reply_to=next(iter(message_ids(root.first("in-reply-to"))), None),
        references=reference_ids(root),
        thread_index=_text(root, "thread-index") or None,
        text=body.text,
        new_text=split.new_text,
        signature=split.signature,
        quoted=split.quoted,
        html=body.html,
        language=language_of(split.new_text or body.text),
        attachments=attachments,
        kind=kind,
        kind_reason=reason,
        bounce=bounce,
        forwarded=forwarded,
        defects=_defects(root, body, defects + files.defects, limits.message_bytes),
        headers=headers,
        size=len(root.buffer),
    )


def _split(body: BodyText, shown: Shown, sender: Address) -> Split:
    """The text's layers; where plain text shows no quotation, the anchors of its HTML twin may."""
    signer = f"{sender.name} <{sender.address}>"
    split = split_reply(body.marked, sender=signer)
    if split.quoted or not shown.html or shown.html[0] in shown.body:
        return split
    return split_by_twin(body.text, leaf_text(shown.html[0]), sender=signer) or split


def _text(root: Part, name: str) -> str:
    value = root.first(name)
    return decode_header(value, _charset(root)) if value else ""


def _charset(root: Part) -> str:
    """The character set of the body: the first stated one."""
    for part in root.walk():
        charset = part.parameters.get("charset", "")
        if charset:
            return charset
    return ""


def _addresses(root: Part, name: str) -> tuple[Address, ...]:
    return tuple(address for value in root.all(name) for address in parse_addresses(value, _charset(root)))


def _sender(root: Part) -> Address:
    """The first author; without From the Sender, else the envelope's return path."""
    for name in ("from", "sender", "reply-to", "return-path"):
        found = _addresses(root, name)
        usable = [address for address in found if address.address] or list(found)
        if usable:
            return usable[0]
    return Address(address="")


def _date(root: Part) -> datetime | None:
    for value in root.all("date"):
        instant = parse_date(decode_header(value))
        if instant is not None:
            return instant
    return None


def _first_received(root: Part) -> datetime | None:
    """The topmost Received header was written by the server that holds the mailbox."""
    for value in root.all("received")[:3]:
        instant = received_date(value.decode("latin-1"))
        if instant is not None and is_believable(instant):
            return instant
    return None


def _headers(root: Part) -> tuple[tuple[str, str], ...]:
    return tuple((name, decode_header(value[:_HEADER_CHARS])) for name, value in root.headers[:_HEADERS_KEPT])


def _defects(root: Part, body: BodyText, found: tuple[str, ...], most: int) -> tuple[str, ...]:
    large = [f"larger than {most} bytes; its files were not decoded"] if len(root.buffer) > most else []
    missing = [f"{name} missing" for name in ("from", "date", "message-id") if root.first(name) is None]
    parts = [f"part {part.path or '0'}: {defect}" for part in root.walk() for defect in part.defects]
    return tuple(dict.fromkeys([*found, *large, *missing, *parts[:50], *body.defects]))
