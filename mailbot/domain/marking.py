"""What mailbot did to a mail and what people did since: told apart, and the next change reckoned. Pure.

Three things are held against each other: what was set last, what was about to be set when a run was cut
off, and what the mail bears now. Only what none of mailbot's own explains is a person's word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mailbot.domain.marks import NO_FLAG, NO_MARKS, Flag, FlagState, MarkName, Marks, mark_named
from mailbot.domain.message import MailKey

_ORDER = re.compile(r"\d{4}-\d{6}")
# Exchange keeps the day of a flag, and gives back midnight of some zone.
_SAME_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class KeptMarks:
    """What is kept of the marks of one message in one mailbox."""

    mailbox: str
    # The stored message, and how its mail is found again.
    message: str
    message_id: str
    key: MailKey
    received_at: datetime
    # What its adapter called it last; empty until it was found once.
    item: str = ""
    folder: str = ""
    # Our names on the mail as it was left, and the flag and stamp as the server gave them back.
    marks: Marks = NO_MARKS
    # The flag as it was asked for; a server may keep less of it.
    asked: Flag = NO_FLAG
    # What is about to be set, and the folder it is about to be moved to; None once that is done.
    pending: Marks | None = None
    moving_to: str = ""
    # Names of ours that it bore before mailbot saw it: nobody knows whose they are, so they stay.
    theirs: tuple[str, ...] = ()
    # Orders that a person took off; they are not put on again.
    refused: tuple[str, ...] = ()
    # The obligation whose date the flag carries, or carried.
    obligation: str = ""
    # The flag is a person's: it was there before, was cleared or given another date. It is left alone.
    is_flag_left: bool = False
    # Something changed here that the mail does not show yet.
    is_due: bool = True
    # mailbot put it into a folder once, and does so no second time.
    is_filed: bool = False
    # Neither found nor looked for any more.
    is_gone: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether something begun is not done, or a flag of ours waits for the end of its obligation."""
        if self.is_gone:
            return False
        is_flagged = self.marks.flag.state is FlagState.FLAGGED and not self.is_flag_left
        return is_flagged or self.pending is not None


class FlagWord(StrEnum):
    """What a person said by a flag."""

    # It was marked complete: the obligation is done.
    DONE = "done"
    # It was complete by that person's word and is not any more: not done after all.
    UNDONE = "undone"
    # It was cleared or given another date: it is theirs now.
    TAKEN = "taken"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What people did to a mail since it was seen last."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    # The category for which the folder is named into which it was put.
    folder: MarkName | None = None
    flag: FlagWord | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody did anything that means something."""
        return self == Heard()


def is_order(name: str) -> bool:
    """Whether a category is the number of a dispatch."""
    return _ORDER.fullmatch(name) is not None


def our_names(names: Iterable[str]) -> frozenset[str]:
    """The names among them that are ours, in our own spelling."""
    marks = ((mark_named(name), name) for name in names)
    return frozenset(mark.value if mark else name for mark, name in marks if mark or is_order(name))


def names_of_folder(category: str) -> tuple[str, ...]:
    """What a folder is called that is named for a category: like it, or like several of it."""
    return tuple(dict.fromkeys((category, f"{category.removesuffix('s')}s")))


def folder_names() -> frozenset[str]:
    """Every name by which a folder counts as named for a category."""
    return frozenset(name for mark in MarkName for name in names_of_folder(mark.value))


def folder_mark(path: str) -> MarkName | None:
    """The category for which a folder is named."""
    leaf = re.split(r"[/.]", path)[-1].strip().casefold()
    return next((mark for mark in MarkName if leaf in (mark.value.casefold(), f"{mark.value.casefold()}s")), None)


def heard(kept: KeptMarks, seen: Marks, folder: str, *, can_complete: bool) -> Heard:
    """What people did to a mail; nothing at first sight, when nobody knows what was there before."""
    if not kept.item:
        return Heard()
    present, had = our_names(seen.categories), set(kept.marks.categories)
    meant = had if kept.pending is None else set(kept.pending.categories)
    was_put = folder != kept.folder and not _is_meant(kept, folder)
    return Heard(
        added=tuple(sorted(present - had - meant - set(kept.theirs))),
        removed=tuple(sorted((had & meant) - present)),
        folder=folder_mark(folder) if was_put else None,
        flag=_flag_word(kept, seen.flag, can_complete=can_complete),
    )


def _is_meant(kept: KeptMarks, folder: str) -> bool:
    """Whether that is where mailbot was about to put the mail; a folder's path ends in the name that was meant."""
    return bool(kept.moving_to) and folder_mark(folder) is mark_named(kept.moving_to)


def _flag_word(kept: KeptMarks, seen: Flag, *, can_complete: bool) -> FlagWord | None:
    before = kept.marks.flag
    if seen == before or (kept.pending is not None and _is_same(seen, kept.pending.flag)):
        return None
    if not kept.obligation:
        # No flag of ours was ever on it.
        return None if seen == NO_FLAG else FlagWord.TAKEN
    if before.state is FlagState.FLAGGED:
        ended = FlagState.COMPLETE if can_complete else FlagState.NONE
        return FlagWord.DONE if seen.state is ended else FlagWord.TAKEN
    return FlagWord.UNDONE if seen.state is FlagState.FLAGGED else None


def _is_same(one: Flag, other: Flag) -> bool:
    """Whether a flag is another as a server may have kept it."""
    if one.state is not other.state:
        return False
    if one.due_at is None or other.due_at is None:
        return True
    return abs(one.due_at - other.due_at) < _SAME_DAY


def accepted(kept: KeptMarks, seen: Marks, folder: str, *, word: Heard) -> KeptMarks:
    """What is kept once everything that is there now was heard."""
    present = our_names(seen.categories)
    is_first = not kept.item
    theirs = present if is_first else present & set(kept.theirs)
    has_own_flag = seen.flag != NO_FLAG if is_first else word.flag is FlagWord.TAKEN
    return replace(
        kept,
        folder=folder,
        marks=Marks(categories=tuple(sorted(present - theirs)), flag=seen.flag, stamp=seen.stamp),
        pending=None,
        moving_to="",
        theirs=tuple(sorted(theirs)),
        refused=(*kept.refused, *(name for name in word.removed if is_order(name))),
        is_flag_left=kept.is_flag_left or has_own_flag,
        is_filed=kept.is_filed or _is_meant(kept, folder),
    )
