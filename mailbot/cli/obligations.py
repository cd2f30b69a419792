"""`obligations`: what is owed now, or was at an earlier moment."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_json, print_jsonl, print_table

if TYPE_CHECKING:
    from mailbot.domain.obligation import Obligation

OVERDUE = "overdue"


def add_to(app: typer.Typer) -> None:
    """Hang the command on the app."""
    app.command("obligations")(obligations)


def instant_of(text: str | None, option: str) -> datetime | None:
    """A moment as written on the command line; without an offset it is Lima's."""
    if text is None:
        return None
    from mailbot.domain.clock import LIMA, to_utc

    try:
        return to_utc(datetime.fromisoformat(text.strip()), zone=LIMA)
    except ValueError as error:
        hint = "escriba AAAA-MM-DD o AAAA-MM-DDTHH:MM"
        raise typer.BadParameter(f"«{text}» no es una fecha: {hint}", param_hint=option) from error


def order_of(text: str | None) -> str | None:
    """An order as written, in the spelling that is stored."""
    if text is None:
        return None
    from mailbot.domain.identifiers import is_full, normal_order
    from mailbot.domain.labels import ReferenceKind

    order = normal_order(text)
    return order if is_full(ReferenceKind.ORDER, order) else text.strip()


def check_state(state: str | None, states: Iterable[str]) -> None:
    """A state that does not exist is a wrong call."""
    if state is not None and state not in states:
        raise typer.BadParameter(f"debe ser uno de {', '.join(sorted(states))}", param_hint="--state")


def obligations(
    client: str | None = typer.Option(None, "--client", help="RUC del cliente."),
    dispatch: str | None = typer.Option(None, "--dispatch", help="Orden del despacho."),
    esc: str | None = typer.Option(None, "--esc", help="Código del responsable."),
    state: str | None = typer.Option(None, "--state", help="Estado, por ejemplo open, met u overdue."),
    since: str | None = typer.Option(None, "--since", help="Desde esta fecha (AAAA-MM-DD)."),
    at: str | None = typer.Option(None, "--at", help="Como estaban en ese momento (AAAA-MM-DDTHH:MM)."),
    as_json: bool = typer.Option(False, "--json", help="Un solo documento JSON."),
    as_jsonl: bool = typer.Option(False, "--jsonl", help="Un objeto JSON por línea."),
) -> int:
    """Los plazos: abiertos, cumplidos, vencidos; ahora, o como estaban en un momento."""
    from mailbot.cli.shapes import stored_obligation
    from mailbot.cli.workshop import database, now
    from mailbot.domain.obligation import ObligationState
    from mailbot.ports.stored import ObligationFilter
    from mailbot.services.history import obligations_at

    check_state(state, {*ObligationState, OVERDUE})
    query = ObligationFilter(client=client, order=order_of(dispatch), owner=esc, since=instant_of(since, "--since"))
    moment = instant_of(at, "--at")
    with database() as store, store.begin() as uow:
        everything = uow.obligations.list(query) if moment is None else obligations_at(query, uow, at=moment)
    shown_at = moment or now()
    found = [item for item in everything if state is None or _is_in(item, state, shown_at)]
    if as_json:
        print_json([stored_obligation(item) for item in found])
    elif as_jsonl:
        print_jsonl(stored_obligation(item) for item in found)
    else:
        _print(found, shown_at)
    return Exit.DONE


def _is_in(item: "Obligation", state: str, at: datetime) -> bool:
    from mailbot.domain.obligation import is_overdue

    return item.state == state or (state == OVERDUE and is_overdue(item, at))


def _print(found: "list[Obligation]", at: datetime) -> None:
    from mailbot.domain.clock import LIMA
    from mailbot.domain.obligation import is_overdue
    from mailbot.domain.words import word

    rows = (
        [
            item.id,
            word(item.kind),
            item.owner,
            item.client or "-",
            item.order or "-",
            f"{item.due_at.astimezone(LIMA):%d/%m/%Y %H:%M}",
            "vencida" if is_overdue(item, at) else word(item.state),
        ]
        for item in found
    )
    print_table(("código", "obligación", "responsable", "cliente", "despacho", "vence", "estado"), rows)
