"""Which parts of a mail are its body and which are files, as a mail program would show them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailbot.reading.html.text import html_to_text
from mailbot.reading.mime.charsets import decode_bytes
from mailbot.reading.mime.enriched import enriched_to_text, rtf_to_text
from mailbot.reading.mime.flowed import unflow
from mailbot.reading.mime.text_files import files_in_text
from mailbot.reading.mime.tree import Part

_MAILS = frozenset(("message/rfc822", "message/global"))
# Alternatives that no reader is meant to see beside the others.
_SHADOW_TYPES = frozenset(("text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext", "text/rtf"))
_BODY_TYPES = frozenset(
    ("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/", "text/x-markdown")
)


@dataclass(slots=True)
class Shown:
    """The leaves of one mail (attached mails not opened) as a mail program shows them."""

    # What is read as the body, in order; of alternatives only the one chosen.
    body: list[Part] = field(default_factory=list)
    # Every HTML body, chosen or not.
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


_DRIVE = re.compile(r"[A-Za-z]:\\(?=.*[^\\]$)")
_LOOK_BYTES = 400
_BLANKS = b" \t\r\n\xa0\xc2"
# A text longer than this is no letter; what lies behind is not decoded.
TEXT_BYTES = 6_000_000


def part_name(part: Part) -> str:
    """The file's name (RFC 2183, else the older `name` of Content-Type); empty when it has none."""
    name = part.disposition_parameters.get("filename") or part.parameters.get("name") or ""
    name = " ".join(name.split()) if not name.isprintable() else name.strip()
    # Old programs of Windows sent the whole path.
    return name.rpartition("\\")[2] if _DRIVE.match(name) else name


def sort_parts(root: Part) -> Shown:
    """Body parts and files of the mail at `root`."""
    shown = Shown()
    _sort(root, shown, is_root=True)
    if not shown.body:
        _promote_named_body(shown)
    return shown


def _sort(part: Part, shown: Shown, *, is_root: bool = False) -> None:
    kind = part.type
    if kind == "multipart/alternative" and part.children:
        _sort_alternative(part, shown)
    elif kind.startswith("multipart/") and part.children:
        for child in part.children:
            _sort(child, shown)
    elif kind.startswith("multipart/"):
        # A multipart whose delimiters cannot be found: a reader sees its bytes as text.
        shown.body.append(part)
    elif part.children and kind not in _MAILS:
        # An opaque signature around the mail proper.
        shown.files.append(part)
        _sort(part.children[0], shown, is_root=True)
    elif kind in _MAILS or not _is_body(part, is_root=is_root):
        shown.files.append(part)
    else:
        shown.body.append(part)
        if kind == "text/html":
            shown.html.append(part)


def _sort_alternative(part: Part, shown: Shown) -> None:
    """Plain text where it says anything, else HTML, else whatever there is."""
    found = []
    for child in part.children:
        inner = Shown()
        _sort(child, inner)
        shown.html += inner.html
        shown.files += inner.files
        found.append(inner.body)
    shown.body += min(found, key=_preference, default=[])


def _preference(body: Iterable[Part]) -> int:
    written = [item for item in body if item.opening(_LOOK_BYTES).strip(_BLANKS)]
    if not written:
        return 4
    if any(item.type in _SHADOW_TYPES for item in written):
        return 3
    return 2 if written[0].type == "text/html" else 1


def _is_body(part: Part, *, is_root: bool) -> bool:
    if part.type not in _BODY_TYPES:
        return False
    if part.disposition == "attachment":
        return is_root and not part_name(part)
    return not part_name(part)


def _promote_named_body(shown: Shown) -> None:
    """When every text has a file name, the first one that is not an attachment is what readers see."""
    for part in shown.files:
        if part.type in {"text/plain", "text/html"} and part.disposition != "attachment":
            shown.body.append(part)
            shown.html += [part] if part.type == "text/html" else []
            return


def _without_files(content: bytes) -> bytes:
    """The text around files that stand in it; the files themselves are attachments."""
    pieces = []
    position = 0
    for file in files_in_text(content):
        pieces.append(content[position : file.start])
        position = file.end
    return b"".join([*pieces, content[position:]])


def leaf_text(part: Part) -> str:
    """The text of one body part with line feeds only; HTML comes with its anchors' marks."""
    charset = part.parameters.get("charset", "")
    content = part.opening(TEXT_BYTES)
    if b"begin " in content and part.type == "text/plain":
        content = _without_files(content)
    text = decode_bytes(content, charset)
    if part.type == "text/html":
        return html_to_text(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    if part.type in {"text/enriched", "text/richtext"}:
        return enriched_to_text(text)
    if part.type == "text/rtf":
        return rtf_to_text(text)
    return text
