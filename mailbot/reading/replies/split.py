"""What a sender wrote in this message alone, told from signature and quoted mail."""

import re
from dataclasses import dataclass

from mailbot.reading.html.anchors import MARKS

_CUT = re.compile(
    r"^(?:>|-{3,}.*(?:original|forwarded|reenviado)|_{10,}$|(?:De|From|Von): .+$"
    r"|(?:El|On|Le|Am) .{5,200}(?:escribió|wrote|écrit|schrieb)\s*:)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Split:
    """The three layers of a body."""

    new_text: str
    signature: str
    quoted: str


def split_reply(text: str, *, sender: str = "") -> Split:
    """Split a body; `sender` is the name or address its writer signs with."""
    text = MARKS.sub("", text)
    cut = _CUT.search(text)
    head, quoted = (text[: cut.start()], text[cut.start() :]) if cut else (text, "")
    return Split(new_text=head.strip(), signature="", quoted=quoted.strip())
