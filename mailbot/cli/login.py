"""`login`: a person enters Microsoft 365 with a code, for mailboxes that are read in a person's name."""

from typing import TYPE_CHECKING

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import progress, say

if TYPE_CHECKING:
    from mailbot.graph.person import PersonTokens
    from mailbot.settings import Settings


def add_to(app: typer.Typer) -> None:
    """Hang the command of this module on the app."""
    app.command("login")(login)


def login(
    address: str = typer.Option("", "--address", help="Solo el buzón de esta dirección."),
    renew: bool = typer.Option(False, "--renew", help="También donde ya se entró."),
) -> int:
    """Entrar en Microsoft 365 con un código, en lugar de con el secreto de una aplicación."""
    from mailbot.bootstrap import person_logins
    from mailbot.cli.workshop import settings as read_settings

    settings = read_settings()
    logins = person_logins(settings)
    wanted = {name: tokens for name, tokens in logins.items() if address.lower() in ("", name)}
    if not wanted:
        raise typer.BadParameter(f"{address} no es un buzón que entre con un código; hay {', '.join(logins)}")
    for name, tokens in wanted.items():
        _enter(name, tokens, settings, renew=renew)
    return Exit.DONE


def _enter(name: str, tokens: "PersonTokens", settings: "Settings", *, renew: bool) -> None:
    if not renew and _holds(tokens):
        say(f"✔ {name}: ya se puede entrar")
        return
    code = tokens.begin()
    progress(f"{name}: abra {code.url} en cualquier navegador, escriba el código {code.code} y entre como {name}")
    progress("(o como quien tenga acceso a ese buzón). Esperando…")
    who = tokens.finish(code)
    say(f"✔ {name}: entró {who}; queda en {settings.graph_token_file}, que solo usted puede leer")


def _holds(tokens: "PersonTokens") -> bool:
    from mailbot.domain.errors import Permanent

    try:
        tokens.get()
    except Permanent:
        return False
    return True
