"""What the delivery of a mail itself shows to be done."""

from datetime import datetime

from mailbot.domain.arrival import Meeting
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.policy import Policy, Stop
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter
from mailbot.services.carry_out import ALERT, MAILBOT, meet
from mailbot.services.handover import is_handover

# How the evidence of shadow mode begins: nobody was told anything.
SHADOW_EVIDENCE = "modo sombra, no se envió: "


def meet_by_delivery(
    mail: OutgoingMail, uow: UnitOfWork, *, policy: Policy, now: datetime, is_shadow: bool = False
) -> None:
    """Meet what the accepted mail was owed for: the report to the chiefs, to Administración, to the client.

    In shadow mode nothing was accepted: the evidence says so.
    """
    prefix = SHADOW_EVIDENCE if is_shadow else ""
    uow.obligations.prefetch(mail.obligations)
    for obligation_id in mail.obligations:
        obligation = uow.obligations.get(obligation_id)
        is_owed = obligation is not None and obligation.is_open
        evidence = _evidence(obligation, mail, uow, policy) if obligation is not None and is_owed else None
        if obligation is not None and evidence is not None:
            # A clock that was put back ends nothing before it began.
            at = max(now, obligation.received_at or obligation.starts_at)
            meet(Meeting(obligation=obligation, at=at, evidence=prefix + evidence), uow, who=MAILBOT, message=None)
    if mail.purpose is MailPurpose.DIGEST:
        for kind in policy.kinds_stopped_by(Stop.DIGEST_SHOWS_IT):
            _meet_by_digest(kind, mail, uow, now=now, prefix=prefix)


def _evidence(obligation: Obligation, mail: OutgoingMail, uow: UnitOfWork, policy: Policy) -> str | None:
    if policy.is_stopped_by(obligation.kind, Stop.MAIL_TO_ADMINISTRATION) and is_handover(mail):
        return f"reenviado a Administración ({mail.message_id})"
    if not policy.is_stopped_by(obligation.kind, Stop.NOTICE_DELIVERED):
        return None
    alerts = (n for n in uow.obligations.notices(obligation.id) if n.mark == ALERT and not n.is_copy)
    told = next((notice.recipient for notice in alerts if notice.mail == mail.key), None)
    return f"aviso entregado a {told} ({mail.message_id})" if told else None


def _meet_by_digest(kind: ObligationKind, mail: OutgoingMail, uow: UnitOfWork, *, now: datetime, prefix: str) -> None:
    """The client was told by a digest that shows the dispatch."""
    client = mail.key.split(":")[1]
    query = ObligationFilter(client=client, kind=kind, is_open=True)
    for obligation in uow.obligations.list(query):
        if (obligation.received_at or obligation.starts_at) <= mail.created_at:
            evidence = f"{prefix}lo muestra el status enviado ({mail.message_id})"
            meet(Meeting(obligation=obligation, at=now, evidence=evidence), uow, who=MAILBOT, message=None)
