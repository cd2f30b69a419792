"""Objects with sane defaults, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from mailbot.domain.clock import LIMA
from mailbot.domain.labels import Category, Contingency, Primary, Topic
from mailbot.domain.message import Address, MailKey, Message
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.office import Client, Contact, Dispatch, Modality, Office, Role, Staff, Transport
from mailbot.domain.verdict import Reason, Verdict
from mailbot.ports.classifier import ClassifierInput
from mailbot.ports.mailbox import FetchedMail

RUC, OTHER_RUC = "20131312955", "20100070970"
ESC, SUPERVISOR, HEAD = "rquispe@agencia.example", "mflores@agencia.example", "jsalas@agencia.example"
CLIENT = "compras@textiles.example"


def lima(text: str) -> datetime:
    """An instant as the office writes it: `2026-11-16 09:00` in Lima, given in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LIMA).astimezone(UTC)


def staff(code: str, role: Role, address: str, **changes: object) -> Staff:
    """A person of the office."""
    values: dict[str, object] = {"code": code, "name": f"Persona {code}", "address": address, "role": role}
    return Staff(**(values | changes))  # type: ignore[arg-type]


def dispatch(order: str = "2026-004512", **changes: object) -> Dispatch:
    """A maritime import under way, with no ETA."""
    values: dict[str, object] = {
        "order": order,
        "ruc": RUC,
        "regime": "10",
        "modality": Modality.DIFERIDO,
        "transport": Transport.MARITIMA,
    }
    return Dispatch(**(values | changes))  # type: ignore[arg-type]


def office(**changes: object) -> Office:
    """An ESC with assistant, deputy, supervisor and head; two clients with a dispatch each."""
    values: dict[str, object] = {
        "staff": (
            staff("RQ", Role.ESC, ESC, chief="MF", deputy="KV"),
            staff("KV", Role.ESC, "kvelarde@agencia.example", chief="MF"),
            staff("AA", Role.ASC, "asistente@agencia.example", chief="MF"),
            staff("MF", Role.SUPERVISOR, SUPERVISOR, chief="JS"),
            staff("JS", Role.JEFE, HEAD),
            staff("AD", Role.ADMINISTRACION, "administracion@agencia.example"),
            staff("AR", Role.ARCHIVO, "archivo@agencia.example"),
            staff("AL", Role.ALERTAS, "alertas@agencia.example"),
        ),
        "clients": (
            Client(ruc=RUC, name="Textiles Andes SAC", domains=("textiles.example",), esc="RQ", asc="AA"),
            Client(ruc=OTHER_RUC, name="Ferretería Sur SA", domains=("ferreteria.example",), esc="KV"),
        ),
        "contacts": (Contact(ruc=RUC, name="Milagros Ccopa", address=CLIENT),),
        "dispatches": (dispatch(), dispatch("2026-004600", ruc=OTHER_RUC)),
    }
    return Office(**(values | changes))  # type: ignore[arg-type]


def verdict(
    *categories: Category,
    topics: Sequence[Topic] = (),
    contingency: Sequence[Contingency] = (),
    needs_reply: bool | None = None,
    doubts: Sequence[str] = (),
) -> Verdict:
    """A verdict that follows the label guide's order of `primary`."""
    primary = next(
        (Primary(c) for c in (Category.COMPLAINT, Category.REQUIREMENT, Category.DOCUMENTS) if c in categories),
        Primary.OTHER,
    )
    asks = Category.REQUIREMENT in categories or Category.COMPLAINT in categories
    return Verdict(
        categories=categories,
        primary=primary,
        topics=tuple(topics),
        contingency=tuple(contingency),
        needs_reply=asks if needs_reply is None else needs_reply,
        needs_review=bool(doubts),
        doubts=tuple(doubts),
        reasons=tuple(
            Reason(label=label, because="las palabras que lo dicen", weight=1.0)
            for label in (*categories, *contingency)
        ),
    )


REQUIREMENT = verdict(Category.REQUIREMENT, topics=[Topic.STATUS_QUERY])
DOCUMENTS = verdict(Category.DOCUMENTS, needs_reply=True)
COMPLAINT = verdict(Category.COMPLAINT, contingency=[Contingency.DEMURRAGE])
NOTHING = verdict(topics=[Topic.ACKNOWLEDGEMENT])


@dataclass(frozen=True, kw_only=True)
class TableClassifier:
    """Gives the verdict listed for a subject, and `NOTHING` for any other."""

    table: Mapping[str, Verdict] = field(default_factory=dict)

    def classify(self, inputs: Sequence[ClassifierInput]) -> Sequence[Verdict]:
        """One verdict for each."""
        return [self.table.get(item.message.subject, NOTHING) for item in inputs]


def raw_mail(
    *,
    subject: str,
    text: str = "Buenos días.",
    sender: str = CLIENT,
    to: str = ESC,
    at: datetime | None = None,
    message_id: str = "",
    **headers: str,
) -> bytes:
    """A plain mail as bytes; header names are given with underscores (`In_Reply_To`)."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = format_datetime(at or lima("2026-11-16 09:00"))
    mail["Message-ID"] = message_id or f"<{abs(hash((subject, text, sender, str(at))))}@textiles.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def fetched(raw: bytes | None, *, uid: int, at: datetime, folder: str = "INBOX", mailbox: str = "rq") -> FetchedMail:
    """A mail as a mailbox hands it out."""
    key = MailKey(mailbox=mailbox, folder=folder, validity=1, uid=uid)
    return FetchedMail(key=key, raw=raw, received_at=at, fault="" if raw is not None else "el servidor no lo entregó")


def message(**changes: object) -> Message:
    """A read message from the client to the ESC."""
    values: dict[str, object] = {
        "message_id": "<1@textiles.example>",
        "sha256": "0" * 64,
        "content_digest": "1" * 64,
        "received_at": lima("2026-11-16 09:00"),
        "date": lima("2026-11-16 09:00"),
        "subject": "consulta",
        "sender": Address(address=CLIENT, name="Milagros Ccopa"),
        "to": (Address(address=ESC),),
        "text": "¿Ya tenemos levante?",
        "new_text": "¿Ya tenemos levante?",
    }
    return Message(**(values | changes))  # type: ignore[arg-type]


def obligation(**changes: object) -> Obligation:
    """A `reply` of 2 working hours, received on Monday 16 November 2026 at 09:00."""
    values: dict[str, object] = {
        "id": "O1",
        "kind": ObligationKind.REPLY,
        "owner": "RQ",
        "client": RUC,
        "order": "2026-004512",
        "conversation": "C1",
        "message": None,
        "message_id": "<1@textiles.example>",
        "asker": CLIENT,
        "received_at": lima("2026-11-16 09:00"),
        "starts_at": lima("2026-11-16 09:00"),
        "due_at": lima("2026-11-16 11:00"),
        "limit": "2 h hábiles",
    }
    return Obligation(**(values | changes))  # type: ignore[arg-type]


DAY = date(2026, 11, 16)
