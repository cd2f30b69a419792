"""What makes text from a stranger harmless in a mail of ours.

Escaping is the template engine's; here are the things it does not know: signs that hide or turn
text, lone surrogates that cannot be sent, and addresses that a mail program would make clickable.
"""

import re

# C0 and C1 controls but for tab and line feed, marks that turn the reading direction (the "Trojan
# source" trick), the byte order mark, and surrogates that no encoding can carry.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SPACES = re.compile(r"\s+")

# Mail programs turn these into links by themselves: a scheme, "www.", a bare host name.
_SCHEME = re.compile(r"\b([a-z][a-z0-9+.-]{1,15}:)(?=//)", re.IGNORECASE)
_WWW = re.compile(r"\b(www)\.(?=\w)", re.IGNORECASE)
_HOST = re.compile(r"(?<![@\w.-])((?:[\w-]+\.)+)([a-z]{2,24})(?![\w@])", re.IGNORECASE)
_FILE_ENDINGS = frozenset(
    {"csv", "doc", "docx", "eml", "jpeg", "jpg", "msg", "pdf", "png", "txt", "xls", "xlsx", "xml", "zip"}
)
# A zero-width non-joiner: nobody sees it, and what it splits is no address any more.
_GAP = "\u200c"


def clean(text: str) -> str:
    """The text without signs that hide, turn or break it; line ends become line feeds."""
    return _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str, limit: int = 0) -> str:
    """The text on one line, cut to `limit` characters where that is not 0."""
    flat = _SPACES.sub(" ", clean(text)).strip()
    if limit and len(flat) > limit:
        return flat[: limit - 1].rstrip() + "…"
    return flat


def unlinked(text: str) -> str:
    """The text with web addresses that stay text; a mailbox's address is left alone."""
    text = _SCHEME.sub(rf"\1{_GAP}", text)
    text = _HOST.sub(_split_host, text)
    return _WWW.sub(rf"\1{_GAP}.", text)


def _split_host(match: re.Match[str]) -> str:
    labels, ending = match.groups()
    if ending.lower() in _FILE_ENDINGS:
        return match.group()
    return labels.replace(".", f"{_GAP}.") + ending
