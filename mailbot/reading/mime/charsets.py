"""Bytes to text as a reader would see it, whatever the sender claimed about the encoding."""

import codecs
import re
from functools import lru_cache

# What senders write and what they mean. The first group follows the WHATWG Encoding Standard
# (section 4.2), which every browser obeys: the wider set is a superset of the declared one.
_MEANT = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "windows-949": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "big5": "cp950",
    "x-x-big5": "cp950",
    "iso-2022-jp": "iso2022_jp_ext",
    "cp-850": "cp850",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode": "utf-16",
    "x-windows-874": "cp874",
    "windows-874": "cp874",
}
# Names that say nothing about the encoding.
_NO_CLAIM = {"", "unknown", "x-unknown", "unknown-8bit", "x-user-defined", "default", "default_charset", "utf", "none"}
# Bytes to bytes or text to text: no character sets, though Python lists them among its codecs.
_NO_CHARSET = {"base64", "hex", "bz2", "zip", "quopri", "uu", "rot13", "idna", "punycode", "undefined", "mbcs", "oem"}
_SINGLE_BYTE_WEST = {"cp1252", "cp1254", "iso8859-15", "mac-roman", "cp850", "cp437", "cp1250", "iso8859-2"}
_HIGH = bytes(range(128, 256))
# What is worth guessing: encodings of other scripts that mail is still sent in.
_FOREIGN = (
    *(
        "cp1251",
        "koi8_r",
        "gb18030",
        "big5",
        "cp932",
        "euc_jp",
        "cp949",
        "iso8859_7",
        "cp1255",
        "cp1256",
        "cp874",
        "iso8859_5",
    ),
)
_JIS_ESCAPE = re.compile(rb"(\x1b(?:\$\(?[@ABCD]|\([ABIJ]))")
_LONG_PIECE = 20_000
_HIGH_BIT = bytes(byte | 0x80 if byte > 0x20 else byte for byte in range(256))
_ISO_2022 = re.compile(rb"\x1b(?:\$[@AB]|\([BIJ]|\$\([CD])")


@lru_cache(maxsize=512)
def codec_name(declared: str) -> str | None:
    """The codec a declared character set stands for, or None where the claim is no use."""
    name = declared.strip().strip("\"'").lower().partition("*")[0].strip()
    if name in _NO_CLAIM:
        return None
    name = _MEANT.get(name, name)
    for candidate in (name, name.replace("windows-", "cp"), name.removeprefix("x-"), name.replace("_", "-")):
        try:
            found = codecs.lookup(candidate).name
        except (LookupError, ValueError):
            continue
        if found.replace("-", "_").removesuffix("_codec") not in _NO_CHARSET:
            return found
    return None


def decode_bytes(content: bytes, declared: str = "") -> str:
    """The text of `content`; never fails, and mends false claims where the bytes prove them false."""
    marked = _by_mark(content)
    if marked is not None:
        return marked
    codec = codec_name(declared)
    if content.isascii() and codec not in {"utf-7", "utf-16", "utf-16-le", "utf-16-be", "hz"}:
        return _ascii(content, codec)
    if codec in {"utf-16", "utf-32"}:
        return _wide(content, codec)
    if codec is None or codec in _SINGLE_BYTE_WEST or codec == "utf-8":
        return _western(content, codec or "cp1252")
    return _declared(content, codec)


def _ascii(content: bytes, codec: str | None) -> str:
    """Seven-bit bytes are ASCII unless escape sequences say otherwise (RFC 1468)."""
    if b"\x1b" in content and (_ISO_2022.search(content) or (codec or "").startswith("iso2022")):
        for candidate in ("iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr"):
            try:
                return content.decode(candidate)
            except UnicodeDecodeError:
                continue
        return _with_vendor_signs(content)
    return content.decode("ascii")


def _with_vendor_signs(content: bytes) -> str:
    """ISO-2022-JP with the circled digits and kanji of Windows, which its standard does not have."""
    pieces = []
    is_double = False
    for piece in _JIS_ESCAPE.split(content):
        if piece.startswith(b"\x1b"):
            is_double = piece[1:2] == b"$"
        elif is_double and len(piece) > _LONG_PIECE:
            # JIS X 0213 has nearly the same signs in the same places, and Python reads it at once.
            pieces.append(piece.translate(_HIGH_BIT).decode("euc_jis_2004", errors="replace"))
        elif is_double:
            pairs = zip(piece[::2], piece[1::2], strict=False)
            pieces.append(b"".join(_shift_jis(*pair) for pair in pairs).decode("cp932", errors="replace"))
        else:
            pieces.append(piece.decode("ascii", errors="replace"))
    return "".join(pieces)


