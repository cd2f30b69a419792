"""What a message is scored on: words, parts of words, cues of the trade, and how it was sent.

Every feature is a name in a block; the vectorizer counts them. No feature decides anything alone.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from mailbot.classify.documents import is_signature_image, type_attachment
from mailbot.classify.lexicon import classes_of
from mailbot.classify.self_talk import is_self_talk, without_self_talk
from mailbot.classify.vectorizer import Block, FeatureNames
from mailbot.classify.words import Sentence, sentences_of, words_of
from mailbot.domain.labels import DocumentType
from mailbot.domain.message import Message, MessageKind
from mailbot.ports.classifier import ClassifierInput, SenderRole

_REPLY_PREFIX = re.compile(r"^\s*(?:(?:re|rv|fw|fwd|rpta|resp|tr)\s*:\s*)+", re.IGNORECASE)
_FORWARD_PREFIX = re.compile(r"^\s*(?:rv|fw|fwd)\s*:", re.IGNORECASE)
_ROBOT_ADDRESS = re.compile(r"alert|no-?reply|noreply|notifica|robot|sistema|mailer|postmaster", re.IGNORECASE)
# Files that are nothing to review, and those that open a dispatch.
NOT_PAPERS = frozenset({DocumentType.PAYMENT_VOUCHER, DocumentType.PHOTO})
SHIPPING_PAPERS = frozenset(
    {
        DocumentType.COMMERCIAL_INVOICE,
        DocumentType.PACKING_LIST,
        DocumentType.BILL_OF_LADING,
        DocumentType.AIR_WAYBILL,
        DocumentType.CERTIFICATE_OF_ORIGIN,
    }
)
# More than this nobody wrote by hand in one mail; what follows is not scored.
LONGEST_TEXT = 20_000
_SEPARATORS = re.compile(r"[@._<>+-]")
_MASK_WORDS = frozenset(
    f"z{name}"
    for name in [
        "enlace",
        "correo",
        "dinero",
        "porcentaje",
        "dam",
        "orden",
        "contenedor",
        "awb",
        "hora",
        "fecha",
        "codigo",
        "numero",
    ]
)


# The labels' feature blocks: how much each counts, and in how many texts a name must stand.
MAIL_BLOCKS = (
    Block(name="word"),
    Block(name="part", least=3),
    Block(name="class", least=3),
    Block(name="subject", weight=0.6),
    Block(name="manner", weight=0.9),
)
SENTENCE_BLOCKS = (
    Block(name="word"),
    Block(name="part", least=3),
    Block(name="class", least=3),
    Block(name="place", weight=0.5),
)


@dataclass(frozen=True, kw_only=True)
class MailText:
    """A message taken apart for scoring: its sentences, its subject, and how it was sent."""

    sentences: tuple[Sentence, ...]
    subject: tuple[str, ...]
    manner: tuple[str, ...]
    # Plain facts as small numbers, for the step that joins the scores.
    facts: tuple[float, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the new text in order."""
        return tuple(word for sentence in self.sentences for word in sentence.words)


def take_apart(item: ClassifierInput) -> MailText:
    """Read everything of a message that scoring uses; what it says of its own treatment is left out."""
    sentences = (without_self_talk(one.text) for one in sentences_of(item.message.new_text[:LONGEST_TEXT]))
    subject = "" if is_self_talk(item.message.subject) else item.message.subject
    return _mail_text(item, tuple(one for text in sentences for one in sentences_of(text)), subject)


def take_apart_whole(item: ClassifierInput) -> MailText | None:
    """The same with every word, for a message that speaks of its own treatment; None when it does not."""
    sentences = sentences_of(item.message.new_text[:LONGEST_TEXT])
    if not is_self_talk(item.message.subject) and not any(is_self_talk(one.text) for one in sentences):
        return None
    return _mail_text(item, sentences, item.message.subject)


def _mail_text(item: ClassifierInput, sentences: tuple[Sentence, ...], subject: str) -> MailText:
    message = item.message
    types = attachment_types(message)
    role = effective_role(item)
    return MailText(
        sentences=sentences,
        subject=words_of(_REPLY_PREFIX.sub("", subject)),
        manner=tuple(_manner(message, role, types)),
        facts=_facts(message, role, sentences, types),
    )


def attachment_types(message: Message) -> tuple[DocumentType, ...]:
    """The types of what is attached, signature images left out."""
    files = [file for file in message.attachments if not is_signature_image(file)]
    return tuple(type_attachment(file, message).type for file in files)


def effective_role(item: ClassifierInput) -> SenderRole:
    """The role the office book gives, else the one that the addresses themselves show."""
    if item.sender is not SenderRole.UNKNOWN:
        return item.sender
    sender = item.message.sender
    if not sender.domain or all(to.domain != sender.domain for to in item.message.to):
        return SenderRole.UNKNOWN
    local = sender.key.partition("@")[0]
    if "alerta" in local:
        return SenderRole.ALERTS
    return SenderRole.ARCHIVE if "archivo" in local else SenderRole.OFFICE


