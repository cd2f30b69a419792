"""Where HTML itself says that a quotation or a signature begins: what each mail program writes."""

import re
from enum import StrEnum
from functools import lru_cache


class Anchor(StrEnum):
    """What an element's mark says of the text in it."""

    # The element holds earlier mail.
    QUOTE = "quote"
    # Everything from here on is earlier mail.
    TAIL = "tail"
    # The element holds the sender's signature.
    SIGNATURE = "signature"


# Private-use characters stand in the text while it is built and are taken out by the splitter.
QUOTE_BEGIN, QUOTE_END = "\ue000", "\ue001"
TAIL_BEGIN = "\ue002"
SIGNATURE_BEGIN, SIGNATURE_END = "\ue003", "\ue004"
MARKS = re.compile("[\ue000-\ue004]")

_QUOTE_NAMES = re.compile(
    r"gmail_quote|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|moz-cite-prefix|moz-forward-container"
    r"|OLK_SRC_BODY_SECTION|isReplyContent|isForwardContent|origbody|front-blockquote|gmail_attr|airmail_ext"
    r"|x_gmail_quote|hm_quote"
    r"|QuotedText|quote_block|history_container|moz-email-headers-table|reply-quote",
    re.IGNORECASE,
)
_TAIL_NAMES = re.compile(
    r"\"?(?:x_)*(?:divRplyFwdMsg|appendonsend|stopSpelling|replySplit|lineBreakAtBeginningOfMessage_quote)\b"
    r"|ms-outlook-mobile-reference-message|mail-editor-reference-message-container"
    r"|\bOriginalMessage\b|OutlookMessageHeader|__AtmailReplyHeader|\bzwchr\b|__HEADERS__|__QUOTED_TEXT__|messageReplySection"
    r"|reply-intro|quoted_header|width:\s*210px|ymail_android_signature_quote",
    re.IGNORECASE,
)
_SIGNATURE_NAMES = re.compile(
    r"gmail_signature|moz-signature|AppleMailSignature|ms-outlook-mobile-signature|messageSignatureSection"
    r"|yahoo-signature|protonmail_signature|ymail_android_signature|lineBreakAtBeginningOfSignature"
    r"|__SIG_PRE__|__SIG_POST__|Zm-_Id_-Sgn|data-signatureblock"
    r"|(?:id|name|class)\s*=\s*[\"']?(?:[^\"'>]*\s)?(?:x_|v\d)*(?:_rc_sig|composer_signature|(?:[a-z]+-)?signature)(?=[\"'\s>]|$)",
    re.IGNORECASE,
)
# Gmail puts its attribution, the quotation and what is answered below it into one element of this name.
_CONTAINER = re.compile(r"gmail_quote", re.IGNORECASE)
# A bare `blockquote`, or one without a border, is how webmail indents a sender's own lines.
_QUOTING = re.compile(r"cite|quote|border-left(?!\s*:\s*(?:none|0))", re.IGNORECASE)
_NAMED_QUOTE = re.compile(r"\bname\s*=\s*[\"']?quote\b", re.IGNORECASE)
# Outlook for Windows draws a thin line above the header block of the mail that is answered.
# Webmail writes the same style anew, in other orders and units.
_COLOUR = r"(?:#?\w{3,10}|rgb\([^)]{5,20}\))"
_BORDER_TOP = re.compile(
    rf"border-top:\s*(?:solid\s+{_COLOUR}\s+1(?:\.0)?pt|1(?:\.0)?pt\s+solid\s+{_COLOUR})"
    r"\s*;[^\"']{0,120}padding:\s*3(?:\.0)?pt\s+0"
    r"|border-(?:style:\s*solid none none|width:\s*1(?:\.0)?pt (?:medium|0|none))"
    r"[^\"']{0,200}padding:\s*3(?:\.0)?pt\s+0",
    re.IGNORECASE,
)


def holds_answers(tag: str, attributes: str) -> bool:
    """Whether a quotation's element ends being one where the `blockquote` in it begins."""
    return tag == "div" and _CONTAINER.search(attributes) is not None


# A preheader is shown in lists of mails alone: it is hidden, or no line high.
_HIDDEN = re.compile(
    r"style\s*=\s*[\"'][^\"']*(?:display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden"
    r"|max-height\s*:\s*0(?:px)?\s*[;\"'])",
    re.IGNORECASE,
)


def is_hidden(attributes: str) -> bool:
    """Whether an element's style keeps it from being seen."""
    return ("none" in attributes or "hid" in attributes) and _HIDDEN.search(attributes) is not None


# A cheap look before the patterns: each of them needs one of these.
_STEMS = (
    *("quote", "rply", "append", "sign", "sig_", "cite", "border-top", "border-width", "border-style", "olk_"),
    *("origbody", "zmail", "moz-", "original", "reply", "forward", "airmail", "history", "border-left"),
    *("gmail_attr", "stopspelling", "atmail", "zwchr", "__headers__", "210px", "outlookmessageheader", "-sgn"),
    *("reference-message",),
)


def may_have_anchor(markup: str) -> bool:
    """Whether markup can hold a mark at all."""
    lowered = markup.lower()
    return any(map(lowered.__contains__, _STEMS))


# Mail programs repeat the same attributes for every paragraph.
@lru_cache(maxsize=4096)
def anchor_of(tag: str, attributes: str) -> Anchor | None:
    """What the mark of an element says; None for the ordinary one."""
    if tag == "signature":
        # Mailspring's own element.
        return Anchor.SIGNATURE
    if not may_have_anchor(attributes):
        return None
    if tag == "blockquote" and _QUOTING.search(attributes):
        return Anchor.QUOTE
    if _TAIL_NAMES.search(attributes) or _BORDER_TOP.search(attributes):
        return Anchor.TAIL
    if _SIGNATURE_NAMES.search(attributes):
        return Anchor.SIGNATURE
    if _QUOTE_NAMES.search(attributes) or _NAMED_QUOTE.search(attributes):
        return Anchor.QUOTE
    return None
