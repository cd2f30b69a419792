"""The state of the service, from stored data alone, and what of it needs a person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.domain.clock import LIMA
from mailbot.domain.mail import MailState
from mailbot.ports.store import Store, UnitOfWork
from mailbot.ports.tally import LedgerLine, Tally
from mailbot.services.climb import HEARTBEAT
from mailbot.services.deliver import BREAKER
from mailbot.services.findings import findings
from mailbot.services.poll import last_read
from mailbot.services.reconcile import LAST_RECONCILED, LOOK_BACK, Reconciled, last_reconciled

_SILENT_AFTER = timedelta(minutes=10)
# A mailbox that pushes is read when mail comes; every service reads it within the hour besides.
_UNREAD_AFTER = timedelta(hours=1, minutes=15)
# A queue that moves leaves no mail behind for so long.
_STUCK_AFTER = timedelta(minutes=30)
_UNCOMPARED_AFTER = timedelta(days=2)
# What the schedule keeps of itself: what it is called for people, and under which name it is kept.
_SCHEDULE = {"agenda": "agenda:last", "resumen del día": "summary:last", "conciliación": LAST_RECONCILED}
_WAITING = (MailState.QUEUED, MailState.DEFERRED, MailState.SENDING)


@dataclass(frozen=True, kw_only=True)
class MailboxHealth:
    """One watched mailbox: when it was last read without fault, and what the last comparison found."""

    name: str
    last_read_at: datetime | None
    ledger: tuple[LedgerLine, ...] = ()
    reconciled: tuple[Reconciled, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Health:
    """Counts, and what needs a person, in Spanish."""

    heartbeat_at: datetime | None
    tally: Tally
    mailboxes: tuple[MailboxHealth, ...]
    # The last agenda, summary and comparison, by their names for people.
    schedule: Mapping[str, str | None]
    # The earliest moment of a mail that should have left and did not.
    oldest_waiting_at: datetime | None
    problems: tuple[str, ...]

    @property
    def queued(self) -> int:
        """How many mails wait to leave."""
        return self.tally.mails[MailState.QUEUED] + self.tally.mails[MailState.DEFERRED]


def health(store: Store, *, now: datetime, mailboxes: Sequence[str] = (), zone: ZoneInfo = LIMA) -> Health:
    """Look at everything once; the mailboxes are those that should be read."""
    with store.begin() as uow:
        beat = uow.facts.get(HEARTBEAT)
        heartbeat_at = datetime.fromisoformat(beat) if beat else None
        tally = uow.tally(now)
        lines = uow.messages.ledger(since=now - LOOK_BACK, zone=zone)
        boxes = tuple(_mailbox(name, lines, uow) for name in mailboxes)
        schedule = {label: uow.facts.get(fact) for label, fact in _SCHEDULE.items()}
        waiting = [mail.not_before for mail in uow.outbox.list(states=_WAITING)] if _waits(tally) else []
        is_stopped = (uow.facts.get(BREAKER) or "").startswith("tripped")
        found = findings(uow)
    oldest = min((at for at in waiting if at <= now), default=None)
    problems = [
        *_service_problems(heartbeat_at, oldest, now),
        *_mail_problems(tally, is_stopped=is_stopped),
        *(f"no se puede calcular un plazo de {subject}: {why}" for subject, why in found.items()),
        *(problem for box in boxes for problem in _mailbox_problems(box, heartbeat_at, now)),
    ]
    return Health(
        heartbeat_at=heartbeat_at,
        tally=tally,
        mailboxes=boxes,
        schedule=schedule,
        oldest_waiting_at=oldest,
        problems=tuple(problems),
    )


def _waits(tally: Tally) -> bool:
    return any(tally.mails[state] for state in _WAITING)


def _mailbox(name: str, lines: Iterable[LedgerLine], uow: UnitOfWork) -> MailboxHealth:
    mine = tuple(line for line in lines if line.mailbox == name)
    places = sorted({(name, line.folder) for line in mine}) or [(name, "INBOX")]
    return MailboxHealth(
        name=name,
        last_read_at=last_read(name, uow),
        ledger=mine,
        reconciled=tuple(last_reconciled(places, uow)),
    )


def _service_problems(heartbeat_at: datetime | None, oldest: datetime | None, now: datetime) -> Iterator[str]:
    if _is_silent(heartbeat_at, now):
        yield "el servicio no está trabajando: inícielo con «mailbot run»"
    elif oldest is not None and now - oldest > _STUCK_AFTER:
        yield "la cola de envío no avanza: pruebe «mailbot check» y mire «mailbot notices --state deferred»"


def _is_silent(heartbeat_at: datetime | None, now: datetime) -> bool:
    return heartbeat_at is None or now - heartbeat_at > _SILENT_AFTER


def _mail_problems(tally: Tally, *, is_stopped: bool) -> Iterator[str]:
    if tally.quarantined:
        yield f"{tally.quarantined} correos en cuarentena: véalos con «mailbot quarantine list»"
    if is_stopped:
        yield "salían demasiados correos y el envío se detuvo: revise y siga con «mailbot deliver --resume»"
    uncertain = tally.mails[MailState.UNCERTAIN]
    if uncertain:
        yield (
            f"{uncertain} correos no se sabe si salieron («mailbot notices --state uncertain»): "
            "diga «mailbot deliver --sent ID» si llegó, o «--again ID» para enviarlo otra vez"
        )
    refused = tally.mails[MailState.REFUSED]
    if refused:
        yield f"{refused} correos rechazados: «mailbot notices --state refused»"


def _mailbox_problems(box: MailboxHealth, heartbeat_at: datetime | None, now: datetime) -> Iterator[str]:
    for found in box.reconciled:
        if found.fault:
            yield f"buzón {box.name}: no se pudo comparar con lo leído ({found.fault})"
        elif found.needs_person:
            left = found.missing - found.healed
            yield f"buzón {box.name}, carpeta {found.folder}: {left} correos están en el servidor y no se leyeron"
    if _is_silent(heartbeat_at, now):
        # That is told already, and explains the rest.
        return
    if box.last_read_at is None or now - box.last_read_at > _UNREAD_AFTER:
        yield f"el buzón {box.name} no se lee: pruebe «mailbot check»"
    compared = [found.at for found in box.reconciled]
    if compared and now - max(compared) > _UNCOMPARED_AFTER:
        yield f"el buzón {box.name} no se compara con el servidor desde el {max(compared):%d/%m}"
