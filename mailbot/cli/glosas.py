"""`glosas`: the suggested entries for the broker's own system, to paste or import there."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_json, print_jsonl, print_table, say

if TYPE_CHECKING:
    from mailbot.domain.contexts import SuggestedGlosa

SINCE = typer.Option(None, "--since", help="Desde esta fecha (AAAA-MM-DD); incluye las ya registradas.")
CSV = typer.Option(None, "--csv", help="Escribirlas en este archivo CSV, que Excel abre con sus tildes.")
JSON = typer.Option(False, "--json", help="Un solo documento JSON.")
JSONL = typer.Option(False, "--jsonl", help="Un objeto JSON por línea.")


def add_to(app: typer.Typer) -> None:
    """Hang the command of this module on the app."""
    app.command("glosas")(glosas)


def glosas(since: str | None = SINCE, csv: Path | None = CSV, as_json: bool = JSON, as_jsonl: bool = JSONL) -> int:
    """Las glosas sugeridas (40025, 10110) con orden, texto, fecha y correo de origen."""
    from mailbot.cli.workshop import database
    from mailbot.services.glosas import suggested_glosas

    with database() as store:
        found = suggested_glosas(store, since=_since(since))
    if csv is not None:
        from mailbot.services.glosas import glosas_csv

        _write(csv, glosas_csv(found))
        say(f"{csv}: {len(found)} glosas")
    elif as_json:
        print_json([_shape(glosa) for glosa in found])
    elif as_jsonl:
        print_jsonl(_shape(glosa) for glosa in found)
    else:
        print_table(("orden", "glosa", "texto", "fecha", "estado", "correo"), (_row(glosa) for glosa in found))
    return Exit.DONE


def _since(text: str | None) -> datetime | None:
    if text is None:
        return None
    from mailbot.domain.clock import LIMA, to_utc

    try:
        return to_utc(datetime.fromisoformat(text), zone=LIMA)
    except ValueError as error:
        raise typer.BadParameter(f"«{text}» no es una fecha: escriba AAAA-MM-DD", param_hint="--since") from error


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise typer.BadParameter(f"no se puede escribir {file}: {error.strerror}", param_hint="--csv") from error


def _row(glosa: "SuggestedGlosa") -> list[str]:
    from mailbot.domain.clock import LIMA
    from mailbot.domain.words import word

    dated = f"{glosa.dated_at.astimezone(LIMA):%d/%m/%Y %H:%M}"
    return [glosa.order or "-", glosa.code, glosa.text, dated, word(glosa.state), glosa.message_id or "-"]


def _shape(glosa: "SuggestedGlosa") -> dict[str, str | None]:
    from mailbot.cli.shapes import instant

    return {
        "order": glosa.order,
        "glosa": glosa.code,
        "text": glosa.text,
        "date": instant(glosa.dated_at),
        "client": glosa.client or None,
        "message_id": glosa.message_id or None,
        "state": glosa.state.value,
    }
