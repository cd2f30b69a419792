"""HTML to text a person can read: lines where a reader sees lines, tables as rows and columns.

One pass over the tags, no tree: neither depth nor size of hostile markup can make it slow.
"""

import html
import re
from dataclasses import dataclass

from mailbot.reading.html.anchors import (
    QUOTE_BEGIN,
    QUOTE_END,
    SIGNATURE_BEGIN,
    SIGNATURE_END,
    TAIL_BEGIN,
    Anchor,
    anchor_of,
    holds_answers,
    is_hidden,
)
from mailbot.reading.html.layout import EDGE, GAP, Table, table_text, tidy

# Longer markup is cut: a mail a person wrote has a few hundred kilobytes at most.
MARKUP_CHARS = 1_000_000
_TOKEN = re.compile(
    r"<!--(?:(?!-->)[\s\S])*+(?:-->|\Z)"
    r"|<!\[[^\]>]*+\]>"
    r"|<(?P<close>/?)(?P<tag>[a-zA-Z][\w:-]*+)(?P<attributes>(?>[^<>\"']++|\"[^\"<>]*+\"|'[^'<>]*+'|\"[^\"]*+\"|'[^']*+'|[\"'])*+)>"
    r"|<[!?/][^>]*+>"
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_SKIPPED = ("script", "style", "head", "title", "template", "object", "svg", "xml", "select", "textarea")
_SKIP_END = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in _SKIPPED}
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dir", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("html", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "ul"),
        *("caption", "tbody", "thead", "tfoot"),
    )
)
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "dl"))
_TABLE_TAGS = frozenset(("table", "tr", "td", "th"))
_INLINE = frozenset(("a", "b", "em", "font", "i", "o:p", "small", "span", "strong", "sub", "sup", "u"))
_VOID = frozenset(("br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr"))
_NO_MARGIN = re.compile(r"MsoNormal|MsoListParagraph|MsoPlainText|margin(?:-top)?\s*:\s*0", re.IGNORECASE)
_TABLE_NESTING = 20
_MARKS = {
    Anchor.QUOTE: (QUOTE_BEGIN, QUOTE_END),
    Anchor.SIGNATURE: (SIGNATURE_BEGIN, SIGNATURE_END),
}


@dataclass(slots=True)
class _Open:
    """A marked or hidden element that waits for its end; `depth` counts those of its kind inside."""

    tag: str
    end: str
    is_container: bool
    depth: int = 1


def html_to_text(markup: str) -> str:
    """The text of an HTML body, with the marks of `anchors` where the markup has them."""
    return _Reader(markup[:MARKUP_CHARS].replace("\x00", "")).text()


