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
    screens: Path | None = typer.Option(None, "--screens", help="Guardar imágenes de los correos aquí (con Chromium)."),
) -> int:
    """Ver a mailbot hacer todo su trabajo con una oficina de muestra, en menos de un minuto."""
    from mailbot.demo.run import run_demo

    return run_demo(keep=keep, is_fast=fast, screens=screens)


def version() -> int:
    """La versión de mailbot."""
    from mailbot import __version__

    say(f"mailbot {__version__}")
    return Exit.DONE
