"""Header values to text: RFC 2047 in all the broken forms that are sent, and raw 8-bit headers."""

import binascii
import codecs
import re

from mailbot.reading.mime.charsets import codec_name, decode_bytes
from mailbot.reading.mime.transfer import decode_base64

# Laxer than RFC 2047 section 2: blanks and question marks inside Q text, a language (RFC 2231), no
# limit of 75, and base64 broken by folding. It stops at the next word's beginning: always linear.
_WORD = re.compile(rb"=\?([\w.:+*-]{1,60})\?([bBqQ])\?((?:[^?=]|=(?!\?[^=])|\?(?!=))*)\?=")
_BLANKS = re.compile(rb"[ \t\r\n]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FOLD = re.compile(r"\s*[\r\n]+\s*")
# A word whose end was cut off by a gateway or by a limit on header length.
_CUT_WORD = re.compile(rb"=\?([\w.:+*-]{1,60})\?([bBqQ])\?([^?]{0,20000})\??$")


def decode_header(value: bytes, hint: str = "") -> str:
    """The text of an unfolded header value: one line without control characters.

    `hint` is the character set of the body, in which careless programs write raw headers too.
    """
    if b"=?" not in value:
        if value.isascii():
            text = value.decode("ascii")
            return text.strip() if text.isprintable() else _one_line(_raw(value))
        return _one_line(_raw(value, hint))
    return _one_line(decode_words(value, hint))


def decode_words(value: bytes, hint: str = "") -> str:
    """Encoded words undone, everything between them kept."""
    pieces: list[str] = []
    pending = b""
    pending_charset = ""
    position = 0
    for charset, word, between, end in _words(value):
        joins = not between.strip() and pending_charset == charset and position > 0
        if not joins:
            pieces.append(decode_bytes(pending, pending_charset))
            pending = b""
        # Blanks between two encoded words are no text (RFC 2047 section 6.2).
        if between.strip() or position == 0:
            pieces.append(_raw(between, hint))
        # Some senders cut a letter's bytes between two words: join first, then decode.
        pending += word
        pending_charset = charset
        position = end
    pieces.append(decode_bytes(pending, pending_charset))
    pieces.append(_tail(value[position:], hint))
    return "".join(pieces)


def _words(value: bytes) -> list[tuple[str, bytes, bytes, int]]:
    found: list[tuple[str, bytes, bytes, int]] = []
    position = 0
    pending = b""
    for match in _WORD.finditer(value):
        charset = match.group(1).decode("ascii", errors="replace").partition("*")[0].lower()
        if codec_name(charset) is None and charset not in {"unknown", "x-unknown", "unknown-8bit", "default"}:
            charset = "utf-8"
        text = match.group(3)
        if found and _goes_on(found[-1], pending, charset, match, value[position : match.start()]):
            # Some senders cut the base64 itself between two words.
            text = pending + text
            found[-1] = (charset, decode_base64(text), found[-1][2], match.end())
        else:
            found.append((charset, _word_bytes(match), value[position : match.start()], match.end()))
        pending = text if match.group(2) in b"bB" else b""
        position = match.end()
    return found


def _goes_on(
    last: tuple[str, bytes, bytes, int], pending: bytes, charset: str, match: re.Match[bytes], between: bytes
) -> bool:
    """Whether the last word ends inside a group of four base64 letters, and this one has the rest.

    Others only leave the padding out: then both are text as they are.
    """
    if len(pending) % 4 == 0 or pending.endswith(b"=") or last[0] != charset or between.strip():
        return False
    return match.group(2) in b"bB" and not _is_text(last[1] + _word_bytes(match), charset)


def _is_text(content: bytes, charset: str) -> bool:
    try:
        # The last letter may go on in a further word.
        codecs.getincrementaldecoder(codec_name(charset) or "utf-8")().decode(content)
    except UnicodeDecodeError:
        return False
    return True


def _word_bytes(match: re.Match[bytes]) -> bytes:
    text = match.group(3)
    if match.group(2) in b"bB":
        return decode_base64(text)
    return binascii.a2b_qp(text.replace(b"\r", b"").replace(b"\n", b""), header=True)


def _tail(value: bytes, hint: str) -> str:
    match = _CUT_WORD.search(value)
    if match is None or not match.group(3):
        return _raw(value, hint)
    charset = match.group(1).decode("ascii", errors="replace")
    return _raw(value[: match.start()], hint) + decode_bytes(_word_bytes(match), charset).rstrip("�")


def _raw(value: bytes, hint: str = "") -> str:
    return value.decode("ascii") if value.isascii() and b"\x1b" not in value else decode_bytes(value, hint)


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        text = _FOLD.sub(" ", text)
    if not text.isprintable():
        text = _CONTROL.sub("", text)
    return text.strip()
