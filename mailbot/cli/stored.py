"""What is stored: `messages`, `notices`, and what could not be read, `quarantine`."""

from typing import TYPE_CHECKING, Any

import typer

from mailbot.cli.app import Exit
from mailbot.cli.obligations import instant_of
from mailbot.cli.output import print_jsonl, print_table, say

if TYPE_CHECKING:
    from mailbot.domain.mail import OutgoingMail
    from mailbot.ports.store import UnitOfWork

CLIENT = typer.Option(None, "--client", help="RUC del cliente.")
DISPATCH = typer.Option(None, "--dispatch", help="Orden del despacho.")
ESC = typer.Option(None, "--esc", help="Código del responsable.")
STATE = typer.Option(None, "--state", help="Estado, por ejemplo open, met o overdue.")
SINCE = typer.Option(None, "--since", help="Desde esta fecha (AAAA-MM-DD).")
JSONL = typer.Option(False, "--jsonl", help="Un objeto JSON por línea.")

quarantine_app = typer.Typer(help="Correos que no se pudieron leer.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.command("messages")(messages)
    app.command("notices")(notices)
    app.add_typer(quarantine_app, name="quarantine")


def messages(
    client: str | None = CLIENT,
    dispatch: str | None = DISPATCH,
    esc: str | None = ESC,
    state: str | None = STATE,
    since: str | None = SINCE,
    as_jsonl: bool = JSONL,
) -> int:
    """Los correos guardados."""
    from mailbot.cli.listings import message_shapes
    from mailbot.cli.workshop import database
    from mailbot.ports.store import MessageFilter

    query = MessageFilter(client=client, order=dispatch, since=instant_of(since, "--since"))
    with database() as store, store.begin() as uow:
        shapes = [
            shape
            for shape in message_shapes(query, uow)
            if (state is None or shape["state"] == state) and (esc is None or esc in shape["owners"])
        ]
    for shape in shapes:
        del shape["owners"]
    if as_jsonl:
        print_jsonl(shapes)
    else:
        rows = (
            [
                s["received_at"][:16],
                (s["from"] or {}).get("address", "-"),
                s["subject"] or "-",
                s["primary"] or "-",
                ", ".join(s["dispatches"]) or "-",
                s["state"],
            ]
            for s in shapes
        )
        print_table(("llegó", "de", "asunto", "tipo", "despacho", "estado"), rows)
    return Exit.DONE


def notices(
    client: str | None = CLIENT,
    dispatch: str | None = DISPATCH,
    esc: str | None = ESC,
    state: str | None = STATE,
    since: str | None = SINCE,
    as_jsonl: bool = JSONL,
) -> int:
    """Los correos que mailbot mandó o va a mandar."""
    from mailbot.cli.workshop import database
    from mailbot.domain.clock import LIMA

    with database() as store, store.begin() as uow:
        found = [
            mail
            for mail in uow.outbox.list(since=instant_of(since, "--since"))
            if (state is None or mail.state == state) and _concerns(mail, uow, client, dispatch, esc)
        ]
    if as_jsonl:
        print_jsonl(_mail_shape(mail) for mail in found)
    else:
        rows = (
            [
                f"{mail.created_at.astimezone(LIMA):%d/%m %H:%M}",
                mail.purpose,
                ", ".join(a.address for a in mail.to),
                mail.subject,
                mail.state,
            ]
            for mail in found
        )
        print_table(("creado", "motivo", "para", "asunto", "estado"), rows)
    return Exit.DONE


def _concerns(
    mail: "OutgoingMail", uow: "UnitOfWork", client: str | None, dispatch: str | None, esc: str | None
) -> bool:
    if client is None and dispatch is None and esc is None:
        return True
    found = [o for o in map(uow.obligations.get, mail.obligations) if o is not None]
    return any(
        (client is None or o.client == client)
        and (dispatch is None or o.order == dispatch)
        and (esc is None or o.owner == esc)
        for o in found
    )


def _mail_shape(mail: "OutgoingMail") -> dict[str, Any]:
    from mailbot.cli.shapes import instant

    return {
        "id": mail.key,
        "message_id": mail.message_id,
        "purpose": mail.purpose.value,
        "to": [address.address for address in mail.to],
        "cc": [address.address for address in mail.cc],
        "subject": mail.subject,
        "obligations": list(mail.obligations),
        "state": mail.state.value,
        "created_at": instant(mail.created_at),
        "sent_at": instant(mail.sent_at),
        "attempts": mail.attempts,
        "error": mail.last_error or None,
    }


@quarantine_app.command("list")
def list_quarantine(as_jsonl: bool = JSONL) -> int:
    """Los correos en cuarentena."""
    from mailbot.cli.listings import quarantine_shape
    from mailbot.cli.workshop import database

    with database() as store, store.begin() as uow:
        shelf = uow.quarantine.list()
    if as_jsonl:
        print_jsonl(quarantine_shape(mail) for mail in shelf)
    else:
        shapes = map(quarantine_shape, shelf)
        print_table(
            ("código", "buzón", "llegó", "bytes", "motivo"),
            ([s["id"], s["mailbox"], s["received_at"][:16], str(s["size"]), s["reason"]] for s in shapes),
        )
    return Exit.NEEDS_PERSON if shelf else Exit.DONE


@quarantine_app.command("show")
def show_quarantine(id: str = typer.Argument(..., help="Código del correo en cuarentena.")) -> int:
    """Escribir los bytes de un correo en cuarentena en la salida estándar."""
    import sys

    from mailbot.cli.workshop import database
    from mailbot.domain.errors import UnknownName

    with database() as store, store.begin() as uow:
        mail = uow.quarantine.get(id)
        known = [shelf.id for shelf in uow.quarantine.list()]
    if mail is None:
        raise UnknownName(f"no hay un correo en cuarentena con el código «{id}».", nearest=known[:3])
    sys.stdout.buffer.write(mail.raw)
    return Exit.DONE


@quarantine_app.command("retry")
def retry_quarantine(id: str = typer.Argument(..., help="Código del correo en cuarentena.")) -> int:
    """Leer de nuevo un correo en cuarentena; sus plazos corren desde que llegó."""
    from mailbot.bootstrap import build_desk
    from mailbot.cli.workshop import database, now, settings
    from mailbot.services.ingest import retry_quarantined

    with database() as store:
        taken = retry_quarantined(build_desk(settings(), store), id, now=now())
    say(f"{id}: leído · {taken.opened} plazos abiertos, {taken.met} cumplidos")
    return Exit.DONE
