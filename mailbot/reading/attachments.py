"""The files of a mail, those inside attached mails and containers too, each with its place."""

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from mailbot.domain.message import Attachment
from mailbot.reading.containers.entry import Budget, Entry
from mailbot.reading.containers.opening import entries_inside, mail_inside
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.bodies import Shown, part_name, sort_parts
from mailbot.reading.mime.text_files import files_in_text
from mailbot.reading.mime.tree import Part, Scanner
from mailbot.reading.mime.types import true_type

_MAILS = frozenset(("message/rfc822", "message/global"))


class FileLister:
    """Lists the files of one mail; `defects` tells what its containers did not give."""

    def __init__(self, limits: ReadingLimits, *, shown_ids: frozenset[str]) -> None:
        self.limits = limits
        self.shown_ids = shown_ids
        self.budget = Budget.of(limits)
        # Mails that lay inside files, for those who look for forwarded ones.
        self.opened: list[Part] = []

    @property
    def defects(self) -> tuple[str, ...]:
        """What could not be opened."""
        return tuple(self.budget.defects)

    def list(self, root: Part, shown: Shown | None = None) -> Iterator[Attachment]:
        """Every file in order; what lies inside another one follows it."""
        shown = shown or sort_parts(root)
        for part in shown.body:
            yield from self._in_text(part)
        for part in shown.files:
            yield from self._file(part)

    def _in_text(self, part: Part) -> Iterator[Attachment]:
        """Files that stand in the text itself; both beginnings hold these letters."""
        if part.type != "text/plain" or part.buffer.find(b"begin ", part.start, part.end) < 0:
            return
        content = part.content()
        for number, file in enumerate(files_in_text(content), start=1):
            name = file.name.decode("utf-8", errors="replace")
            entry = Entry(name=name, content=file.read())
            yield _of_entry(entry, f"{part.path}/{entry.name or number}")

    def _file(self, part: Part) -> Iterator[Attachment]:
        if len(part.buffer) > self.limits.message_bytes:
            yield self._unread(part)
            return
        content = part.content()
        attachment = self._attachment(part, content)
        yield attachment
        if part.type in _MAILS:
            for inner in part.children:
                yield from self.list(inner)
        else:
            yield from self._guarded(attachment, content)

    def _guarded(self, file: Attachment, content: bytes) -> Iterator[Attachment]:
        """What a damaged container still gives; the mail around it is read all the same."""
        try:
            yield from self._inside(file, content, depth=0)
        except (ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError, struct.error, zlib.error):
            self.budget.note(f"the container {file.name!r} is damaged")

    def _inside(self, file: Attachment, content: bytes, *, depth: int) -> Iterator[Attachment]:
        mail = mail_inside(file.name, file.type, content, self.budget)
        if depth >= self.limits.container_nesting:
            if mail is not None or next(entries_inside(file.name, file.type, content, self.budget), None):
                self.budget.note("a container lies too deep inside others; it was not opened")
            return
        if mail is not None:
            yield from self._in_mail(file, mail, depth=depth)
            return
        for entry in entries_inside(file.name, file.type, content, self.budget):
            inner = _of_entry(entry, f"{file.path}/{entry.name}")
            yield inner
            if entry.content is not None:
                yield from self._inside(inner, entry.content, depth=depth + 1)

    def _in_mail(self, file: Attachment, mail: bytes, *, depth: int) -> Iterator[Attachment]:
        root = Scanner(self.limits).read(mail)
        self.opened.append(root)
        for part in sort_parts(root).files:
            content = part.content()
            if not self.budget.take_entry() or not self.budget.take_bytes(len(content)):
                return
            entry = Entry(name=part_name(part), type=part.type, content=content, content_id=content_id(part))
            inner = _of_entry(entry, f"{file.path}/{part.path}")
            yield inner
            yield from self._inside(inner, content, depth=depth + 1)

    def _attachment(self, part: Part, content: bytes) -> Attachment:
        identifier = content_id(part)
        name = part_name(part)
        return Attachment(
            name=name,
            type=true_type(part.type, name, content[:64]),
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            path=part.path,
            inline=_is_inline(part, identifier, self.shown_ids),
            content_id=identifier,
            read=part.content,
        )

    def _unread(self, part: Part) -> Attachment:
        """A file of a mail beyond the size limit: named and measured by its encoded length, not decoded."""
        encoded = part.end - part.start
        size = encoded * 3 // 4 if part.encoding == "base64" else encoded
        name = part_name(part)
        return Attachment(name=name, type=part.type, size=size, sha256="", path=part.path, read=part.content)


def _of_entry(entry: Entry, path: str) -> Attachment:
    content = entry.content
    name = entry.name.replace("\\", "/").rpartition("/")[2] or entry.name
    return Attachment(
        name=name,
        type=true_type(entry.type, name, (content or b"")[:64]),
        size=entry.stated_size if content is None else len(content),
        sha256="" if content is None else hashlib.sha256(content).hexdigest(),
        path=path,
        inline=entry.inline,
        content_id=entry.content_id,
        read=_giver(content or b""),
    )


def _giver(content: bytes) -> Callable[[], bytes]:
    return partial(bytes, content)


def content_id(part: Part) -> str | None:
    """The Content-ID without its brackets."""
    value = part.first("content-id")
    return value.decode("utf-8", errors="replace").strip().strip("<>") or None if value else None


def _is_inline(part: Part, identifier: str | None, shown_ids: frozenset[str]) -> bool:
    """A picture that stands in the text: a logo, a tracker, a pasted screenshot; never a document."""
    if identifier and identifier in shown_ids:
        return True
    return part.type.startswith("image/") and part.disposition != "attachment" and bool(identifier or part.disposition)
