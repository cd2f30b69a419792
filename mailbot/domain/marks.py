"""What a mail bears in its owner's mail program: categories, a follow-up flag, the dispatch. Pure.

People see these words and colours in Outlook; nothing here knows how a server keeps them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailbot.domain.corrections import LabelChange
from mailbot.domain.labels import Category, Contingency
from mailbot.domain.verdict import Verdict


class Switch(StrEnum):
    """What an office may switch on, each by its word in `MAILBOT_MARKS`; nothing is on by itself."""

    # A category per label on the mail, and what people do with it is heard.
    CATEGORIES = "categories"
    # A follow-up flag with the due date of what is owed, and its completion is heard.
    FLAGS = "flags"
    # The order number of the dispatch as one more category.
    DISPATCH = "dispatch"
    # The order number in a property that people do not see, for search and for other programs.
    STAMP = "stamp"
    # The mail is moved into the folder named for its first category, where its owner made one.
    FOLDERS = "folders"


class Colour(StrEnum):
    """The colours that all servers have."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"


class MarkName(StrEnum):
    """The categories as people see them, in the order in which they count."""

    # The sender is dissatisfied.
    COMPLAINT = "Reclamo"
    # A cost or risk that must reach the head of service.
    CONTINGENCY = "Contingencia"
    # The sender asks for something.
    REQUIREMENT = "Requerimiento"
    # Documents of a dispatch to review.
    DOCUMENTS = "Documentos"
    # mailbot is not sure: a person should look. Taking it away says that the labels are right.
    REVIEW = "Revisar"


COLOURS = {
    MarkName.COMPLAINT: Colour.RED,
    MarkName.CONTINGENCY: Colour.ORANGE,
    MarkName.REQUIREMENT: Colour.BLUE,
    MarkName.DOCUMENTS: Colour.GREEN,
    MarkName.REVIEW: Colour.YELLOW,
}
_CATEGORIES = {
    MarkName.COMPLAINT: Category.COMPLAINT,
    MarkName.REQUIREMENT: Category.REQUIREMENT,
    MarkName.DOCUMENTS: Category.DOCUMENTS,
}


class FlagState(StrEnum):
    """Where a follow-up flag stands."""

    # There is none.
    NONE = "none"
    # Somebody is to come back to the mail.
    FLAGGED = "flagged"
    # Somebody did.
    COMPLETE = "complete"


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A follow-up flag. A due date never stands without a start: Graph refuses it."""

    state: FlagState = FlagState.NONE
    starts_at: datetime | None = None
    due_at: datetime | None = None
    # When it was completed, for servers that have to be told; what they tell of it is never compared.
    completed_at: datetime | None = field(default=None, compare=False)


NO_FLAG = Flag()


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What a mail bears; as wanted or set, only what is mailbot's own."""

    categories: tuple[str, ...] = ()
    flag: Flag = NO_FLAG
    # The orders in the stamped property.
    stamp: tuple[str, ...] = ()


NO_MARKS = Marks()


def mark_named(name: str) -> MarkName | None:
    """The category of that name, whatever its case; None for people's own."""
    folded = name.strip().casefold()
    return next((mark for mark in MarkName if mark.value.casefold() == folded), None)


def names_for(verdict: Verdict | None) -> tuple[str, ...]:
    """The categories that say what a verdict says."""
    if verdict is None:
        return ()
    held = {mark for mark, category in _CATEGORIES.items() if category in verdict.categories}
    if verdict.contingency:
        held.add(MarkName.CONTINGENCY)
    if verdict.needs_review or verdict.doubts:
        held.add(MarkName.REVIEW)
    return tuple(mark.value for mark in MarkName if mark in held)


def change_heard(verdict: Verdict, *, added: Iterable[str], removed: Iterable[str]) -> LabelChange | None:
    """What a person says by adding and removing categories; None when it says nothing of the labels.

    A category that comes or goes says that the others are right too, so no doubt is left.
    """
    come, gone = _marks(added), _marks(removed)
    # Asking for a look is no statement about labels.
    if not (come - {MarkName.REVIEW}) | gone:
        return None
    categories = set(verdict.categories)
    categories |= {category for mark, category in _CATEGORIES.items() if mark in come}
    categories -= {category for mark, category in _CATEGORIES.items() if mark in gone}
    return LabelChange(
        categories=tuple(category for category in Category if category in categories),
        contingency=_contingency(verdict, come, gone),
    )


def _marks(names: Iterable[str]) -> set[MarkName]:
    return {mark for mark in map(mark_named, names) if mark is not None}


def _contingency(verdict: Verdict, come: Collection[MarkName], gone: Collection[MarkName]) -> tuple[Contingency, ...]:
    if MarkName.CONTINGENCY in gone:
        return ()
    if MarkName.CONTINGENCY in come and not verdict.contingency:
        # Which kind it is, a category does not say.
        return (Contingency.OTHER_COST,)
    return verdict.contingency
