"""Decide which dispatches a message is about, for which client, how sure that is and why.

The rules are those of `contract.md`, "How a link is decided". A number alone never links a mail of one
client to a dispatch of another: that check is `Sender.may_speak_of`, and every path goes through it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from mailbot.domain.labels import Category, ReferencePlace
from mailbot.domain.linkage import Linkage, Reference
from mailbot.domain.message import Message, MessageKind
from mailbot.domain.office import Dispatch
from mailbot.domain.verdict import Verdict
from mailbot.ports.records import Records
from mailbot.services.linking.clues import NUMBERS, SAID, STRONG, Case, Clue, ThreadEvidence, lost_orders, settle
from mailbot.services.linking.evidence import ONLY_OPEN, SAME_CONVERSATION
from mailbot.services.linking.parties import is_spoofed, recognise
from mailbot.services.linking.questions import (
    NO_NUMBER,
    SEVERAL,
    STRANGER,
    asked,
    foreign_question,
    linked,
    lost_question,
    neither,
    slip_question,
)
from mailbot.services.linking.underway import fitting, speaks_of_dispatch

__all__ = ["ThreadEvidence", "is_spoofed", "link"]

_QUOTED = (ReferencePlace.QUOTED,)
# A file that names more dispatches than this is a report, and a conversation about more is about none of them.
_MOST_AT_ONCE = 5


def link(
    message: Message,
    references: Sequence[Reference],
    *,
    records: Records,
    at: datetime,
    verdict: Verdict | None = None,
    thread: ThreadEvidence | None = None,
    is_office: bool = False,
) -> Linkage:
    """Link one message; `at` is when it was received, `is_office` whether one of the office's people wrote it."""
    case = Case(
        message=message,
        references=references,
        records=records,
        at=at,
        sender=recognise(message, records, learnt=thread.sender_ruc if thread else None, is_office=is_office),
        verdict=verdict,
        thread=thread,
    )
    return next(outcome for outcome in _outcomes(case) if outcome is not None)


def _outcomes(case: Case) -> Iterator[Linkage | None]:
    """Every way to decide, best evidence first; the last one always decides."""
    yield from (_by_clues(case, case.clues_in(place)) for place in SAID[:2])
    yield _by_clues(case, case.answered_clues())
    yield _by_clues(case, case.clues_in(ReferencePlace.SUBJECT))
    yield _by_attachments(case)
    yield _by_clues(case, case.vessel_clues())
    yield _by_thread(case)
    yield _by_quoted(case)
    yield _by_weak_number_of_another(case)
    yield _without_number(case)


def _by_clues(case: Case, clues: Sequence[Clue]) -> Linkage | None:
    if not clues:
        return None
    return _link_certain(case, clues) or _ask_several(case, clues) or _by_slip(case, clues) or _ask_other(case, clues)


def _by_attachments(case: Case) -> Linkage | None:
    found = _by_clues(case, case.clues_in(ReferencePlace.ATTACHMENT))
    return None if found and len(found.dispatches) > _MOST_AT_ONCE else found


def _by_quoted(case: Case) -> Linkage | None:
    """What stands in earlier mail alone. A reply to a table of many speaks of no row; a bare forward of all."""
    found = _by_clues(case, case.clues_in(ReferencePlace.QUOTED))
    if found is None or len(found.dispatches) < 2 or not case.message.new_text.strip():
        return found
    named = [item for item in _named_elsewhere(case) if item.order in found.orders]
    return asked(case, named, SEVERAL) if speaks_of_dispatch(case.message, case.verdict) else neither(case)


def _link_certain(case: Case, clues: Sequence[Clue]) -> Linkage | None:
    certain = [item for clue in clues if clue.own and (item := settle(clue, case)) is not None]
    if not certain:
        return None
    beside = [item for clue in clues for item in clue.near if case.stands_beside(item)]
    return linked(case, [*certain, *beside])