class _Reader:
    """The state of one pass."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.out: list[str] = []
        self.tables: list[Table] = []
        self.open: list[_Open] = []
        self.lists: list[int | None] = []
        self.preformatted = 0
        self.too_deep = 0
        # Whether the paragraph being read stands apart from its neighbours.
        self.spaced = True
        # Elements whose end the markup does not have, and tags still to be looked at for ends of hidden ones.
        self.endless: set[str] = set()
        self.patience = 50_000
        # Tags seen that neither break a line nor say anything: programs repeat them word for word.
        self.inert: set[str] = set()
        self.marks_inline = False

    def text(self) -> str:
        """Read all of it."""
        position: int | None = 0
        while position is not None:
            position = self._until_skipped(position)
        while self.tables:
            self._end_table()
        return tidy("".join(self.out))

    def _until_skipped(self, position: int) -> int | None:
        """Read from `position` on up to an element that is passed over; where to go on, None at the end."""
        markup = self.markup
        for match in _TOKEN.finditer(markup, position):
            begin, end = match.span()
            if begin > position:
                self._words(markup[position:begin])
            position = end
            token = match.group()
            if token in self.inert:
                continue
            tag = match.group("tag")
            if tag is None:
                continue
            position = self._tag(tag.lower(), match, end)
            if position != end:
                return position
        self._words(markup[position:])
        return None

    def _words(self, raw: str) -> None:
        text = html.unescape(raw) if "&" in raw else raw
        if not self.preformatted and (not text.isprintable() or "  " in text):
            text = _BLANKS.sub(" ", text)
        self.out.append(text)

    def _tag(self, tag: str, match: re.Match[str], position: int) -> int:
        attributes = match.group("attributes")
        if match.group("close"):
            self._end(tag)
            if tag in _INLINE and not self.marks_inline:
                self.inert.add(match.group())
            return position
        if tag in _SKIP_END and not attributes.endswith("/"):
            return self._skip(tag, position)
        if attributes and tag not in _VOID and is_hidden(attributes):
            return self._skip_hidden(tag, position)
        self._begin(tag, attributes)
        if tag in _INLINE and not self.marks_inline:
            self.inert.add(match.group())
        return position

    def _skip(self, tag: str, position: int) -> int:
        if tag in self.endless:
            return position
        end = _SKIP_END[tag].search(self.markup, position)
        if end is not None:
            return end.end()
        self.endless.add(tag)
        if tag == "head":
            body = self.markup.find("<body", position)
            return max(body, position)
        return len(self.markup) if tag in {"script", "style"} else position

    def _skip_hidden(self, tag: str, position: int) -> int:
        """What is hidden nobody reads; when its end is missing it is taken as shown."""
        depth = 1
        for step, match in enumerate(_TOKEN.finditer(self.markup, position)):
            if step > 2000 or self.patience <= 0:
                break
            self.patience -= 1
            name = match.group("tag")
            if name is None or name.lower() != tag:
                continue
            depth += -1 if match.group("close") else 1
            if depth == 0:
                return match.end()
        return position

    def _begin(self, tag: str, attributes: str) -> None:
        if tag == "br":
            self.out.append("\n")
            return
        for waiting in self.open:
            if waiting.tag == tag:
                waiting.depth += 1
        if tag in _TABLE_TAGS:
            self._begin_table_tag(tag)
        elif tag in _BLOCKS:
            self._begin_block(tag, attributes)
        if attributes or tag == "blockquote":
            self._anchor(tag, attributes)

    def _begin_block(self, tag: str, attributes: str) -> None:
        if tag == "p":
            self.spaced = not _NO_MARGIN.search(attributes)
        self.out.append(self._edge_of(tag))
        if tag == "pre":
            self.preformatted += 1
        elif tag in {"ol", "ul"}:
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li" and self.lists and self.lists[-1] is not None:
            self.lists[-1] += 1
            self.out.append(f"{self.lists[-1]}. ")

    def _anchor(self, tag: str, attributes: str) -> None:
        anchor = anchor_of(tag, attributes)
        if anchor is None or len(self.open) > 50:
            return
        if anchor is Anchor.TAIL:
            self.out.append(EDGE + TAIL_BEGIN)
            return
        begin, end = _MARKS[anchor]
        if tag == "blockquote" and self.open and self.open[-1].is_container:
            self.out.append(self.open.pop().end)
        self.out.append(EDGE + begin)
        if tag in _INLINE:
            # From here on their ends matter.
            self.marks_inline = True
            self.inert.clear()
        if tag not in _VOID:
            self.open.append(_Open(tag, end, not self.open and holds_answers(tag, attributes)))

    def _end(self, tag: str) -> None:
        for waiting in reversed(self.open):
            if waiting.tag == tag:
                waiting.depth -= 1
        while self.open and self.open[-1].depth <= 0:
            self.out.append(self.open.pop().end + EDGE)
        if tag in _TABLE_TAGS:
            self._end_table_tag(tag)
        elif tag in _BLOCKS:
            self.out.append(self._edge_of(tag))
            if tag == "pre":
                self.preformatted = max(0, self.preformatted - 1)
            elif tag in {"ol", "ul"} and self.lists:
                self.lists.pop()

    def _edge_of(self, tag: str) -> str:
        return GAP if tag in _SPACED and (tag != "p" or self.spaced) else EDGE

    def _begin_table_tag(self, tag: str) -> None:
        if tag == "table":
            if len(self.tables) >= _TABLE_NESTING:
                self.too_deep += 1
                return
            for table in self.tables:
                table.has_inner = True
            self.tables.append(Table(self.out))
            self.out = []
        elif self.tables and not self.too_deep:
            if tag == "tr":
                self._end_cell()
                self.tables[-1].rows.append([])
            else:
                self._end_cell()
        else:
            self.out.append(EDGE)

    def _end_table_tag(self, tag: str) -> None:
        if self.too_deep:
            self.too_deep -= tag == "table"
            self.out.append(EDGE)
        elif tag == "table":
            self._end_table()
        elif tag in {"td", "th"} and self.tables:
            self._end_cell(closed=True)

    def _end_cell(self, *, closed: bool = False) -> None:
        """The text since the last cell becomes a cell of the current row."""
        table = self.tables[-1]
        text = "".join(self.out)
        if not closed and not text.strip():
            return
        if not table.rows:
            table.rows.append([])
        table.rows[-1].append(text)
        self.out = []

    def _end_table(self) -> None:
        if not self.tables:
            return
        self._end_cell()
        table = self.tables.pop()
        self.out = table.outer
        self.out.append(EDGE + table_text(table) + EDGE)
