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


@db_app.command("restore")
def restore(source: Path = typer.Argument(..., help="Copia hecha con «db backup».")) -> int:
    """Recuperar una copia en lugar de una base de datos que falta o está vacía."""
    from mailbot.cli.workshop import now, settings
    from mailbot.store import restore as restore_store

    revision = restore_store(source, settings().database_url, at=now())
    say(f"recuperada en la versión {revision}; lo que esperaba salir se busca en los buzones antes de enviarlo")
    return Exit.DONE


@db_app.command("copy")
def copy(
    target: str = typer.Argument("-", help="URL de una base de datos vacía; «-»: se lee de la entrada estándar."),
) -> int:
    """Llevar toda la oficina a otra base de datos, por ejemplo PostgreSQL, y comprobar que llegó igual."""
    import sys

    from mailbot.cli.workshop import settings
    from mailbot.store import copy as copy_store

    # On standard input a password is seen by nobody who lists processes.
    url = sys.stdin.readline().strip() if target == "-" else target
    for table in copy_store(settings().database_url, url):
        say(f"✔ {table.name:<20} {table.rows:>9} filas  {table.digest[:16]}")
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
