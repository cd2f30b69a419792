"""Address lists as they are really written."""

import pytest

from mailbot.reading.mime.addresses import parse_addresses

ROSA, ANA = "rosa@x.example", "ana@x.example"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Rosa <rosa@x.example>", [("Rosa", ROSA)]),
        ("<rosa@x.example>", [("", ROSA)]),
        ("rosa@x.example, , ana@x.example,", [("", ROSA), ("", ANA)]),
        ('"Rosa \\"la jefa\\" Quispe" <rosa@x.example>', [('Rosa "la jefa" Quispe', ROSA)]),
        ("=?utf-8?Q?Quispe,_Rosa?= <rosa@x.example>, ana@x.example", [("Quispe, Rosa", ROSA), ("", ANA)]),
        (
            "=?utf-8?Q?Rosa_(Ventas)?= <rosa@x.example>; =?utf-8?Q?Ana:_x?= <ana@x.example>",
            [("Rosa (Ventas)", ROSA), ("Ana: x", ANA)],
        ),
        ("Rosa Quispe rosa@x.example", [("Rosa Quispe", ROSA)]),
        ("mailto:rosa@x.example", [("", ROSA)]),
        ("Rosa <rosa@x.example>(nota)", [("Rosa", ROSA)]),
        ("Rosa @ Ventas <rosa@x.example>", [("Rosa @ Ventas", ROSA)]),
        ("'rosa@x.example' <rosa@x.example>", [("rosa@x.example", ROSA)]),
        ("Equipo: Rosa <rosa@x.example>, ana@x.example;", [("Rosa", ROSA), ("", ANA)]),
        ("Rosa <rosa@x.example> Ana <ana@x.example>", [("Rosa", ROSA), ("Ana", ANA)]),
        ("", []),
        (" , ;", []),
    ],
    ids=str,
)
def test_every_mailbox_is_found(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(address.name, address.address) for address in parse_addresses(value.encode())] == expected