def word_features(words: Iterable[str]) -> list[str]:
    """Words and pairs of neighbours."""
    sequence = list(words)
    pairs = [f"{first} {second}" for first, second in pairwise(sequence)]
    return sequence + pairs


@lru_cache(maxsize=65_536)
def parts_of(word: str) -> tuple[str, ...]:
    """The pieces of three to five letters of a word with its edges marked; none for a masked figure."""
    if len(word) < 3 or word in _MASK_WORDS:
        return ()
    edged = f"<{word}>"
    return tuple(edged[at : at + size] for size in (3, 4, 5) for at in range(len(edged) - size + 1))


def _manner(message: Message, role: SenderRole, types: Sequence[DocumentType]) -> Iterable[str]:
    yield f"role {role.value if role is not SenderRole.CLIENT else SenderRole.UNKNOWN.value}"
    yield f"kind {message.kind.value}"
    yield from _subject_manner(message.subject)
    yield from _length_manner(message.new_text)
    if _ROBOT_ADDRESS.search(message.sender.address):
        yield "robot"
    yield from (f"from {word}" for word in words_of(_SEPARATORS.sub(" ", message.sender.key)))
    yield from (f"sign {word}" for word in words_of(message.signature))
    yield from _attachment_manner(message, types)


def _subject_manner(subject: str) -> Iterable[str]:
    if _FORWARD_PREFIX.match(subject):
        yield "forward"
    elif _REPLY_PREFIX.match(subject):
        yield "answer"


def _length_manner(text: str) -> Iterable[str]:
    size = len(text)
    yield f"length {0 if not size else min(6, size // 50 if size < 150 else 3 + size // 400)}"
    yield "question" if "?" in text else "no question"
    if "!" in text:
        yield "exclamation"


def _attachment_manner(message: Message, types: Sequence[DocumentType]) -> Iterable[str]:
    yield f"files {min(4, len(types))}"
    yield from (f"type {kind.value}" for kind in types)
    for file in message.attachments:
        if is_signature_image(file):
            continue
        stem, _, extension = file.name.rpartition(".")
        yield f"ext {extension.lower()}"
        yield from (f"file {word}" for word in words_of(_SEPARATORS.sub(" ", stem)))


def _facts(
    message: Message, role: SenderRole, sentences: Sequence[Sentence], types: Sequence[DocumentType]
) -> tuple[float, ...]:
    words = [word for sentence in sentences for word in sentence.words]
    claims = (
        not sentences,
        "?" in words,
        words.count("?") > 1,
        bool(sentences) and "?" in sentences[-1].words,
        "!" in words,
        "zdinero" in words,
        bool(set(types) - NOT_PAPERS) or "zenlace" in words,
        bool(set(types) & SHIPPING_PAPERS),
        DocumentType.PAYMENT_VOUCHER in types,
        DocumentType.PHOTO in types,
        role is SenderRole.UNKNOWN or role is SenderRole.CLIENT,
        role is SenderRole.OFFICE,
        message.kind is not MessageKind.PERSON,
        _REPLY_PREFIX.match(message.subject) is not None,
    )
    return (min(len(sentences), 10) / 10, math.log1p(len(words)) / 6, *(float(claim) for claim in claims))


def mail_features(text: MailText) -> FeatureNames:
    """The features of a whole message."""
    words = text.words
    return {
        "word": word_features(words),
        "part": _parts(words),
        "class": [name for sentence in text.sentences for name in class_features(sentence.words)],
        "subject": [*text.subject, *_parts(text.subject)],
        "manner": text.manner,
    }


def sentence_features(text: MailText, at: int) -> FeatureNames:
    """The features of one sentence of a message, with its place in it."""
    words = text.sentences[at].words
    return {
        "word": word_features(words),
        "part": _parts(words),
        "class": class_features(words),
        "place": _place(at, len(text.sentences), len(words)),
    }


def class_features(words: Iterable[str]) -> list[str]:
    """The classes of a sentence's words, of neighbours, and what they stand together with."""
    tagged = [(classes_of(word) or ((word,) if word in "?!" else ()), word) for word in words]
    kept = [classes for classes, _ in tagged if classes]
    names = [name for classes in kept for name in classes]
    held = set(names)
    pairs = [f"{one}>{two}" for left, right in pairwise(kept) for one in left for two in right]
    return names + pairs + [f"{mark}&{name}" for mark in _marks(held, {word for _, word in tagged}) for name in held]


def _marks(classes: set[str], words: set[str]) -> Iterable[str]:
    if "?" in words:
        yield "?"
    if "not" in classes:
        yield "not"
    if classes & {"you", "your", "past you", "past they"}:
        yield "you"
    if "cost" in classes or "zdinero" in words:
        yield "money"


def _parts(words: Iterable[str]) -> list[str]:
    return [part for word in words for part in parts_of(word)]


def _place(at: int, count: int, size: int) -> list[str]:
    return [
        "first" if at == 0 else "later",
        "last" if at == count - 1 else "earlier",
        f"of {min(count, 4)}",
        f"words {min(4, size // 6)}",
    ]
