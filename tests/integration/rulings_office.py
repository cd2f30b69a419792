"""A small office and mails for it, written to files as people do: what the rulings are tried on from outside."""

import email.utils
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli.app import run
from mailbot.domain.clock import LIMA, to_utc

TEX, MIN, GRA, GRB = "20500000016", "20500000024", "20500000041", "20500000059"
_STAFF = """codigo,nombre,correo,rol,jefe,suplente,ausente_desde,ausente_hasta
E1,Rosa Quispe,rosa@brk.example,ESC,S1,E2,{absent},{absent}
E2,Juan Soto,juan@brk.example,ESC,S1,E1,,
A1,Ana Ruiz,ana@brk.example,ASC,E1,,,
S1,Sara Vega,sara@brk.example,SUPERVISOR,J1,,,
J1,Jorge Luna,jorge@brk.example,JEFE,,,,
"""
_CLIENTS = f"""ruc,nombre,dominios,esc,asc,credito,idioma
{TEX},Textiles Uno,texuno.example,E1,A1,sí,es
{MIN},Minera Dos,mindos.example,E2,,no,es
{GRA},Grupo A,grupo.example,E1,,no,es
{GRB},Grupo B,grupo.example,E2,,no,es
"""
_CONTACTS = f"""ruc,nombre,correo,cargo
{TEX},Fred,fred@fwd.example,Agente de carga
{MIN},Fred,fred@fwd.example,Agente de carga
{GRB},Beto,beto@grupo.example,Comex
"""
_DISPATCHES = f"""orden,ruc,regimen,modalidad,via,dam,bl,facturas,oc,eta,estado
2026-004512,{TEX},10,anticipado,maritima,118-2026-10-084512,MAEU262731845,F001-2231,OC-450012,,Facturado
2026-004600,{TEX},10,diferido,aerea,,,,OC-450099,,Facturado
2025-004512,{TEX},10,anticipado,maritima,118-2025-10-011111,,,,,Facturado
2025-000900,{TEX},10,anticipado,maritima,,,,,,File en Archivo: cerrado
2026-000100,{MIN},40,,maritima,,COSU6300001234,,,,Facturado
2026-000301,{GRA},10,diferido,maritima,,,,,,Facturado
2026-000302,{GRB},10,diferido,maritima,,,,,,Facturado
"""
ASKER, OWNER = "Luis <luis@texuno.example>", "Rosa Quispe <rosa@brk.example>"
QUESTION = "Rosa, buenos días.\n¿Me confirmas el estado de la {}? ¿Ya tenemos levante?\n\nSaludos\nLuis"


def write_office(folder: Path, *, agreement: str = "", absent: str = "") -> Path:
    """The office as a folder of CSV files."""
    folder.mkdir()
    sheets = {
        "Personal": _STAFF.format(absent=absent),
        "Clientes": _CLIENTS,
        "Contactos": _CONTACTS,
        "Despachos": _DISPATCHES,
    }
    if agreement:
        sheets["Acuerdos"] = f"ruc,obligacion,plazo,desde,hasta,sustento\n{TEX},reply,{agreement},,,correo\n"
    for name, text in sheets.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def mail(at: str, body: str, *, sender: str = ASKER, to: str = OWNER, **headers: str) -> bytes:
    """One mail as the broker's server took it in at that time of Lima."""
    moment = to_utc(datetime.fromisoformat(at), zone=LIMA)
    message = EmailMessage()
    message["Received"] = f"from mx by mx.brk.example; {email.utils.format_datetime(moment)}"
    message["From"], message["To"] = sender, to
    message["Date"] = email.utils.format_datetime(moment)
    named = {
        "subject": "Consulta",
        "message_id": f"<{hashlib.sha256(f'{at}{body}{sender}'.encode()).hexdigest()[:16]}@lab.example>",
    } | headers
    for name, value in named.items():
        message[name.replace("_", "-").title().replace("Id", "ID")] = value
    message.set_content(body)
    return message.as_bytes()


def lay_out(folder: Path, mails: Sequence[bytes]) -> Path:
    """The mails as files, in order."""
    folder.mkdir()
    for number, raw in enumerate(mails):
        (folder / f"{number:03}.eml").write_bytes(raw)
    return folder


def lines_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, Any]]:
    """What a command that ends well prints with `--jsonl`."""
    capsys.readouterr()
    assert run([str(argument) for argument in (*arguments, "--jsonl")]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]
