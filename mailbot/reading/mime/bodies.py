"""Which parts of a mail are its body and which are files, as a mail program would show them."""

from dataclasses import dataclass, field

from mailbot.reading.html.text import html_to_text
from mailbot.reading.mime.charsets import decode_bytes
from mailbot.reading.mime.enriched import enriched_to_text, rtf_to_text
from mailbot.reading.mime.flowed import unflow
from mailbot.reading.mime.transfer import find_uu_files
from mailbot.reading.mime.tree import Part

_MAILS = frozenset(("message/rfc822", "message/global"))
_SIGNED_CONTAINERS = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
# Alternatives that no reader is meant to see beside the others.
_SHADOW_TYPES = frozenset(("text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext", "text/rtf"))
_BODY_TYPES = frozenset(
    ("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/", "text/x-markdown")
)


@dataclass(slots=True)
class Shown:
    """The leaves of one mail (attached mails not opened): body texts in order, and files."""

    texts: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


# A text longer than this is no letter; what lies behind is not decoded.
TEXT_BYTES = 6_000_000


def part_name(part: Part) -> str:
    """The file's name (RFC 2183, else the older `name` of Content-Type); empty when it has none."""
    name = part.disposition_parameters.get("filename") or part.parameters.get("name") or ""
    return " ".join(name.split()) if not name.isprintable() else name.strip()


def sort_parts(root: Part) -> Shown:
    """Body parts and files of the mail at `root`."""
    shown = Shown()
    _sort(root, shown, is_root=True)
    if not shown.texts and not shown.html:
        _promote_named_body(shown)
    return shown


def _sort(part: Part, shown: Shown, *, is_root: bool = False) -> None:
    kind = part.type
    if kind.startswith("multipart/") and part.children:
        _sort_multipart(part, shown)
    elif kind.startswith("multipart/"):
        # A multipart whose delimiters cannot be found: a reader sees its bytes as text.
        shown.texts.append(part)
    elif kind in _SIGNED_CONTAINERS and part.children:
        shown.files.append(part)
        _sort(part.children[0], shown, is_root=True)
    elif kind in _MAILS or not _is_body(part, is_root=is_root):
        shown.files.append(part)
    elif kind == "text/html":
        shown.html.append(part)
    else:
        shown.texts.append(part)


def _sort_multipart(part: Part, shown: Shown) -> None:
    if part.type == "multipart/alternative":
        _sort_alternative(part, shown)
        return
    before = len(shown.texts), len(shown.html)
    for child in part.children:
        _sort(child, shown)
    # Plain text and HTML side by side, though not declared as alternatives: shown by `body_text`.
    if part.type == "multipart/related" and (len(shown.texts), len(shown.html)) != before:
        return


def _sort_alternative(part: Part, shown: Shown) -> None:
    inner = [Shown() for _ in part.children]
    for child, found in zip(part.children, inner, strict=True):
        _sort(child, found)
    for found in inner:
        shown.texts += [text for text in found.texts if text.type not in _SHADOW_TYPES]
        shown.html += found.html
        shown.files += found.files
    if not any(found.texts or found.html for found in inner):
        return
    if not shown.texts and not shown.html:
        shown.texts += [text for found in inner for text in found.texts]


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
            (shown.html if part.type == "text/html" else shown.texts).append(part)
            return


def _without_files(content: bytes) -> bytes:
    """The text around uuencoded files; the files themselves are attachments."""
    pieces = []
    position = 0
    for start, end, _, _ in find_uu_files(content):
        pieces.append(content[position:start])
        position = end
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
