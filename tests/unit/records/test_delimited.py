"""CSV files as spreadsheets of different countries save them."""

from pathlib import Path

import pytest

from mailbot.domain.errors import OfficeFileRejected
from mailbot.records.delimited import read_csv


def rows(path: Path) -> list[tuple[int, tuple[object, ...]]]:
    return [(row.number, row.cells) for row in read_csv(path).rows]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a,b\nñ,2\n".encode(), [(1, ("a", "b")), (2, ("ñ", "2"))]),
        ("\ufeffa;b\r\nñ;1,5\r\n".encode(), [(1, ("a", "b")), (2, ("ñ", "1,5"))]),
        ("a;b\nñ;2\n".encode("cp1252"), [(1, ("a", "b")), (2, ("ñ", "2"))]),
        (b"sep=;\r\na;b\r\n1;2\r\n", [(2, ("a", "b")), (3, ("1", "2"))]),
        (b'a,b\n"x, y","1\n2"\n3,4\n', [(1, ("a", "b")), (2, ("x, y", "1\n2")), (3, ("3", "4"))]),
        (b"\n,\na,b\n", [(3, ("a", "b"))]),
        (b'"a;b;c",d\n1,2\n', [(1, ("a;b;c", "d")), (2, ("1", "2"))]),
    ],
    ids=["utf-8", "BOM", "Windows-1252", "sep line", "quoted", "blank rows", "delimiter inside quotes"],
)
def test_a_file_is_read_as_its_spreadsheet_meant_it(tmp_path: Path, raw: bytes, expected: object) -> None:
    path = tmp_path / "Personal.csv"
    path.write_bytes(raw)

    assert rows(path) == expected


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("codigo".encode("utf-16"), "no es un CSV de texto"),
        (b"a\x81\xff", "la codificación no se reconoce"),
        (b'a,b\n"' + b"x" * 200_000 + b'",2\n', "dañado"),
    ],
    ids=["UTF-16", "no known encoding", "endless cell"],
)
def test_what_is_no_csv_is_refused(tmp_path: Path, raw: bytes, says: str) -> None:
    path = tmp_path / "Personal.csv"
    path.write_bytes(raw)

    with pytest.raises(OfficeFileRejected, match=says):
        read_csv(path)
