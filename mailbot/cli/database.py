"""`db` and `doctor`: schema, copy, integrity, and the state of the service on one page."""

from pathlib import Path

import typer

from mailbot.cli.app import Exit
from mailbot.cli.doctor import doctor
from mailbot.cli.output import say

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
