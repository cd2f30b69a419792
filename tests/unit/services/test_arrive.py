from dataclasses import replace
from email.message import EmailMessage

import pytest

from mailbot.classify.documents import type_attachments
from mailbot.domain.labels import DocumentType
from mailbot.domain.message import Message
from mailbot.ports.classifier import ClassifierInput
from mailbot.reading.parse import read_message
from mailbot.services.arrive import with_texts
from tests.unit.reading.files import encrypted_pdf, pdf


def mail_with(content: bytes, name: str, **headers: str) -> Message:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lp@textiles.example", "rq@agencia.example", "archivo"
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content("Adjunto.")
    mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return read_message(mail.as_bytes())


def test_the_text_inside_a_nameless_scan_tells_its_type() -> None:
    given = with_texts(ClassifierInput(message=mail_with(pdf("COMMERCIAL INVOICE No. 7741"), "doc0012.pdf")))

    typed = type_attachments(given.message, given.texts)

    assert [document.type for document in typed] == [DocumentType.COMMERCIAL_INVOICE]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(mail_with(encrypted_pdf(), "doc0012.pdf"), id="encrypted"),
        pytest.param(mail_with(b"%PDF-1.7 torn", "doc0012.pdf"), id="torn"),
        pytest.param(
            mail_with(pdf("COMMERCIAL INVOICE"), "doc0012.pdf", Auto_Submitted="auto-replied"), id="automatic mail"
        ),
    ],
)
def test_without_a_readable_text_of_a_person_the_input_stays_as_it_was(message: Message) -> None:
    given = ClassifierInput(message=message)

    found = with_texts(given)

    # What could not be read is named, and nothing else of the message changes.
    assert replace(found, message=replace(found.message, defects=given.message.defects)) == given
