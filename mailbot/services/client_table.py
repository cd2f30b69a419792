"""What one client is told: the dispatches under way, what changed since the last digest, what is waited for.

Only rows of this client ever enter, whatever the store gives back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot.domain.columns import Column, default_columns, parse_columns
from mailbot.domain.contexts import DigestContext, WaitingForClient
from mailbot.domain.dated import regularization_of
from mailbot.domain.digest import Snapshot, TableRequest, snapshot_of, status_table, waiting_for_client
from mailbot.domain.labels import DocumentType
from mailbot.domain.mail import MailState
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import Client, Dispatch, Language, StatusProgramme
from mailbot.domain.programmes import LastSent
from mailbot.domain.status import Value
from mailbot.domain.words import word
from mailbot.ports.store import UnitOfWork
from mailbot.services.desk import Desk
from mailbot.services.freshness import is_stale
from mailbot.services.history import owed_at
from mailbot.services.lacking import lacking

# In these states the client never saw the mail, so the next one is compared with the one before it.
_NEVER_SEEN = frozenset({MailState.REFUSED, MailState.WITHHELD})


@dataclass(frozen=True, kw_only=True)
class Audience:
    """A client and its programme, if it has one."""

    client: Client
    programme: StatusProgramme | None = None

    @property
    def language(self) -> Language:
        """The programme's language, else the client's."""
        return (self.programme.language if self.programme else None) or self.client.language


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a client saw last, and when; nothing at all before the first digest."""

    snapshot: Snapshot | None = None
    waits: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What is kept between the digests of a client."""

    last: LastSent
    # The mail that carried `shown`; empty when there was nothing to tell.
    key: str
    shown: Seen
    # What the mail before that one showed.
    before: Seen = field(default_factory=Seen)

    def to_json(self) -> str:
        """As text that `from_json` reads back."""
        return json.dumps(
            {
                "planned_at": self.last.planned_at.isoformat(),
                "at": self.last.at.isoformat(),
                "key": self.key,
                "shown": _seen_values(self.shown),
                "before": _seen_values(self.before),
            },
            ensure_ascii=False,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> "Memory":
        """Read what `to_json` wrote."""
        values = json.loads(text)
        moment = datetime.fromisoformat
        return cls(
            last=LastSent(planned_at=moment(values["planned_at"]), at=moment(values["at"])),
            key=values["key"],
            shown=_seen_from(values["shown"]),
            before=_seen_from(values["before"]),
        )


@dataclass(frozen=True, kw_only=True)
class ClientTable:
    """A digest ready to be written, and what it shows for the next one to be compared with."""

    context: DigestContext
    shows: Seen
    # Milestones whose notice this digest is.
    milestones: tuple[str, ...]
    is_changed: bool


def recall(ruc: str, uow: UnitOfWork) -> Memory | None:
    """What is kept of the client's last digest."""
    text = uow.facts.get(_fact(ruc))
    return Memory.from_json(text) if text else None


def remember(ruc: str, memory: Memory, uow: UnitOfWork) -> None:
    """Keep what a digest showed."""
    uow.facts.set(_fact(ruc), memory.to_json())


def baseline(memory: Memory | None, uow: UnitOfWork) -> Seen:
    """What the client saw last: a mail that never left does not count."""
    if memory is None:
        return Seen()
    mail = uow.outbox.get(memory.key) if memory.key else None
    return memory.before if mail is not None and mail.state in _NEVER_SEEN else memory.shown


