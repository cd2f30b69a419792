"""`doctor`: the state of the service on one page, for people and as JSON."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_json, say

if TYPE_CHECKING:
    from datetime import datetime

    from mailbot.ports.store import Store
    from mailbot.services.health import Health, MailboxHealth
    from mailbot.services.reconcile import Reconciled
    from mailbot.settings import Settings

_LEAST_FREE_MB = 500


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What surrounds the service on this machine."""

    database: str
    model: str
    free_mb: int

    @property
    def problems(self) -> list[str]:
        """What of it needs a person."""
        if self.free_mb >= _LEAST_FREE_MB:
            return []
        return [f"quedan {self.free_mb} MB libres en el disco: haga sitio antes de que se llene"]


def doctor(as_json: bool = typer.Option(False, "--json", help="Un solo documento JSON.")) -> int:
    """El estado del servicio en una página; termina con 1 cuando algo necesita a una persona."""
    from mailbot.cli.workshop import now, settings
    from mailbot.store import open_store, upgrade

    found = settings()
    version = upgrade(found.database_url)
    store = open_store(found.database_url)
    try:
        report = examine(found, store, version=version, now=now())
    finally:
        store.close()
    if as_json:
        print_json(report.shape)
    else:
        _print(report.state, report.machine, report.problems)
    return Exit.NEEDS_PERSON if report.problems else Exit.DONE


@dataclass(frozen=True, kw_only=True)
class Report:
    """What `doctor` found."""

    state: "Health"
    machine: Machine

    @property
    def problems(self) -> list[str]:
        """What needs a person, in Spanish."""
        return [*self.state.problems, *self.machine.problems]

    @property
    def shape(self) -> dict[str, Any]:
        """Its JSON."""
        return _shape(self.state, self.machine) | {"problems": self.problems}


def examine(settings: "Settings", store: "Store", *, version: str, now: "datetime") -> Report:
    """Look at the service, its data and its machine."""
    from zoneinfo import ZoneInfo

    from mailbot.services.health import health

    machine = Machine(database=version, model=_model(settings), free_mb=_free_mb(settings.database_url))
    state = health(store, now=now, mailboxes=tuple(settings.mailbox), zone=ZoneInfo(settings.timezone))
    return Report(state=state, machine=machine)


def _model(settings: "Settings") -> str:
    """The model in use; one that waits in the same folder is not."""
    from mailbot.domain.errors import ModelRefused
    from mailbot.services.learn import describe_model
    from mailbot.shipped import folder_of_model

    named = settings.model_file
    if named is not None and named.is_file():
        return named.stem
    try:
        current = describe_model(folder_of_model(named)).current
    except ModelRefused:
        current = None
    return Path(current).stem if current else "ninguno"


def _free_mb(url: str) -> int:
    from mailbot.store.engine import file_of, is_sqlite

    place = file_of(url).absolute().parent if is_sqlite(url) else Path.cwd()
    return shutil.disk_usage(place).free // 1_000_000


def _shape(state: "Health", machine: Machine) -> dict[str, Any]:
    from mailbot.cli.shapes import instant

    tally = state.tally
    return {
        "heartbeat_at": instant(state.heartbeat_at),
        "messages": tally.messages,
        "open": tally.open,
        "overdue": tally.overdue,
        "oldest_due_at": instant(tally.oldest_due_at),
        "queued": state.queued,
        "oldest_waiting_at": instant(state.oldest_waiting_at),
        **{mail_state.value: count for mail_state, count in tally.mails.items() if mail_state.value != "queued"},
        "quarantined": tally.quarantined,
        "schedule": dict(state.schedule),
        "mailboxes": [_mailbox_shape(box) for box in state.mailboxes],
        "database": machine.database,
        "model": machine.model,
        "free_mb": machine.free_mb,
    }


def _mailbox_shape(box: "MailboxHealth") -> dict[str, Any]:
    from mailbot.cli.shapes import instant

    return {
        "name": box.name,
        "last_read_at": instant(box.last_read_at),
        "ledger": [
            {
                "folder": line.folder,
                "day": line.day.isoformat(),
                "seen": line.seen,
                "stored": line.stored,
                "duplicate": line.duplicate,
                "quarantined": line.quarantined,
                "ignored": line.ignored,
            }
            for line in box.ledger
        ],
        "reconciled": [_reconciled_shape(found) for found in box.reconciled],
    }


def _reconciled_shape(found: "Reconciled") -> dict[str, Any]:
    from mailbot.cli.shapes import instant

    return {
        "folder": found.folder,
        "at": instant(found.at),
        "on_server": found.on_server,
        "missing": found.missing,
        "healed": found.healed,
        "fault": found.fault or None,
    }


def _print(state: "Health", machine: Machine, problems: list[str]) -> None:
    from mailbot.domain.mail import MailState

    tally, mails = state.tally, state.tally.mails
    say(f"último latido      {_said(state.heartbeat_at)}")
    say(f"correos guardados  {tally.messages}")
    say(f"plazos abiertos    {tally.open}, vencidos {tally.overdue}; el más antiguo vence {_said(tally.oldest_due_at)}")
    say(
        f"cola de envío      {state.queued} en cola, {mails[MailState.UNCERTAIN]} inciertos, "
        f"{mails[MailState.REFUSED]} rechazados, {mails[MailState.WITHHELD]} retenidos"
    )
    say(f"cuarentena         {tally.quarantined}")
    for label, day in state.schedule.items():
        say(f"{label:<18} {day or 'nunca'}")
    for box in state.mailboxes:
        say(f"buzón {box.name:<12} leído {_said(box.last_read_at)}; {_counted(box)}")
        for found in box.reconciled:
            compared = f"{found.on_server} en el servidor, {found.missing} sin leer, {found.healed} leídos después"
            say(f"  {found.folder or 'todas'}: {found.fault or compared} ({_said(found.at)})")
    say(f"base de datos      versión {machine.database}")
    say(f"modelo             {machine.model}")
    say(f"disco libre        {machine.free_mb} MB")
    for problem in problems:
        say(f"✘ {problem}")
    if not problems:
        say("✔ nada necesita a una persona")


def _counted(box: "MailboxHealth") -> str:
    seen = sum(line.seen for line in box.ledger)
    parts = {
        "guardados": sum(line.stored for line in box.ledger),
        "repetidos": sum(line.duplicate for line in box.ledger),
        "propios": sum(line.ignored for line in box.ledger),
        "en cuarentena": sum(line.quarantined for line in box.ledger),
    }
    return f"{seen} correos en 14 días: " + ", ".join(f"{count} {what}" for what, count in parts.items())


def _said(moment: "datetime | None") -> str:
    from mailbot.domain.clock import LIMA

    return "nunca" if moment is None else f"{moment.astimezone(LIMA):%d/%m/%Y %H:%M}"
