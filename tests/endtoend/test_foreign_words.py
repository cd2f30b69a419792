"""Nothing of one client ever reaches another: every word of each client is followed through two days of mail.

Two clients of one executive write, quote each other's orders, forward each other's mails and answer each
other's threads. Each has words of its own in everything it owns; no mail to the other may hold one.
"""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from mailbot.domain.clock import LIMA
from mailbot.domain.labels import Category, Contingency, Topic
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.office import Client, Contact, Office, StatusProgramme
from mailbot.senders.mime import to_bytes
from mailbot.services.agenda import queue_agendas
from mailbot.services.digest import queue_digests
from mailbot.services.handover import queue_handovers
from mailbot.services.report import queue_reports
from mailbot.services.summary import queue_summaries
from mailbot.services.watch import watch
from tests.builders import COMPLAINT, DOCUMENTS, ESC, REQUIREMENT, dispatch, lima, office, verdict
from tests.unit.services.answering import MAILBOT
from tests.unit.services.world import World

SAPPHIRE, RUBY = "20131312955", "20100070970"
# What is in every word that belongs to one of them.
MARKS = {SAPPHIRE: "zafiro", RUBY: "rubiii"}
ORDERS = {SAPPHIRE: ("2026-004512", "2026-004513"), RUBY: ("2026-004600", "2026-004601")}
START = lima("2026-11-16 07:50")


def _address(ruc: str) -> str:
    return f"compras@{MARKS[ruc]}.example"


def _rows(ruc: str) -> Iterator[object]:
    mark = MARKS[ruc]
    for number, order in enumerate(ORDERS[ruc]):
        yield dispatch(
            order,
            ruc=ruc,
            vessel=f"{mark}nave{number}",
            voyage=f"{mark}{number}",
            bls=(f"{mark}BL{number}",),
            invoices=(f"{mark}-F{number}",),
            purchase_orders=(f"{mark}-OC{number}",),
            status="En tránsito",
            status_note=f"nota {mark} {number}",
            status_noted_at=lima("2026-11-13 10:00"),
            eta=lima(f"2026-11-2{number} 06:00"),
        )


def _book() -> Office:
    base = office()
    return office(
        clients=tuple(
            Client(ruc=ruc, name=f"{mark} S.A.", domains=(f"{mark}.example",), esc="RQ") for ruc, mark in MARKS.items()
        ),
        contacts=tuple(Contact(ruc=ruc, name=f"Persona {mark}", address=_address(ruc)) for ruc, mark in MARKS.items()),
        dispatches=tuple(row for ruc in MARKS for row in _rows(ruc)),
        programmes=tuple(
            StatusProgramme(ruc=ruc, frequency="diario 09:00", recipients=(_address(ruc),)) for ruc in MARKS
        ),
        staff=base.staff,
    )


def _mail(ruc: str, subject: str, text: str, minute: int, **headers: str) -> tuple[int, bytes]:
    """A mail of a client, with its mark in its name, subject, text and attachment, at a minute of the day."""
    mark, mail = MARKS[ruc], EmailMessage()
    mail["From"] = f"Persona {mark} <{_address(ruc)}>"
    mail["To"], mail["Subject"] = headers.pop("to", ESC), subject
    mail["Date"] = format_datetime(START + timedelta(minutes=minute))
    mail["Message-ID"] = f"<{mark}.{minute}@{mark}.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"{text}\n\nTexto {mark}.")
    mail.add_attachment(f"%PDF {mark}".encode(), maintype="application", subtype="pdf", filename=f"{mark}-{minute}.pdf")
    return minute, mail.as_bytes()


def _letters() -> Iterator[tuple[int, bytes]]:
    for place, (ruc, other) in enumerate(((SAPPHIRE, RUBY), (RUBY, SAPPHIRE))):
        own, foreign, mark = ORDERS[ruc][0], ORDERS[other][0], MARKS[ruc]
        at = 60 + 7 * place
        yield _mail(ruc, "levante", f"¿Ya tenemos levante de la orden {own}?", at)
        yield _mail(ruc, "reclamo", f"Es inaceptable lo de la orden {own}: USD 900 de sobreestadía {mark}.", at + 20)
        yield _mail(ruc, "documentos", f"Adjunto la factura de la orden {own}.", at + 40)
        yield _mail(ruc, "abono", f"Depositamos USD 500 por la orden {own}.", at + 60)
        yield _mail(ruc, "acuerdo", f"Según lo conversado, la orden {own} va sin costo {mark}.", at + 80)
        yield _mail(ruc, "etiqueta", f"Ver la orden {own} {mark}.", at + 100)
        # By mistake or on purpose: the other's order, thread, name and mail.
        yield _mail(ruc, "levante", f"Consulta por la orden {foreign}, {mark}.", at + 120)
        yield _mail(
            ruc,
            f"RE: reclamo {foreign}",
            f"atendido {mark}",
            at + 140,
            In_Reply_To=f"<{MARKS[other]}.80@{MARKS[other]}.example>",
        )
        forwarded = (
            f"---------- Forwarded message ---------\nDe: {_address(other)}\nAsunto: orden {foreign}\n\nVer {foreign}."
        )
        yield _mail(ruc, "RV: levante", f"Te reenvío.\n\n{forwarded}", at + 160, to=f"{ESC}, {_address(other)}")
        yield _mail(ruc, "destinatarios", "Por favor incluir a compras en copia del status.", at + 180)


