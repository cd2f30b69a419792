"""What the delivery of a mail itself shows to be done."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.domain.arrival import Meeting
from mailbot.domain.mail import HANDOVER, MailPurpose, MailState, OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.policy import Policy, Stop
from mailbot.domain.programmes import told_at
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter
from mailbot.services.carry_out import ALERT, MAILBOT, ended_by, meet

# How the evidence of shadow mode begins: nobody was told anything.
SHADOW_EVIDENCE = "modo sombra, no se envió: "
# After so long a mail that has not left is no report.
_LONGEST_WAY = timedelta(hours=2)
# Nothing speaks against it that these arrive.
_UNDERWAY = (MailState.QUEUED, MailState.SENDING, MailState.DEFERRED)


def meet_by_delivery(
    mail: OutgoingMail, uow: UnitOfWork, *, policy: Policy, now: datetime, is_shadow: bool = False
) -> None:
    """Meet what the accepted mail was owed for: the report to the chiefs, to Administración, to the client.

    It counts from the moment it was to leave, unless that is long past. In shadow mode nothing was accepted:
    the evidence says so.
    """
    prefix = SHADOW_EVIDENCE if is_shadow else ""
    for meeting in _meetings(mail, uow, policy=policy, at=told_at(mail.speaks_of, now)):
        meet(replace(meeting, evidence=prefix + meeting.evidence), uow, who=MAILBOT, message=None)


def told_by_mails_underway(uow: UnitOfWork, *, policy: Policy, at: datetime) -> dict[str, Obligation]:
    """What mails that were to leave by `at`, and are on their way, will have met; by id.

    When the server takes a mail is chance, and what is told now leaves after it by the same server. One that
    was refused, is kept back or in doubt shows nothing.
    """
    mails = uow.outbox.list(states=_UNDERWAY, since=at - _LONGEST_WAY)
    planned = [mail for mail in mails if mail.speaks_of <= at]
    meetings = [meeting for mail in planned for meeting in _meetings(mail, uow, policy=policy, at=mail.speaks_of)]
    return {meeting.obligation.id: ended_by(meeting) for meeting in meetings}


def _meetings(mail: OutgoingMail, uow: UnitOfWork, *, policy: Policy, at: datetime) -> Iterator[Meeting]:
    """What the delivery of a mail at a moment ends of what is still owed."""
    uow.obligations.prefetch(mail.obligations)
    for obligation_id in mail.obligations:
        obligation = uow.obligations.get(obligation_id)
        is_owed = obligation is not None and obligation.is_open
        evidence = _evidence(obligation, mail, uow, policy) if obligation is not None and is_owed else None
        if obligation is not None and evidence is not None:
            # A clock that was put back ends nothing before it began.
            began_at = obligation.received_at or obligation.starts_at
            yield Meeting(obligation=obligation, at=max(at, began_at), evidence=evidence)
    if mail.purpose is MailPurpose.DIGEST:
        for kind in policy.kinds_stopped_by(Stop.DIGEST_SHOWS_IT):
            yield from _met_by_digest(kind, mail, uow, at=at)


def _evidence(obligation: Obligation, mail: OutgoingMail, uow: UnitOfWork, policy: Policy) -> str | None:
    if policy.is_stopped_by(obligation.kind, Stop.MAIL_TO_ADMINISTRATION) and mail.key.startswith(HANDOVER):
        return f"reenviado a Administración ({mail.message_id})"
    if not policy.is_stopped_by(obligation.kind, Stop.NOTICE_DELIVERED):
        return None
    alerts = (n for n in uow.obligations.notices(obligation.id) if n.mark == ALERT and not n.is_copy)
    told = next((notice.recipient for notice in alerts if notice.mail == mail.key), None)
    return f"aviso entregado a {told} ({mail.message_id})" if told else None


def _met_by_digest(kind: ObligationKind, mail: OutgoingMail, uow: UnitOfWork, *, at: datetime) -> Iterator[Meeting]:
    """The client was told by a digest that shows the dispatch; it shows nothing that came after its moment."""
    client = mail.key.split(":")[1]
    query = ObligationFilter(client=client, kind=kind, is_open=True)
    for obligation in uow.obligations.list(query):
        if (obligation.received_at or obligation.starts_at) <= mail.speaks_of:
            yield Meeting(obligation=obligation, at=at, evidence=f"lo muestra el status enviado ({mail.message_id})")
