"""`demo`: the whole job on a sample office, and `version`."""

from pathlib import Path

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import say


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.command("demo")(demo)
    app.command("version")(version)


def demo(
    keep: Path | None = typer.Option(None, "--keep", help="Conservar todo en esta carpeta."),
    fast: bool = typer.Option(False, "--fast", help="Sin contar cada hora."),
    mailbox: str = typer.Option(
        "",
        "--mailbox",
        help="Con buzones de esta clase (imap, graph, ews), mostrando lo que mailbot puso en los correos.",
    ),
    screens: Path | None = typer.Option(None, "--screens", help="Guardar imágenes de los correos aquí (con Chromium)."),
) -> int:
    """Ver a mailbot hacer todo su trabajo con una oficina de muestra, en menos de un minuto."""
    from mailbot.demo.places import PLACES
    from mailbot.demo.run import run_demo

    if mailbox and mailbox not in PLACES:
        raise typer.BadParameter(f"debe ser {', '.join(PLACES)}", param_hint="--mailbox")
    return run_demo(keep=keep, is_fast=fast, screens=screens, mailbox=mailbox)


def version() -> int:
    """La versión de mailbot."""
    from mailbot import __version__

    say(f"mailbot {__version__}")
    return Exit.DONE
