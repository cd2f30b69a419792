"""Address lists (RFC 5322 section 3.4) as they are really written: one pass, never an exception."""

import re

from mailbot.domain.message import Address
from mailbot.reading.mime.words import decode_header

# The common case in one step: an optional plain or quoted name and one address in angle brackets.
_SIMPLE = re.compile(rb"\s*(?:\"([^\"\\<>@]*)\"|([^\"(),:;<>@\\\[\]]*?))\s*<([^\s<>,;:()\"\\]+@[^\s<>,;:()\"\\@]+)>\s*")
_BARE = re.compile(rb"\s*([^\s<>,;:()\"\\]+@[^\s<>,;:()\"\\@]+)\s*")
_TOKEN = re.compile(
    rb"\"((?:[^\"\\]|\\.)*)\"?"  # 1: quoted string, perhaps unclosed
    rb"|<([^<>]*)(>?)"  # 2, 3: angle address, perhaps unclosed
    rb"|(\()"  # 4: a comment begins
    rb"|([,;:])"  # 5: separators
    rb"|(\[[^\]]*\])"  # 6: domain literal or bracketed word
    # 7: an encoded word, which may hold separators that should have been encoded; else a plain word
    rb"|(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,2000}\?=|[^\"<(,;:\[\s]+)"
    rb"|(\s+|.)",  # 8: blanks, anything else
    re.DOTALL,
)
# A name is some words; what is longer is an attack or a broken header.
_NAME_BYTES = 4000
# Ten thousand recipients take some 70,000 steps.
_STEPS = 200_000
_COMMENT = re.compile(rb"\([^()]*\)?")
_SCHEME = re.compile(r"^(?:mailto|smtp):", re.IGNORECASE)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_ANGLE_AHEAD = re.compile(rb",[^<>@,;:\"]{1,100}<[^<>]*@")
_ADDRESS_IN_TEXT = re.compile(r"[^\s<>,;:()\"'\[\]]+@[^\s<>,;:()\"'\[\]]+")


def parse_addresses(value: bytes, hint: str = "") -> tuple[Address, ...]:
    """Every mailbox of a header value in order; a name without an address is kept as a name.

    `hint` is the character set that raw names are written in.
    """
    simple = _SIMPLE.fullmatch(value)
    if simple:
        name = simple.group(1) if simple.group(1) is not None else simple.group(2)
        return (Address(address=_plain(simple.group(3)), name=_name(name, hint)),)
    bare = _BARE.fullmatch(value)
    if bare:
        return (Address(address=_plain(bare.group(1))),)
    return _List(value, hint).mailboxes()


def _plain(address: bytes) -> str:
    if b"(" in address and b'"' not in address:
        address = _COMMENT.sub(b"", address)
    text = decode_header(address).strip("<> ")
    if ":" in text:
        text = _SCHEME.sub("", text)
    return "".join(text.split()) if '"' not in text else text.strip()


def _name(raw: bytes, hint: str) -> str:
    text = " ".join(decode_header(raw[:_NAME_BYTES], hint).split())
    # Outlook and others quote the decoded name once more: "'Rosa Quispe'".
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text


