"""A month at an office, written down once and lived through as often as a test wants, with or without trouble.

The letters of clients and executives are drawn by a seed. What people answer to mailbot's own mails is
found out by a first run and then belongs to the script, so that every run gets the same letters.
"""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from io import BytesIO

from openpyxl import load_workbook

from mailbot.demo.office import sample_office
from mailbot.domain.clock import LIMA
from mailbot.domain.errors import DeliveryDeferred, DeliveryUncertain
from mailbot.domain.labels import Category, Contingency, Topic
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.domain.office import Client, Office, Role
from mailbot.domain.policy import load_policy
from mailbot.domain.verdict import Verdict
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.ports.classifier import ClassifierInput
from mailbot.ports.store import Store
from mailbot.rendering.templates import TemplateRenderer
from mailbot.senders.mime import to_bytes
from mailbot.services.deliver import Post
from mailbot.services.desk import Box, Desk
from mailbot.services.poll import poll
from mailbot.shipped import templates_folder
from tests.builders import COMPLAINT, DOCUMENTS, NOTHING, REQUIREMENT, verdict

MAILBOT = "mailbot@aduanasandinas.example"
# The column of a report's evidence that says when an obligation ended.
_ENDED = 9
FIRST_DAY = date(2026, 11, 16)
_VERDICTS = {
    "levante": REQUIREMENT,
    "reclamo": COMPLAINT,
    "quizás": verdict(Category.COMPLAINT, doubts=["complaint"]),
    "documentos": DOCUMENTS,
    "abono": verdict(topics=[Topic.PAYMENT_NOTICE]),
    "acuerdo": verdict(topics=[Topic.AGREEMENT]),
    "destinatarios": verdict(Category.REQUIREMENT, topics=[Topic.RECIPIENTS_CHANGE]),
    "proforma": verdict(Category.REQUIREMENT, topics=[Topic.PROFORMA_REQUEST]),
    "almacenaje": verdict(Category.REQUIREMENT, contingency=[Contingency.STORAGE]),
}
_TEXTS = {
    "levante": "Buenos días, ¿ya tenemos levante de la orden {order}? Quedo atento.",
    "reclamo": "Es inaceptable lo ocurrido con la orden {order}: nos cobran USD 1,250.00 de sobreestadía.",
    "quizás": "Por favor coordinar mejor la orden {order} la próxima vez.",
    "documentos": "Adjunto la factura y el BL de la orden {order} para su revisión.",
    "abono": "Ya depositamos USD 3,400.50 para la orden {order}, adjunto voucher.",
    "acuerdo": "Según lo conversado por teléfono, la orden {order} se entrega en Lurín sin costo.",
    "destinatarios": "Por favor incluir a nuestro almacén en copia del status, solo los lunes.",
    "proforma": "Favor enviar la proforma de la orden {order}.",
    "almacenaje": "¿Quién asume el almacenaje de la orden {order}?",
}
_OFTEN = ("levante",) * 6 + ("documentos",) * 2 + tuple(_TEXTS)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail that lands in a mailbox at a moment, whatever mailbot does then."""

    at: datetime
    mailbox: str
    folder: str = "INBOX"
    raw: bytes = field(repr=False)


@cache
def office() -> Office:
    """The sample office of the demo."""
    return sample_office()


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment on Lima's clock."""
    return datetime.combine(day, time(hour, minute), tzinfo=LIMA).astimezone(UTC)


def letters(*, days: int, a_day: int, seed: int) -> list[Letter]:
    """What clients write and executives answer on so many days, weekends left out."""
    chance = random.Random(seed)  # noqa: S311 - a script, no secret
    found: list[Letter] = []
    for offset in range(days):
        day = FIRST_DAY + timedelta(days=offset)
        for number in range(a_day if day.weekday() < 5 else 1):
            found += _exchange(f"{offset}-{number}", day, chance)
    return sorted(found, key=lambda letter: letter.at)


