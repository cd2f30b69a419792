"""Mail that lies in files is found in a fixed order, and nothing stops the rest."""

import io
import sys
from pathlib import Path

import pytest

from mailbot.mailboxes.files import open_mails

MAIL = b"From: a@x.example\nSubject: uno\n\nhola\n"
MBOX = (
    b"From a@x.example Tue Mar  3 18:02:11 2026\n" + MAIL + b">From aqui sigue\n\n"
    b"From b@x.example Tue Mar  3 18:03:11 2026\n" + MAIL + b"\n"
)


def _paths(place: Path) -> list[str]:
    return [mail.path.removeprefix(f"{place}") for mail in open_mails(place)]


def test_a_single_file_is_one_mail(tmp_path: Path) -> None:
    place = tmp_path / "a.eml"
    place.write_bytes(MAIL)
    (mail,) = open_mails(place)
    assert (mail.path, mail.raw, mail.error) == (str(place), MAIL, None)


def test_a_folder_is_read_in_order_of_name_with_its_folders(tmp_path: Path) -> None:
    for name in ("b.eml", "a/z.eml", "a/c.msg", "c.eml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(MAIL)
    (tmp_path / "b.json").write_text("{}")
    (tmp_path / ".oculto").write_bytes(MAIL)
    assert _paths(tmp_path) == ["/a/c.msg", "/a/z.eml", "/b.eml", "/c.eml"]


def test_the_path_is_shown_as_the_caller_wrote_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "correo").mkdir()
    (tmp_path / "correo" / "a.eml").write_bytes(MAIL)
    monkeypatch.chdir(tmp_path)
    assert [mail.path for mail in open_mails("correo/")] == ["correo/a.eml"]
    assert [mail.path for mail in open_mails("./correo")] == ["./correo/a.eml"]


def test_a_maildir_gives_its_mails_and_none_of_tmp(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"1.{folder}.host:2,S").write_bytes(MAIL)
    assert _paths(tmp_path) == ["/cur/1.cur.host:2,S", "/new/1.new.host:2,S"]


def test_an_mbox_gives_every_mail_with_its_own_from_lines_restored(tmp_path: Path) -> None:
    place = tmp_path / "correo.mbox"
    place.write_bytes(MBOX)
    first, second = open_mails(place)
    assert [first.path, second.path] == [f"{place}:1", f"{place}:2"]
    assert first.raw is not None
    assert first.raw.endswith(b"hola\nFrom aqui sigue\n")
    assert second.raw == MAIL


def test_an_mbox_is_known_by_its_content(tmp_path: Path) -> None:
    place = tmp_path / "Enviados"
    place.write_bytes(MBOX)
    assert len(list(open_mails(place))) == 2


def test_a_corpus_gives_records_and_names_a_broken_line(tmp_path: Path) -> None:
    place = tmp_path / "t.jsonl"
    place.write_text('{"id": "a"}\n\nno json\n[1]\n{"id": "b"}\n')
    mails = list(open_mails(place))
    assert [mail.record and mail.record["id"] for mail in mails] == ["a", None, None, "b"]
    assert [mail.error is None for mail in mails] == [True, False, False, True]


def test_standard_input_is_one_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MAIL)))
    (mail,) = open_mails("-")
    assert (mail.path, mail.raw) == ("-", MAIL)


def test_what_is_not_there_is_an_error_and_no_exception(tmp_path: Path) -> None:
    (mail,) = open_mails(tmp_path / "nada.eml")
    assert mail.raw is None
    assert mail.error is not None


def test_an_unreadable_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.eml").symlink_to(tmp_path / "falta")
    (tmp_path / "b.eml").write_bytes(MAIL)
    first, second = open_mails(tmp_path)
    assert first.error is not None
    assert second.raw == MAIL
