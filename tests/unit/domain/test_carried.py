import pytest

from mailbot.domain.carried import carries, carries_nearly
from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import Dispatch, Transport

DISPATCH = Dispatch(
    order="2026-004512",
    ruc="20131312955",
    regime="10",
    transport=Transport.MARITIMA,
    dam="118-2026-10-084512",
    bls=("MEDUAB123456",),
    containers=("CSQU 305438-3",),
    vessel="Pacific Heron",
    voyage="602E",
)


@pytest.mark.parametrize(
    ("kind", "canonical", "expected"),
    [
        (ReferenceKind.ORDER, "2026-004512", True),
        (ReferenceKind.ORDER, "004512", True),
        (ReferenceKind.ORDER, "2025-004512", False),
        (ReferenceKind.DAM, "084512", True),
        (ReferenceKind.DAM, "004512", False),
        (ReferenceKind.BL, "AB123456", True),
        (ReferenceKind.BL, "MSCUAB123456", False),
        (ReferenceKind.CONTAINER, "CSQU3054383", True),
        (ReferenceKind.VESSEL, "PACIFIC HERON", True),
        (ReferenceKind.VESSEL, "PACIFIC HERON 602E", True),
        (ReferenceKind.VESSEL, "PACIFIC CONDOR", False),
        (ReferenceKind.RUC, "20131312955", True),
        (ReferenceKind.INVOICE, "", False),
    ],
)
def test_a_dispatch_carries_its_identifiers_in_every_form(kind: ReferenceKind, canonical: str, expected: bool) -> None:
    assert carries(DISPATCH, kind, canonical) is expected


def test_one_typing_error_is_carried_nearly() -> None:
    assert carries_nearly(DISPATCH, ReferenceKind.CONTAINER, "CSQU3054833")
    assert not carries_nearly(DISPATCH, ReferenceKind.CONTAINER, "CSQU3054383")
