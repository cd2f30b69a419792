"""Files that stand in the text itself, as programs older than MIME and news readers send them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mailbot.reading.mime.transfer import find_uu_files, uu_lines
from mailbot.reading.mime.yenc import find_yenc_files, yenc_lines


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file in a text, and the span it takes there."""

    name: bytes
    start: int
    end: int
    read: Callable[[], bytes]


def files_in_text(content: bytes) -> list[TextFile]:
    """The uuencoded and yEnc files in a text, in order."""
    found = []
    if b"begin " in content:
        for uu in find_uu_files(content):
            found.append(TextFile(uu.name, uu.start, uu.end, partial(uu_lines, content, uu.lines_start, uu.lines_end)))
    if b"=ybegin " in content:
        for yenc in find_yenc_files(content):
            read = partial(yenc_lines, content, yenc.lines_start, yenc.lines_end)
            found.append(TextFile(yenc.name, yenc.start, yenc.end, read))
    return sorted(found, key=lambda file: file.start)
