"""`db` and `doctor`: schema, copy, integrity, and the state of the service on one page."""

from pathlib import Path

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_json, say

db_app = typer.Typer(help="La base de datos: actualizar, copiar, comprobar.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.add_typer(db_app, name="db")
    app.command("doctor")(doctor)


@db_app.command("upgrade")
def upgrade() -> int:
    """Llevar la base de datos a esta versión."""
    from mailbot.cli.workshop import settings
    from mailbot.store import upgrade as upgrade_store

    say(f"base de datos en la versión {upgrade_store(settings().database_url)}")
    return Exit.DONE


@db_app.command("backup")
def backup(target: Path = typer.Argument(..., help="Archivo para la copia.")) -> int:
    """Copiar la base de datos mientras el servicio sigue trabajando."""
    from mailbot.cli.workshop import settings
    from mailbot.store import backup as backup_store

    backup_store(settings().database_url, target)
    say(f"copia en {target}")
    return Exit.DONE


@db_app.command("check")
def check() -> int:
    """Comprobar la integridad de la base de datos."""
    from mailbot.cli.workshop import settings
    from mailbot.store import check_integrity

    faults = check_integrity(settings().database_url)
    for fault in faults:
        say(f"✘ {fault}")
    if not faults:
        say("✔ sin errores")
    return Exit.NEEDS_PERSON if faults else Exit.DONE


def doctor(as_json: bool = typer.Option(False, "--json", help="Un solo documento JSON.")) -> int:
    """El estado del servicio en una página."""
    from mailbot.cli.shapes import instant
    from mailbot.cli.workshop import database, now
    from mailbot.services.health import health

    with database() as store:
        state = health(store, now=now())
    if as_json:
        print_json(
            {
                "heartbeat_at": instant(state.heartbeat_at),
                "messages": state.messages,
                "open": state.open,
                "overdue": state.overdue,
                "oldest_due_at": instant(state.oldest_due_at),
                "queued": state.queued,
                "uncertain": state.uncertain,
                "refused": state.refused,
                "withheld": state.withheld,
                "quarantined": state.quarantined,
                "problems": list(state.problems),
            }
        )
    else:
        say(f"último latido      {instant(state.heartbeat_at) or 'nunca'}")
        say(f"correos guardados  {state.messages}")
        say(f"plazos abiertos    {state.open}, vencidos {state.overdue}")
        say(f"cola de envío      {state.queued} en cola, {state.uncertain} inciertos, {state.refused} rechazados")
        say(f"cuarentena         {state.quarantined}")
        for problem in state.problems:
            say(f"✘ {problem}")
    return Exit.NEEDS_PERSON if state.problems else Exit.DONE
