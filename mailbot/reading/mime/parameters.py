"""Content-Type and Content-Disposition: a value and parameters (RFC 2045, RFC 2231), as sent in the wild."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from mailbot.reading.mime.charsets import decode_bytes
from mailbot.reading.mime.words import decode_header

_PARAMETER = re.compile(
    rb";\s*([^\s=;\"]{1,100})\s*=\s*"
    rb"(?:\"((?:[^\"\\]|\\.)*)(?:\"|$)|([^;]*))",
    re.DOTALL,
)
_UNSEPARATED = re.compile(rb"([\w.+/-]*?)\s*(?=\b(?:file)?name\*?\s*=)", re.IGNORECASE)
_ESCAPE = re.compile(rb"\\([\"\\])")
_SECTION = re.compile(r"^([^*]+)(?:\*(\d{1,4}))?(\*)?$")
_COMMENT = re.compile(rb"\s\([^()]*\)\s*$")


def parse_value(value: bytes) -> tuple[str, dict[str, str]]:
    """The bare value in lower case and its decoded parameters."""
    main, separator, rest = value.partition(b";")
    unseparated = _UNSEPARATED.match(main) if b"=" in main else None
    if unseparated:
        # The semicolon, or the value itself, was forgotten: `attachment filename=a.pdf`.
        main, rest = unseparated.group(1), main[unseparated.end(1) :] + separator + rest
        separator = b";"
    word = main.strip().strip(b"\"'").lower().decode("latin-1")
    if not separator:
        return _without_comment(word), {}
    return _without_comment(word), _joined(_raw_parameters(b";" + rest))


def _without_comment(word: str) -> str:
    return word.partition("(")[0].strip() if "(" in word else word


def _raw_parameters(value: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for match in _PARAMETER.finditer(value):
        name = match.group(1).decode("latin-1").lower()
        quoted, bare = match.group(2), match.group(3)
        content = _ESCAPE.sub(rb"\1", quoted) if quoted is not None else _COMMENT.sub(b"", bare).strip()
        found.setdefault(name, content)
    return found


def _joined(raw: Mapping[str, bytes]) -> dict[str, str]:
    """Continuations put together and decoded; the extended form wins over the plain one."""
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, bytes]]] = {}
    for name, content in raw.items():
        match = _SECTION.match(name)
        if match is None or (match.group(2) is None and match.group(3) is None):
            plain[name] = decode_header(content)
            continue
        index = int(match.group(2) or 0)
        sections.setdefault(match.group(1), []).append((index, match.group(3) is not None, content))
    extended = {name: _extended(sorted(parts)) for name, parts in sections.items()}
    return plain | extended


def _extended(parts: list[tuple[int, bool, bytes]]) -> str:
    charset = ""
    content = b""
    for position, (_, is_encoded, piece) in enumerate(parts):
        text = piece
        if position == 0 and is_encoded and text.count(b"'") >= 2:
            name, _, text = text.split(b"'", 2)
            charset = name.decode("latin-1")
        content += unquote_to_bytes(text) if is_encoded else text
    if not charset and b"=?" in content:
        # Sections of an encoded word: two standards at once, as some clients do it.
        return decode_header(content)
    return decode_bytes(content, charset or "utf-8")
