"""Place one read message: who sent it, which way it went, its conversation and its dispatch."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot.domain.arrival import Arrival
from mailbot.domain.message import Attachment, Direction, Message, MessageKind
from mailbot.domain.office import Role, Staff
from mailbot.domain.verdict import Verdict
from mailbot.ports.classifier import ClassifierInput, SenderRole
from mailbot.ports.records import Records
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.reading.attachment_text import AttachmentText, extract_texts
from mailbot.reading.references import find_references
from mailbot.reading.subjects import subject_key
from mailbot.services.desk import Box
from mailbot.services.link import ThreadEvidence, is_spoofed, link
from mailbot.services.thread import HEADERLESS_WITHIN, Placement, conversation_id, place, reference_ids, root_of

_INCOMING_ROLES = frozenset({Role.ARCHIVO, Role.ALERTAS})


@dataclass(frozen=True, kw_only=True)
class Arriving:
    """A message that was read and classified, with where it came from."""

    message: Message
    verdict: Verdict | None
    box: Box
    folder: str
    received_at: datetime
    # Text inside attachments, by attachment path.
    attachment_texts: Mapping[str, str] = field(default_factory=dict)
    # From where mailbot writes: what is sent there alone goes to nobody outside.
    own_address: str = ""

    @property
    def lies_in_sent(self) -> bool:
        """Whether it was found among what the mailbox's owner sent."""
        return self.box.sent_folder is not None and self.folder == self.box.sent_folder


def sender_of(message: Message, records: Records) -> Staff | None:
    """The person of the office who wrote it; nobody when the sender's domain disowns the mail."""
    staff = records.staff_by_address(message.sender.key)
    return None if staff is None or is_spoofed(message) else staff


def role_of(message: Message, records: Records) -> SenderRole:
    """What the office knows of a sender before a word is read."""
    staff = sender_of(message, records)
    if staff is not None:
        return {Role.ARCHIVO: SenderRole.ARCHIVE, Role.ALERTAS: SenderRole.ALERTS}.get(staff.role, SenderRole.OFFICE)
    if is_spoofed(message):
        return SenderRole.UNKNOWN
    known = records.contacts_by_address(message.sender.key) or records.clients_by_domain(message.sender.domain)
    return SenderRole.CLIENT if known else SenderRole.UNKNOWN


def as_written_by(message: Message, role: SenderRole) -> Message:
    """A client who writes to a distribution list of the office is a person, whatever the list's headers say."""
    if message.kind is not MessageKind.LIST or role is not SenderRole.CLIENT:
        return message
    return replace(message, kind=MessageKind.PERSON, kind_reason=f"cliente conocido ({message.kind_reason})")


def inputs_of(messages: Sequence[Message], records: Records) -> list[ClassifierInput]:
    """What the classifier is given: each message with what is known of its sender."""
    roles = [role_of(message, records) for message in messages]
    return [
        ClassifierInput(message=as_written_by(message, role), sender=role)
        for message, role in zip(messages, roles, strict=True)
    ]


def with_texts(given: ClassifierInput) -> ClassifierInput:
    """The same input with the text inside its attachments; a separate process reads them, so no transaction waits."""
    message = given.message
    if message.kind is not MessageKind.PERSON or not message.attachments:
        return given
    found = extract_texts(message)
    named = tuple(_named(file, found[file.path]) for file in message.attachments if file.path in found)
    told = replace(message, defects=(*message.defects, *filter(None, named)))
    return replace(given, message=told, texts={path: one.text for path, one in found.items() if one.text})


def _named(file: Attachment, found: AttachmentText) -> str:
    """What kept a file from being read; empty where nothing did. Of a photo nobody expects text."""
    is_scan = found.is_scan and not file.type.startswith("image/")
    fault = found.fault or ("escaneo sin texto" if is_scan else "")
    return f"{file.name}: {fault}" if fault else ""


def direction_of(arriving: Arriving, staff: Staff | None, records: Records) -> Direction:
    """Which way it went (contract, "What is an answer")."""
    message = arriving.message
    told = [address.key for address in message.recipients if address.key != arriving.own_address]
    inside = [records.staff_by_address(address) for address in told]
    if staff is None:
        return Direction.OUTGOING if arriving.lies_in_sent else Direction.INCOMING
    if staff.role in _INCOMING_ROLES and any(person and person.role is Role.ESC for person in inside):
        return Direction.INCOMING
    return Direction.OUTGOING if any(person is None for person in inside) else Direction.INTERNAL


