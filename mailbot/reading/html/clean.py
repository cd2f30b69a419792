"""HTML made safe for showing: no script, no handler, nothing loaded from outside."""

# A mail's markup beyond this is cut before cleaning.
_CHARS = 2_000_000
_REMOTE = ("http:", "https:", "//", "ftp:")


def clean_html(markup: str) -> str:
    """The markup without anything active; pictures that would be fetched from the net lose their address."""
    import nh3

    return nh3.clean(
        markup[:_CHARS],
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute in {"src", "srcset"} and value.strip().lower().startswith(_REMOTE):
        return None
    return value
