"""The structure of a mail by one scan over its bytes: headers, parts, and where each body lies.

Nothing is decoded or copied here but small header values: a leaf is a pair of offsets, so 50 MB of
attachments cost nothing until somebody asks for them. `email.parser` reads line by line and is the
reference this scan is compared with in the tests.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.reading.containers.cms import is_encrypted, signed_content
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.headers import HEADER_NAME, split_headers
from mailbot.reading.mime.parameters import parse_value
from mailbot.reading.mime.transfer import decode_transfer

_GUESSED_BOUNDARY = re.compile(rb"^--(?!-)([^\r\n]{1,200}?)(?:--)?[ \t]*\r?$", re.MULTILINE)
_OPAQUE = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_NO_PARAMETERS: dict[str, str] = {}


@dataclass(slots=True)
class Part:
    """One node: a leaf with its bytes' place, a multipart or an attached mail with its children."""

    buffer: bytes
    start: int
    end: int
    headers: list[tuple[str, bytes]]
    path: str
    default_type: str = "text/plain"
    children: list["Part"] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    _type: tuple[str, dict[str, str]] | None = None
    _disposition: tuple[str, dict[str, str]] | None = None

    def first(self, name: str) -> bytes | None:
        """The first header value of that name (in lower case), unfolded."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def all(self, name: str) -> list[bytes]:
        """Every header value of that name in order."""
        return [value for key, value in self.headers if key == name]

    @property
    def type(self) -> str:
        """The media type in lower case; what is missing or unusable is the default."""
        return self._typed()[0]

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of Content-Type."""
        return self._typed()[1]

    def _typed(self) -> tuple[str, dict[str, str]]:
        if self._type is None:
            value = self.first("content-type")
            found = parse_value(value) if value is not None else (self.default_type, _NO_PARAMETERS)
            # RFC 2045 section 5.2: what cannot be understood is plain text.
            is_type = found[0].count("/") == 1 and not found[0].startswith("/")
            self._type = found if is_type else (_mended_type(found[0], self.default_type), found[1])
        return self._type

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or empty."""
        return self._disposed()[0]

    @property
    def disposition_parameters(self) -> dict[str, str]:
        """The parameters of Content-Disposition."""
        return self._disposed()[1]

    def _disposed(self) -> tuple[str, dict[str, str]]:
        if self._disposition is None:
            value = self.first("content-disposition")
            self._disposition = parse_value(value) if value is not None else ("", _NO_PARAMETERS)
        return self._disposition

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case."""
        value = self.first("content-transfer-encoding")
        return parse_value(value)[0].partition(" ")[0] if value is not None else ""

    @property
    def raw(self) -> memoryview:
        """The encoded bytes of the body, without a copy."""
        return memoryview(self.buffer)[self.start : self.end]

    def content(self) -> bytes:
        """The decoded bytes of a leaf."""
        return decode_transfer(self.raw, self.encoding)

    def opening(self, most: int) -> bytes:
        """The decoded bytes of a leaf, cut so that no more than `most` encoded ones are touched."""
        return decode_transfer(self.raw[:most], self.encoding)

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def _is_called_p7m(part: Part) -> bool:
    """Gateways forget the type of an opaque signature; its name stays (RFC 8551 section 3.2.1)."""
    name = part.disposition_parameters.get("filename") or part.parameters.get("name") or ""
    return name.lower().endswith(".p7m")


def _mended_type(word: str, default: str) -> str:
    known = {"text": "text/plain", "html": "text/html", "plain": "text/plain", "multipart": "multipart/mixed"}
    return known.get(word.strip("/"), default)


