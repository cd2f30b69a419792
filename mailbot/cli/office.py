"""`office` and `dispatches import`: what the company knows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_rows, say, told_at

if TYPE_CHECKING:
    from mailbot.domain.office import Dispatch
    from mailbot.ports.store import Store

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
    from mailbot.cli.workshop import database, now
    from mailbot.records.changes import difference, doubts
    from mailbot.records.workbook import read_office
    from mailbot.services.freshness import note_import

    with database() as store:
        with store.begin() as uow:
            known = uow.office.load()
        fresh = read_office(book, known=known)
        changes = difference(known, fresh)
        if not dry_run:
            with store.begin() as uow:
                uow.office.save(fresh)
                uow.office.save_dispatches(fresh.dispatches)
                note_import(uow, now=now())
                uow.commit()
            _follow_up(store)
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


@office_app.command("checklist")
def write_checklist(
    file: Path = typer.Argument(..., help="Dónde escribir la lista (.toml)."),
    force: bool = typer.Option(False, "--force", help="Reemplazar un archivo que ya existe."),
) -> int:
    """Escribir nuestra lista de documentos por régimen y vía, para cambiarla y usarla como propia."""
    from mailbot.domain.checklist_file import copy_to_start_from

    if file.exists() and not force:
        raise typer.BadParameter(f"{file} ya existe; use --force para reemplazarlo")
    try:
        file.write_text(copy_to_start_from(), encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"no se puede escribir {file}: {error.strerror}") from error
    say(f"Escrito {file}. Cámbielo, póngalo en MAILBOT_CHECKLIST_FILE y pruébelo con: mailbot check")
    return Exit.DONE


@dispatches_app.callback()
def list_dispatches(
    context: typer.Context,
    client: str | None = typer.Option(None, "--client", help="RUC del cliente."),
    dispatch: str | None = typer.Option(None, "--dispatch", help="Orden del despacho."),
    state: str | None = typer.Option(None, "--state", help="Solo los que están en este estado."),
    esc: str | None = typer.Option(None, "--esc", help="Código del ESC."),
    since: str | None = typer.Option(None, "--since", help="Con algún movimiento desde esta fecha (AAAA-MM-DD)."),
    as_json: bool = typer.Option(False, "--json", help="Un solo documento JSON."),
    as_jsonl: bool = typer.Option(False, "--jsonl", help="Un objeto JSON por línea."),
) -> int:
    """Listar los despachos guardados."""
    if context.invoked_subcommand is not None:
        return Exit.DONE
    from mailbot.cli.obligations import instant_of, order_of
    from mailbot.cli.workshop import database

    order, moment = order_of(dispatch), instant_of(since, "--since")
    with database() as store, store.begin() as uow:
        clients = {row.ruc: row for row in uow.records.clients()}
        found = [
            row
            for row in uow.office.load().dispatches
            if (client is None or row.ruc == client)
            and (order is None or row.order == order)
            and (state is None or row.status.casefold() == state.casefold())
            and (esc is None or (row.ruc in clients and clients[row.ruc].esc == esc))
            and (moment is None or _moved_since(row, moment))
        ]
    print_rows(
        map(_shape, found),
        as_json=as_json,
        as_jsonl=as_jsonl,
        headings=("orden", "ruc", "régimen", "vía", "DAM", "estado", "ETA"),
        row=_row,
    )
    return Exit.DONE


def _moved_since(dispatch: "Dispatch", moment: datetime) -> bool:
    """Whether any date of the dispatch lies at or after the moment."""
    from dataclasses import asdict

    day = moment.date()
    values = asdict(dispatch).values()
    return any(
        value >= moment if isinstance(value, datetime) else value >= day for value in values if isinstance(value, date)
    )


def _row(shape: Mapping[str, Any]) -> list[str]:
    eta = told_at(shape["eta"]).split()[0]
    return [
        shape["order"],
        shape["ruc"],
        shape["regime"],
        shape["transport"],
        shape["dam"] or "-",
        shape["status"] or "-",
        eta,
    ]


def _shape(dispatch: "Dispatch") -> dict[str, Any]:
    from dataclasses import asdict

    from mailbot.cli.shapes import instant

    def plain(value: object) -> object:
        if isinstance(value, datetime):
            return instant(value)
        if isinstance(value, date):
            return value.isoformat()
        if value == "":
            return None
        return list(value) if isinstance(value, tuple) else value

    shape = {name: plain(value) for name, value in asdict(dispatch).items()}
    return {"order": shape.pop("order"), "client": dispatch.ruc, **shape}


@dispatches_app.command("import")
def import_dispatches(
    file: Path = typer.Argument(..., help="Exportación de CliNet, .xlsx o .csv."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Solo mostrar qué cambiaría."),
) -> int:
    """Importar despachos, tan seguido como CliNet los exporte."""
    from dataclasses import replace

    from mailbot.cli.workshop import database, now
    from mailbot.records.changes import difference
    from mailbot.records.workbook import read_dispatches
    from mailbot.services.freshness import note_import

    with database() as store:
        with store.begin() as uow:
            known = uow.office.load()
        fresh = read_dispatches(file, office=known)
        merged = {**{d.order: d for d in known.dispatches}, **{d.order: d for d in fresh}}
        changes = difference(known, replace(known, dispatches=tuple(merged.values())))
        if not dry_run:
            with store.begin() as uow:
                uow.office.save_dispatches(fresh)
                note_import(uow, now=now())
                uow.commit()
            _follow_up(store)
    _say_changes(changes, dry_run=dry_run)
    return Exit.DONE


def _follow_up(store: "Store") -> None:
    """What is owed follows the newer file at once, not at the service's next look."""
    from mailbot.bootstrap import build_desk
    from mailbot.cli.workshop import now, settings
    from mailbot.services.watch import watch

    # Before `mailbot init` nothing runs yet that could owe anything.
    if settings().secret is not None:
        watch(build_desk(settings(), store), now=now())


def _say_changes(changes: Sequence[str], *, dry_run: bool) -> None:
    for change in changes:
        say(f"  {change}")
    if not changes:
        say("Sin cambios.")
    elif dry_run:
        say(f"{len(changes)} cambios; no se guardó nada (--dry-run).")
    else:
        say(f"{len(changes)} cambios guardados.")
