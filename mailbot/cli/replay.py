"""`replay`: past mail through the live services with a simulated clock."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_json, print_jsonl, print_table, progress, say

if TYPE_CHECKING:
    from mailbot.services.chronicle import Happening
    from mailbot.services.desk import Desk
    from mailbot.services.replay import Action, PastMail


def add_to(app: typer.Typer) -> None:
    """Hang the command on the app."""
    app.command("replay")(replay)


def replay(
    mail: list[str] = typer.Option(..., "--mail", help="Correos pasados: Maildir, mbox, .eml o carpeta."),
    office: Path = typer.Option(..., "--office", help="Libro de la oficina (.xlsx o carpeta de CSV)."),
    since: str | None = typer.Option(None, "--since", help="Contar desde este momento; lo anterior solo prepara."),
    until: str | None = typer.Option(None, "--until", help="Hasta este momento (por defecto, cinco días hábiles más)."),
    actions: Path | None = typer.Option(None, "--actions", help="Lo que hicieron las personas (JSON Lines)."),
    report: Path | None = typer.Option(None, "--report", help="Escribir una página HTML para la jefatura."),
    as_json: bool = typer.Option(False, "--json", help="Un solo documento JSON."),
    as_jsonl: bool = typer.Option(False, "--jsonl", help="Un objeto JSON por línea."),
) -> int:
    """Pasar correos antiguos por los servicios de verdad y contar qué se habría avisado, cuándo y a quién."""
    from mailbot.services.chronicle import chronicle
    from mailbot.services.reckon import read_instant
    from mailbot.services.replay import Span
    from mailbot.services.replay import replay as replay_all

    desk = _desk(office)
    span = Span(
        since=read_instant(since, desk) if since else None,
        until=read_instant(until, desk) if until else None,
    )
    faults: list[str] = []
    done = _actions(actions, desk) if actions else ()
    walked = replay_all(desk, _mails(mail, faults), span=span, actions=done)
    with desk.store.begin() as uow:
        events = chronicle(uow, since=span.since)
    if report is not None:
        _write_report(report, desk, events, walked)
    if as_json:
        print_json([_shape(event, desk) for event in events])
    elif as_jsonl:
        print_jsonl(_shape(event, desk) for event in events)
    elif report is None:
        _print(events, desk)
    return _closing(faults, desk)


def _closing(faults: Sequence[str], desk: "Desk") -> int:
    """Say what needs a person: mail that could not be read, actions that named nothing."""
    from mailbot.services.actions import unheard

    missing = unheard(desk)
    for fault in faults:
        progress(f"no se pudo leer: {fault}")
    for action in missing:
        progress(f"acción sin efecto: {action}")
    return Exit.NEEDS_PERSON if faults or missing else Exit.DONE


def _desk(office: Path) -> "Desk":
    """A desk over memory whose mails have subjects alone: nobody is sent them."""
    from dataclasses import replace as with_

    from mailbot.bootstrap import build_renderer
    from mailbot.cli.workshop import reading_desk, settings
    from mailbot.rendering.headlines import HeadlineRenderer

    return with_(reading_desk(office), renderer=HeadlineRenderer(build_renderer(settings())))


def _actions(file: Path, desk: "Desk") -> "Sequence[Action]":
    from mailbot.records.newer import newer_office
    from mailbot.services.actions import read_actions

    return read_actions(file, desk, newer=lambda what, known: newer_office(what, folder=file.parent, known=known))


def _write_report(
    file: Path, desk: "Desk", events: "Sequence[Happening]", walked: tuple[datetime, datetime] | None
) -> None:
    from mailbot.rendering.replay_page import replay_page
    from mailbot.services.replay_report import sum_up
    from mailbot.shipped import templates_folder

    if walked is None:
        raise typer.BadParameter("no hay correos con fecha que repasar", param_hint="--mail")
    try:
        file.write_text(replay_page(sum_up(desk, events, walked), templates_folder()), encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"no se puede escribir {file}: {error.strerror}", param_hint="--report") from error
    progress(f"informe escrito en {file}")


def _mails(paths: Sequence[str], faults: list[str]) -> "Iterator[PastMail]":
    from mailbot.mailboxes.files import open_mails
    from mailbot.services.replay import PastMail

    for path in paths:
        for file in open_mails(path):
            if file.error is not None:
                faults.append(file.error)
            elif file.record is not None:
                faults.append(f"{file.path}: un corpus no se puede repasar; dé correos")
            else:
                yield PastMail(path=file.path, raw=file.raw or b"")


def _shape(event: "Happening", desk: "Desk") -> dict[str, Any]:
    from mailbot.cli.shapes import instant

    return {
        "at": instant(event.at, desk.zone),
        "event": event.event,
        "message_id": event.message_id,
        "order": event.order,
        "client": event.client,
        "kind": event.kind,
        "obligation": event.obligation,
        "due_at": instant(event.due_at, desk.zone),
        "to": list(event.to),
        "cc": list(event.cc),
        "step": event.step,
        "subject": event.subject,
        "reckoning": list(event.reckoning),
    }


# How events are told to people.
_EVENTS = {
    "message": "correo",
    "obligation_opened": "plazo abierto",
    "obligation_met": "atendido",
    "obligation_breached": "vencido",
    "obligation_cancelled": "anulado",
    "reminder": "recordatorio",
    "notice": "aviso",
    "digest": "status al cliente",
    "ask": "pregunta",
}


def _print(events: "Sequence[Happening]", desk: "Desk") -> None:
    from mailbot.domain.obligation import ObligationKind
    from mailbot.domain.words import word

    rows = (
        [
            _local(event.at, desk),
            _EVENTS.get(event.event, event.event),
            word(ObligationKind(event.kind)) if event.kind else "",
            event.order or "-",
            ", ".join(event.to),
            event.subject or "",
        ]
        for event in events
    )
    print_table(("cuándo", "qué", "obligación", "despacho", "para", "asunto"), rows)
    breached = sum(event.event == "obligation_breached" for event in events)
    opened = sum(event.event == "obligation_opened" for event in events)
    say(f"{opened} plazos abiertos, {breached} vencidos.")


def _local(at: datetime, desk: "Desk") -> str:
    return f"{at.astimezone(desk.zone):%d/%m/%Y %H:%M}"
