"""The story of the demo as data: every sample mail with what should become of it.

It is told in `data/mails/*.toml`, a file a day, in Lima's time. `mails` makes real mails of it; the
tests compare what mailbot did with what stands here.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from mailbot.domain.clock import LIMA, to_utc
from mailbot.domain.labels import Category, Contingency, DocumentType, Topic
from mailbot.domain.obligation import ObligationKind

# From before the first mail until after the last limit that the three days settle.
STORY_BEGINS_AT = to_utc(datetime(2026, 11, 15, 18, 0, tzinfo=LIMA))
STORY_ENDS_AT = to_utc(datetime(2026, 11, 18, 18, 30, tzinfo=LIMA))
OWN_DOMAIN = "aduanasandinas.example"


@dataclass(frozen=True, kw_only=True)
class Owed:
    """An obligation a mail opens; `ends_at` is when it is met, None when it never is in the story."""

    kind: ObligationKind
    due_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a careful person would say of a mail; `kind` may also be `quarantine`."""

    kind: str = "person"
    categories: tuple[Category, ...] = ()
    topics: tuple[Topic, ...] = ()
    contingency: tuple[Contingency, ...] = ()
    needs_reply: bool = False
    # Dispatches it is linked to, or those that are asked about.
    orders: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    # Only where a client is known and no dispatch is.
    client: str | None = None
    documents: tuple[DocumentType, ...] = ()
    owes: tuple[Owed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SampleFile:
    """A file that goes with a sample mail: lines make a PDF, rows make a workbook."""

    name: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One mail of the story, before it is put into bytes. Addresses are complete."""

    key: str
    at: datetime
    note: str
    sender: str
    # The addresses of the mailboxes it is delivered to; one that the office sent lies in its sender's.
    boxes: tuple[str, ...]
    is_sent: bool = False
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str | None = None
    text: str = ""
    is_html: bool = False
    charset: str = "utf-8"
    encoding: str = "quoted-printable"
    headers: tuple[tuple[str, str], ...] = ()
    files: tuple[SampleFile, ...] = ()
    # Keys of other scenes: what it answers, reports as undelivered, or shares its Message-ID with.
    answers: str | None = None
    quotes: bool = True
    bounces: str | None = None
    same_id_as: str | None = None
    # The start of the meeting it invites to.
    invite: str | None = None
    # It arrives without any content, as after a fault on a server's disk.
    is_damaged: bool = False
    expect: Expectation | None = None


@cache
def scenes() -> tuple[Scene, ...]:
    """Every mail of the three days in order of arrival."""
    folder = resources.files("mailbot.demo").joinpath("data", "mails")
    texts = [file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".toml")]
    rows = [row for text in texts for row in tomllib.loads(text)["mail"]]
    return tuple(sorted((_scene(row) for row in rows), key=lambda scene: (scene.at, scene.key)))


def scene(key: str) -> Scene:
    """The mail of that key."""
    return next(scene for scene in scenes() if scene.key == key)


def _scene(row: Mapping[str, Any]) -> Scene:
    sender = _address(row.get("from") or row["sent_by"])
    boxes = tuple(map(_address, row.get("box", ()))) or (sender,)
    return Scene(
        key=row["key"],
        at=_instant(row["at"]),
        note=row["note"],
        sender=sender,
        boxes=boxes,
        is_sent="sent_by" in row,
        to=_to(row, boxes),
        cc=tuple(map(_address, row.get("cc", ()))),
        subject=row.get("subject"),
        text=row["text"].strip("\n"),
        headers=tuple((name, value) for name, value in row.get("headers", ())),
        files=tuple(map(_file, row.get("files", ()))),
        expect=_expectation(row["expect"], row.get("owes", ())) if "expect" in row else None,
        is_html=row.get("html", False),
        is_damaged=row.get("damaged", False),
        **{name: row[name] for name in _PLAIN if name in row},
    )


_PLAIN = ("charset", "encoding", "answers", "quotes", "bounces", "same_id_as", "invite")


def _to(row: Mapping[str, Any], boxes: Sequence[str]) -> tuple[str, ...]:
    """Whom it is written to: as told, else whoever it answers, else the mailboxes it lies in."""
    if "to" in row:
        return tuple(map(_address, row["to"]))
    return () if "sent_by" in row else tuple(boxes)


def _address(word: str) -> str:
    """A bare word is a mailbox of the office."""
    return word if "@" in word else f"{word}@{OWN_DOMAIN}"


def _instant(local: datetime) -> datetime:
    return to_utc(local, zone=LIMA)


def _file(row: Mapping[str, Any]) -> SampleFile:
    return SampleFile(name=row["name"], lines=tuple(row.get("lines", ())), rows=tuple(map(tuple, row.get("rows", ()))))


def _expectation(row: Mapping[str, Any], owes: Sequence[Mapping[str, Any]]) -> Expectation:
    return Expectation(
        kind=row.get("kind", "person"),
        categories=tuple(map(Category, row.get("categories", ()))),
        topics=tuple(map(Topic, row.get("topics", ()))),
        contingency=tuple(map(Contingency, row.get("contingency", ()))),
        needs_reply=row.get("needs_reply", False),
        orders=tuple(row.get("orders", ())),
        candidates=tuple(row.get("candidates", ())),
        client=row.get("client"),
        documents=tuple(map(DocumentType, row.get("documents", ()))),
        owes=tuple(map(_owed, owes)),
    )


def _owed(row: Mapping[str, Any]) -> Owed:
    ends_at = _instant(row["ends"]) if "ends" in row else None
    return Owed(kind=ObligationKind(row["kind"]), due_at=_instant(row["due"]), ends_at=ends_at)
