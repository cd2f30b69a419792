"""The JSON Lines format of `models/corpus/LABELS.md`: one record in, a `Message` out."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import getaddresses

from mailbot.domain.clock import LIMA, to_utc
from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.message import Address, Attachment, Message
from mailbot.reading.forwards import find_pasted
from mailbot.reading.identity import derived_id
from mailbot.reading.kinds.decide import kind_of_text
from mailbot.reading.languages import language_of
from mailbot.reading.mime.dates import parse_date
from mailbot.reading.replies.split import split_reply


def read_corpus_record(record: Mapping[str, object]) -> Message:
    """The message a corpus record describes; raises `MessageUnreadable` when a field has no sense."""
    if not any(name in record for name in ("from", "subject", "body")):
        raise MessageUnreadable("el registro no tiene ni «from», ni «subject», ni «body»: no es un correo")
    body = _string(record, "body").replace("\r\n", "\n")
    subject = _string(record, "subject")
    sender = _sender(record)
    moment = _moment(record)
    digest = _digest(record)
    split = split_reply(body, sender=f"{sender.name} <{sender.address}>")
    kind, reason, bounce = kind_of_text(sender=sender, subject=subject, text=body)
    return Message(
        message_id=_string(record, "message_id") or derived_id(digest),
        sha256=digest,
        content_digest=digest,
        received_at=moment,
        date=moment,
        subject=subject,
        sender=sender,
        to=_people(record, "to"),
        cc=_people(record, "cc"),
        text=body,
        new_text=split.new_text,
        signature=split.signature,
        quoted=split.quoted,
        language=language_of(split.new_text or body),
        attachments=_attachments(record),
        kind=kind,
        kind_reason=reason,
        bounce=bounce,
        forwarded=find_pasted(subject=subject, text=body, new_text=split.new_text),
        size=len(body.encode()),
    )


def _string(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MessageUnreadable(f"«{name}» del registro no es un texto: {value!r}")
    return value


def _sender(record: Mapping[str, object]) -> Address:
    found = _addresses([_string(record, "from")])
    return found[0] if found else Address(address="")


def _people(record: Mapping[str, object], name: str) -> tuple[Address, ...]:
    value = record.get(name) or []
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MessageUnreadable(f"«{name}» del registro no es una lista de direcciones: {value!r}")
    return _addresses(value)


def _addresses(values: Sequence[str]) -> tuple[Address, ...]:
    return tuple(Address(address=address, name=name) for name, address in getaddresses(values) if address or name)


def _moment(record: Mapping[str, object]) -> datetime | None:
    """A corpus date carries its offset; one without is Lima's."""
    text = _string(record, "date")
    try:
        return to_utc(datetime.fromisoformat(text), zone=LIMA) if text else None
    except ValueError:
        return parse_date(text)


def _digest(record: Mapping[str, object]) -> str:
    content = {name: record[name] for name in record if name != "labels"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _attachments(record: Mapping[str, object]) -> tuple[Attachment, ...]:
    value = record.get("attachments") or []
    if not isinstance(value, list):
        raise MessageUnreadable(f"«attachments» del registro no es una lista: {value!r}")
    return tuple(_attachment(item, number) for number, item in enumerate(value, start=2))


def _attachment(item: object, number: int) -> Attachment:
    if not isinstance(item, Mapping):
        raise MessageUnreadable(f"un adjunto del registro no es un objeto: {item!r}")
    name = str(item.get("name") or "")
    # The corpus names files and holds none: the digest of the name stands for the content.
    return Attachment(
        name=name,
        type=str(item.get("type") or "application/octet-stream"),
        size=0,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        path=str(number),
    )
