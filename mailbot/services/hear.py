"""What people did to their mails in Outlook becomes a correction, a link, or an obligation that is done.

Each word is kept with who and when. Who: the person whose mailbox it is; when: as the server tells.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.corrections import LabelChange
from mailbot.domain.labels import Contingency, Primary
from mailbot.domain.marking import FlagWord, Heard, KeptMarks, is_order
from mailbot.domain.marks import MarkName, change_heard
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationState
from mailbot.domain.verdict import Verdict
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.carry_out import note
from mailbot.services.desk import Box, Desk
from mailbot.services.scheduling import scheduled
from mailbot.services.word_labels import relabel
from mailbot.services.word_links import link_to, unlink
from mailbot.services.word_obligations import end

# The action under which it stands in the audit log.
HEARD = "outlook_heard"
COMPLETED = "marcado como completado en Outlook"
_FOLDERS = {
    MarkName.COMPLAINT: Primary.COMPLAINT,
    MarkName.REQUIREMENT: Primary.REQUIREMENT,
    MarkName.DOCUMENTS: Primary.DOCUMENTS,
}


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Whose mailbox it is, and when they did it."""

    desk: Desk
    box: Box
    at: datetime

    def who(self, uow: UnitOfWork) -> str:
        """The code of the person whose mailbox it is, else its address."""
        person = uow.records.staff_by_address(self.box.address)
        return person.code if person else self.box.address


def obey_outlook(word: Heard, kept: KeptMarks, uow: UnitOfWork, *, listening: Listening) -> None:
    """Do what a person said by categories, folder and flag, inside a unit of work."""
    message = uow.messages.get(kept.message)
    if message is None or word.is_empty:
        return
    who = listening.who(uow)
    detail = {
        "mailbox": kept.mailbox,
        "added": list(word.added),
        "removed": list(word.removed),
        "folder": word.folder,
        "flag": word.flag,
        "obligation": kept.obligation if word.flag else "",
    }
    said = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    note(uow, at=listening.at, action=HEARD, subject=message.id, detail=said, who=who)
    _flag(word, kept, uow, listening=listening, who=who)
    _labels(word, message, uow, listening=listening, who=who)
    _orders(word, message.id, uow, listening=listening, who=who)


def _labels(word: Heard, message: StoredMessage, uow: UnitOfWork, *, listening: Listening, who: str) -> None:
    verdict = message.verdict
    change = _change(word, verdict) if verdict is not None else None
    if change is not None:
        relabel(message, change, uow, desk=listening.desk, who=who, at=listening.at)


def _change(word: Heard, verdict: Verdict) -> LabelChange | None:
    """What the labels are to be; a folder says what the mail is first of all."""
    change = change_heard(verdict, added=word.added, removed=word.removed)
    if word.folder is None or word.folder is MarkName.REVIEW:
        return change
    if word.folder is MarkName.CONTINGENCY:
        named = verdict.contingency or (Contingency.OTHER_COST,)
        return replace(change or LabelChange(), contingency=named)
    return replace(change or LabelChange(), primary=_FOLDERS[word.folder])


def _orders(word: Heard, id: str, uow: UnitOfWork, *, listening: Listening, who: str) -> None:
    """A dispatch's number put on or taken off; one that nobody knows, or a choice of two, says nothing."""
    message = uow.messages.get(id)
    if message is None:
        return
    known = [uow.records.dispatch(name) for name in word.added if is_order(name)]
    named = [dispatch for dispatch in known if dispatch is not None]
    if len(named) == 1 and named[0].order not in message.orders:
        link_to(message, named[0], uow, desk=listening.desk, who=who, at=listening.at)
    elif not named and message.orders and set(message.orders) <= set(word.removed):
        unlink(message, uow, desk=listening.desk, who=who, at=listening.at)


def _flag(word: Heard, kept: KeptMarks, uow: UnitOfWork, *, listening: Listening, who: str) -> None:
    obligation = uow.obligations.get(kept.obligation) if kept.obligation else None
    if obligation is None:
        return
    if word.flag is FlagWord.DONE and obligation.is_open:
        at = max(listening.at, obligation.received_at or listening.at)
        end(obligation, uow, who=who, at=at, why=COMPLETED, message=kept.message)
        note(uow, at=listening.at, action="obligation_done", subject=obligation.id, detail=COMPLETED, who=who)
    if word.flag is FlagWord.UNDONE and _was_completed(obligation):
        _reopen(obligation, uow, listening=listening, who=who)


def _was_completed(obligation: Obligation) -> bool:
    """Whether it ended by a click in Outlook; what else met it stands."""
    return obligation.state is ObligationState.MET and obligation.evidence.endswith(COMPLETED)


def _reopen(obligation: Obligation, uow: UnitOfWork, *, listening: Listening, who: str) -> None:
    why = f"{who} quitó la marca de completado en Outlook"
    owed = obligation.to(ObligationState.OPEN, at=listening.at, evidence=why)
    event = ObligationEvent(
        obligation=owed.id, at=listening.at, name=EventName.REOPENED, who=who, evidence=why, message=owed.message
    )
    uow.obligations.update(scheduled(owed, listening.desk.rules(uow.records)), event)
