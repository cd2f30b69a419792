"""Prepare answers for the ESCs: as reply drafts in their mailboxes where the office wants that, else in their agenda.

Each is offered once. It changes in its place while nobody touched it, is left alone from a person's first
word on, and is taken back untouched when nobody needs it any more. Nothing is ever sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.drafting import DraftKind, DraftState, KeptAnswer, stamp_of
from mailbot.domain.errors import MailbotError, MailboxRefused, MailChanged
from mailbot.domain.message import MailKey
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.ports.drafts import KeptDraft, MailDrafts
from mailbot.ports.marks import Wanted
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter, Sighting
from mailbot.services.desk import Desk
from mailbot.services.draft_answer import Case, Written, basis_of, case_of, write_answer

Drawers = Mapping[str, MailDrafts]

# These are answered only where the office wants drafts.
_QUESTIONS = (ObligationKind.REPLY,)
# Files are opened for an answer, and other jobs wait meanwhile: the rest follows at the next look.
_AT_ONCE = 20


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What became of the prepared answers."""

    planned: int = 0
    written: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, kw_only=True)
class _Task:
    """One answer that does not say yet what is stored; without a case it is to be taken back."""

    answer: KeptAnswer
    case: Case | None = None
    # Where the mail that it answers lies, and what it will have been written from.
    place: MailKey | None = None
    basis: str = ""


def offer_answers(desk: Desk, drawers: Drawers, *, now: datetime) -> Offered:
    """Plan, write, change and withdraw; repeating is harmless.

    One that cannot be written, or whose mailbox is out of reach, keeps none of the others back, and is
    told at the end.
    """
    planned = _plan(desk, now)
    written = withdrawn = 0
    trouble: MailbotError | None = None
    for task in _tasks(desk, drawers, now):
        try:
            state = _carry_out(desk, drawers, task, now=now) if written < _AT_ONCE else None
        except MailbotError as error:
            trouble = error
            continue
        written += state in (DraftState.OFFERED, DraftState.LISTED)
        withdrawn += state in (DraftState.WITHDRAWN, DraftState.GONE)
    if trouble is not None:
        raise trouble
    return Offered(planned=planned, written=written, withdrawn=withdrawn)


def _plan(desk: Desk, now: datetime) -> int:
    """Keep an answer for everything owed that one may be prepared for."""
    planned = 0
    with desk.store.begin() as uow:
        spoken_of = {order for answer in uow.answers.open() if (order := _order_of(answer, uow))}
        kinds = (ObligationKind.DOCUMENT_REVIEW, *_QUESTIONS) if desk.drafts else (ObligationKind.DOCUMENT_REVIEW,)
        owed = [item for kind in kinds for item in uow.obligations.list(ObligationFilter(kind=kind, is_open=True))]
        for obligation in owed:
            answer = _planned(obligation, uow, desk=desk, now=now)
            order = _order_of(answer, uow) if answer is not None else None
            # Papers of one dispatch that come in several mails are answered once.
            if answer is not None and (order is None or order not in spoken_of):
                uow.answers.add(answer)
                spoken_of |= {order} if order else set()
                planned += 1
        if planned:
            uow.commit()
    return planned


def _order_of(answer: KeptAnswer, uow: UnitOfWork) -> str | None:
    """The dispatch of whose papers an answer speaks that is still of use."""
    if answer.kind is not DraftKind.DOCUMENTS:
        return None
    obligation = uow.obligations.get(answer.obligation)
    return obligation.order if obligation is not None and obligation.is_open else None


def _planned(obligation: Obligation, uow: UnitOfWork, *, desk: Desk, now: datetime) -> KeptAnswer | None:
    """A new answer; a mail that is answered by its papers needs no word that it arrived."""
    before = uow.answers.of_obligation(obligation.id)
    if any(one.state is not DraftState.WITHDRAWN for one in before):
        return None
    case = case_of(obligation, uow)
    if case is None or not _is_wanted(case.kind, desk) or any(one.kind is case.kind for one in before):
        return None
    if case.kind is DraftKind.ACKNOWLEDGEMENT and _brings_papers(case, uow):
        return None
    return KeptAnswer(
        stamp=stamp_of(obligation.id, case.kind),
        message=case.message.id,
        obligation=obligation.id,
        kind=case.kind,
        changed_at=now,
    )


def _is_wanted(kind: DraftKind, desk: Desk) -> bool:
    """What is missing of the papers is told in the agenda at least; the others only where the office wants them."""
    return kind is DraftKind.DOCUMENTS or kind in desk.drafts


def _brings_papers(case: Case, uow: UnitOfWork) -> bool:
    same = uow.obligations.list(ObligationFilter(conversation=case.message.conversation, is_open=True))
    cases = (case_of(item, uow) for item in same if item.message == case.message.id)
    return any(other is not None and other.kind is DraftKind.DOCUMENTS for other in cases)


