"""What people did, for `replay`: a JSON Lines file of actions (contract, "JSON of `replay`")."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from mailbot.domain.corrections import change_of
from mailbot.domain.delays import read_delay, until
from mailbot.domain.errors import UnknownName
from mailbot.domain.obligation import Obligation
from mailbot.domain.office import Office
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter, ObligationFilter, StoredMessage
from mailbot.services.carry_out import note
from mailbot.services.desk import Desk
from mailbot.services.reckon import read_instant
from mailbot.services.replay import Action
from mailbot.services.watch import watch

# The audit line of an action that named nothing.
UNHEARD = "action_unheard"
_Run = Callable[[Desk, Mapping[str, Any], datetime], None]
# What an action says and the office as it was give the office as it is.
Newer = Callable[[Mapping[str, Any], Office], Office]


def read_actions(file: Path, desk: Desk, *, newer: Newer | None = None) -> list[Action]:
    """Every action of a file in order of time; raises `UnknownName` naming the line that is off.

    `newer` reads what an `office` action brings; without it there are none.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UnknownName(f"no se puede leer {file}: {error.strerror}") from error
    runs = _RUNS if newer is None else {**_RUNS, "office": _importing(newer)}
    actions = [_action(line, number, desk, runs) for number, line in enumerate(lines, start=1) if line.strip()]
    return sorted(actions, key=lambda action: action.at)


def _action(line: str, number: int, desk: Desk, runs: Mapping[str, _Run]) -> Action:
    try:
        what = json.loads(line)
        at, run = read_instant(str(what["at"]), desk), runs[what["do"]]
        change_of(_labels(what))
        _check_names(what)
    except (ValueError, KeyError, TypeError, UnknownName) as error:
        names = ", ".join(sorted(runs))
        raise UnknownName(f'acciones, línea {number}: se espera {{"at": …, "do": {names}}} ({error})') from error
    return Action(at=at, run=lambda now: run(desk, what, now))


# What each action must name, one of the groups at least.
_NEEDED = {
    "done": (("message_id",), ("order",)),
    "ack": (("message_id",), ("order",)),
    "link": (("message_id", "order"),),
    "correct": (("message_id",),),
}


def _check_names(what: Mapping[str, Any]) -> None:
    """An action that names nothing would be about everything."""
    groups = _NEEDED.get(str(what["do"]), ((),))
    if not any(all(what.get(name) for name in group) for group in groups):
        raise ValueError("falta " + " o ".join(" y ".join(group) for group in groups))


def _done(desk: Desk, what: Mapping[str, Any], now: datetime) -> None:
    from mailbot.services.word import mark_done

    for obligation in _named(desk, what, now):
        if obligation.is_open:
            mark_done(desk.store, obligation.id, who=_who(what), why=str(what.get("why", "")), now=now)


def _link(desk: Desk, what: Mapping[str, Any], now: datetime) -> None:
    from mailbot.services.word import relink

    message = _message(desk, what, now)
    if message is not None:
        relink(desk, message.id, str(what["order"]), who=_who(what), now=now)


def _correct(desk: Desk, what: Mapping[str, Any], now: datetime) -> None:
    """Other labels: those of `LABELS.md`, beside the message or under `labels`."""
    from mailbot.services.word import correct

    message, change = _message(desk, what, now), change_of(_labels(what))
    if message is not None and not change.is_empty:
        correct(desk, message.id, change, who=_who(what), now=now)


def _labels(what: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = what.get("labels")
    return labels if isinstance(labels, Mapping) else what


def _acknowledge(desk: Desk, what: Mapping[str, Any], now: datetime) -> None:
    """`visto`, or `posponer` with `until`: a time, or a delay in words ("4h")."""
    from mailbot.services.word import acknowledge, postpone

    until_at = _until(desk, what["until"], now) if what.get("until") else None
    for obligation in _named(desk, what, now):
        if until_at is None:
            acknowledge(desk, obligation.id, who=_who(what), now=now)
        else:
            postpone(desk.store, obligation.id, until_at, who=_who(what), now=now)


def _until(desk: Desk, text: str, now: datetime) -> datetime:
    with desk.store.begin() as uow:
        calendar = desk.rules(uow.records).calendar
    delay = read_delay(text)
    return (until(delay, now, calendar) if delay else None) or read_instant(text, desk)


def _who(what: Mapping[str, Any]) -> str:
    return str(what.get("who", "replay"))


def unheard(desk: Desk) -> tuple[str, ...]:
    """The actions that named nothing that existed at their moment, in words."""
    with desk.store.begin() as uow:
        return tuple(f"{line.subject} ({line.detail})" for line in uow.audit_lines() if line.action == UNHEARD)


def _note_unheard(desk: Desk, what: Mapping[str, Any], now: datetime) -> None:
    named = " ".join(str(what[name]) for name in ("message_id", "order", "kind") if what.get(name))
    with desk.store.begin() as uow:
        note(uow, at=now, action=UNHEARD, subject=f"{what['do']} {named}", detail=f"{what['at']}: no existía")
        uow.commit()


def _named(desk: Desk, what: Mapping[str, Any], now: datetime) -> list[Obligation]:
    """The obligations that `message_id` + `kind`, or `order` + `kind`, name."""
    with desk.store.begin() as uow:
        found = uow.obligations.list(ObligationFilter(order=what.get("order")))
    message_id, order, kind = what.get("message_id"), what.get("order"), what.get("kind")
    named = [
        item
        for item in found
        if (kind is None or item.kind == kind)
        and (message_id is None or item.message_id == message_id)
        and (order is None or item.order == order)
    ]
    if not named:
        _note_unheard(desk, what, now)
    return named


def _message(desk: Desk, what: Mapping[str, Any], now: datetime) -> StoredMessage | None:
    with desk.store.begin() as uow:
        found = _with_id(uow, str(what.get("message_id")))
    if found is None:
        _note_unheard(desk, what, now)
    return found


def _with_id(uow: UnitOfWork, message_id: str) -> StoredMessage | None:
    return next((item for item in uow.messages.list(MessageFilter()) if item.message_id == message_id), None)


def _importing(newer: Newer) -> _Run:
    def run(desk: Desk, what: Mapping[str, Any], now: datetime) -> None:
        """A newer office file is imported, and the next look of the schedule follows at once."""
        with desk.store.begin() as uow:
            office = newer(what, uow.office.load())
            uow.office.save(office)
            uow.commit()
        watch(desk, now=now)

    return run


_RUNS: dict[str, _Run] = {"done": _done, "link": _link, "correct": _correct, "ack": _acknowledge}
