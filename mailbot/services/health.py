"""The state of the service, from stored data alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.domain.mail import MailState
from mailbot.domain.obligation import is_overdue
from mailbot.ports.store import MessageFilter, ObligationFilter, Store
from mailbot.services.climb import HEARTBEAT

_SILENT_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Health:
    """Counts, and what needs a person, in Spanish."""

    heartbeat_at: datetime | None
    messages: int
    open: int
    overdue: int
    oldest_due_at: datetime | None
    queued: int
    uncertain: int
    refused: int
    withheld: int
    quarantined: int
    problems: tuple[str, ...]


def health(store: Store, *, now: datetime) -> Health:
    """Look at everything once."""
    with store.begin() as uow:
        beat = uow.facts.get(HEARTBEAT)
        heartbeat_at = datetime.fromisoformat(beat) if beat else None
        owed = uow.obligations.list(ObligationFilter(is_open=True))
        mails = uow.outbox.list()
        quarantined = len(uow.quarantine.list())
        messages = len(uow.messages.list(MessageFilter()))
    states = [mail.state for mail in mails]
    counts = {state: states.count(state) for state in MailState}
    return Health(
        heartbeat_at=heartbeat_at,
        messages=messages,
        open=len(owed),
        overdue=sum(is_overdue(item, now) for item in owed),
        oldest_due_at=min((item.due_at for item in owed), default=None),
        queued=counts[MailState.QUEUED] + counts[MailState.DEFERRED],
        uncertain=counts[MailState.UNCERTAIN],
        refused=counts[MailState.REFUSED],
        withheld=counts[MailState.WITHHELD],
        quarantined=quarantined,
        problems=tuple(_problems(counts, quarantined, heartbeat_at, now)),
    )


def _problems(
    counts: dict[MailState, int], quarantined: int, heartbeat_at: datetime | None, now: datetime
) -> list[str]:
    problems = []
    if heartbeat_at is None or now - heartbeat_at > _SILENT_AFTER:
        problems.append("el servicio no está trabajando: inícielo con «mailbot run»")
    if quarantined:
        problems.append(f"{quarantined} correos en cuarentena: véalos con «mailbot quarantine list»")
    if counts[MailState.UNCERTAIN]:
        problems.append(
            f"{counts[MailState.UNCERTAIN]} correos no se sabe si salieron: «mailbot notices --state uncertain»"
        )
    if counts[MailState.REFUSED]:
        problems.append(f"{counts[MailState.REFUSED]} correos rechazados: «mailbot notices --state refused»")
    return problems
