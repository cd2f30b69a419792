"""The body of a mail as one text: what a reader sees, and the same with the marks of its HTML."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.reading.containers.tnef import is_tnef, read_tnef
from mailbot.reading.html.anchors import MARKS, may_have_anchor
from mailbot.reading.html.clean import clean_html
from mailbot.reading.html.text import html_to_text
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.bodies import TEXT_BYTES, Shown, leaf_text, part_name, sort_parts
from mailbot.reading.mime.charsets import decode_bytes
from mailbot.reading.mime.tree import Part

_CID = re.compile(r"cid:([^\"'\s>)]{1,300})", re.IGNORECASE)


_PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"
_TNEF_TYPES = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))


def _tnef_body(files: Sequence[Part], markup: str) -> tuple[str, str]:
    """Outlook's own body, when the mail shows no other."""
    for part in files:
        if part.type in _TNEF_TYPES or part_name(part).lower() == "winmail.dat":
            content = part.content()
            if is_tnef(content):
                plain, html = read_tnef(content).body()
                return (plain.replace("\r\n", "\n") if plain.strip() else html_to_text(html)), html or markup
    return "", markup


@dataclass(frozen=True, kw_only=True)
class BodyText:
    """What `texts` found: `marked` carries anchors for the splitter, `text` is for people."""

    text: str
    marked: str
    html: str | None = None
    # Content-IDs the HTML shows.
    shown_ids: frozenset[str] = frozenset()
    # Whether the HTML may mark where earlier mail begins.
    has_anchors: bool = False
    defects: tuple[str, ...] = ()


def _joined(parts: Sequence[Part]) -> str:
    """The body's parts one below the other; the same text once more as HTML is shown once."""
    texts: list[str] = []
    for part in parts:
        text = leaf_text(part).strip("\n")
        is_markup = part.type == "text/html"
        if not text.strip() or (is_markup and texts and _says_the_same(text, texts[-1])):
            continue
        texts.append(text)
    return "\n".join(texts)


def _says_the_same(text: str, other: str) -> bool:
    """Two bodies that some programs send side by side without calling them alternatives."""
    mine, theirs = set(MARKS.sub("", text).split()), set(other.split())
    return len(mine & theirs) * 10 >= max(len(mine), len(theirs), 1) * 8


def body_text(root: Part, limits: ReadingLimits, shown: Shown | None = None) -> BodyText:
    """The body of the mail at `root`, whose parts may be sorted already."""
    shown = shown or sort_parts(root)
    markup = "\n".join(
        decode_bytes(part.opening(TEXT_BYTES), part.parameters.get("charset", "")) for part in shown.html
    )
    defects: list[str] = []
    marked = _joined(shown.body)
    if not marked.strip():
        marked, markup = _tnef_body(shown.files, markup)
    if _PGP_MESSAGE in marked or any(part.type == "application/pgp-encrypted" for part in shown.files):
        defects.append("encrypted with PGP: the text cannot be read without the key")
    if len(marked) > limits.text_chars:
        marked = marked[: limits.text_chars]
        defects.append(f"text longer than {limits.text_chars} characters was cut")
    return BodyText(
        text=MARKS.sub("", marked).strip("\n").rstrip(),
        marked=marked.strip("\n"),
        html=clean_html(markup) if markup.strip() else None,
        has_anchors=bool(shown.html) and may_have_anchor(markup),
        shown_ids=frozenset(_CID.findall(markup)),
        defects=tuple(defects),
    )
