"""`person`: what is stored about an address, and forgetting it (Ley 29733)."""

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_jsonl, say

person_app = typer.Typer(help="Datos personales: entregarlos o borrarlos a pedido.", no_args_is_help=True)
ADDRESS = typer.Argument(..., help="Dirección de correo de la persona.")


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.add_typer(person_app, name="person")


@person_app.command("export")
def export(address: str = ADDRESS) -> int:
    """Todo lo que se guarda de una dirección, un objeto JSON por línea."""
    from mailbot.cli.shapes import instant
    from mailbot.cli.workshop import database

    with database() as store, store.begin() as uow:
        found = uow.retention.of(address)
    print_jsonl(
        {
            "what": "message",
            "id": item.id,
            "received_at": instant(item.received_at),
            "from": item.sender,
            "to": list(item.recipients),
            "subject": item.subject,
            "text": item.new_text,
            "attachments": list(item.attachments),
        }
        for item in found.messages
    )
    print_jsonl(
        {
            "what": "mail",
            "id": mail.key,
            "created_at": instant(mail.created_at),
            "to": [to.address for to in (*mail.to, *mail.cc)],
            "subject": mail.subject,
            "text": mail.text,
        }
        for mail in found.mails
    )
    return Exit.DONE


@person_app.command("erase")
def erase(
    address: str = ADDRESS,
    dry_run: bool = typer.Option(False, "--dry-run", help="Solo decir cuánto se borraría."),
) -> int:
    """Borrar una dirección y las palabras de sus correos; lo que prueba un plazo abierto queda hasta que termine."""
    from getpass import getuser

    from mailbot.cli.workshop import database, now
    from mailbot.services.forget import erase_person

    with database() as store:
        if dry_run:
            with store.begin() as uow:
                found = uow.retention.of(address)
            say(f"{address}: {len(found.messages)} mensajes y {len(found.mails)} correos")
            return Exit.DONE
        done = erase_person(store, address, who=getuser(), now=now())
    say(f"{address}: {done.messages} mensajes y {done.mails} correos borrados, {done.kept} quedan como evidencia")
    return Exit.NEEDS_PERSON if done.kept else Exit.DONE
