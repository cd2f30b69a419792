"""HTML made safe for showing: no script, no handler, nothing loaded from outside."""

import html
import re

# A mail's markup beyond this is cut before cleaning.
_CHARS = 1_000_000
_REMOTE = ("http:", "https:", "//", "ftp:")
# The cleaner's tree costs the square of the depth; no mail program nests like that.
_NESTING = 400
_LONG = 40_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_WHOLE_TAG = re.compile(r"<[^<>]*>")
# These end by themselves, or hold nothing.
_SELF_CLOSING = frozenset(
    (
        *("p", "li", "td", "th", "tr", "dt", "dd", "option", "br", "hr", "img", "input", "meta", "link"),
        *("area", "base", "col", "wbr", "tbody", "thead", "tfoot"),
    )
)


def clean_html(markup: str) -> str:
    """The markup without anything active; pictures that would be fetched from the net lose their address."""
    import nh3

    markup = markup[:_CHARS]
    if len(markup) > _LONG and _is_too_deep(markup):
        return f"<pre>{html.escape(_WHOLE_TAG.sub(' ', markup))}</pre>"
    return nh3.clean(
        markup,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )


def _is_too_deep(markup: str) -> bool:
    depth = 0
    for match in _TAG.finditer(markup):
        if match.group(2).lower() in _SELF_CLOSING:
            continue
        depth = max(0, depth - 1) if match.group(1) else depth + 1
        if depth > _NESTING:
            return True
    return False


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute in {"src", "srcset"} and value.strip().lower().startswith(_REMOTE):
        return None
    return value
