"""Answers that a client writes into the cells of a status table: each belongs to the dispatch of its row.

Nothing but the sent table tells them from the rest, whatever their colour: what stands in the quoted rows
and was not sent there is the client's own. It is put below his other words, after the order of its row.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Message, MessageKind
from mailbot.domain.outgoing import claims_to_be_ours, verify
from mailbot.ports.store import UnitOfWork
from mailbot.reading.html.clean import clean_html
from mailbot.reading.html.text import html_to_text
from mailbot.services.answered import answered_ids
from mailbot.services.desk import Desk

# A table of more words is not compared.
_MOST_WORDS = 6_000
# Less of the table than this in the answer is another text.
_LEAST_ALIKE = 0.4
_TABLE_END = "</table>"
_GRID = re.compile(r"<table[^>]*\bclass=\"grid\"")
_ORDER = re.compile(r"20\d\d-\d{6}")
# What only draws the table.
_DRAWN = re.compile(r"[|\-–—=_+>*·]+")


@dataclass(frozen=True, kw_only=True)
class _Sent:
    """The words of the mail as it was sent, and where its table lies among them."""

    words: tuple[str, ...]
    first: int
    end: int

    def order_at(self, place: int) -> str | None:
        """The order of the row in which a word stands; None outside the table."""
        if not self.first < place <= self.end:
            return None
        rows = (word for word in reversed(self.words[self.first : place]) if _ORDER.fullmatch(word))
        return next(rows, None)


def with_table_answers(message: Message, uow: UnitOfWork, *, desk: Desk) -> Message:
    """The message with what its sender wrote into the rows of the digest that it answers."""
    ancestors = list(answered_ids(message, desk))
    if message.kind is not MessageKind.PERSON or not any(map(claims_to_be_ours, ancestors)):
        return message
    digest = next(_digests(ancestors, uow, desk), None)
    answers = tuple(_answers(message, digest)) if digest is not None else ()
    if not answers:
        return message
    said = {_plain(text) for _, text in answers}
    own = [line for line in message.new_text.splitlines() if _plain(line) not in said]
    written = [f"Orden {order}: {text}" for order, text in answers]
    return replace(message, new_text="\n".join([*own, "", *written] if own else written))


def _digests(ancestors: Sequence[str], uow: UnitOfWork, desk: Desk) -> Iterator[OutgoingMail]:
    for ancestor in ancestors:
        mail = uow.outbox.by_message_id(ancestor.strip().lower()) if verify(ancestor, secret=desk.secret) else None
        if mail is not None and mail.purpose is MailPurpose.DIGEST:
            yield mail


def _answers(message: Message, digest: OutgoingMail) -> Iterator[tuple[str, str]]:
    """Order and words of each row that was written into."""
    sent = _sent_page(digest.html) if message.html else _sent_text(digest.text)
    came = _words(html_to_text(message.html) if message.html else message.text)[:_MOST_WORDS]
    if sent is None or len(sent.words) > _MOST_WORDS:
        return
    found: dict[str, list[str]] = {}
    for place, words in _written(sent, came):
        order, said = sent.order_at(place), " ".join(words)
        if order and any(letter.isalnum() for letter in said):
            found.setdefault(order, []).append(said)
    yield from ((order, " / ".join(parts)) for order, parts in found.items())


def _written(sent: _Sent, came: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """What came back and was not sent, each with its place among the sent words."""
    ours, theirs = [_plain(word) for word in sent.words], [_plain(word) for word in came]
    compared = SequenceMatcher(None, ours, theirs, autojunk=False)
    if sum(block.size for block in compared.get_matching_blocks()) < _LEAST_ALIKE * len(ours):
        return
    for tag, start, _, since, until in compared.get_opcodes():
        if tag in ("insert", "replace"):
            yield start, came[since:until]


def _sent_page(html: str) -> _Sent | None:
    """The page as it is read when it comes back, the names of columns that narrow screens show among its words."""
    grid = _GRID.search(html)
    end = html.find(_TABLE_END, grid.start()) if grid else -1
    if end < 0:
        return None
    return _sent(_as_read(html), _as_read(html[: end + len(_TABLE_END)]))


def _as_read(html: str) -> str:
    return html_to_text(clean_html(html))


def _sent_text(text: str) -> _Sent:
    return _sent(text, text.rpartition("\n--\n")[0])


def _sent(text: str, to_the_end_of_its_rows: str) -> _Sent:
    words, end = tuple(_words(text)), len(_words(to_the_end_of_its_rows))
    first = next((place for place, word in enumerate(words) if _ORDER.fullmatch(word)), end)
    return _Sent(words=words, first=first, end=end)


def _words(text: str) -> list[str]:
    return [word for word in text.split() if not _DRAWN.fullmatch(word)]


def _plain(text: str) -> str:
    """A word as it is compared: mail programs change spaces, quotes and hyphens."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[‐-―\u2212]", "-", " ".join(folded.split())).strip(" |>*")
