import pytest

from mailbot.domain.identifiers import (
    bl_keys,
    has_valid_check,
    is_full,
    is_one_slip,
    is_same_bl,
    normal_form,
    vessel_keys,
)
from mailbot.domain.labels import ReferenceKind


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (ReferenceKind.ORDER, "OA-2026-4512", "2026-004512"),
        (ReferenceKind.ORDER, "26-4512", "2026-004512"),
        (ReferenceKind.ORDER, "2026004512", "2026-004512"),
        (ReferenceKind.ORDER, "4512-2026", "2026-004512"),
        (ReferenceKind.ORDER, "4512", "004512"),
        (ReferenceKind.DAM, "118 - 2026 - 10 - 84512", "118-2026-10-084512"),
        (ReferenceKind.DAM, "118-10-2026-084512", "118-2026-10-084512"),
        (ReferenceKind.DAM, "2026-118-10-084512", "118-2026-10-084512"),
        (ReferenceKind.DAM, "118102026084512", "118-2026-10-084512"),
        (ReferenceKind.DAM, "202611810084512", "118-2026-10-084512"),
        (ReferenceKind.DAM, "118-26-10-084512", "118-2026-10-084512"),
        (ReferenceKind.DAM, "118-2026-10-084512-01-6-00", "118-2026-10-084512"),
        (ReferenceKind.DAM, "84512", "084512"),
        (ReferenceKind.CONTAINER, "csqu 305438-3", "CSQU3054383"),
        (ReferenceKind.AWB, "139 1234 5675", "139-12345675"),
        (ReferenceKind.AWB, "kac-2606-07", "KAC260607"),
        (ReferenceKind.BL, "CCF-LIM-26-0091", "CCFLIM260091"),
        (ReferenceKind.VESSEL, "M/N Cape Ocoña V.061N", "CAPE OCONA 061N"),
        (ReferenceKind.VESSEL, "Blue Meridian 11 / 2617E", "BLUE MERIDIAN 11 2617E"),
    ],
)
def test_every_spelling_has_one_normal_form(kind: ReferenceKind, text: str, expected: str) -> None:
    assert normal_form(kind, text) == expected
    assert normal_form(kind, expected) == expected


@pytest.mark.parametrize(
    ("kind", "canonical", "expected"),
    [
        (ReferenceKind.CONTAINER, "CSQU3054383", True),
        (ReferenceKind.CONTAINER, "CSQU3054384", False),
        (ReferenceKind.RUC, "20131312955", True),
        (ReferenceKind.RUC, "20131312954", False),
        (ReferenceKind.AWB, "139-12345675", True),
        (ReferenceKind.AWB, "139-12345676", False),
        (ReferenceKind.AWB, "KAC260607", None),
        (ReferenceKind.DAM, "118-2026-10-084512", None),
    ],
)
def test_a_check_digit_is_judged_where_one_exists(kind: ReferenceKind, canonical: str, expected: bool | None) -> None:
    assert has_valid_check(kind, canonical) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("MSKU1234565", "MSKU1234655", True),
        ("MSKU1234565", "MSKU1234575", True),
        ("MSKU1234565", "MSKU1234565", False),
        ("MSKU1234565", "MSKU1234999", False),
        ("MSKU1234565", "MSKU123456", False),
        ("MSKU1234565", "MSKU1534265", False),
    ],
    ids=["swapped", "wrong", "same", "two wrong", "shorter", "swapped far apart"],
)
def test_one_typing_error_is_a_wrong_or_a_swapped_character(one: str, other: str, expected: bool) -> None:
    assert is_one_slip(one, other) is expected
    assert is_one_slip(other, one) is expected


def test_a_bl_is_the_same_with_and_without_its_carrier() -> None:
    assert is_same_bl("MEDUAB123456", "AB123456")
    assert not is_same_bl("MEDUAB123456", "MSCUAB123456")
    assert bl_keys("AB123456") == ("AB123456",)


def test_a_ship_is_looked_up_with_and_without_its_voyage() -> None:
    assert vessel_keys("PACIFIC HERON 602E") == ("PACIFIC HERON 602E", "PACIFIC HERON")
    assert vessel_keys("CAPE OCONA") == ("CAPE OCONA",)


def test_a_number_alone_is_not_full() -> None:
    assert is_full(ReferenceKind.ORDER, "2026-004512")
    assert not is_full(ReferenceKind.ORDER, "004512")
    assert not is_full(ReferenceKind.DAM, "084512")
    assert is_full(ReferenceKind.BL, "AB123456")
