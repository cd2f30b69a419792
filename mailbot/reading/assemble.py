"""From the parts of a mail to the value the rest of the program works with."""

from datetime import datetime

from mailbot.domain.message import Address, Forwarded, Message, MessageKind
from mailbot.reading.attachments import FileLister
from mailbot.reading.envelope import Envelope, read_envelope
from mailbot.reading.forwards import attached_mails, find_pasted
from mailbot.reading.identity import content_digest, message_ids, own_id, reference_ids
from mailbot.reading.kinds.decide import decide_kind
from mailbot.reading.kinds.facts import Facts
from mailbot.reading.languages import language_of
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.bodies import Shown, leaf_text, sort_parts
from mailbot.reading.mime.tree import Part
from mailbot.reading.replies.split import Split, split_by_twin, split_reply
from mailbot.reading.texts import BodyText, body_text

# Rules look for what stands at a subject's beginning.
_SUBJECT_CHARS = 500


def assemble(
    root: Part, *, sha256: str, received_at: datetime | None, limits: ReadingLimits, defects: tuple[str, ...]
) -> Message:
    """The message at `root`."""
    envelope = read_envelope(root)
    shown = sort_parts(root)
    body = body_text(root, limits, shown)
    split = _split(body, shown, envelope.sender)
    files = FileLister(limits, shown_ids=body.shown_ids)
    attachments = tuple(files.list(root, shown))
    digest = content_digest(root, text=body.text, files=attachments)
    kind, reason, bounce = decide_kind(_facts(root, envelope, body))
    return Message(
        message_id=own_id(root, digest),
        sha256=sha256,
        content_digest=digest,
        received_at=received_at or envelope.received_at or envelope.date,
        date=envelope.date,
        subject=envelope.subject,
        sender=envelope.sender,
        to=envelope.to,
        cc=envelope.cc,
        reply_to=envelope.reply_to,
        in_reply_to=next(iter(message_ids(root.first("in-reply-to"))), None),
        references=reference_ids(root),
        thread_index=envelope.thread_index,
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
        # What failed is sent back, not on.
        forwarded=() if kind is MessageKind.BOUNCE else _forwarded(root, files, envelope, body, split),
        defects=_defects(root, body, defects + files.defects, limits.message_bytes),
        headers=envelope.headers,
        size=len(root.buffer),
    )


def _split(body: BodyText, shown: Shown, sender: Address) -> Split:
    """The text's layers; where plain text shows no quotation, the anchors of its HTML twin may."""
    signer = f"{sender.name} <{sender.address}>"
    split = split_reply(body.marked, sender=signer)
    if split.quoted or not body.has_anchors or shown.html[0] in shown.body:
        return split
    return split_by_twin(body.text, leaf_text(shown.html[0]), sender=signer) or split


def _facts(root: Part, envelope: Envelope, body: BodyText) -> Facts:
    first_values = dict(reversed(envelope.headers))
    return Facts(
        sender=envelope.sender,
        subject=envelope.subject[:_SUBJECT_CHARS],
        text=body.text,
        headers=first_values,
        root=root,
    )


def _forwarded(
    root: Part, files: FileLister, envelope: Envelope, body: BodyText, split: Split
) -> tuple[Forwarded, ...]:
    attached = attached_mails(root, files.opened, files.limits)
    return attached + find_pasted(subject=envelope.subject, text=body.text, new_text=split.new_text)


def _defects(root: Part, body: BodyText, found: tuple[str, ...], most: int) -> tuple[str, ...]:
    is_large = len(root.buffer) > most
    large = [f"larger than {most} bytes; its files were not decoded"] if is_large else []
    missing = [f"{name} missing" for name in ("from", "date", "message-id") if root.first(name) is None]
    parts = [f"part {part.path or '0'}: {defect}" for part in root.walk() for defect in part.defects]
    return tuple(dict.fromkeys([*found, *large, *missing, *parts[:50], *body.defects]))
