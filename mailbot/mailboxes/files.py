"""Mail that lies in files: single mails, Outlook messages, Maildirs, mboxes, folders, the corpus.

Everything is read in a fixed order, and a file that cannot be read is an item with its error:
it never stops the rest.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_MAILDIR_FOLDERS = ("cur", "new")
_MBOX_LINE = re.compile(rb"^From [^\n]*\n", re.MULTILINE)
# A line that opens a mail in an mbox: "From sender date" (RFC 4155), after an empty line.
_MBOX_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d{2,4}[^\r\n]*\r?\n")
_SKIPPED_SUFFIXES = frozenset((".json", ".md", ".txt.gz", ".py", ".csv", ".xlsx", ".html"))


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
        yield MailFile(path=shown, raw=sys.stdin.buffer.read())
        return
    if not os.path.lexists(shown):
        yield MailFile(path=shown, error=f"{shown} does not exist")
        return
    yield from _open(Path(shown), shown)


def _open(place: Path, shown: str) -> Iterator[MailFile]:
    try:
        if place.is_dir():
            yield from _open_folder(place, shown)
        elif place.suffix.lower() == ".jsonl":
            yield from _open_corpus(place, shown)
        else:
            yield from _open_file(place, shown)
    except OSError as error:
        yield MailFile(path=shown, error=f"{shown} cannot be read: {error.strerror or error}")


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
    return not name.startswith(".") and place.suffix.lower() not in _SKIPPED_SUFFIXES


def _open_corpus(place: Path, shown: str) -> Iterator[MailFile]:
    with place.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _record(line, f"{shown}:{number}")


def _record(line: bytes, shown: str) -> MailFile:
    try:
        record = json.loads(line)
    except ValueError as error:
        return MailFile(path=shown, error=f"{shown} is no JSON: {error}")
    if not isinstance(record, dict):
        return MailFile(path=shown, error=f"{shown} is no JSON object")
    return MailFile(path=shown, record=record)


def _open_file(place: Path, shown: str) -> Iterator[MailFile]:
    raw = place.read_bytes()
    if place.suffix.lower() == ".mbox" or _is_mbox(raw):
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
