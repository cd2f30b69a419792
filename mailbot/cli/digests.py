"""Queue or preview the clients' status digests."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import say

if TYPE_CHECKING:
    from mailbot.services.desk import Desk


def run_digests(desk: "Desk", *, dry_run: bool) -> int:
    """Queue every digest whose period is due, or only name them."""
    from mailbot.cli.workshop import now
    from mailbot.services.digest import due_digests, queue_digests

    if dry_run:
        for client in due_digests(desk, now=now()):
            say(f"{client.ruc} {client.name}")
        return Exit.DONE
    say(f"{queue_digests(desk, now=now())} status en cola")
    return Exit.DONE


def preview_digest(desk: "Desk", client: str | None, out: Path) -> int:
    """Write a client's digest as HTML, text and XLSX; send nothing, remember nothing."""
    from mailbot.cli.workshop import now
    from mailbot.services.digest import preview

    if client is None:
        raise typer.BadParameter("falta el RUC del cliente", param_hint="--client")
    mail = preview(desk, client, now=now())
    files = {"status.html": mail.html.encode(), "status.txt": mail.text.encode()}
    return _write(files | {file.name: file.content for file in mail.files}, out)


def write_own(desk: "Desk", what: str, code: str | None, out: Path) -> int:
    """Write a person's agenda, or a chief's summary, as it stands now; send nothing."""
    from mailbot.cli.workshop import now
    from mailbot.domain.errors import UnknownName
    from mailbot.services.agenda import agenda_for
    from mailbot.services.summary import summary_for

    if code is None:
        raise typer.BadParameter("falta el código de la persona", param_hint="--person")
    context = (agenda_for if what == "agenda" else summary_for)(desk, code.upper(), now=now())
    if context is None:
        whom = "nadie" if what == "agenda" else "ningún supervisor ni jefe"
        raise UnknownName(f"{whom} tiene el código «{code}» en Personal.")
    mail = desk.renderer.render(context)
    return _write({f"{what}.html": mail.html.encode(), f"{what}.txt": mail.text.encode()}, out)


def _write(files: Mapping[str, bytes], out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
        say(str(out / name))
    return Exit.DONE
