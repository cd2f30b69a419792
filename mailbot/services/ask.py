"""Questions to the ESC: is this a complaint, and which dispatch does it speak of?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.domain.arrival import Arrival, Question
from mailbot.domain.contexts import AskContext, QuestionKind
from mailbot.domain.contexts import Question as QuestionLine
from mailbot.domain.counting import Counter
from mailbot.domain.labels import Category
from mailbot.domain.ladder import sendable_at
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.office import Staff
from mailbot.domain.plan import Rules
from mailbot.domain.verdict import Verdict
from mailbot.ports.store import UnitOfWork
from mailbot.services.desk import Desk
from mailbot.services.lines import doubtful_words, excerpt_of
from mailbot.services.outgoing import compose
from mailbot.services.people import agenda_readers, owner_of


def queue_question(question: Question, arrival: Arrival, uow: UnitOfWork, *, desk: Desk, now: datetime) -> None:
    """Mail the ESC a question that cannot wait; the others stand in the morning's agenda.

    Only a possible complaint or contingency is asked at once, since the supervisor hears of it
    when no answer came within the policy's time.
    """
    if question.about != "label" or arrival.verdict is None or not arrival.verdict.report_doubts:
        return
    mailbox = next(iter(arrival.recipients), "")
    owner = uow.records.staff_by_code(owner_of(arrival.linkage, mailbox=mailbox, records=uow.records))
    if owner is None:
        return
    until = answer_by(arrival, desk.rules(uow.records))
    context = AskContext(
        recipient=owner.name,
        now=now,
        question=_line(arrival, until, uow),
        office=desk.office,
    )
    # Contract: notices leave in office hours only; so does what is asked of the ESC.
    leaves_at = sendable_at(now, desk.rules(uow.records).calendar)
    readers = agenda_readers(owner, records=uow.records, day=desk.day_of(leaves_at))
    uow.outbox.add(replace(_mail(context, readers, arrival, desk, now), not_before=leaves_at))


def answer_by(arrival: Arrival, rules: Rules) -> datetime:
    """Until when the ESC may answer before the supervisor hears of a doubtful complaint."""
    counter = Counter(received_at=arrival.received_at, calendar=rules.calendar, policy=rules.policy)
    return counter.count(rules.policy.ask_timeout).due_at


def _line(arrival: Arrival, until: datetime, uow: UnitOfWork) -> QuestionLine:
    verdict = arrival.verdict or Verdict()
    is_complaint = verdict.asked == Category.COMPLAINT
    client = uow.records.client(arrival.linkage.client.ruc) if arrival.linkage.client else None
    return QuestionLine(
        kind=QuestionKind.COMPLAINT if is_complaint else QuestionKind.LABEL,
        message=arrival.id,
        sender=arrival.sender,
        subject=arrival.subject,
        received_at=arrival.received_at,
        excerpt=excerpt_of(arrival.text),
        because=doubtful_words(verdict),
        answer_by=until,
        order=next(iter(arrival.linkage.orders), None),
        client=client.name if client else "",
        label="" if is_complaint else verdict.asked,
    )


def _mail(context: AskContext, readers: Sequence[Staff], arrival: Arrival, desk: Desk, now: datetime) -> OutgoingMail:
    return compose(
        context,
        desk=desk,
        key=f"ask:{arrival.id}",
        purpose=MailPurpose.ASK,
        to=readers,
        now=now,
    )