def _exchange(name: str, day: date, chance: random.Random) -> Iterator[Letter]:
    clients = [client for client in office().clients if client.domains]
    client, what = chance.choice(clients), chance.choice(_OFTEN)
    asked_at = local(day, 8) + timedelta(seconds=chance.randrange(9 * 3600))
    orders = [dispatch.order for dispatch in office().dispatches if dispatch.ruc == client.ruc]
    text = _TEXTS[what].format(order=chance.choice(orders) if orders else "en curso")
    sender, esc = _contact(client), _address(client.esc)
    has_file = what in ("documentos", "abono")
    asked = written(f"{what} {name}", text, sender=sender, to=esc, at=asked_at, has_file=has_file)
    yield Letter(at=asked_at, mailbox=esc, raw=asked)
    delay = timedelta(minutes=chance.choice((12, 45, 95, 97, 103, 121, 127, 200, 700, 0)))
    if delay:
        at = asked_at + delay
        said = "Estimados, ya fue atendido, les confirmamos."
        raw = written(f"RE: {what} {name}", said, sender=esc, to=sender, at=at, answers=_id_of(asked))
        yield Letter(at=at, mailbox=esc, folder="Sent", raw=raw)


def _contact(client: Client) -> str:
    known = (contact.address for contact in office().contacts if contact.ruc == client.ruc)
    return next(known, f"compras@{client.domains[0]}")


def _address(code: str) -> str:
    return next(person.address for person in office().staff if person.code == code)


def written(
    subject: str, text: str, *, sender: str, to: str, at: datetime, answers: str = "", has_file: bool = False
) -> bytes:
    """A mail as bytes, the same for the same words."""
    mail = EmailMessage()
    name = hashlib.sha256(f"{subject}{text}{sender}{at}".encode()).hexdigest()[:20]
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{name}@{sender.partition('@')[2]}>"
    if answers:
        mail["In-Reply-To"] = answers
    mail.set_content(text)
    if has_file:
        mail.add_attachment(b"%PDF-1.4 sample", maintype="application", subtype="pdf", filename="voucher.pdf")
        mail.set_boundary(f"=_{name}")
    return mail.as_bytes()