def message_key(message: Message) -> str:
    """The stable id of a message: the same Message-ID with the same content gives the same one."""
    digest = hashlib.sha256(f"{message.message_id}\x1f{message.content_digest}".encode()).hexdigest()
    return f"M{digest[:16]}"


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A stored message and, for the plan, the arrival it is."""

    stored: StoredMessage
    arrival: Arrival
    placement: Placement


def foresee(arriving: Collection[Arriving], uow: UnitOfWork) -> None:
    """Have what placing these will ask about brought near together."""
    if arriving:
        since = min(item.received_at for item in arriving) - HEADERLESS_WITHIN
        messages = [item.message for item in arriving]
        begun = {conversation_id(root_of(message)) for message in messages}
        uow.messages.prefetch(messages, since=since, conversations=begun)


def place_message(arriving: Arriving, uow: UnitOfWork) -> Placed:
    """Find direction, conversation and dispatch of a message; joins nothing and stores nothing."""
    message, records = arriving.message, uow.records
    staff = sender_of(message, records)
    if staff is None and arriving.lies_in_sent:
        staff = records.staff_by_address(arriving.box.address)
    direction = direction_of(arriving, staff, records)
    references = find_references(message, attachment_texts=arriving.attachment_texts)
    placement = place(message, client=_client_hint(message, records), messages=uow.messages)
    is_stranger = staff is None and role_of(message, records) is SenderRole.UNKNOWN and not is_spoofed(message)
    linkage = link(
        message,
        references,
        records=records,
        at=arriving.received_at,
        verdict=arriving.verdict if direction is Direction.INCOMING else None,
        thread=_thread_evidence(placement, uow, stranger=message.sender.key if is_stranger else None),
        is_office=staff is not None,
    )
    stored = StoredMessage(
        id=message_key(message),
        message_id=message.message_id,
        sha256=message.sha256,
        content_digest=message.content_digest,
        received_at=arriving.received_at,
        date=message.date,
        subject=message.subject,
        subject_key=subject_key(message.subject),
        sender=message.sender.key,
        sender_name=message.sender.name,
        recipients=tuple(address.key for address in message.recipients),
        in_reply_to=message.in_reply_to,
        reference_ids=reference_ids(message),
        kind=message.kind,
        direction=direction,
        conversation=placement.conversation,
        client=linkage.client.ruc if linkage.client else None,
        orders=linkage.orders,
        new_text=message.new_text,
        verdict=arriving.verdict,
        linkage=linkage,
        references=references,
        attachments=tuple(attachment.name for attachment in message.attachments),
        language=message.language,
    )
    return Placed(stored=stored, arrival=arrival_of(stored, records, staff=staff), placement=placement)


def arrival_of(stored: StoredMessage, records: Records, *, staff: Staff | None = None) -> Arrival:
    """The arrival that a stored message was."""
    found = (records.staff_by_address(address) for address in stored.recipients)
    return Arrival(
        id=stored.id,
        message_id=stored.message_id,
        received_at=stored.received_at,
        sender=stored.sender,
        recipients=stored.recipients,
        subject=stored.subject,
        kind=stored.kind,
        direction=stored.direction,
        conversation=stored.conversation,
        text=stored.new_text,
        attachments=stored.attachments,
        verdict=stored.verdict,
        linkage=stored.linkage,
        sender_staff=staff or records.staff_by_address(stored.sender),
        recipient_staff=tuple(person for person in found if person is not None),
        recipient_clients=_clients_among(stored, records),
    )


def _clients_among(stored: StoredMessage, records: Records) -> tuple[str, ...]:
    """The clients whom a mail of the office reaches."""
    if stored.direction is not Direction.OUTGOING:
        return ()
    found: dict[str, None] = {}
    for address in stored.recipients:
        found.update(dict.fromkeys(contact.ruc for contact in records.contacts_by_address(address)))
        domain = address.rpartition("@")[2]
        found.update(dict.fromkeys(client.ruc for client in records.clients_by_domain(domain)))
    return tuple(found)


def _client_hint(message: Message, records: Records) -> str | None:
    """The client of the outside party, as far as addresses alone tell."""
    for address in (message.sender, *message.recipients):
        contacts = records.contacts_by_address(address.key)
        if contacts:
            return contacts[0].ruc
        clients = records.clients_by_domain(address.domain)
        if clients:
            return clients[0].ruc
    return None


def learnt_sender(address: str) -> str:
    """Under which name it is remembered for whom a sender that nobody lists writes; it holds no address."""
    return f"sender:{hashlib.sha256(address.lower().encode()).hexdigest()[:24]}"


def _thread_evidence(placement: Placement, uow: UnitOfWork, *, stranger: str | None) -> ThreadEvidence | None:
    """What the conversation so far was about, and what a person once said of a sender that nobody lists."""
    earlier = uow.messages.in_conversation(placement.conversation)
    ruc = next((message.client for message in reversed(earlier) if message.client), None)
    orders = next((message.orders for message in reversed(earlier) if message.orders), ())
    learnt = uow.facts.get(learnt_sender(stranger)) if stranger else None
    return ThreadEvidence(ruc=ruc, orders=orders, sender_ruc=learnt) if ruc or orders or learnt else None