class _List:
    """One walk over the tokens of an address list."""

    def __init__(self, value: bytes, hint: str) -> None:
        self.value = value
        self.hint = hint
        self.position = 0
        self.found: list[Address] = []
        self._clear()

    def _clear(self) -> None:
        self.words: list[bytes] = []
        self.comments: list[bytes] = []
        self.angle: bytes | None = None
        self.glued = False
        # How many of the words stood before the angle address.
        self.named = 0

    def mailboxes(self) -> tuple[Address, ...]:
        """All mailboxes, in order."""
        steps = 0
        while self.position < len(self.value) and steps < _STEPS:
            steps += 1
            match = _TOKEN.match(self.value, self.position)
            if match is None:
                break
            self.position = self._take(match)
        self._close()
        return tuple(self.found)

    def _take(self, match: re.Match[bytes]) -> int:
        if match.group(4):
            return self._comment(match.end())
        if match.group(5):
            self._separator(match.group(5))
        elif match.group(2) is not None:
            self._angle(match.group(2))
        elif match.group(1) is not None:
            if b"<" in match.group(1) and not match.group().endswith(b'"'):
                # A quote that nobody closes is no quote.
                return match.start() + 1
            self._word(self._quoted(match))
        elif match.group(6) or match.group(7):
            self._word(match.group())
        else:
            self.glued = False
        return match.end()

    def _quoted(self, match: re.Match[bytes]) -> bytes:
        """A quoted local part keeps its quotes, a quoted name loses them."""
        if self.value[match.end() : match.end() + 1] == b"@":
            return match.group()
        return _ESCAPED.sub(rb"\1", match.group(1))

    def _word(self, word: bytes) -> None:
        if not word.strip(b"<>"):
            return
        if b"@" in word and (self.angle is not None or self._has_address()):
            self._close()
        if self.glued and self.words:
            self.words[-1] += word
        else:
            self.words.append(word)
        self.glued = True

    def _has_address(self) -> bool:
        """Whether an address stands already, with a blank before what follows."""
        return not self.glued and any(_BARE.fullmatch(word) for word in self.words)

    def _angle(self, inside: bytes) -> None:
        self.glued = False
        if self.angle is not None and self.angle.strip() and b"@" not in self.angle and b"@" in inside:
            # `<Rosa <rosa@…>>`: what stood in the outer brackets is the name.
            self.words += self.angle.split()
            self.angle = None
        if self.angle is None or not self.angle.strip():
            self.angle, self.named = inside, len(self.words)
        elif inside.strip():
            # Two addresses with no comma between them: the words since the first belong to the second.
            following = self.words[self.named :]
            del self.words[self.named :]
            self._close()
            self.words, self.angle, self.named = following, inside, len(following)

    def _comment(self, position: int) -> int:
        """Skips a comment, nested ones included; an unclosed one ends at the next comma."""
        depth = 1
        start = position
        while position < len(self.value) and depth:
            byte = self.value[position]
            depth += (byte == 0x28) - (byte == 0x29)
            position += 2 if byte == 0x5C else 1
        if depth:
            comma = self.value.find(b",", start)
            position = comma if comma >= 0 else len(self.value)
        self.comments.append(self.value[start : position - (not depth)])
        self.glued = False
        return position

    def _separator(self, separator: bytes) -> None:
        if separator == b":":
            self._colon()
        elif separator == b"," and self._is_inside_name():
            self.words[-1] += b","
            self.glued = False
        else:
            self._close()

    def _is_inside_name(self) -> bool:
        """An unquoted `Quispe, Rosa <rosa@…>`: no address came before this comma, one comes behind it."""
        if not self.words or self.angle is not None or any(b"@" in word for word in self.words):
            return False
        return _ANGLE_AHEAD.match(self.value, self.position) is not None

    def _colon(self) -> None:
        """A group's name ends here (RFC 5322 section 3.4); a prefix such as `mailto:` too."""
        self.words, self.comments, self.glued = [], [], False

    def _close(self) -> None:
        address = self._address()
        name = _name(b" ".join(self.words), self.hint) if self.words else ""
        if not name and self.comments and address:
            name = _name(self.comments[0], self.hint)
        self._clear()
        if address or name:
            self._add(address, name)

    def _add(self, address: str, name: str) -> None:
        inner = _ADDRESS_IN_TEXT.search(name[:1000]) if "@" in name and "@" not in address else None
        if inner and not address:
            # The whole mailbox was one encoded word: `=?utf-8?q?Rosa_<rosa@…>?=`.
            address, name = inner.group(), name[: inner.start()].strip(' <"')
        self.found.append(Address(address=address, name=name))

    def _address(self) -> str:
        if self.angle is not None:
            # A source route (obsolete, RFC 5322 section 4.4) stands before the colon.
            return _plain(self.angle.rpartition(b":")[2] if self.angle.startswith(b"@") else self.angle)
        for index, word in enumerate(self.words):
            if b"@" in word and word.strip(b"@"):
                del self.words[index]
                return _plain(word)
        return ""
