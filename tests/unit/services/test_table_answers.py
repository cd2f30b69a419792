"""A client answers a status inside its table, as Outlook, Gmail and a plain program send it back."""

import html
import re
from dataclasses import replace
from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from mailbot.domain.labels import Category
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import StatusProgramme
from mailbot.domain.verdict import Verdict
from mailbot.ports.stored import StoredMessage
from mailbot.reading.html.text import html_to_text
from mailbot.services.digest import queue_digests
from tests.builders import CLIENT, COMPLAINT, ESC, RUC, TableClassifier, dispatch, lima, office, verdict
from tests.unit.services.answering import MAILBOT, kept
from tests.unit.services.world import World

MONDAY_9 = lima("2026-11-16 09:00")
ANSWERED_AT = lima("2026-11-16 09:40")
FIRST, SECOND, THIRD = "2026-004512", "2026-004513", "2026-004514"


class QuestionClassifier(TableClassifier):
    """Who asks wants an answer; who names a surcharge complains."""

    def classify(self, inputs):
        return [self._verdict(item.message.new_text) for item in inputs]

    def _verdict(self, text: str) -> Verdict:
        if "sobreestadía" in text:
            return COMPLAINT
        return verdict(Category.REQUIREMENT) if "?" in text else verdict()


@pytest.fixture
def world() -> World:
    programme = StatusProgramme(ruc=RUC, frequency="diario 09:00", recipients=(CLIENT,))
    rows = [
        dispatch(FIRST, status="En tránsito", vessel="Cusco Express", voyage="226W", eta=lima("2026-11-20 06:00")),
        dispatch(SECOND, status="Documentos incompletos", purchase_orders=("OC 7790",)),
        dispatch(THIRD, status="Levante autorizado", status_note="Coordinamos el retiro."),
    ]
    world = World(book=office(dispatches=tuple(rows), programmes=(programme,)))
    world.__dict__["desk"] = replace(world.desk, classifier=QuestionClassifier())
    return world


@pytest.fixture
def digest(world: World) -> OutgoingMail:
    queue_digests(world.desk, now=MONDAY_9)
    world.tick(MONDAY_9)
    return next(mail for mail in world.sender.sent if mail.purpose is MailPurpose.DIGEST)


def outlook(page: str, above: str) -> str:
    """The page as Outlook quotes it: Word's paragraphs and spans in every cell, its own headers above."""
    body = re.search(r"<body[^>]*>(.*)</body>", page, re.DOTALL)
    assert body is not None
    quoted = re.sub(
        r"<td([^>]*)>([^<>]+)</td>",
        r"<td\1><p class=MsoNormal><span style='font-size:10.0pt;font-family:\"Segoe UI\",sans-serif'>\2<o:p></o:p>"
        r"</span></p></td>",
        body[1],
    )
    head = (
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
        "<b>De:</b> mailbot &lt;mailbot@agencia.example&gt; <br><b>Enviado el:</b> lunes, 16 de noviembre de 2026 09:00"
        "<br><b>Para:</b> Compras &lt;compras@textiles.example&gt;<br><b>Asunto:</b> Status de sus despachos</p></div>"
    )
    return (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head>"
        "<meta http-equiv=Content-Type content='text/html; charset=utf-8'>"
        "<style><!-- p.MsoNormal {margin:0cm;font-size:11.0pt} --></style></head>"
        f"<body lang=ES-PE><div class=WordSection1><p class=MsoNormal>{above}<o:p></o:p></p><p class=MsoNormal><o:p>"
        f"&nbsp;</o:p></p>{head}{quoted}</div></body></html>"
    )


def gmail(page: str, above: str) -> str:
    """The page as Gmail quotes it."""
    body = re.search(r"<body[^>]*>(.*)</body>", page, re.DOTALL)
    assert body is not None
    return (
        f'<div dir="ltr">{above}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        "El lun, 16 nov 2026 a las 9:00, mailbot (&lt;mailbot@agencia.example&gt;) escribió:<br></div>"
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{body[1]}</blockquote></div>'
    )


def coloured(page: str, where: str, answer: str) -> str:
    """An answer in red behind some words of the page."""
    assert where in page
    red = f" <b><span style='color:red'>{html.escape(answer)}<o:p></o:p></span></b>"
    place = page.index(where, page.index('class="grid"')) + len(where)
    return page[:place] + red + page[place:]


