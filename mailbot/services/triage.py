"""Read, classify and link one mail and say what it would open; writes nothing.

Each mail stands for itself: no conversation, no earlier answer is known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.labels import DocumentType
from mailbot.domain.linkage import Linkage, Reference
from mailbot.domain.message import Direction, Message
from mailbot.domain.obligation import Obligation
from mailbot.domain.plan import plan_arrival
from mailbot.domain.verdict import Verdict
from mailbot.ports.classifier import ClassifierInput
from mailbot.services.arrive import Arriving, inputs_of, place_message, with_texts
from mailbot.services.carry_out import matter_of
from mailbot.services.desk import Box, Desk
from mailbot.services.review import missing_in_mail


@dataclass(frozen=True, kw_only=True)
class Triaged:
    """What one mail is and would lead to."""

    message: Message
    verdict: Verdict
    references: tuple[Reference, ...]
    linkage: Linkage
    obligations: tuple[Obligation, ...]
    # Papers of the dispatch that neither this mail brings nor its row shows to be there.
    missing: tuple[DocumentType, ...] = ()


def triage(desk: Desk, messages: Sequence[Message], *, now: datetime) -> list[Triaged]:
    """Triage a batch in order; `now` stands in for a mail that bears no date at all."""
    with desk.store.begin() as uow:
        known = inputs_of(messages, uow.records)
    inputs = [with_texts(one) for one in known]
    verdicts = desk.classifier.classify(inputs)
    return [_triage_one(desk, given, verdict, now) for given, verdict in zip(inputs, verdicts, strict=True)]


def _triage_one(desk: Desk, given: ClassifierInput, verdict: Verdict, now: datetime) -> Triaged:
    message = given.message
    arriving = Arriving(
        message=message,
        verdict=verdict,
        box=Box(name="", address=_mailbox_of(message, desk)),
        folder="",
        received_at=message.received_at or message.date or now,
        attachment_texts=given.texts,
    )
    with desk.store.begin() as uow:
        placed = place_message(arriving, uow)
        matter = matter_of(placed.arrival, uow, mailbox=arriving.box.address, desk=desk)
        plan = plan_arrival(placed.arrival, matter, desk.rules(uow.records))
        missing = missing_in_mail(verdict, placed.stored.linkage, records=uow.records, checklist=desk.checklist)
    linkage = placed.stored.linkage
    return Triaged(
        message=message,
        verdict=_with_review(verdict, linkage) if placed.stored.direction is Direction.INCOMING else verdict,
        references=placed.stored.references,
        linkage=linkage,
        obligations=tuple(opening.obligation for opening in plan.openings),
        missing=tuple(missing),
    )


def _mailbox_of(message: Message, desk: Desk) -> str:
    """The first person of the office the mail went to stands for the mailbox it came to."""
    with desk.store.begin() as uow:
        found = (address.key for address in message.recipients if uow.records.staff_by_address(address.key))
        return next(found, "")


def _with_review(verdict: Verdict, linkage: Linkage) -> Verdict:
    """A link that is asked about with nothing to offer needs a person too (contract, `candidates`)."""
    is_lost = linkage.question is not None and not linkage.candidates
    return replace(verdict, needs_review=True) if is_lost else verdict
