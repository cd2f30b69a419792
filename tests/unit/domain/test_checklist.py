from datetime import date

import pytest

from mailbot.domain.checklist import Need, missing_documents, rows_for, shipped_checklist
from mailbot.domain.labels import DocumentType
from mailbot.domain.office import Dispatch, Transport

BL, AWB, INVOICE, PACKING = (
    DocumentType.BILL_OF_LADING,
    DocumentType.AIR_WAYBILL,
    DocumentType.COMMERCIAL_INVOICE,
    DocumentType.PACKING_LIST,
)


def dispatch(regime: str = "10", transport: Transport = Transport.MARITIMA, **fields: object) -> Dispatch:
    return Dispatch(order="2026-000001", ruc="20131312955", regime=regime, transport=transport, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "present", "missing"),
    [
        pytest.param(dispatch(), set(), (BL, INVOICE, PACKING), id="import by sea"),
        pytest.param(dispatch(transport=Transport.AEREA), {INVOICE}, (AWB, PACKING), id="import by air"),
        pytest.param(dispatch(), {BL, INVOICE, PACKING}, (), id="complete"),
        pytest.param(dispatch("40"), {INVOICE}, (BL, PACKING), id="export"),
        pytest.param(dispatch("80"), {BL}, (PACKING,), id="transit needs no invoice"),
        pytest.param(dispatch(numbered_on=date(2026, 3, 1)), set(), (), id="numbered"),
        pytest.param(dispatch(status="anulado"), set(), (), id="closed"),
    ],
)
def test_what_is_missing_follows_regime_and_transport(
    item: Dispatch, present: set[DocumentType], missing: tuple[DocumentType, ...]
) -> None:
    assert missing_documents(item, present) == missing


def test_a_conditional_paper_is_never_missing() -> None:
    conditional = {row.key for row in rows_for(dispatch()) if row.need is Need.CONDITIONAL}

    assert {"insurance", "origin", "permit"} <= conditional
    assert DocumentType.INSURANCE_POLICY not in missing_documents(dispatch(), set())


def test_every_row_says_where_it_stands_and_when_it_applies() -> None:
    for row in shipped_checklist():
        assert row.source, row.key
        assert (row.need is Need.CONDITIONAL) == bool(row.condition), row.key


def test_an_empty_list_of_the_office_asks_for_nothing() -> None:
    assert missing_documents(dispatch(), set(), checklist=()) == ()