def answer(world: World, digest: OutgoingMail, page: str, text: str = "") -> StoredMessage:
    """The client sends it back, by its HTML or its text alone."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Cc"] = CLIENT, MAILBOT, ESC
    mail["Subject"], mail["Date"] = f"RE: {digest.subject}", format_datetime(ANSWERED_AT)
    mail["Message-ID"], mail["In-Reply-To"] = "<respuesta@textiles.example>", digest.message_id
    # As mail programs do: the same words as plain text and as a page.
    mail.set_content(text or html_to_text(page))
    if page:
        mail.add_alternative(page, subtype="html")
    world.receive(mail.as_bytes(), ANSWERED_AT)
    return kept(world, f"RE: {digest.subject}")


@pytest.mark.parametrize("quote", [outlook, gmail], ids=["outlook", "gmail"])
@pytest.mark.parametrize(
    "above", ["Estimada Rosa, ver mis comentarios en rojo. Gracias.", ""], ids=["announced", "bare"]
)
def test_a_cell_answered_in_colour_belongs_to_its_row_and_opens_its_obligation(
    world: World, digest: OutgoingMail, quote, above: str
) -> None:
    page = coloured(digest.html, "Documentos incompletos", "¿Qué documentos faltan? Ya los enviamos el viernes.")

    stored = answer(world, digest, quote(page, above))

    assert stored.orders == (SECOND,)
    assert f"Orden {SECOND}: ¿Qué documentos faltan? Ya los enviamos el viernes." in stored.new_text
    reply = world.only(ObligationKind.REPLY)
    assert (reply.order, reply.client) == (SECOND, RUC)


def test_answers_in_several_rows_belong_to_each(world: World, digest: OutgoingMail) -> None:
    page = coloured(digest.html, "Documentos incompletos", "¿Qué falta?")
    page = coloured(page, "Coordinamos el retiro.", "¿El retiro es mañana?")

    stored = answer(world, digest, outlook(page, "Respondo abajo en cada fila."))

    assert set(stored.orders) == {SECOND, THIRD}
    assert [line for line in stored.new_text.splitlines() if line.startswith("Orden ")] == [
        f"Orden {SECOND}: ¿Qué falta?",
        f"Orden {THIRD}: ¿El retiro es mañana?",
    ]


def test_a_corrected_cell_is_an_answer_too(world: World, digest: OutgoingMail) -> None:
    page = digest.html.replace("20/11/2026", "24/11/2026")

    stored = answer(world, digest, outlook(page, "Corregí la ETA."))

    assert stored.orders == (FIRST,)
    assert f"Orden {FIRST}: 24/11/2026" in stored.new_text


def test_a_complaint_in_a_cell_is_reported_with_its_dispatch(world: World, digest: OutgoingMail) -> None:
    page = coloured(digest.html, "Levante autorizado", "Nos cobran sobreestadía, ¿quién la asume?")

    answer(world, digest, outlook(page, "Buenos días."))

    assert world.only(ObligationKind.MANAGEMENT_REPORT).order == THIRD


@pytest.mark.parametrize("quote", [outlook, gmail], ids=["outlook", "gmail"])
def test_an_answer_above_the_table_is_no_answer_to_a_row(world: World, digest: OutgoingMail, quote) -> None:
    stored = answer(world, digest, quote(digest.html, "Gracias, conforme."))

    assert stored.new_text.strip() == "Gracias, conforme."
    assert world.owed(ObligationKind.REPLY) == []


def test_answers_between_the_lines_of_the_plain_text(world: World, digest: OutgoingMail) -> None:
    lines = [f"> {line}".rstrip() for line in digest.text.splitlines()]
    place = next(at for at, line in enumerate(lines) if "Documentos incompletos" in line)
    text = "\n".join(
        ["Ver abajo.", "", "El lun, mailbot escribió:", *lines[: place + 1], "¿Qué falta?", *lines[place + 1 :]]
    )

    stored = answer(world, digest, "", text)

    assert stored.orders == (SECOND,)
    assert f"Orden {SECOND}: ¿Qué falta?" in stored.new_text


def test_a_client_that_forges_the_thread_of_another_links_nothing_of_it(world: World, digest: OutgoingMail) -> None:
    page = coloured(digest.html, "Documentos incompletos", "¿Qué falta?")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ventas@ferreteria.example", MAILBOT, "RE: Status"
    mail["Date"], mail["Message-ID"] = format_datetime(ANSWERED_AT), "<otro@ferreteria.example>"
    mail["In-Reply-To"] = digest.message_id
    mail.set_content(outlook(page, "Hola."), subtype="html")
    world.receive(mail.as_bytes(), ANSWERED_AT)

    stored = kept(world, "RE: Status")

    assert stored.orders == ()
    assert stored.client != RUC
