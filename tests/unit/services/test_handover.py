from dataclasses import replace
from email.message import EmailMessage

import pytest

from mailbot.domain.labels import DocumentType
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import Role, Staff
from mailbot.domain.verdict import DocumentVerdict, Verdict
from mailbot.services.handover import queue_handovers
from tests.unit.services.outgoing_office import OFFICE, Bench, lima, owed, stored

NOW = lima("2026-07-24T10:05")
ADMINISTRATION = Staff(
    code="ADM01", name="Administración", address="administracion@agencia.example", role=Role.ADMINISTRACION
)
WITH_ADMINISTRATION = replace(OFFICE, staff=(*OFFICE.staff, ADMINISTRATION))
REPORT = owed("O1", ObligationKind.PAYMENT_REPORT, "2026-07-24T12:00", message="m1")
VOUCHER = DocumentVerdict(name="voucher.pdf", type=DocumentType.PAYMENT_VOUCHER, confidence=0.9)


def mail_with(*files: tuple[str, int]) -> bytes:
    mail = EmailMessage()
    mail["From"] = "ana@andes.example"
    mail["Subject"] = "Abono"
    mail.set_content("Ya depositamos USD 1,250.50 por la orden.")
    for name, size in files:
        mail.add_attachment(b"%" * size, maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes()


def handed_over(raw: bytes, verdict: Verdict | None = None) -> OutgoingMail:
    bench = Bench(WITH_ADMINISTRATION)
    message = replace(
        stored("m1", at="2026-07-24T10:00", verdict=verdict), new_text="Ya depositamos USD 1,250.50 por la orden."
    )
    with bench.desk.store.begin() as uow:
        uow.messages.add(message, raw=raw)
        uow.commit()
    bench.owe(REPORT)
    assert queue_handovers(bench.desk, now=NOW) == 1
    assert queue_handovers(bench.desk, now=NOW) == 0
    (mail,) = bench.mails(MailPurpose.NOTICE)
    return mail


def test_administration_is_told_once_with_client_dispatch_amount_and_voucher() -> None:
    mail = handed_over(mail_with(("voucher.pdf", 10), ("logo.pdf", 10)), Verdict(documents=(VOUCHER,)))

    assert mail.key == "handover:O1"
    assert [address.address for address in mail.to] == ["administracion@agencia.example"]
    assert [address.address for address in mail.cc] == ["rquispe@agencia.example"]
    assert mail.subject == "Abono informado · Textiles Andes · orden 2026-004512 · USD 1,250.50"
    assert [(file.name, len(file.content)) for file in mail.files] == [("voucher.pdf", 10)]
    assert mail.obligations == ("O1",)


def test_without_a_recognised_voucher_every_file_goes_along() -> None:
    mail = handed_over(mail_with(("uno.pdf", 10), ("dos.pdf", 10)))

    assert [file.name for file in mail.files] == ["uno.pdf", "dos.pdf"]


def test_what_is_too_large_or_no_paper_is_named_instead() -> None:
    mail = handed_over(mail_with(("enorme.pdf", 11 * 1024 * 1024), ("voucher.pdf.exe", 10), ("chico.pdf", 10)))

    assert [file.name for file in mail.files] == ["chico.pdf"]
    # A name that a mail program could take for a web address is split by signs nobody sees.
    text = mail.text.replace("\u200c", "")
    assert "No se adjuntó (por tamaño o tipo de archivo): enorme.pdf, voucher.pdf.exe" in text


@pytest.mark.parametrize("raw", [b"", mail_with()], ids=["bytes-are-gone", "no-files"])
def test_a_notice_without_files_says_so(raw: bytes) -> None:
    mail = handed_over(raw)

    assert mail.files == ()
    assert "No envió constancia." in mail.text


def test_nobody_is_told_where_there_is_no_administration() -> None:
    bench = Bench()
    bench.receive(stored("m1", at="2026-07-24T10:00"))
    bench.owe(REPORT)

    assert queue_handovers(bench.desk, now=NOW) == 0
