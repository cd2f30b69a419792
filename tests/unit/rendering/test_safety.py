import pytest

from mailbot.rendering.safety import clean, one_line, unlinked

GAP = "\u200c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("vea http://malo.example/a?b=1", f"vea http:{GAP}//malo{GAP}.example/a?b=1", id="scheme"),
        pytest.param("www.malo.example", f"www{GAP}.malo{GAP}.example", id="www"),
        pytest.param("www.malo.pdf", f"www{GAP}.malo.pdf", id="www-with-a-file-name"),
        pytest.param("entre a malo.example/x ya", f"entre a malo{GAP}.example/x ya", id="bare-host"),
        pytest.param("Rosa <rosa@andina.example>", "Rosa <rosa@andina.example>", id="mailbox"),
        pytest.param("juan.perez@mail.andina.example", "juan.perez@mail.andina.example", id="dotted-mailbox"),
        pytest.param("adjunto factura.2026.pdf", "adjunto factura.2026.pdf", id="file"),
        pytest.param("Textiles Andinos S.A.C.", "Textiles Andinos S.A.C.", id="company"),
        pytest.param("8471.30.00.00 y 1.250,00", "8471.30.00.00 y 1.250,00", id="figures"),
    ],
)
def test_addresses_of_the_web_are_split_and_nothing_else(text: str, expected: str) -> None:
    assert unlinked(text) == expected


@pytest.mark.parametrize("text", ["http://malo.example", "www.malo.example", "ftp://x.example/y"])
def test_splitting_twice_changes_nothing_more(text: str) -> None:
    assert unlinked(unlinked(text)) == unlinked(text)


def test_line_ends_become_line_feeds_and_controls_go() -> None:
    assert clean("a\r\nb\rc\x00\x1b[31m\u202ed\ud800") == "a\nb\nc[31md"


def test_one_line_joins_and_cuts() -> None:
    assert one_line("  a \r\n\t b  ") == "a b"
    assert one_line("abcdef", 4) == "abc…"