def _id_of(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"])


# How long after a mail of ours people answer it: more than half an hour, so that it has surely come, and most often
# about when the next step of what it tells is due or was to leave.
_LATER = (41, 76, 97, 111, 116, 119, 122, 125, 128, 133)


def reaction(mail: OutgoingMail, at: datetime) -> Letter | None:
    """What whoever got a mail of ours answers; many answer nothing."""
    said = {
        MailPurpose.REMINDER: ("atendido", "visto gracias", "posponer 2h", "lo veo en un rato", _handed_over(mail)),
        MailPurpose.NOTICE: ("visto", "Atendido.", "posponer 1h", _handed_over(mail)),
        MailPurpose.ASK: ("sí", "no es un reclamo"),
        MailPurpose.AGENDA: ("1 visto", "1 atendido", f"1 {_handed_over(mail)}"),
        MailPurpose.DIGEST: ("¿Novedades de la primera orden del cuadro?", "Gracias, conforme."),
    }.get(mail.purpose, ())
    number = int(hashlib.sha256(mail.key.encode()).hexdigest(), 16)
    later = at + timedelta(minutes=_LATER[number // 60 % len(_LATER)], seconds=17 + number % 23)
    is_day = 8 <= later.astimezone(LIMA).hour < 17
    if not said or number % 3 or not is_day:
        return None
    text, sender = said[(number // 3) % len(said)], mail.to[0].address
    raw = written(f"RE: {mail.subject}", text, sender=sender, to=MAILBOT, at=later, answers=mail.message_id)
    return Letter(at=later, mailbox=MAILBOT, raw=raw)


def _handed_over(mail: OutgoingMail) -> str:
    """To another executive than the one who got the mail."""
    others = [one.code for one in office().staff if one.role is Role.ESC and one.address != mail.to[0].address]
    return f"reasignar {others[sum(mail.key.encode()) % len(others)]}"


class WordClassifier:
    """The first word of a subject says everything; an answer says nothing."""

    def classify(self, inputs: Sequence[ClassifierInput]) -> Sequence[Verdict]:
        """One verdict for each."""
        return [_VERDICTS.get(item.message.subject.split(" ")[0].lower(), NOTHING) for item in inputs]


class Killed(BaseException):
    """The process dies here; nothing of it may catch this."""


@dataclass(kw_only=True)
class World:
    """The mail servers around mailbot, which outlive it; what mailbot sends arrives in their mailboxes."""

    coming: list[Letter]
    now: datetime = field(default_factory=lambda: local(FIRST_DAY, 0))
    # Every acceptance by the server, in order; a Message-ID twice is a mail sent twice.
    accepted: list[tuple[str, bytes]] = field(default_factory=list)
    # What happens to the next mails handed over.
    faults: list[str] = field(default_factory=list)
    on_sent: Callable[[OutgoingMail, datetime], None] = lambda mail, at: None
    sources: dict[str, MemoryMailSource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        watched = [p.address for p in office().staff if p.role not in (Role.GERENCIA, Role.ALERTAS)]
        self.sources = {address: MemoryMailSource(address) for address in (*watched, MAILBOT)}

    @property
    def watched(self) -> tuple[tuple[Box, MemoryMailSource], ...]:
        """Every mailbox as mailbot watches it."""
        return tuple((box(address), source) for address, source in self.sources.items())

    def arrive(self, now: datetime) -> set[str]:
        """Let the letters of this moment arrive; the mailboxes that got some."""
        self.now = now
        reached = set()
        while self.coming and self.coming[0].at <= now:
            letter = self.coming.pop(0)
            self.sources[letter.mailbox].add(letter.raw, at=letter.at, folder=letter.folder)
            reached.add(letter.mailbox)
        return reached

    def send(self, mail: OutgoingMail) -> None:
        """A `MailSender` that delivers to the mailboxes, and can fail on either side of it."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "killed before":
            raise Killed
        if fault == "deferred":
            raise DeliveryDeferred("450 más tarde")
        raw = to_bytes(mail)
        self.accepted.append((mail.message_id, raw))
        for address in {to.key for to in (*mail.to, *mail.cc)} | {MAILBOT}:
            if address in self.sources:
                self.sources[address].add(raw, at=self.now)
        self.on_sent(mail, self.now)
        if fault == "killed after":
            raise Killed
        if fault == "uncertain":
            raise DeliveryUncertain("la conexión se cortó después del punto final")

    def check(self) -> Sequence[str]:
        """Always there."""
        return ["listo"]


def box(address: str) -> Box:
    """A watched mailbox by its address."""
    return Box(name=address, address=address, sent_folder="Sent", keeps_copies=address == MAILBOT)


@cache
def _renderer() -> TemplateRenderer:
    return TemplateRenderer([templates_folder()])


def desk_on(store: Store, world: World) -> Desk:
    """What a process builds when it starts."""
    return Desk(
        store=store,
        classifier=WordClassifier(),
        renderer=_renderer(),
        policy=load_policy(),
        sender=Address(name="mailbot", address=MAILBOT),
        secret="a secret of the tests",
        office="Aduanas Andinas",
        boxes={address: box(address) for address in world.sources},
    )


def post_of(world: World, worker: str) -> Post:
    """How that process sends."""
    return Post(sender=world, worker=worker, watched=world.watched)


def furnish(store: Store) -> None:
    """Import the office file."""
    with store.begin() as uow:
        uow.office.save(office())
        uow.office.save_dispatches(office().dispatches)
        uow.commit()


def read(desk: Desk, world: World, addresses: Iterable[str], *, now: datetime) -> None:
    """Poll the mailboxes that have news."""
    for address in sorted(addresses):
        poll(desk, world.sources[address], box(address), now=now, since=local(FIRST_DAY, 0))


def told(store: Store) -> dict[str, bytes]:
    """Every mail that was queued, as the bytes that travel but for dates of sending."""
    with store.begin() as uow:
        return {mail.key: _dateless(to_bytes(_tallied(mail))) for mail in uow.outbox.list()}


def _dateless(raw: bytes) -> bytes:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Date:")]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _tallied(mail: OutgoingMail) -> OutgoingMail:
    """A report whose workbook says when mails of ours were sent, with its other cells in its place."""
    if not mail.key.startswith("report:"):
        return mail
    plot, file = mail.files
    sheets = load_workbook(BytesIO(file.content)).worksheets
    cells = [_undated(row) for sheet in sheets for row in sheet.iter_rows(values_only=True)]
    return replace(mail, files=(plot, replace(file, content=repr(cells).encode())))


def _undated(row: Sequence[object]) -> Sequence[object]:
    """A row of the evidence; where a mail of ours is the evidence, it ended when that was sent."""
    is_ours = any(isinstance(cell, str) and cell.startswith(("aviso entregado", "reenviado a")) for cell in row)
    return [cell for place, cell in enumerate(row) if not (is_ours and place == _ENDED)]
