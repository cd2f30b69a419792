import pytest

from mailbot.classify.corpus import read_corpus
from mailbot.classify.documents import is_signature_image, type_attachment, type_attachments
from mailbot.domain.labels import DocumentType
from mailbot.shipped import models_folder
from tests.unit.classify.mails import attachment, mail

T = DocumentType


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("FACTURA F001-2231.pdf", T.COMMERCIAL_INVOICE),
        ("Commercial_Invoice-8871.PDF", T.COMMERCIAL_INVOICE),
        ("PL 8871.xlsx", T.PACKING_LIST),
        ("lista de empaque.pdf", T.PACKING_LIST),
        ("HBL NGBCLL260118.pdf", T.BILL_OF_LADING),
        ("MEDUQ7714420.pdf", T.BILL_OF_LADING),
        ("AWB 045-88312044.pdf", T.AIR_WAYBILL),
        ("Certificado de Origen TLC.pdf", T.CERTIFICATE_OF_ORIGIN),
        ("EUR1 A 0882113.pdf", T.CERTIFICATE_OF_ORIGIN),
        ("Póliza 2201.pdf", T.INSURANCE_POLICY),
        ("Fito SENASA 0381.pdf", T.HEALTH_PERMIT),
        ("Ficha técnica telar.pdf", T.TECHNICAL_SHEET),
        ("MSDS tolueno.pdf", T.TECHNICAL_SHEET),
        ("Vigencia de poder.pdf", T.AUTHORIZATION_LETTER),
        ("carta endose XMN2607.pdf", T.AUTHORIZATION_LETTER),
        ("voucher 12-08.pdf", T.PAYMENT_VOUCHER),
        ("Proforma OA-2026-001007.pdf", T.PROFORMA),
        ("DAM 118-2026-10-084512.pdf", T.DAM_COPY),
        ("118-2026-10-084512.pdf", T.DAM_COPY),
        ("fotos carga.zip", T.PHOTO),
        ("series.xlsx", T.SPREADSHEET),
        ("Certificado de calidad.pdf", T.OTHER),
        ("image001.png", T.OTHER),
        ("OC 1187.pdf", T.OTHER),
        ("xiangdan BP26-0311.xls", T.PACKING_LIST),
        ("tidan caogao.pdf", T.BILL_OF_LADING),
        ("kongyundan.pdf", T.AIR_WAYBILL),
        ("chan di zheng.pdf", T.CERTIFICATE_OF_ORIGIN),
        ("baoxiandan.pdf", T.INSURANCE_POLICY),
        ("endoso de póliza.pdf", T.INSURANCE_POLICY),
        ("Import permit.pdf", T.HEALTH_PERMIT),
        ("especificaciones.pdf", T.TECHNICAL_SHEET),
        ("Letter of authority.pdf", T.AUTHORIZATION_LETTER),
        ("TT copy.pdf", T.PAYMENT_VOUCHER),
        ("INVOCIE 2231.pdf", T.COMMERCIAL_INVOICE),
        ("fp LED0604.pdf", T.COMMERCIAL_INVOICE),
        ("Declaración aduanera.pdf", T.DAM_COPY),
        ("Aviso de llegada.pdf", T.OTHER),
    ],
)
def test_a_name_tells_the_type(name: str, expected: DocumentType) -> None:
    assert type_attachment(attachment(name), mail("Adjunto.").message).type is expected


def test_the_content_tells_what_a_name_does_not() -> None:
    file = attachment("documento 22.pdf")
    found = type_attachment(file, mail("Adjunto.").message, "BILL OF LADING\nShipper: ... invoice 22")
    assert found.type is T.BILL_OF_LADING


def test_photographed_papers_are_typed_in_the_order_in_which_the_mail_names_them() -> None:
    item = mail("le mando la factura y el packing en foto", "IMG-20260314-WA0007.jpg", "IMG-20260314-WA0008.jpg")
    assert [one.type for one in type_attachments(item.message)] == [T.COMMERCIAL_INVOICE, T.PACKING_LIST]


def test_a_picture_in_a_mail_about_a_deposit_is_a_voucher() -> None:
    item = mail("Ya deposité los tributos", "IMG_2043.jpg")
    assert type_attachments(item.message)[0].type is T.PAYMENT_VOUCHER


@pytest.mark.parametrize(
    ("name", "expected"), [("image001.png", True), ("logo.jpg", True), ("factura.png", False), ("firma.pdf", False)]
)
def test_signature_images_are_told_from_papers(name: str, expected: bool) -> None:
    assert is_signature_image(attachment(name)) is expected


def test_an_inline_picture_belongs_to_the_signature() -> None:
    assert is_signature_image(attachment("banner.png", inline=True))


# Files by three more hands: some papers they sent bear names that no table can know.
LATER_HANDS = {"m2", "m3", "m4"}
# Five more, of whom the last three were not looked at when the tables were written; one set traps in names too.
LATEST_HANDS = {"m5", "m6", "m7", "m8", "m9"}


@pytest.mark.parametrize(
    ("hands", "least"),
    [
        pytest.param({f"t{at}" for at in range(1, 9)} | {"m1", "m1_seen"}, 0.95, id="first hands"),
        pytest.param(LATER_HANDS, 0.93, id="later hands"),
        pytest.param(LATEST_HANDS, 0.91, id="latest hands"),
        # 0.87 before anybody had looked at them.
        pytest.param({"m10", "m11"}, 0.86, id="newest hands"),
    ],
)
def test_names_alone_reach_the_goal_on_the_corpus(hands: set[str], least: float) -> None:
    right = total = 0
    for one in read_corpus(models_folder() / "corpus"):
        if one.source not in hands:
            continue
        for said, (_, true) in zip(type_attachments(one.message), one.labels.documents, strict=True):
            right, total = right + (said.type is true), total + 1
    assert right / total >= least


@pytest.mark.parametrize(
    ("name", "subject", "text", "expected"),
    [
        pytest.param(
            "2026-0331_rev1.pdf", "Invoice 2026/0331 amended", "Discard the other.", T.COMMERCIAL_INVOICE, id="subject"
        ),
        pytest.param(
            "KRNX88120_draft.pdf", "Carga de lana", "Va el BL KRNX88120 corregido.", T.BILL_OF_LADING, id="text"
        ),
        pytest.param("7HBL.pdf", "Pre-alert", "As attached.", T.BILL_OF_LADING, id="word glued to a figure"),
        pytest.param("F002-7781.pdf", "Factura por almacenaje", "Se remite.", T.OTHER, id="bill of a terminal"),
        pytest.param(
            "F002-7781.pdf", "Embarque de lana", "Van los papeles.", T.COMMERCIAL_INVOICE, id="invoice of goods"
        ),
    ],
)
def test_what_the_mail_says_of_a_number_names_the_paper(
    name: str, subject: str, text: str, expected: DocumentType
) -> None:
    item = mail(text, name, subject=subject)
    assert type_attachments(item.message)[0].type is expected