def _tasks(desk: Desk, drawers: Drawers, now: datetime) -> list[_Task]:
    """What there is to do, from what is stored alone."""
    with desk.store.begin() as uow:
        found = [_task(answer, uow, desk=desk, drawers=drawers, now=now) for answer in uow.answers.open()]
    return [task for task in found if task.case is None or task.basis != task.answer.basis]


def _task(answer: KeptAnswer, uow: UnitOfWork, *, desk: Desk, drawers: Drawers, now: datetime) -> _Task:
    obligation = uow.obligations.get(answer.obligation)
    if obligation is None or not obligation.is_open or not _is_wanted(answer.kind, desk):
        return _Task(answer=answer)
    case = case_of(obligation, uow)
    if case is None or case.kind is not answer.kind:
        return _Task(answer=answer)
    place = _place_of(case, uow, desk=desk, drawers=drawers) if answer.kind in desk.drafts else None
    mailbox = answer.mailbox or (place.mailbox if place is not None else "")
    return _Task(answer=answer, case=case, place=place, basis=f"{basis_of(case, uow, desk=desk, now=now)}@{mailbox}")


def _carry_out(desk: Desk, drawers: Drawers, task: _Task, *, now: datetime) -> DraftState | None:
    """Bring one answer to what is stored; its new state, None when nothing is to be done."""
    answer, case = task.answer, task.case
    if case is None:
        return _keep(desk, _withdrawn(answer, drawers), now=now)
    mailbox = task.basis.rpartition("@")[2]
    drawer = drawers.get(mailbox)
    if drawer is None and answer.item:
        # It lies in a mailbox that takes no drafts any more, for its owner to use or not.
        return None
    written = write_answer(case, answer, desk, now=now)
    if drawer is None:
        return _keep(desk, _listed(answer, written, task.basis), now=now)
    put = _put(answer, written, drawer, Wanted(message_id=case.message.message_id, key=task.place or _NOWHERE))
    where = "" if put.state is DraftState.LISTED else mailbox
    return _keep(desk, replace(put, basis=task.basis, mailbox=where), now=now)


_NOWHERE = MailKey(mailbox="", folder="INBOX", validity=0, uid=0)


def _put(answer: KeptAnswer, written: Written, drawer: MailDrafts, to: Wanted) -> KeptAnswer:
    """Into the mailbox; where that refuses it, into the agenda."""
    try:
        there = drawer.update(_draft_of(answer), written.draft) if answer.item else drawer.write(written.draft, to=to)
    except MailChanged:
        return replace(answer, state=DraftState.TAKEN, hints=written.hints)
    except MailboxRefused:
        return _listed(answer, written, "")
    if there is None:
        return replace(answer, state=DraftState.GONE, text="", hints=())
    # One that lay there since a call that was cut off: somebody may have written in it.
    is_known = bool(answer.item) or there.is_as_given
    return replace(
        answer,
        state=DraftState.OFFERED if is_known else DraftState.TAKEN,
        item=there.item,
        version=there.version,
        fingerprint=there.fingerprint,
        text="",
        hints=written.hints,
    )


def _listed(answer: KeptAnswer, written: Written, basis: str) -> KeptAnswer:
    return replace(
        answer, state=DraftState.LISTED, mailbox="", basis=basis, text=written.draft.text, hints=written.hints
    )


def _withdrawn(answer: KeptAnswer, drawers: Drawers) -> KeptAnswer:
    """Away with it if nobody touched it; one in a mailbox that is watched no more stays where it is."""
    ended = replace(answer, text="", hints=())
    drawer = drawers.get(answer.mailbox)
    if answer.state is not DraftState.OFFERED or drawer is None:
        return replace(ended, state=DraftState.WITHDRAWN if not answer.item else DraftState.GONE)
    try:
        is_gone = not drawer.discard(_draft_of(answer))
    except (MailChanged, MailboxRefused):
        return replace(ended, state=DraftState.TAKEN)
    return replace(ended, state=DraftState.GONE if is_gone else DraftState.WITHDRAWN)


def _draft_of(answer: KeptAnswer) -> KeptDraft:
    return KeptDraft(item=answer.item, version=answer.version, fingerprint=answer.fingerprint)


def _keep(desk: Desk, answer: KeptAnswer, *, now: datetime) -> DraftState:
    with desk.store.begin() as uow:
        uow.answers.update(replace(answer, changed_at=now))
        uow.commit()
    return answer.state


def _place_of(case: Case, uow: UnitOfWork, *, desk: Desk, drawers: Drawers) -> MailKey | None:
    """Where the mail that is answered lies: in its owner's own mailbox, else in the first that takes drafts."""
    seen = [sighting for sighting in uow.messages.sightings(case.message.id) if sighting.key.mailbox in drawers]

    def is_owners(sighting: Sighting) -> bool:
        return desk.box(sighting.key.mailbox).address == case.owner.address.lower()

    return next((sighting.key for sighting in sorted(seen, key=lambda one: not is_owners(one))), None)