VERDICTS = {
    "levante": REQUIREMENT,
    "RV: levante": REQUIREMENT,
    "reclamo": COMPLAINT,
    "documentos": DOCUMENTS,
    "abono": verdict(topics=[Topic.PAYMENT_NOTICE]),
    "acuerdo": verdict(topics=[Topic.AGREEMENT]),
    "etiqueta": verdict(Category.REQUIREMENT, doubts=["requirement"]),
    "destinatarios": verdict(Category.REQUIREMENT, topics=[Topic.RECIPIENTS_CHANGE]),
    "almacenaje": verdict(Category.REQUIREMENT, contingency=[Contingency.STORAGE]),
}


def _queue(world: World, now: object) -> None:
    for job in (watch, queue_digests, queue_agendas, queue_summaries, queue_reports, queue_handovers):
        job(world.desk, now=now)


@pytest.fixture(scope="module")
def sent() -> tuple[OutgoingMail, ...]:
    """Everything that left in two days of mixed-up threads."""
    world = World(verdicts=VERDICTS, book=_book())
    letters = sorted(_letters())
    for minute in range(0, 34 * 60, 5):
        now = START + timedelta(minutes=minute)
        while letters and letters[0][0] <= minute:
            at, raw = letters.pop(0)
            world.receive(raw, START + timedelta(minutes=at))
        if 7 <= now.astimezone(LIMA).hour < 19:
            _queue(world, now)
            for mail in world.tick(now):
                _answer(world, mail, now)
    return world.sender.sent


def _answer(world: World, mail: OutgoingMail, now: object) -> None:
    """The other client answers each client's digest, as if he had got it."""
    if mail.purpose is not MailPurpose.DIGEST:
        return
    other = RUBY if mail.to[0].address == _address(SAPPHIRE) else SAPPHIRE
    minute = int((now - START).total_seconds() // 60) + 1  # type: ignore[operator]
    _, raw = _mail(other, f"RE: {mail.subject}", "atendido", minute, to=MAILBOT, In_Reply_To=mail.message_id)
    world.receive(raw, START + timedelta(minutes=minute))


def _words(mail: OutgoingMail) -> str:
    """Everything a recipient can see: headers, text, page, names and cells of files."""
    shown = [to_bytes(mail).partition(b"\r\n\r\n")[0].decode(), mail.subject, mail.text, mail.html]
    for file in mail.files:
        shown += [file.name, file.content.decode("latin-1")]
        if file.name.endswith(".xlsx"):
            sheets = load_workbook(BytesIO(file.content)).worksheets
            shown += [str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row]
    return "\n".join(shown).lower()


@pytest.mark.parametrize(("ruc", "other"), [(SAPPHIRE, RUBY), (RUBY, SAPPHIRE)], ids=["sapphire", "ruby"])
def test_no_mail_to_a_client_holds_a_word_an_order_or_a_file_of_another(
    sent: tuple[OutgoingMail, ...], ruc: str, other: str
) -> None:
    to_client = [mail for mail in sent if any(MARKS[ruc] in address.domain for address in (*mail.to, *mail.cc))]

    assert len(to_client) == 2
    for mail in to_client:
        words = _words(mail)
        assert MARKS[ruc] in words
        assert MARKS[other] not in words
        assert [order for order in ORDERS[other] if order in words] == []


def test_clients_get_nothing_but_their_own_digests(sent: tuple[OutgoingMail, ...]) -> None:
    outside = [mail for mail in sent if any(not a.domain.startswith("agencia.") for a in (*mail.to, *mail.cc))]

    assert {mail.purpose for mail in outside} == {MailPurpose.DIGEST}
    assert all(len(mail.to) == 1 and mail.cc == () for mail in outside)


def test_the_office_itself_was_told_of_both(sent: tuple[OutgoingMail, ...]) -> None:
    """The marks are there to be found: what goes to the office holds those of both clients."""
    inside = "\n".join(_words(mail) for mail in sent if all(a.domain == "agencia.example" for a in mail.to))

    assert {mail.purpose for mail in sent} >= {
        MailPurpose.NOTICE,
        MailPurpose.AGENDA,
        MailPurpose.SUMMARY,
        MailPurpose.REMINDER,
    }
    assert all(mark in inside for mark in MARKS.values())
    assert any(file.name.startswith("zafiro") for mail in sent for file in mail.files), (
        "the voucher went to Administración"
    )
