"""`office` and `dispatches import`: what the company knows."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_jsonl, print_table, say

if TYPE_CHECKING:
    from mailbot.domain.office import Dispatch

office_app = typer.Typer(
    help="El archivo de la oficina: personal, clientes, acuerdos, despachos…", no_args_is_help=True
)
dispatches_app = typer.Typer(help="Los despachos: listarlos o importarlos de CliNet.", invoke_without_command=True)


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.add_typer(office_app, name="office")
    app.add_typer(dispatches_app, name="dispatches")


@office_app.command("import")
def import_office(
    book: Path = typer.Argument(..., help="Libro .xlsx, o carpeta de CSV con los mismos nombres."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Solo mostrar qué cambiaría."),
) -> int:
    """Importar el archivo de la oficina: todo, o nada si tiene errores."""
    from mailbot.cli.workshop import database
    from mailbot.records.changes import difference, doubts
    from mailbot.records.workbook import read_office

    with database() as store:
        with store.begin() as uow:
            known = uow.office.load()
        fresh = read_office(book, known=known)
        changes = difference(known, fresh)
        if not dry_run:
            with store.begin() as uow:
                uow.office.save(fresh)
                uow.office.save_dispatches(fresh.dispatches)
                uow.commit()
    _say_changes(changes, dry_run=dry_run)
    for doubt in doubts(fresh):
        say(f"  ¿? {doubt}")
    return Exit.DONE


@office_app.command("template")
def write_template(
    book: Path = typer.Argument(..., help="Dónde escribir el libro vacío (.xlsx)."),
    force: bool = typer.Option(False, "--force", help="Reemplazar un archivo que ya existe."),
) -> int:
    """Escribir un libro vacío con encabezados, listas y un ejemplo por hoja."""
    from mailbot.records.writing import write_template as write

    if book.exists() and not force:
        raise typer.BadParameter(f"{book} ya existe; use --force para reemplazarlo")
    write(book)
    say(f"Escrito {book}. Llénelo e impórtelo con: mailbot office import {book}")
    return Exit.DONE


@dispatches_app.callback()
def list_dispatches(
    context: typer.Context,
    client: str | None = typer.Option(None, "--client", help="RUC del cliente."),
    state: str | None = typer.Option(None, "--state", help="Solo los que están en este estado."),
    esc: str | None = typer.Option(None, "--esc", help="Código del ESC."),
    as_jsonl: bool = typer.Option(False, "--jsonl", help="Un objeto JSON por línea."),
) -> int:
    """Listar los despachos guardados."""
    if context.invoked_subcommand is not None:
        return Exit.DONE
    from mailbot.cli.workshop import database

    with database() as store, store.begin() as uow:
        clients = {row.ruc: row for row in uow.records.clients()}
        found = [
            dispatch
            for dispatch in uow.office.load().dispatches
            if (client is None or dispatch.ruc == client)
            and (state is None or dispatch.status.casefold() == state.casefold())
            and (esc is None or (dispatch.ruc in clients and clients[dispatch.ruc].esc == esc))
        ]
    if as_jsonl:
        print_jsonl(_shape(dispatch) for dispatch in found)
    else:
        rows = ([d.order, d.ruc, d.regime, d.transport, d.dam or "-", d.status, _day(d)] for d in found)
        print_table(("orden", "ruc", "régimen", "vía", "DAM", "estado", "ETA"), rows)
    return Exit.DONE


def _shape(dispatch: "Dispatch") -> dict[str, object]:
    from dataclasses import asdict
    from datetime import date, datetime

    from mailbot.cli.shapes import instant

    def plain(value: object) -> object:
        if isinstance(value, datetime):
            return instant(value)
        if isinstance(value, date):
            return value.isoformat()
        return list(value) if isinstance(value, tuple) else value

    return {name: plain(value) for name, value in asdict(dispatch).items()}


def _day(dispatch: "Dispatch") -> str:
    from mailbot.domain.clock import LIMA

    return f"{dispatch.eta.astimezone(LIMA):%d/%m/%Y}" if dispatch.eta else "-"


@dispatches_app.command("import")
def import_dispatches(
    file: Path = typer.Argument(..., help="Exportación de CliNet, .xlsx o .csv."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Solo mostrar qué cambiaría."),
) -> int:
    """Importar despachos, tan seguido como CliNet los exporte."""
    from dataclasses import replace

    from mailbot.cli.workshop import database
    from mailbot.records.changes import difference
    from mailbot.records.workbook import read_dispatches

    with database() as store:
        with store.begin() as uow:
            known = uow.office.load()
        fresh = read_dispatches(file, office=known)
        merged = {**{d.order: d for d in known.dispatches}, **{d.order: d for d in fresh}}
        changes = difference(known, replace(known, dispatches=tuple(merged.values())))
        if not dry_run:
            with store.begin() as uow:
                uow.office.save_dispatches(fresh)
                uow.commit()
    _say_changes(changes, dry_run=dry_run)
    return Exit.DONE


def _say_changes(changes: Sequence[str], *, dry_run: bool) -> None:
    for change in changes:
        say(f"  {change}")
    if not changes:
        say("Sin cambios.")
    elif dry_run:
        say(f"{len(changes)} cambios; no se guardó nada (--dry-run).")
    else:
        say(f"{len(changes)} cambios guardados.")