def gather(audience: Audience, uow: UnitOfWork, *, desk: Desk, seen: Seen, now: datetime) -> ClientTable:
    """Everything a client's digest says at `now`, compared with what was seen."""
    client = audience.client
    dispatches = _dispatches(client, seen, uow)
    obligations = owed_at(uow, at=now, policy=desk.policy, client=client.ruc)
    missing = lacking(dispatches, uow, checklist=desk.checklist, at=now)
    request = _request(audience, dispatches, uow, desk=desk, seen=seen, now=now)
    request = replace(request, extras=_with_missing(request, missing))
    table = status_table(dispatches, request)
    waiting = waiting_for_client(obligations, dispatches, missing=missing)
    esc = uow.records.staff_by_code(client.esc)
    waits = tuple(_wait_name(wait) for wait in waiting)
    shown_orders = {row.order for row in table.rows}
    return ClientTable(
        context=DigestContext(
            client=client.name,
            now=now,
            table=table,
            waiting=waiting,
            previous_at=seen.at,
            esc_name=esc.name if esc else "",
            esc_address=esc.address if esc else "",
            office=desk.office,
        ),
        shows=Seen(snapshot=snapshot_of(dispatches, request), waits=waits, at=now),
        milestones=tuple(
            obligation.id
            for obligation in obligations
            if obligation.kind is ObligationKind.MILESTONE_NOTICE and obligation.order in shown_orders
        ),
        is_changed=table.is_changed or waits != seen.waits,
    )


def _dispatches(client: Client, seen: Seen, uow: UnitOfWork) -> list[Dispatch]:
    """The client's open dispatches, and those of the last digest whose file was closed since."""
    found = {dispatch.order: dispatch for dispatch in uow.records.open_dispatches(client.ruc)}
    for order in seen.snapshot.shown if seen.snapshot else ():
        dispatch = None if order in found else uow.records.dispatch(order)
        if dispatch is not None:
            found[order] = dispatch
    return [dispatch for dispatch in found.values() if dispatch.ruc == client.ruc]


def _request(
    audience: Audience, dispatches: list[Dispatch], uow: UnitOfWork, *, desk: Desk, seen: Seen, now: datetime
) -> TableRequest:
    rules = desk.rules(uow.records)
    return TableRequest(
        day=desk.day_of(now),
        columns=_columns(audience.programme, dispatches),
        language=audience.language,
        previous=seen.snapshot,
        extras={dispatch.order: _extras(dispatch, audience.client, uow, desk) for dispatch in dispatches},
        stale=frozenset(dispatch.order for dispatch in dispatches if is_stale(dispatch, uow, rules=rules, now=now)),
    )


def _columns(programme: StatusProgramme | None, dispatches: list[Dispatch]) -> tuple[Column, ...]:
    """The programme's columns in its order, the order's number always first."""
    named = parse_columns(programme.columns)[0] if programme else ()
    columns = named or default_columns(dispatch.regime for dispatch in dispatches)
    return columns if Column.ORDER in columns else (Column.ORDER, *columns)


def _extras(dispatch: Dispatch, client: Client, uow: UnitOfWork, desk: Desk) -> dict[Column, Value]:
    esc = uow.records.staff_by_code(client.esc)
    regularization = regularization_of(dispatch, desk.policy)
    return {
        Column.RESPONSIBLE: esc.name if esc else None,
        Column.REGULARIZATION_DUE: regularization.legal_on if regularization else None,
    }


def _with_missing(
    request: TableRequest, missing: Mapping[str, tuple[DocumentType, ...]]
) -> Mapping[str, Mapping[Column, Value]]:
    """The extras with the names of the missing papers, for the column that shows them."""
    names = {order: ", ".join(word(paper, request.language) for paper in papers) for order, papers in missing.items()}
    return {order: {**extra, Column.MISSING: names.get(order)} for order, extra in request.extras.items()}


def _wait_name(wait: WaitingForClient) -> str:
    """What is compared from digest to digest: also a paper that came in is news."""
    return ":".join((wait.order, wait.wait.value, *wait.missing))


def _fact(ruc: str) -> str:
    return f"digest:{ruc}"


def _seen_values(seen: Seen) -> dict[str, object]:
    return {
        "snapshot": None if seen.snapshot is None else seen.snapshot.shown,
        "waits": list(seen.waits),
        "at": seen.at.isoformat() if seen.at else None,
    }


def _seen_from(values: dict[str, object]) -> Seen:
    snapshot, waits, at = values["snapshot"], values["waits"], values["at"]
    return Seen(
        snapshot=Snapshot(shown=snapshot) if isinstance(snapshot, dict) else None,
        waits=tuple(waits) if isinstance(waits, list) else (),
        at=datetime.fromisoformat(at) if isinstance(at, str) else None,
    )
