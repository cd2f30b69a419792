"""What is stored: `messages`, `notices`, and what could not be read, `quarantine`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from mailbot.cli.app import Exit
from mailbot.cli.obligations import check_state, instant_of, order_of
from mailbot.cli.output import print_rows, say, told_at

if TYPE_CHECKING:
    from mailbot.domain.mail import OutgoingMail
    from mailbot.ports.store import UnitOfWork

CLIENT = typer.Option(None, "--client", help="RUC del cliente.")
DISPATCH = typer.Option(None, "--dispatch", help="Orden del despacho.")
ESC = typer.Option(None, "--esc", help="Código del responsable.")
SINCE = typer.Option(None, "--since", help="Desde esta fecha (AAAA-MM-DD).")
JSON = typer.Option(False, "--json", help="Un solo documento JSON.")
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
    state: str | None = typer.Option(None, "--state", help="stored, quarantined o ignored."),
    since: str | None = SINCE,
    as_json: bool = JSON,
    as_jsonl: bool = JSONL,
) -> int:
    """Los correos guardados."""
    from mailbot.cli.listings import MESSAGE_STATES, message_shapes
    from mailbot.cli.workshop import database
    from mailbot.ports.stored import MessageFilter

    check_state(state, MESSAGE_STATES)
    query = MessageFilter(client=client, order=order_of(dispatch), since=instant_of(since, "--since"))
    with database() as store, store.begin() as uow:
        shapes = [
            shape
            for shape in message_shapes(query, uow)
            if (state is None or shape["state"] == state) and (esc is None or esc in shape["owners"])
        ]
    for shape in shapes:
        del shape["owners"]
    print_rows(
        shapes,
        as_json=as_json,
        as_jsonl=as_jsonl,
        headings=("código", "llegó", "de", "asunto", "tipo", "despacho", "estado"),
        row=_message_row,
    )
    return Exit.DONE


def _message_row(shape: Mapping[str, Any]) -> list[str]:
    from mailbot.cli.listings import MESSAGE_STATES
    from mailbot.domain.labels import Primary
    from mailbot.domain.words import word

    return [
        shape["id"],
        told_at(shape["received_at"]),
        (shape["from"] or {}).get("address", "-"),
        shape["subject"] or "-",
        word(Primary(shape["primary"])) if shape["primary"] else "-",
        ", ".join(shape["dispatches"]) or "-",
        MESSAGE_STATES[shape["state"]],
    ]


def notices(
    client: str | None = CLIENT,
    dispatch: str | None = DISPATCH,
    esc: str | None = ESC,
    state: str | None = typer.Option(None, "--state", help="Estado del envío, por ejemplo queued, sent o withheld."),
    since: str | None = SINCE,
    as_json: bool = JSON,
    as_jsonl: bool = JSONL,
) -> int:
    """Los correos que mailbot mandó o va a mandar."""
    from mailbot.cli.workshop import database
    from mailbot.domain.mail import MailState

    check_state(state, set(MailState))
    with database() as store, store.begin() as uow:
        found = [
            mail
            for mail in uow.outbox.list(since=instant_of(since, "--since"))
            if (state is None or mail.state == state) and _concerns(mail, uow, client, order_of(dispatch), esc)
        ]
    print_rows(
        map(_mail_shape, found),
        as_json=as_json,
        as_jsonl=as_jsonl,
        headings=("creado", "motivo", "para", "asunto", "estado"),
        row=_mail_row,
    )
    return Exit.DONE


def _mail_row(shape: Mapping[str, Any]) -> list[str]:
    from mailbot.domain.mail import MailPurpose, MailState
    from mailbot.domain.words import word

    return [
        told_at(shape["created_at"]),
        word(MailPurpose(shape["purpose"])),
        ", ".join(shape["to"]),
        shape["subject"],
        word(MailState(shape["state"])),
    ]


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
def list_quarantine(as_json: bool = JSON, as_jsonl: bool = JSONL) -> int:
    """Los correos en cuarentena."""
    from mailbot.cli.listings import quarantine_shape
    from mailbot.cli.workshop import database

    with database() as store, store.begin() as uow:
        shelf = uow.quarantine.list()
    print_rows(
        map(quarantine_shape, shelf),
        as_json=as_json,
        as_jsonl=as_jsonl,
        headings=("código", "buzón", "llegó", "bytes", "motivo"),
        row=lambda s: [s["id"], s["mailbox"], told_at(s["received_at"]), str(s["size"]), s["reason"]],
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
