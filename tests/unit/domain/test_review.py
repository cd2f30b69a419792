from datetime import UTC, datetime, timedelta

from mailbot.domain.labels import DocumentType
from mailbot.domain.office import Dispatch, Language, Transport
from mailbot.domain.review import Document, RowState, answer_to_client, review, versions_of

AT = datetime(2026, 6, 10, 15, 0, tzinfo=UTC)
DISPATCH = Dispatch(order="2026-000001", ruc="20131312955", regime="10", transport=Transport.MARITIMA)


def document(
    type: DocumentType, content: str, *, days: int = 0, number: str = "", fault: str | None = None
) -> Document:
    return Document(
        type=type,
        name=f"{content}.pdf",
        sha256=content,
        received_at=AT + timedelta(days=days),
        message="M1",
        path="2",
        number=number,
        fault=fault,
    )


def test_other_content_of_the_same_type_is_a_new_version_and_the_old_one_is_kept() -> None:
    first = document(DocumentType.COMMERCIAL_INVOICE, "a")
    again = document(DocumentType.COMMERCIAL_INVOICE, "a", days=1)
    corrected = document(DocumentType.COMMERCIAL_INVOICE, "b", days=2)

    versions = versions_of([corrected, again, first])

    assert [(item.document.sha256, item.number, item.is_current) for item in versions] == [
        ("a", 1, False),
        ("b", 2, True),
    ]


def test_two_invoices_with_numbers_of_their_own_replace_nothing() -> None:
    one = document(DocumentType.COMMERCIAL_INVOICE, "a", number="SH1")
    two = document(DocumentType.COMMERCIAL_INVOICE, "b", number="SH2")

    assert all(item.is_current for item in versions_of([one, two]))


def test_a_review_tells_what_is_there_replaced_missing_and_to_be_decided() -> None:
    documents = [
        document(DocumentType.COMMERCIAL_INVOICE, "a"),
        document(DocumentType.COMMERCIAL_INVOICE, "b", days=1),
        document(DocumentType.PACKING_LIST, "c"),
        document(DocumentType.SPREADSHEET, "d"),
    ]

    reviewed = review(DISPATCH, documents)

    states = {row.row.key: row.state for row in reviewed.rows}
    assert states["invoice"] is RowState.REPLACED
    assert states["packing-list"] is RowState.PRESENT
    assert states["transport-sea"] is RowState.MISSING
    assert states["origin"] is RowState.TO_DECIDE
    assert reviewed.missing == (DocumentType.BILL_OF_LADING,)
    assert [item.document.name for item in reviewed.others] == ["d.pdf"]


def test_the_answer_to_the_client_is_in_his_language() -> None:
    documents = [
        document(DocumentType.COMMERCIAL_INVOICE, "a"),
        document(DocumentType.COMMERCIAL_INVOICE, "b", days=1),
        document(DocumentType.PACKING_LIST, "c", fault="PDF cifrado"),
    ]

    answer = answer_to_client(review(DISPATCH, documents), language=Language.EN)

    assert answer.missing == ("bill of lading",)
    assert not answer.is_complete
    lines = [(line.name, line.file, line.version, line.is_unreadable) for line in answer.arrived]
    assert lines == [
        ("commercial invoice", "b.pdf", 2, False),
        ("packing list", "c.pdf", 0, True),
    ]
    assert "certificate of origin" in [line.name for line in answer.to_decide]
    assert {line.condition for line in answer.to_decide} == {""}, "the conditions are in Spanish"


def test_each_row_says_since_when_and_each_version_until_when() -> None:
    documents = [
        document(DocumentType.COMMERCIAL_INVOICE, "a"),
        document(DocumentType.COMMERCIAL_INVOICE, "b", days=1),
    ]

    rows = {row.row.key: row for row in review(DISPATCH, documents).rows}

    assert rows["invoice"].since == AT + timedelta(days=1)
    assert [version.replaced_at for version in rows["invoice"].versions] == [AT + timedelta(days=1), None]
    assert rows["transport-sea"].since is None