def _ask_several(case: Case, clues: Sequence[Clue]) -> Linkage | None:
    fitting_several = [item for clue in clues for item in clue.own]
    return asked(case, fitting_several, SEVERAL) if fitting_several else None


def _by_slip(case: Case, clues: Sequence[Clue]) -> Linkage | None:
    mistyped = [clue for clue in clues if clue.near]
    if not mistyped:
        return None
    near = [item for clue in mistyped for item in clue.near]
    beside = [item for item in near if case.stands_beside(item)]
    if beside:
        return linked(case, beside)
    return asked(case, [*near, *_named_elsewhere(case)], slip_question(mistyped[0].reference))


def _ask_other(case: Case, clues: Sequence[Clue]) -> Linkage | None:
    """Another client's number, or an order nobody knows: asked, with whatever else the message names."""
    foreign = [clue for clue in clues if clue.foreign and clue.reference.kind in STRONG]
    if foreign:
        named = [*_named_elsewhere(case), *(item for clue in foreign for item in clue.foreign)]
        return asked(case, named, foreign_question(foreign[0].reference, case))
    lost = lost_orders(clues)
    if lost and case.sender.is_known and clues[0].reference.where is not ReferencePlace.QUOTED:
        return asked(case, _named_elsewhere(case), lost_question(lost[0]))
    return None


def _named_elsewhere(case: Case) -> list[Dispatch]:
    return [item for place in (*SAID, *_QUOTED) for clue in case.clues_in(place) for item in clue.own]


def _by_thread(case: Case) -> Linkage | None:
    """A reply without a number is about what its conversation is about."""
    orders = case.thread.orders if case.thread else ()
    found = [item for order in orders if (item := case.records.dispatch(order)) is not None]
    own = [item for item in found if case.sender.may_speak_of(item.ruc)]
    if 0 < len(own) <= _MOST_AT_ONCE:
        return linked(case, own, also=(SAME_CONVERSATION,), how="thread")
    if own:
        is_asked = speaks_of_dispatch(case.message, case.verdict)
        return asked(case, own, SEVERAL, also=(SAME_CONVERSATION,)) if is_asked else neither(case)
    return asked(case, found, STRANGER, also=(SAME_CONVERSATION,)) if found and not case.sender.is_known else None


def _by_weak_number_of_another(case: Case) -> Linkage | None:
    """An invoice or purchase order that only another client has: asked, since nothing better was said."""
    clues = [clue for place in (*SAID, *_QUOTED) for clue in case.clues_in(place) if clue.foreign]
    if not clues:
        return None
    return asked(case, [item for clue in clues for item in clue.foreign], foreign_question(clues[0].reference, case))


def _without_number(case: Case) -> Linkage:
    if case.sender.is_office:
        return neither(case)
    if not speaks_of_dispatch(case.message, case.verdict):
        return _of_nobody_known(case) or neither(case)
    fits = fitting(case.message, case.open_dispatches)
    if not case.sender.is_known:
        return asked(case, fits, STRANGER)
    unknown = [item for item in case.references if item.kind in NUMBERS and item.where in SAID]
    if unknown:
        return _with_unknown_number(case, fits, unknown[0])
    if len(fits) == 1:
        return linked(case, fits, also=(ONLY_OPEN,))
    return asked(case, fits, NO_NUMBER) if fits else neither(case)


def _of_nobody_known(case: Case) -> Linkage | None:
    """A person wants something, about no dispatch, and nobody knows for which client: that is asked."""
    wants_something = case.verdict is not None and bool(case.verdict.categories)
    is_person = case.message.kind is MessageKind.PERSON
    return asked(case, (), STRANGER) if case.sender.ruc is None and wants_something and is_person else None


def _with_unknown_number(case: Case, fits: Sequence[Dispatch], reference: Reference) -> Linkage:
    """Numbers that no dispatch carries: papers of a new matter, or a question about one that is not recorded."""
    brings_papers = case.verdict is not None and case.verdict.categories == (Category.DOCUMENTS,)
    if brings_papers or not fits:
        return neither(case)
    return asked(case, fits, lost_question(reference))
