"""Under which keys a dispatch is found, and what is looked for."""

import pytest

from mailbot.domain.labels import ReferenceKind
from mailbot.store.dispatch_keys import keys_for, keys_of
from tests.unit.store.samples import dispatch


@pytest.mark.parametrize(
    ("carried", "kind", "asked", "is_found"),
    [
        ({"dam": "118-10-2026-84512"}, ReferenceKind.DAM, "118-2026-10-084512", True),
        ({"bls": ("maeu 123456789",)}, ReferenceKind.BL, "MAEU123456789", True),
        ({"bls": ("MAEU123456789",)}, ReferenceKind.BL, "123456789", True),
        ({"bls": ("123456789",)}, ReferenceKind.BL, "MAEU123456789", True),
        ({"bls": ("MAEU123456789",)}, ReferenceKind.BL, "MSCU123456789", False),
        ({"awbs": ("13912345675",)}, ReferenceKind.AWB, "139-12345675", True),
        ({"containers": ("CSQU 305438-3",)}, ReferenceKind.CONTAINER, "CSQU3054383", True),
        ({"vessel": "M/N Pacific Heron", "voyage": "602E"}, ReferenceKind.VESSEL, "PACIFIC HERON 602E", True),
        ({"vessel": "Pacific Heron"}, ReferenceKind.VESSEL, "PACIFIC SWAN", False),
        ({}, ReferenceKind.VESSEL, "", False),
        ({}, ReferenceKind.ORDER, "2026-004512", True),
        ({}, ReferenceKind.RUC, "20131312955", False),
    ],
)
def test_a_reference_meets_the_dispatch_that_carries_it(
    carried: dict[str, object], kind: ReferenceKind, asked: str, is_found: bool
) -> None:
    assert bool(keys_of(dispatch(**carried)) & keys_for(kind, asked)) is is_found
