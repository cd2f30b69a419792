"""HTML to text a person can read: lines where a reader sees lines, tables as rows and columns.

One pass over the tags, no tree: neither depth nor size of hostile markup can make it slow.
"""

import html
import re
from dataclasses import dataclass, field

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
# Where a block begins or ends there is a new line, but two such edges make no empty one; between
# paragraphs there is. Private-use characters hold the place until the text is complete.
_EDGE, _GAP = "\ue010", "\ue011"
_EDGES = re.compile("[\ue010\ue011]")
_NO_MARGIN = re.compile(r"MsoNormal|MsoListParagraph|MsoPlainText|margin(?:-top)?\s*:\s*0", re.IGNORECASE)
_TABLE_NESTING = 20
_MARKS = {
    Anchor.QUOTE: (QUOTE_BEGIN, QUOTE_END),
    Anchor.SIGNATURE: (SIGNATURE_BEGIN, SIGNATURE_END),
}


@dataclass(slots=True)
class _Table:
    """A table being read: finished rows of finished cells."""

    outer: list[str]
    rows: list[list[str]] = field(default_factory=list)
    has_inner: bool = False


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
        self.tables: list[_Table] = []
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
        return _tidy("".join(self.out))

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
            self.out.append(_EDGE + TAIL_BEGIN)
            return
        begin, end = _MARKS[anchor]
        if tag == "blockquote" and self.open and self.open[-1].is_container:
            self.out.append(self.open.pop().end)
        self.out.append(_EDGE + begin)
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
            self.out.append(self.open.pop().end + _EDGE)
        if tag in _TABLE_TAGS:
            self._end_table_tag(tag)
        elif tag in _BLOCKS:
            self.out.append(self._edge_of(tag))
            if tag == "pre":
                self.preformatted = max(0, self.preformatted - 1)
            elif tag in {"ol", "ul"} and self.lists:
                self.lists.pop()

    def _edge_of(self, tag: str) -> str:
        return _GAP if tag in _SPACED and (tag != "p" or self.spaced) else _EDGE

    def _begin_table_tag(self, tag: str) -> None:
        if tag == "table":
            if len(self.tables) >= _TABLE_NESTING:
                self.too_deep += 1
                return
            for table in self.tables:
                table.has_inner = True
            self.tables.append(_Table(self.out))
            self.out = []
        elif self.tables and not self.too_deep:
            if tag == "tr":
                self._end_cell()
                self.tables[-1].rows.append([])
            else:
                self._end_cell()
        else:
            self.out.append(_EDGE)

    def _end_table_tag(self, tag: str) -> None:
        if self.too_deep:
            self.too_deep -= tag == "table"
            self.out.append(_EDGE)
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
        self.out.append(_EDGE + _table_text(table) + _EDGE)


def _table_text(table: _Table) -> str:
    """Rows and columns for data; one cell below the other where the table is only layout."""
    if table.has_inner or not _is_data(table.rows):
        return _EDGE.join(_EDGE.join(cell for cell in row if _EDGES.sub("", cell).strip()) for row in table.rows)
    lines = []
    for row in table.rows:
        cells = [" ".join(_EDGES.sub(" ", cell).split()) for cell in row]
        lines.append("\t".join(cells).rstrip())
    return "\n".join(lines)


def _is_data(rows: list[list[str]]) -> bool:
    if max((len(row) for row in rows), default=0) < 2:
        return False
    marked = any(QUOTE_BEGIN in cell or TAIL_BEGIN in cell for row in rows for cell in row)
    longest = max(len(_EDGES.sub(" ", cell).split()) for row in rows for cell in row)
    return not marked and longest <= 40


_BREAKS = re.compile("[ \xa0]*[\n\ue010\ue011][ \n\ue010\ue011]*")
# A paragraph that holds only a hard blank is how Outlook writes an empty line.
_EMPTY_LINE = re.compile("([\ue010\ue011])[ \n]*\xa0[ \xa0\n]*(?=[\ue010\ue011])")
_INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff\u00ad\u034f]")
_MANY_BLANKS = re.compile(r"  +")


def _tidy(text: str) -> str:
    text = _EMPTY_LINE.sub(r"\1\n", _INVISIBLE.sub("", text)).replace("\xa0", " ")
    return _MANY_BLANKS.sub(" ", _BREAKS.sub(_line_breaks, text)).strip()


def _line_breaks(match: re.Match[str]) -> str:
    """How many line breaks a run of edges and `br` shows: one `br` before an edge adds nothing to it."""
    run = match.group().replace(" ", "")
    written = run.count("\n")
    count = written if run[0] == "\n" else written + 1
    return "\n" * min(max(count, 2 if _GAP in run else 1), 3)
