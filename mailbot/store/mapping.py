"""Rows of mail and work, to and from the values of the domain. Nothing else knows both."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from mailbot.domain.mail import Departure, MailFile, MailPurpose, MailState, OutgoingMail
from mailbot.domain.message import Direction, MailKey, MessageKind
from mailbot.domain.obligation import (
    Clock,
    EventName,
    Obligation,
    ObligationEvent,
    ObligationKind,
    ObligationState,
    Step,
)
from mailbot.ports.stored import AuditLine, Notice, QuarantinedMail, Sighting, SightingState, StoredMessage
from mailbot.store.json_values import (
    from_address,
    from_addresses,
    from_linkage,
    from_references,
    from_verdict,
    to_address,
    to_addresses,
    to_linkage,
    to_references,
    to_verdict,
)

# A row as it goes into the database or comes out of it.
Values = dict[str, Any]
Found = Mapping[str, Any]

_OBLIGATION_FIELDS = tuple(field.name for field in fields(Obligation))


def plain(value: object, names: Sequence[str]) -> Values:
    """The named fields of a value as they are."""
    return {name: getattr(value, name) for name in names}


def from_message(message: StoredMessage) -> Values:
    """A message as a row."""
    return vars(message) | {
        "recipients": list(message.recipients),
        "reference_ids": list(message.reference_ids),
        "orders": list(message.orders),
        "verdict": from_verdict(message.verdict),
        "linkage": from_linkage(message.linkage),
        "references": from_references(message.references),
        "attachments": list(message.attachments),
    }


def to_message(row: Found) -> StoredMessage:
    """A message from its row."""
    return StoredMessage(
        **dict(row)
        | {
            "recipients": tuple(row["recipients"]),
            "reference_ids": tuple(row["reference_ids"]),
            "orders": tuple(row["orders"]),
            "kind": MessageKind(row["kind"]),
            "direction": Direction(row["direction"]),
            "verdict": to_verdict(row["verdict"]),
            "linkage": to_linkage(row["linkage"]),
            "references": to_references(row["references"]),
            "attachments": tuple(row["attachments"]),
        }
    )


def from_key(key: MailKey) -> Values:
    """Where a mail lies, as columns."""
    return {"mailbox": key.mailbox, "folder": key.folder, "validity": key.validity, "uid": key.uid}


def to_key(row: Found) -> MailKey:
    """Where a mail lies, from columns."""
    return MailKey(mailbox=row["mailbox"], folder=row["folder"], validity=row["validity"], uid=row["uid"])


def from_sighting(sighting: Sighting) -> Values:
    """A sighting as a row."""
    names = ("state", "message", "reason", "received_at", "seen_at")
    return from_key(sighting.key) | plain(sighting, names)


def to_sighting(row: Found) -> Sighting:
    """A sighting from its row."""
    return Sighting(
        key=to_key(row),
        state=SightingState(row["state"]),
        message=row["message"],
        reason=row["reason"],
        received_at=row["received_at"],
        seen_at=row["seen_at"],
    )


def from_obligation(obligation: Obligation) -> Values:
    """An obligation as a row, but for its version."""
    return plain(obligation, _OBLIGATION_FIELDS) | {
        "reckoning": list(obligation.reckoning),
        "is_open": obligation.is_open,
    }


def to_obligation(row: Found) -> Obligation:
    """An obligation from its row."""
    return Obligation(
        **{name: row[name] for name in _OBLIGATION_FIELDS}
        | {
            "kind": ObligationKind(row["kind"]),
            "clock": Clock(row["clock"]),
            "reckoning": tuple(row["reckoning"]),
            "state": ObligationState(row["state"]),
        }
    )


def from_event(event: ObligationEvent) -> Values:
    """An event as a row."""
    return dict(vars(event))


def to_event(row: Found) -> ObligationEvent:
    """An event from its row."""
    return ObligationEvent(
        obligation=row["obligation"],
        at=row["at"],
        name=EventName(row["name"]),
        who=row["who"],
        evidence=row["evidence"],
        message=row["message"],
    )


def from_notice(notice: Notice) -> Values:
    """A notice as a row."""
    return dict(vars(notice))


def to_notice(row: Found) -> Notice:
    """A notice from its row."""
    values = {name: value for name, value in row.items() if name != "seq"}
    return Notice(**values | {"step": Step(row["step"])})


def from_mail(mail: OutgoingMail) -> Values:
    """An outgoing mail as a row, but for its files and the claim on it."""
    values = vars(mail) | {
        "sender": from_address(mail.sender),
        "to": from_addresses(mail.to),
        "cc": from_addresses(mail.cc),
        "references": list(mail.references),
        "obligations": list(mail.obligations),
    }
    del values["files"]
    return values | {"claimed_by": None, "claimed_until": None}


def from_files(mail: OutgoingMail) -> list[Values]:
    """The files of a mail as rows."""
    return [{"mail": mail.key, "position": at} | vars(file) for at, file in enumerate(mail.files)]


def to_mail(row: Found, files: Sequence[MailFile]) -> OutgoingMail:
    """An outgoing mail from its row and its files."""
    values = {name: value for name, value in row.items() if name not in ("claimed_by", "claimed_until")}
    return OutgoingMail(
        **values
        | {
            "purpose": MailPurpose(row["purpose"]),
            "state": MailState(row["state"]),
            "sender": to_address(row["sender"]),
            "to": to_addresses(row["to"]),
            "cc": to_addresses(row["cc"]),
            "references": tuple(row["references"]),
            "obligations": tuple(row["obligations"]),
            "files": tuple(files),
        }
    )


def to_departure(row: Found) -> Departure:
    """That a mail was sent, from some columns of its row."""
    return Departure(
        message_id=row["message_id"],
        to=to_addresses(row["to"]),
        in_reply_to=row["in_reply_to"],
        references=tuple(row["references"]),
        sent_at=row["sent_at"],
    )


def from_quarantined(mail: QuarantinedMail, *, packed: bytes) -> Values:
    """An unreadable mail as a row."""
    names = ("id", "received_at", "reason", "attempts", "quarantined_at")
    return from_key(mail.key) | plain(mail, names) | {"raw": packed}


def to_quarantined(row: Found, *, raw: bytes) -> QuarantinedMail:
    """An unreadable mail from its row."""
    return QuarantinedMail(
        id=row["id"],
        key=to_key(row),
        raw=raw,
        received_at=row["received_at"],
        reason=row["reason"],
        attempts=row["attempts"],
        quarantined_at=row["quarantined_at"],
    )


def to_audit_line(row: Found) -> AuditLine:
    """A line of the audit log from its row."""
    return AuditLine(at=row["at"], who=row["who"], action=row["action"], subject=row["subject"], detail=row["detail"])
