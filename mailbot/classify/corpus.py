"""The labelled corpus (`models/corpus/LABELS.md`): records become messages with their labels.

The text that is learnt from is what `reading` takes for the sender's own words, never the corpus's
own `new_text`: a classifier must be trained on what it will be given.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot.domain.errors import ModelRefused
from mailbot.domain.labels import Category, Contingency, DocumentType, Primary, Topic
from mailbot.domain.message import Message
from mailbot.ports.classifier import ClassifierInput, SenderRole
from mailbot.reading.corpus import read_corpus_record

# The folder beside the corpus files that tells which sentences carry their labels.
EVIDENCE = "evidence"


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What a person says a message is."""

    categories: frozenset[Category] = frozenset()
    topics: frozenset[Topic] = frozenset()
    contingency: frozenset[Contingency] = frozenset()
    needs_reply: bool = False
    documents: tuple[tuple[str, DocumentType], ...] = ()

    @property
    def primary(self) -> Primary:
        """Complaint before requirement before documents before other."""
        return primary_of(self.categories)

    @property
    def must_report(self) -> bool:
        """A complaint or any contingency must reach the head of service."""
        return Category.COMPLAINT in self.categories or bool(self.contingency)


@dataclass(frozen=True, kw_only=True)
class LabelledMail:
    """One message with its labels; `source` is the file it came from, `weight` how much it counts."""

    id: str
    source: str
    message: Message
    labels: Labels
    sender: SenderRole = SenderRole.UNKNOWN
    weight: float = 1.0
    # Sentences that carry labels, as a person marked them; None where nobody did.
    evidence: Mapping[str, frozenset[str]] | None = None

    @property
    def input(self) -> ClassifierInput:
        """The message as the classifier is given it."""
        return ClassifierInput(message=self.message, sender=self.sender)


def primary_of(categories: Iterable[Category]) -> Primary:
    """The one word for a message (`LABELS.md`, Categories)."""
    held = set(categories)
    order = (Category.COMPLAINT, Category.REQUIREMENT, Category.DOCUMENTS)
    return next((Primary(category.value) for category in order if category in held), Primary.OTHER)


def read_corpus(folder: Path) -> tuple[LabelledMail, ...]:
    """Every record of every `*.jsonl` file of a folder, by file name."""
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise ModelRefused(f"No hay corpus en {folder}: faltan archivos .jsonl con mensajes etiquetados")
    return tuple(mail for path in paths for mail in read_corpus_file(path))


def read_corpus_file(path: Path) -> tuple[LabelledMail, ...]:
    """Every record of one corpus file, with what is marked in the file of that name under `evidence/`."""
    marks = _read_evidence(path.parent / EVIDENCE / path.name)
    return tuple(_labelled(record, path.stem, marks, place=place) for place, record in _records(path))


def _read_evidence(path: Path) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """For each marked mail the sentences that carry labels; empty where there is no such file."""
    return dict(_marked(record, place) for place, record in _records(path)) if path.is_file() else {}


def _marked(record: Mapping[str, Any], place: str) -> tuple[str, Mapping[str, frozenset[str]]]:
    try:
        return record["id"], {sentence: frozenset(labels) for sentence, labels in record["marks"].items()}
    except (KeyError, AttributeError, TypeError) as error:
        raise ModelRefused(f"{EVIDENCE}/{place}: faltan id y marks (oración: etiquetas)") from error


def _records(path: Path) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Each record of a file with its place, for whoever must mend it."""
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.name}:{at}"
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise ModelRefused(f"{place}: la línea no es JSON ({error.msg})") from error
        if not isinstance(record, dict):
            raise ModelRefused(f"{place}: la línea no es un objeto JSON")
        yield place, record


def labels_of(record: Mapping[str, Any]) -> Labels:
    """The labels of a record in the corpus format."""
    return Labels(
        categories=frozenset(map(Category, record["categories"])),
        topics=frozenset(map(Topic, record["topics"])),
        contingency=frozenset(map(Contingency, record["contingency"])),
        needs_reply=bool(record["needs_reply"]),
        documents=tuple((file["name"], DocumentType(file["type"])) for file in record["documents"]),
    )


def by_source(mails: Sequence[LabelledMail]) -> Mapping[str, tuple[LabelledMail, ...]]:
    """The mails of each file, by file name."""
    sources = sorted({mail.source for mail in mails})
    return {source: tuple(mail for mail in mails if mail.source == source) for source in sources}


def _labelled(
    record: Mapping[str, Any], source: str, marks: Mapping[str, Mapping[str, frozenset[str]]], *, place: str
) -> LabelledMail:
    if "labels" not in record:
        raise ModelRefused(f"{place}: el mensaje no tiene etiquetas (labels)")
    try:
        labels = labels_of(record["labels"])
    except (KeyError, ValueError) as error:
        raise ModelRefused(f"{source}: etiquetas no válidas en {record.get('id')}: {error}") from error
    name = str(record.get("id", ""))
    message = read_corpus_record(record)
    return LabelledMail(id=name, source=source, message=message, labels=labels, evidence=marks.get(name))
