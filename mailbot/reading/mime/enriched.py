"""Text in markup older than HTML: text/enriched (RFC 1896), text/richtext (RFC 1341) and RTF."""

import re

_ENRICHED_TAG = re.compile(r"<(/?[A-Za-z][\w-]{0,40})>")
_PARAMETER = re.compile(r"<param>.{0,500}?</param>", re.IGNORECASE | re.DOTALL)
_CHARS = 300_000
_SINGLE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")
_RTF = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,6}) ?(?:\\'[0-9a-fA-F]{2}|\?)?"
    r"|\\([a-z]{1,32})(-?\d{1,10})? ?|\\([^a-z])|([{}])|\r?\n"
)
_DESTINATIONS = frozenset(
    (
        *(
            "fonttbl",
            "colortbl",
            "stylesheet",
            "info",
            "pict",
            "object",
            "themedata",
            "colorschememapping",
            "datastore",
        ),
        *("latentstyles", "listtable", "listoverridetable", "rsidtbl", "generator", "xmlnstbl", "mmathPr"),
    )
)
_RTF_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "row": "\n", "cell": "\t", "emdash": "—", "endash": "–"}


def enriched_to_text(text: str) -> str:
    """The words of enriched text: single line breaks are blanks, n of them are n - 1 breaks."""
    text = text[:_CHARS]
    if "</param>" in text.lower():
        text = _PARAMETER.sub("", text)
    text = _SINGLE_BREAK.sub(" ", text)
    text = re.sub(r"\n(\n+)", r"\1", text)
    text = text.replace("<nl>", "\n").replace("<paragraph>", "\n\n")
    return _ENRICHED_TAG.sub("", text.replace("<<", "\ue00f")).replace("\ue00f", "<")


def rtf_to_text(text: str) -> str:
    """The words of an RTF document; fonts, styles, pictures and hidden groups are left out."""
    if not text.lstrip().startswith("{\\rtf"):
        return text
    out: list[str] = []
    hidden: list[bool] = [False]
    position = 0
    for match in _RTF.finditer(text):
        if not hidden[-1]:
            out.append(text[position : match.start()])
        position = match.end()
        _rtf_step(match, text, out, hidden)
    return "".join(out).strip()


def _rtf_step(match: re.Match[str], text: str, out: list[str], hidden: list[bool]) -> None:
    octet, code, word, _, symbol, brace = match.groups()
    if brace:
        _brace(brace, text, match.end(), hidden)
    elif word in _DESTINATIONS:
        hidden[-1] = True
    elif hidden[-1]:
        return
    elif octet:
        out.append(bytes([int(octet, 16)]).decode("cp1252", errors="replace"))
    elif code:
        out.append(chr(int(code) % 65536))
    elif word:
        out.append(_RTF_BREAKS.get(word, ""))
    elif symbol and symbol in "\\{}":
        out.append(symbol)
    elif symbol == "~":
        out.append(" ")


def _brace(brace: str, text: str, position: int, hidden: list[bool]) -> None:
    if brace == "{":
        # Ignorable groups; in RTF made from HTML the tags stand in them.
        starts_hidden = text.startswith("\\*", position)
        hidden.append(hidden[-1] or starts_hidden)
    elif len(hidden) > 1:
        hidden.pop()
