"""Many varied mails of three months, made from the words of the corpus: the same every time."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from mailbot.demo.mails_files import PDF_TYPE, XLSX_TYPE, pdf, workbook
from mailbot.domain.clock import LIMA
from mailbot.domain.office import Client, Dispatch, Modality, Office, Role, Staff, StatusProgramme, Transport

CORPUS = Path(__file__).parents[2] / "models" / "corpus"
BEGINS_AT = datetime(2026, 3, 2, 7, 30, tzinfo=LIMA).astimezone(UTC)
DAYS = 91
ESCS, CLIENTS, PER_CLIENT = 12, 60, 10


@dataclass(frozen=True, kw_only=True)
class Words:
    """What one mail of the corpus says."""

    subject: str
    body: str
    attachments: tuple[str, ...]


@cache
def corpus() -> tuple[Words, ...]:
    """Every mail of the corpus, in the order of its files."""
    lines = (line for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines())
    records = (json.loads(line) for line in lines if line.strip())
    return tuple(
        Words(subject=r["subject"], body=r["body"], attachments=tuple(a["name"] for a in r["attachments"]))
        for r in records
    )


def office() -> Office:
    """An office of a dozen ESC, sixty clients and six hundred dispatches."""
    escs = tuple(_staff(f"E{n:02}", Role.ESC, f"esc{n:02}@agencia.example", "S1") for n in range(ESCS))
    chiefs = (
        _staff("S1", Role.SUPERVISOR, "supervisor@agencia.example", "J1"),
        _staff("J1", Role.JEFE, "jefe@agencia.example", None),
        _staff("AD", Role.ADMINISTRACION, "administracion@agencia.example", None),
    )
    return Office(
        staff=(*escs, *chiefs),
        clients=tuple(_client(n) for n in range(CLIENTS)),
        dispatches=tuple(_dispatch(n) for n in range(CLIENTS * PER_CLIENT)),
        programmes=tuple(
            StatusProgramme(ruc=_ruc(n), frequency="diario 17:00", recipients=(f"compras@cliente{n:02}.example",))
            for n in range(0, CLIENTS, 4)
        ),
    )


def past_mails(count: int) -> Iterator[bytes]:
    """So many mails; two in five are the office's own answers."""
    chance = random.Random(20260302)  # noqa: S311 - makes test mail, guards nothing
    made = 0
    while made < count:
        question = _question(made, chance)
        yield question.as_bytes()
        made += 1
        if made < count and chance.random() < 0.66:
            yield _answer(question, made, chance).as_bytes()
            made += 1


def _staff(code: str, role: Role, address: str, chief: str | None) -> Staff:
    return Staff(code=code, name=f"Persona {code}", address=address, role=role, chief=chief)


def _ruc(number: int) -> str:
    return f"20{number:09}"


def _client(number: int) -> Client:
    domains = (f"cliente{number:02}.example",)
    return Client(ruc=_ruc(number), name=f"Cliente {number:02}", domains=domains, esc=f"E{number % ESCS:02}")


def _dispatch(number: int) -> Dispatch:
    return Dispatch(
        order=f"2026-{number:06}",
        ruc=_ruc(number % CLIENTS),
        regime="40" if number % 7 == 0 else "10",
        modality=Modality.DIFERIDO if number % 7 else None,
        transport=Transport.AEREA if number % 3 == 0 else Transport.MARITIMA,
        dam=f"118-2026-10-{number:06}",
        bls=(f"MEDU{number:08}",),
        eta=BEGINS_AT + timedelta(days=number % DAYS),
        status="En tránsito",
        status_noted_at=BEGINS_AT + timedelta(days=number % 20),
    )


def _question(number: int, chance: random.Random) -> EmailMessage:
    client = chance.randrange(CLIENTS)
    order = client + CLIENTS * chance.randrange(PER_CLIENT)
    words = corpus()[chance.randrange(len(corpus()))]
    at = _moment(number, chance)
    mail = EmailMessage()
    mail["From"] = f"Persona {number % 5} <p{number % 5}@cliente{client:02}.example>"
    mail["To"] = f"esc{client % ESCS:02}@agencia.example"
    has_order = chance.random() < 0.7
    mail["Subject"] = f"{words.subject} // orden 2026-{order:06}" if has_order else words.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{number}@cliente{client:02}.example>"
    mail.set_content(f"{words.body}\n\nRef. interna {number}")
    for name in words.attachments[:3]:
        _attach(mail, name, order, number)
    return mail


def _answer(question: EmailMessage, number: int, chance: random.Random) -> EmailMessage:
    sent_at = datetime.strptime(str(question["Date"]), "%a, %d %b %Y %H:%M:%S %z")
    mail = EmailMessage()
    mail["From"], mail["To"] = question["To"], question["From"]
    mail["Subject"] = f"RE: {question['Subject']}"
    mail["Date"] = format_datetime(sent_at + timedelta(minutes=chance.randrange(5, 600)))
    mail["Message-ID"] = f"<{number}@agencia.example>"
    mail["In-Reply-To"] = question["Message-ID"]
    quoted = "\n".join(f"> {line}" for line in question.get_body().get_content().splitlines())  # type: ignore[union-attr]
    own = chance.choice(_ANSWERS)
    mail.set_content(f"Estimados:\n\n{own}\n\nSaludos\n\nEl {question['Date']}, {question['From']} escribió:\n{quoted}")
    return mail


_ANSWERS: Sequence[str] = (
    "El levante ya fue autorizado, coordinamos el retiro.",
    "Recibido, lo vemos.",
    "Los documentos están conformes.",
    "Les confirmo mañana a primera hora.",
    "Por favor enviar el packing list para continuar.",
    "Salió canal verde.",
)


def _moment(number: int, chance: random.Random) -> datetime:
    """Mostly in office hours, a mail in eight at any time."""
    day = BEGINS_AT + timedelta(days=(number * DAYS) // 10_000)
    if chance.random() < 0.125:
        return day + timedelta(minutes=chance.randrange(-450, 980))
    return day + timedelta(minutes=chance.randrange(0, 660), seconds=chance.randrange(60))


def _attach(mail: EmailMessage, name: str, order: int, number: int) -> None:
    if name.lower().endswith(".pdf"):
        content, kind = pdf([f"COMMERCIAL INVOICE {number}", f"ORDER 2026-{order:06}", "TOTAL USD 1,234.00"]), PDF_TYPE
    elif name.lower().endswith(".xlsx"):
        content, kind = workbook([["item", "cantidad"], [f"2026-{order:06}", number]]), XLSX_TYPE
    else:
        content, kind = name.encode(), "application/octet-stream"
    main, sub = kind.split("/", 1)
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