def _shift_jis(row: int, cell: int) -> bytes:
    """A character of JIS X 0208 by row and cell in the layout of Shift JIS (JIS X 0208 appendix 1)."""
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return b"?"
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + (0x1F + (cell >= 0x60) if row % 2 else 0x7E)
    return bytes((lead, trail))


def _by_mark(content: bytes) -> str | None:
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", errors="replace")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) and len(content) > 3:
        return content.decode("utf-16", errors="replace")
    return None


def _wide(content: bytes, codec: str) -> str:
    """UTF-16 and UTF-32 without a mark: the zero bytes tell the order; none at all is no UTF-16."""
    zeros_even, zeros_odd = content[0::2].count(0), content[1::2].count(0)
    if not zeros_even and not zeros_odd and content.isascii():
        return content.decode("ascii")
    order = "be" if zeros_even >= zeros_odd else "le"
    return content.decode(f"{codec}-{order}", errors="replace")


def _western(content: bytes, codec: str) -> str:
    try:
        # Text of another encoding is practically never valid UTF-8 by accident.
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if codec == "utf-8":
            return _broken_utf8(content, error)
    return _statistical(content) if _is_foreign(content) else _single_byte(content, codec)


def _single_byte(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        # The five holes of windows-1252 are control characters in ISO 8859-1.
        return content.decode("latin-1") if codec == "cp1252" else content.decode(codec, errors="replace")


def _broken_utf8(content: bytes, error: UnicodeDecodeError) -> str:
    """Declared UTF-8 that is not: cut text and stray bytes stay UTF-8, all else is detected."""
    if error.start == len(content) - 1 and content[-1] >= 0xE0 and content[:-1].isascii():
        # One accented letter and it stands last: of a cut letter the beginning would be C2 or C3.
        return content.decode("cp1252")
    if error.start >= len(content) - 3:
        return content.decode("utf-8", errors="replace")
    text = content.decode("utf-8", errors="replace")
    wrong = text.count("�")
    right = sum(1 for character in text[:20_000] if ord(character) > 127) - min(wrong, text[:20_000].count("�"))
    return text if right >= wrong else detect(content)


def _declared(content: bytes, codec: str) -> str:
    try:
        text = content.decode(codec)
    except (UnicodeDecodeError, LookupError, ValueError):
        pass
    else:
        return text if codec not in {"utf-7"} or _is_plausible(text) else detect(content)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode(codec, errors="replace")
    except (LookupError, ValueError, UnicodeError):
        return detect(content)
    return text if text.count("�") * 20 < len(text) else detect(content)


def _is_plausible(text: str) -> bool:
    return "\x00" not in text


def detect(content: bytes) -> str:
    """The best guess for bytes whose encoding nobody states truthfully."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return _statistical(content) if _is_foreign(content) else _single_byte(content, "cp1252")


def _is_foreign(content: bytes) -> bool:
    """Whether high bytes are too many for Western text, where a few stand among ASCII letters."""
    sample = content[:4000]
    plain = sum(65 <= byte & 0xDF <= 90 for byte in sample if byte < 128)
    high = len(sample) - len(sample.translate(None, _HIGH))
    return high > 7 and high * 10 > (plain + high) * 4


def _japanese(content: bytes) -> str | None:
    """EUC-JP is valid Korean too; only Japanese is full of hiragana."""
    try:
        text = content.decode("euc_jp")
    except UnicodeDecodeError:
        return None
    kana = sum("\u3040" <= character <= "\u309f" for character in text[:2000])
    return text if kana * 4 > min(len(text), 2000) else None


def _statistical(content: bytes) -> str:
    from charset_normalizer import from_bytes

    japanese = _japanese(content)
    if japanese is not None:
        return japanese
    best = from_bytes(content[:20_000], cp_isolation=list(_FOREIGN)).best()
    if best is None:
        return _single_byte(content, "cp1252")
    return content.decode(best.encoding, errors="replace")
