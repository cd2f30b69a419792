"""The model card for machines (`models/card.json`): which file is in use, its digest, its scores, its forerunners."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from mailbot.domain.errors import ModelRefused

CARD_NAME = "card.json"


@dataclass(frozen=True, kw_only=True)
class CardEntry:
    """One trained model: its file, the digest that loading checks, what it learnt from and how it scored."""

    file: str
    sha256: str
    trained_on: str = ""
    mails: int = 0
    corrections: int = 0
    # The corpus files with their SHA-256, so that a score can be traced to its mails.
    corpus: Mapping[str, str] = field(default_factory=dict)
    # Scores on left-out files, by the rows of the goals' table.
    scores: Mapping[str, float] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Card:
    """Every model of a folder; `current` names the one in use, None when there is none yet."""

    current: str | None = None
    # Trained and waiting to be compared; never in use.
    candidate: str | None = None
    models: tuple[CardEntry, ...] = ()

    def newest_first(self) -> tuple[CardEntry, ...]:
        """The model in use, then its forerunners from the newest on."""
        others = [entry for entry in reversed(self.models) if entry.file not in {self.current, self.candidate}]
        return tuple([entry for entry in self.models if entry.file == self.current] + others)

    def entry(self, file: str) -> CardEntry:
        """The entry of one file; raises `ModelRefused` when the card does not name it."""
        for entry in self.models:
            if entry.file == file:
                return entry
        raise ModelRefused(f"{file}: la ficha (card.json) no nombra este archivo")

    def with_current(self, entry: CardEntry) -> "Card":
        """The card once this model has taken its place; the former one is kept."""
        candidate = None if self.candidate == entry.file else self.candidate
        return replace(self, current=entry.file, candidate=candidate, models=self._with(entry))

    def with_candidate(self, entry: CardEntry) -> "Card":
        """The card with a newly trained model that nobody has compared yet."""
        if entry.file == self.current:
            return self
        return replace(self, candidate=entry.file, models=self._with(entry))

    def _with(self, entry: CardEntry) -> tuple[CardEntry, ...]:
        return (*(model for model in self.models if model.file != entry.file), entry)


def read_card(folder: Path) -> Card:
    """The card of a models folder; raises `ModelRefused` when it is missing or damaged."""
    path = folder / CARD_NAME
    try:
        return _card(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ModelRefused(f"No hay ficha de modelo en {folder}: entrene uno con `mailbot model train`") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused(f"{path.name}: la ficha del modelo está dañada ({error})") from error


def write_card(folder: Path, card: Card) -> None:
    """Write the card in one step, so that a crash leaves the old one or the new one."""
    text = json.dumps(asdict(card), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{CARD_NAME}.new"
    draft.write_text(text, encoding="utf-8")
    draft.replace(folder / CARD_NAME)


def _card(plain: Mapping[str, object]) -> Card:
    models = plain["models"]
    if not isinstance(models, Sequence) or isinstance(models, str):
        raise TypeError("models")
    current = plain.get("current")
    candidate = plain.get("candidate")
    return Card(
        current=str(current) if current else None,
        candidate=str(candidate) if candidate else None,
        models=tuple(CardEntry(**entry) for entry in models),
    )
