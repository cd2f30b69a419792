"""Mail that lies in files: single mails, Outlook messages, Maildirs, mboxes, folders, the corpus.

Everything is read in a fixed order, and a file that cannot be read is an item with its error:
it never stops the rest.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_MAILDIR_FOLDERS = ("cur", "new")
_MBOX_LINE = re.compile(rb"^From [^\n]*\n", re.MULTILINE)
# A line that opens a mail in an mbox: "From sender date" (RFC 4155), after an empty line.
_MBOX_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d{2,4}[^\r\n]*\r?\n")
# What lies beside mails in a folder and is none.
_SKIPPED_SUFFIXES = frozenset(
    (
        *(".json", ".md", ".gz", ".py", ".csv", ".xlsx", ".xls", ".html", ".htm", ".log", ".ini", ".env", ".sqlite"),
        *(".pdf", ".png", ".jpg", ".jpeg", ".gif", ".zip", ".docx", ".doc"),
    )
)
# How a mail begins: a header, or the line of an mbox.
_MAIL_START = re.compile(rb"\s*(From |[A-Za-z][A-Za-z0-9-]*[ \t]*:)")
_LOOK = 200


@dataclass(frozen=True, kw_only=True)
class MailFile:
    """One mail found in files: raw bytes or a corpus record, or the reason why it has neither."""

    # The argument joined with the file's name, as shown to people.
    path: str
    raw: bytes | None = field(default=None, repr=False)
    record: Mapping[str, object] | None = field(default=None, repr=False)
    error: str | None = None


def open_mails(path: str | Path) -> Iterator[MailFile]:
    """Every mail at `path` in order; `-` is standard input."""
    shown = str(path)
    if shown == "-":
        yield from _open_input(sys.stdin.buffer.read(), shown)
        return
    if not os.path.lexists(shown):
        yield MailFile(path=shown, error=f"{shown} no existe")
        return
    yield from _open(Path(shown), shown)


def _open_input(raw: bytes, shown: str) -> Iterator[MailFile]:
    """Standard input tells what it is by its first bytes: a corpus, an mbox, else one mail."""
    if raw.lstrip()[:1] == b"{":
        yield from _records(raw.splitlines(), shown)
    else:
        yield from _open_raw(raw, shown)


def _open(place: Path, shown: str) -> Iterator[MailFile]:
    try:
        if place.is_dir():
            yield from _open_folder(place, shown)
        elif place.suffix.lower() == ".jsonl":
            yield from _open_corpus(place, shown)
        else:
            yield from _open_file(place, shown)
    except OSError as error:
        yield MailFile(path=shown, error=f"{shown} no se puede abrir: {error.strerror or error}")


def _open_folder(folder: Path, shown: str) -> Iterator[MailFile]:
    names = sorted(os.listdir(folder))
    if is_maildir(folder):
        names = [name for name in names if name in _MAILDIR_FOLDERS or name.startswith(".")]
    for name in names:
        place = folder / name
        if place.is_dir() or _may_be_mail(place):
            yield from _open(place, os.path.join(shown, name))


def is_maildir(folder: Path) -> bool:
    """A Maildir has the folders `cur` and `new`."""
    return all((folder / name).is_dir() for name in _MAILDIR_FOLDERS)


def _may_be_mail(place: Path) -> bool:
    name = place.name
    in_maildir = place.parent.name in _MAILDIR_FOLDERS
    if in_maildir:
        return not name.startswith(".")
    if name.startswith(".") or place.suffix.lower() in _SKIPPED_SUFFIXES:
        return False
    return place.suffix.lower() != ".txt" or _begins_like_mail(place)


def _begins_like_mail(place: Path) -> bool:
    with place.open("rb") as file:
        return _MAIL_START.match(file.read(_LOOK)) is not None


def _open_corpus(place: Path, shown: str) -> Iterator[MailFile]:
    with place.open("rb") as lines:
        yield from _records(lines, shown)


def _records(lines: Iterable[bytes], shown: str) -> Iterator[MailFile]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _record(line, f"{shown}:{number}")


def _record(line: bytes, shown: str) -> MailFile:
    try:
        record = json.loads(line)
    except ValueError as error:
        return MailFile(path=shown, error=f"{shown} no es JSON: {error}")
    if not isinstance(record, dict):
        return MailFile(path=shown, error=f"{shown} no es un objeto JSON")
    return MailFile(path=shown, record=record)


def _open_file(place: Path, shown: str) -> Iterator[MailFile]:
    yield from _open_raw(place.read_bytes(), shown, is_mbox=place.suffix.lower() == ".mbox")


def _open_raw(raw: bytes, shown: str, *, is_mbox: bool = False) -> Iterator[MailFile]:
    if is_mbox or _is_mbox(raw):
        yield from _open_mbox(raw, shown)
    else:
        yield MailFile(path=shown, raw=raw)


def _is_mbox(raw: bytes) -> bool:
    return raw.startswith(b"From ") and _MBOX_SEPARATOR.search(raw, 1) is not None


def _open_mbox(raw: bytes, shown: str) -> Iterator[MailFile]:
    starts = [match.span() for match in _MBOX_SEPARATOR.finditer(raw)]
    if not starts:
        yield MailFile(path=shown, raw=raw)
        return
    ends = [start for start, _ in starts[1:]] + [len(raw)]
    for number, ((_, begin), end) in enumerate(zip(starts, ends, strict=True), start=1):
        mail = _unquoted(raw[begin:end])
        yield MailFile(path=f"{shown}:{number}", raw=mail)


def _unquoted(mail: bytes) -> bytes:
    """A mail of an mbox without the empty line behind it and the marks before its own "From " lines."""
    mail = mail.removesuffix(b"\n").removesuffix(b"\r")
    return re.sub(rb"^>(>*From )", rb"\1", mail, flags=re.MULTILINE) if b">From " in mail else mail
