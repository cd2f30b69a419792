"""Show on each mail what is stored of it: categories, dispatch, follow-up flag. And hear what people did.

Every write is announced in the store before it is made and settled after, so that a run that was cut off
is taken up again, and its traces are never taken for a person's. Nothing else of a mail is touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.errors import MailbotError, MailChanged, MarkRefused, all_told
from mailbot.domain.marking import KeptMarks, names_of_folder, our_names
from mailbot.domain.marks import COLOURS, MarkName, Marks, Switch
from mailbot.ports.marks import MarkChange, MarkedMail
from mailbot.ports.store import UnitOfWork
from mailbot.services.desk import Desk
from mailbot.services.listen import listen
from mailbot.services.outlook import Outlook, Place, taken_in, wanted_of
from mailbot.services.shown import change_for, flag_for, folder_for, marks_for

# Somebody works in the very mail: after so many refusals the next run tries again.
_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Tended:
    """What became of the mails of a mailbox."""

    heard: int = 0
    marked: int = 0


@dataclass(frozen=True, kw_only=True)
class _Step:
    """What one mail still needs."""

    kept: KeptMarks
    change: MarkChange
    folder: str = ""


def tend_marks(desk: Desk, outlook: Outlook, *, now: datetime) -> Tended:
    """Hear what people did in a mailbox, then bring its mails to what is stored; repeating is harmless.

    Raises what the mailbox raises; what was done until then stays done.
    """
    if not outlook.box.switches:
        return Tended()
    place = Place(desk=desk, outlook=outlook, can=outlook.marks.abilities(), now=now)
    _prepare(place)
    words = listen(place)
    return Tended(heard=words, marked=_bring_all(place, _open(place)))


def tend_all(desk: Desk, outlooks: Sequence[Outlook], *, now: datetime) -> Sequence[Tended]:
    """Every mailbox in turn; one that is out of reach keeps none of the others back, and all faults are told."""
    done: list[Tended] = []
    faults: list[MailbotError] = []
    for outlook in outlooks:
        try:
            done.append(tend_marks(desk, outlook, now=now))
        except MailbotError as error:
            faults.append(error)
    if faults:
        raise all_told(faults)
    return done


def _bring_all(place: Place, waiting: Sequence[KeptMarks]) -> int:
    """Bring every mail to what is stored; one that the server will not mark keeps none of the others back."""
    marked, refusals = 0, []
    for kept in waiting:
        try:
            marked += _bring(place, kept)
        except MarkRefused as refusal:
            refusals.append(refusal)
    if refusals:
        raise all_told(refusals)
    return marked


def _prepare(place: Place) -> None:
    """Once a day, our categories with their colours."""
    if Switch.CATEGORIES not in place.switches:
        return
    fact, day = f"marks:colours:{place.box.name}", place.desk.day_of(place.now).isoformat()
    with place.desk.store.begin() as uow:
        if uow.facts.get(fact) == day:
            return
    place.marks.prepare({mark.value: COLOURS[mark] for mark in MarkName})
    with place.desk.store.begin() as uow:
        uow.facts.set(fact, day)
        uow.commit()


def _open(place: Place) -> Sequence[KeptMarks]:
    """The mails that do not show what is stored; a flag that waits for its obligation is one look-up."""
    with place.desk.store.begin() as uow:
        return [kept for kept in uow.marks.open(place.box.name) if not _is_waiting_still(kept, uow)]


def _is_waiting_still(kept: KeptMarks, uow: UnitOfWork) -> bool:
    if kept.is_due or kept.pending is not None:
        return False
    obligation = uow.obligations.get(kept.obligation)
    return obligation is not None and obligation.is_open and flag_for(obligation) == kept.asked


def _bring(place: Place, kept: KeptMarks) -> bool:
    """Bring one mail to what is stored; whether something was changed."""
    for _ in range(_TRIES):
        mail = place.marks.find(wanted_of(kept))
        if mail is None:
            _keep_gone(place, kept)
            return False
        step = _next_step(place, kept, mail)
        if step is None:
            return False
        try:
            return _carry_out(place, step, mail)
        except MailChanged:
            continue
    return False


def _next_step(place: Place, stale: KeptMarks, mail: MarkedMail) -> _Step | None:
    """Hear first, then announce what is to be set; None when the mail shows everything."""
    with place.desk.store.begin() as uow:
        kept = uow.marks.get(stale.mailbox, stale.message) or stale
        _, kept = taken_in(place, kept, mail, uow)
        message = uow.messages.get(kept.message)
        wanted, obligation = marks_for(place, kept, message, uow)
        folder = folder_for(place, kept, message, mail)
        change = change_for(place, kept, mail, wanted)
        kept = replace(kept, is_due=False, obligation=obligation)
        if change == MarkChange() and not folder:
            uow.marks.update(replace(kept, asked=wanted.flag))
            uow.commit()
            return None
        kept = replace(kept, pending=wanted, moving_to=folder)
        uow.marks.update(kept)
        uow.commit()
    return _Step(kept=kept, change=change, folder=folder)


def _carry_out(place: Place, step: _Step, mail: MarkedMail) -> bool:
    refusal: MarkRefused | None = None
    try:
        after = place.marks.set(mail, step.change)
    except MarkRefused as error:
        # What it could keep was set, and that is settled: the same is not tried every minute.
        refusal, after = error, place.marks.find(wanted_of(step.kept))
    if after is None:
        _keep_gone(place, step.kept)
        return False
    _settle(place, step, after)
    if refusal is not None:
        raise refusal
    return True


def _settle(place: Place, step: _Step, after: MarkedMail) -> None:
    """Put the mail where it is to go, and keep what it bears now."""
    moved = _moved(place, after, step.folder) if step.folder else None
    last = moved or after
    with place.desk.store.begin() as uow:
        # Somebody's word may have come in meanwhile: then it stays due.
        kept = uow.marks.get(step.kept.mailbox, step.kept.message) or step.kept
        shown = tuple(sorted(our_names(last.categories) - set(kept.theirs)))
        kept = replace(
            kept,
            item=last.item,
            folder=last.folder,
            marks=Marks(categories=shown, flag=last.flag, stamp=last.stamp),
            asked=step.kept.pending.flag if step.kept.pending else kept.asked,
            pending=None,
            moving_to="",
            is_filed=kept.is_filed or moved is not None,
        )
        uow.marks.update(kept)
        uow.commit()


def _moved(place: Place, mail: MarkedMail, category: str) -> MarkedMail | None:
    """The mail in the folder named for that category; None where its owner made no such folder."""
    for name in names_of_folder(category):
        moved = place.marks.move(mail, name)
        if moved is not None:
            return moved
    return None


def _keep_gone(place: Place, kept: KeptMarks) -> None:
    with place.desk.store.begin() as uow:
        uow.marks.update(replace(kept, is_gone=True, is_due=False, pending=None))
        uow.commit()