class Scanner:
    """Builds the tree of one mail within limits."""

    def __init__(self, limits: ReadingLimits) -> None:
        self.limits = limits
        self.parts = 0
        # Delimiter lines looked at, so that a mail made of delimiters stays cheap.
        self.steps = limits.parts * 8
        self.defects: list[str] = []

    def read(self, raw: bytes) -> Part:
        """The root part of a whole mail."""
        root = self.part(raw, _beginning(raw), len(raw), path="", depth=0)
        _number_single(root)
        return root

    def part(
        self, buffer: bytes, start: int, end: int, *, path: str, depth: int, default_type: str = "text/plain"
    ) -> Part:
        """One part with everything below it."""
        self.parts += 1
        headers, body, defects = split_headers(buffer, start, end, self.limits)
        part = Part(buffer, body, end, headers, path, default_type=default_type, defects=defects)
        if depth >= self.limits.nesting:
            if part.type.startswith(("multipart/", "message/rfc822")):
                self._note(f"nesting deeper than {self.limits.nesting} was not opened")
            return part
        if part.type.startswith("multipart/"):
            self._open_multipart(part, depth)
        elif part.type in {"message/rfc822", "message/global"}:
            self._open_mail(part, depth)
        elif part.type in _OPAQUE or (part.type == "application/octet-stream" and _is_called_p7m(part)):
            self._open_signed(part, depth)
        return part

    def _note(self, defect: str) -> None:
        if defect not in self.defects:
            self.defects.append(defect)

    def _open_mail(self, part: Part, depth: int) -> None:
        # RFC 2046 section 5.2.1 forbids encoding an attached mail; some do it all the same.
        if part.encoding in {"base64", "quoted-printable"} and (not _looks_like_mail(part) or _is_escaped(part)):
            buffer = part.content()
            start, end = 0, len(buffer)
        else:
            buffer, start, end = part.buffer, part.start, part.end
        start = _skip_blank(buffer, start, end)
        inner = self.part(buffer, start, end, path=part.path or "1", depth=depth + 1)
        _number_single(inner)
        part.children.append(inner)

    def _open_signed(self, part: Part, depth: int) -> None:
        """An opaque signature holds the mail proper (RFC 8551 section 3.5.2); an encrypted one stays closed."""
        if part.end - part.start > self.limits.message_bytes:
            return
        content = part.content()
        if is_encrypted(content):
            self._note("encrypted with S/MIME: the text cannot be read without the key")
            return
        inner = signed_content(content)
        if inner:
            path = f"{part.path}.1" if part.path else "1"
            part.children.append(self.part(inner, 0, len(inner), path=path, depth=depth + 1))

    def _open_multipart(self, part: Part, depth: int) -> None:
        boundary = part.parameters.get("boundary", "").encode("utf-8", errors="surrogateescape")
        spans = self._spans(part, boundary.rstrip()) if boundary.strip() else []
        if not spans and part.encoding in {"base64", "quoted-printable"}:
            # RFC 2045 section 6.4 forbids encoding a multipart; some do it all the same.
            part.buffer, part.start = part.content(), 0
            part.end = len(part.buffer)
            spans = self._spans(part, boundary.rstrip()) if boundary.strip() else []
        if not spans:
            guessed = _guess_boundary(part)
            if guessed:
                part.defects.append("boundary missing or wrong; guessed from the body")
                spans = self._spans(part, guessed)
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        for number, (start, end) in enumerate(spans, start=1):
            if self.parts >= self.limits.parts:
                self._note(f"more than {self.limits.parts} parts; the rest was left out")
                break
            path = f"{part.path}.{number}" if part.path else str(number)
            part.children.append(self.part(part.buffer, start, end, path=path, depth=depth + 1, default_type=default))

    def _spans(self, part: Part, boundary: bytes) -> list[tuple[int, int]]:
        """Where the children lie: between delimiter lines, the line break before one belonging to it."""
        spans: list[tuple[int, int]] = []
        begin: int | None = None
        for line_start, line_end, is_last in self._delimiters(part, boundary):
            if begin is not None:
                spans.append((begin, _before_break(part.buffer, begin, line_start)))
            begin = None if is_last else line_end
        if begin is not None:
            part.defects.append("closing boundary missing")
            spans.append((begin, part.end))
        return spans

    def _delimiters(self, part: Part, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
        buffer, end = part.buffer, part.end
        marker = b"--" + boundary
        position = part.start
        if not buffer.startswith(marker, position, end):
            position = _next_delimiter(buffer, marker, max(part.start - 1, 0), end)
        while position >= 0 and self.steps > 0:
            self.steps -= 1
            after = position + len(marker)
            line_end = buffer.find(b"\n", after, end)
            line_end = end if line_end < 0 else line_end + 1
            rest = buffer[after : min(line_end, after + 200)].strip()
            if rest in {b"", b"--"} or rest.startswith(b"-- "):
                yield position, line_end, rest.startswith(b"--")
            position = _next_delimiter(buffer, marker, line_end - 1, end)
        if self.steps <= 0:
            self._note("too many boundary lines; the rest was left out")


def _next_delimiter(buffer: bytes, marker: bytes, start: int, end: int) -> int:
    """Where the next line that begins with `marker` starts; -1 when there is none."""
    found = buffer.find(b"\n" + marker, start, end)
    return found + 1 if found >= 0 else -1


def _number_single(root: Part) -> None:
    """The only body of a mail is its part 1, as IMAP counts (RFC 3501 section 6.4.5)."""
    if not root.type.startswith("multipart/") or not root.children:
        root.path = f"{root.path}.1" if root.path else "1"


def _before_break(buffer: bytes, begin: int, position: int) -> int:
    if position - 1 >= begin and buffer[position - 1] == 0x0A:
        position -= 1
        if position - 1 >= begin and buffer[position - 1] == 0x0D:
            position -= 1
    return max(position, begin)


def _guess_boundary(part: Part) -> bytes | None:
    """The first line that looks like a delimiter and is followed by something like a header."""
    window = part.buffer[part.start : min(part.end, part.start + 20_000)]
    for match in _GUESSED_BOUNDARY.finditer(window):
        following = window[match.end() : match.end() + 300].lstrip(b"\r\n")
        if HEADER_NAME.match(following) and following[:8].lower() == b"content-":
            return match.group(1)
    return None


def _looks_like_mail(part: Part) -> bool:
    head = part.buffer[part.start : min(part.end, part.start + 400)].lstrip()
    match = HEADER_NAME.match(head)
    return match is not None


def _is_escaped(part: Part) -> bool:
    """Headers can pass for plain while the equals signs of what follows are written in three letters."""
    return part.encoding == "quoted-printable" and b"=3D" in part.buffer[part.start : min(part.end, part.start + 4000)]


def _beginning(raw: bytes) -> int:
    """Where the headers begin: behind blank lines, an mbox line, or a byte order mark."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    start = _skip_blank(raw, start, len(raw))
    while raw.startswith((b"From ", b">From "), start) and HEADER_NAME.match(raw, start) is None:
        line = raw.find(b"\n", start)
        if line < 0:
            return start
        start = line + 1
    return start


def _skip_blank(raw: bytes, start: int, end: int) -> int:
    """Blank lines before a header are a slip of the sender, but only where a header does follow."""
    position = start
    while position < end and raw[position] in b"\r\n \t":
        position += 1
    if position == start or HEADER_NAME.match(raw, position, end) is None:
        return start
    return position
