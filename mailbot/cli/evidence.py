"""`evidence`: the dossier of one obligation as an archive for a client or an auditor."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import say

if TYPE_CHECKING:
    from mailbot.domain.dossier import Dossier

# The same content gives the same archive, whenever it is made.
_EPOCH = (2026, 1, 1, 0, 0, 0)


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.command("evidence")(evidence)


def evidence(
    obligation: str = typer.Argument(..., help="Código de la obligación."),
    out: Path = typer.Option(..., "--out", help="Archivo ZIP que se escribirá."),
) -> int:
    """Los mensajes, el registro y el cálculo de una obligación, en un ZIP con una página para leer."""
    from mailbot.cli.workshop import database, now, settings
    from mailbot.rendering.evidence_page import evidence_page
    from mailbot.services.evidence import gather_evidence
    from mailbot.shipped import templates_folder

    if out.exists():
        raise typer.BadParameter(f"{out} ya existe", param_hint="--out")
    office = settings().office_name
    with database() as store:
        dossier, raws = gather_evidence(store, obligation, office=office, now=now())
    page = evidence_page(dossier, templates_folder())
    _write(out, {"constancia.html": page.encode(), **_records(dossier), **raws})
    say(f"{out}: {len(raws)} mensajes, {len(dossier.mails)} avisos, {len(dossier.log)} líneas del registro")
    return Exit.DONE


def _records(dossier: "Dossier") -> dict[str, bytes]:
    """The same for programs, and the mails that were sent as they went out."""
    from mailbot.senders.mime import to_bytes

    mails = {
        f"avisos/{number:02}.eml": to_bytes(mail, instance="mailbot") for number, mail in enumerate(dossier.mails, 1)
    }
    return {"obligacion.json": _json(dossier), **mails}


def _json(dossier: "Dossier") -> bytes:
    from mailbot.cli.shapes import instant, stored_obligation

    shape: dict[str, Any] = {
        "obligation": stored_obligation(dossier.obligation),
        "in_time": dossier.was_in_time,
        "events": [
            {"at": instant(event.at), "name": event.name.value, "who": event.who, "evidence": event.evidence}
            for event in dossier.events
        ],
        "messages": [
            {
                "id": exhibit.id,
                "message_id": exhibit.message_id,
                "received_at": instant(exhibit.received_at),
                "sender": exhibit.sender,
                "subject": exhibit.subject,
                "sha256": exhibit.sha256,
                "file": exhibit.file,
            }
            for exhibit in dossier.exhibits
        ],
        "log": [
            {
                "at": instant(line.at),
                "who": line.who,
                "action": line.action,
                "subject": line.subject,
                "detail": line.detail,
            }
            for line in dossier.log
        ],
    }
    return json.dumps(shape, ensure_ascii=False, indent=2).encode()


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    import zipfile

    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "x", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, "SHA256SUMS": sums.encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
