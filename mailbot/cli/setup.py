"""`init` and `check`: from nothing to a mailbox that is read."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import say

if TYPE_CHECKING:
    from mailbot.ports.drafts import MailDrafts
    from mailbot.ports.mailbox import MailSource
    from mailbot.services.outlook import Outlook
    from mailbot.settings import Settings


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.command("init")(init)
    app.command("check")(check)


def init(
    file: Path = typer.Option(Path("settings.env"), "--file", help="Dónde escribir la configuración."),
    force: bool = typer.Option(False, "--force", help="Reemplazar un archivo que ya existe."),
) -> int:
    """Escribir settings.env preguntando lo necesario."""
    if file.exists() and not force:
        raise typer.BadParameter(f"{file} ya existe; use --force para reemplazarlo")
    say("Configuración de mailbot. Enter acepta lo que está entre corchetes.")
    where = _ask_where()
    lines = [*_ask_mailbox(where), *_ask_sending(where), f"MAILBOT_SECRET={secrets.token_urlsafe(32)}"]
    _write_private(file, "\n".join(lines) + "\n")
    say(f"\nEscrito {file} (solo usted puede leerlo). Ahora:")
    say("  mailbot check                    prueba todo de verdad")
    say("  mailbot office template oficina.xlsx   el libro con su personal, clientes y despachos")
    say("  mailbot office import oficina.xlsx")
    say("  mailbot run                      el servicio")
    return Exit.DONE


def _ask_where() -> str:
    """`1` for Microsoft 365, `2` for a server of the office's own Exchange, `3` for any other."""
    say("¿Dónde está el buzón?")
    say("  1  Microsoft 365 (Exchange Online, Outlook en la nube)")
    say("  2  Exchange en un servidor propio")
    say("  3  otro servidor de correo (IMAP)")
    where = ""
    while where not in ("1", "2", "3"):
        where = typer.prompt("1, 2 o 3", default="3").strip()
    return where


def _ask_mailbox(where: str) -> list[str]:
    address = typer.prompt("Dirección del buzón que se vigila").strip()
    name = "".join(c for c in address.partition("@")[0].upper() if c.isalnum()) or "BUZON"
    lines = [
        "# Buzones: uno por nombre, con su dirección y, si hace falta, lo que difiera del resto.",
        f"MAILBOT_MAILBOX__{name}__ADDRESS={address}",
    ]
    ask = {"1": _ask_graph, "2": _ask_ews}.get(where, _ask_imap)
    return [*lines, *ask(address, name)]


def _ask_graph(address: str, name: str) -> list[str]:
    say("Hace falta una aplicación registrada por el administrador: docs/graph.md lo explica paso a paso.")
    tenant = typer.prompt("Inquilino (tenant)", default=address.rpartition("@")[2]).strip()
    client = typer.prompt("Identificador de la aplicación (client id)").strip()
    lines = [
        f"MAILBOT_MAILBOX__{name}__KIND=graph",
        f"MAILBOT_GRAPH_TENANT={tenant}",
        f"MAILBOT_GRAPH_CLIENT_ID={client}",
    ]
    how = typer.prompt("¿Entra la aplicación (a), o una persona con un código (p)?", default="a").strip().lower()
    if how.startswith("p"):
        say("Después de escribir la configuración, ejecute «mailbot login».")
        return [*lines, "MAILBOT_GRAPH_LOGIN=device"]
    file = typer.prompt("Certificado con su clave, archivo PEM (vacío: secreto)", default="", show_default=False)
    if file.strip():
        return [*lines, f"MAILBOT_GRAPH_CERTIFICATE_FILE={_quoted(file.strip())}"]
    secret = typer.prompt("Secreto de la aplicación (su valor)", hide_input=True)
    return [*lines, f"MAILBOT_GRAPH_CLIENT_SECRET={_quoted(secret)}"]


def _ask_ews(address: str, name: str) -> list[str]:
    say("Hace falta una cuenta que el administrador deje actuar por los buzones: docs/ews.md lo explica paso a paso.")
    domain = address.rpartition("@")[2]
    url = typer.prompt(
        "Dirección de EWS (- para preguntar a autodiscover)",
        default=f"https://correo.{domain}/EWS/Exchange.asmx",
    ).strip()
    version = typer.prompt("Versión de Exchange (2013, 2016, 2019, se)", default="2019").strip().lower()
    auth = typer.prompt("Cómo se entra (ntlm, basic, oauth)", default="ntlm").strip().lower()
    lines = [
        f"MAILBOT_MAILBOX__{name}__KIND=ews",
        f"MAILBOT_EWS_URL={url}" if url != "-" else "MAILBOT_EWS_AUTODISCOVER=true",
        f"MAILBOT_EWS_VERSION={version}",
        f"MAILBOT_EWS_AUTH={auth}",
    ]
    if auth == "oauth":
        command = typer.prompt("Comando que escribe el token").strip()
        return [*lines, f"MAILBOT_EWS_TOKEN_COMMAND={_quoted(command)}"]
    username = typer.prompt("Cuenta (DOMINIO\\cuenta o su dirección)").strip()
    password = typer.prompt("Contraseña", hide_input=True)
    return [*lines, f"MAILBOT_EWS_USERNAME={_quoted(username)}", f"MAILBOT_EWS_PASSWORD={_quoted(password)}"]


def _ask_imap(address: str, name: str) -> list[str]:
    domain = address.rpartition("@")[2]
    host = typer.prompt("Servidor IMAP", default=f"imap.{domain}").strip()
    security = typer.prompt("Seguridad (tls, starttls, plain)", default="tls").strip()
    login = typer.prompt("¿Contraseña o comando de token XOAUTH2? (c/t)", default="c").strip().lower()
    lines = [f"MAILBOT_IMAP_HOST={host}", f"MAILBOT_IMAP_SECURITY={security}"]
    if login.startswith("t"):
        command = typer.prompt("Comando que escribe el token").strip()
        return [*lines, f"MAILBOT_MAILBOX__{name}__TOKEN_COMMAND={_quoted(command)}"]
    password = typer.prompt("Contraseña", hide_input=True)
    return [*lines, f"MAILBOT_MAILBOX__{name}__PASSWORD={_quoted(password)}"]


def _ask_sending(where: str) -> list[str]:
    say("\nPor ahora mailbot no manda correos: los escribe en la carpeta «outbox» (MAILBOT_SEND=folder).")
    choices = "# smtp, graph o ews: se envían; folder: se escriben en una carpeta; off: se retienen."
    lines = ["", choices, "MAILBOT_SEND=folder"]
    if where in ("1", "2"):
        sender = typer.prompt("Buzón desde el que escribirá mailbot").strip()
        return [*lines, f"MAILBOT_SENDER={sender}"]
    if not typer.confirm("¿Configurar ya el servidor SMTP?", default=False):
        return lines
    host = typer.prompt("Servidor SMTP").strip()
    sender = typer.prompt("Dirección desde la que escribe mailbot").strip()
    security = typer.prompt("Seguridad (tls, starttls, plain)", default="starttls").strip()
    username = typer.prompt("Usuario SMTP (vacío si no pide)", default="", show_default=False).strip()
    lines += [f"MAILBOT_SMTP_HOST={host}", f"MAILBOT_SMTP_SECURITY={security}", f"MAILBOT_SENDER={sender}"]
    if username:
        password = typer.prompt("Contraseña SMTP", hide_input=True)
        lines += [f"MAILBOT_SMTP_USERNAME={username}", f"MAILBOT_SMTP_PASSWORD={_quoted(password)}"]
    return lines


def _quoted(value: str) -> str:
    """A value as a settings file takes it, whatever signs it holds."""
    if "'" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _write_private(file: Path, text: str) -> None:
    """Write a file that nobody else can read at any moment."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


def check() -> int:
    """Probar cada opción, buzón y servidor de verdad, y decir qué falla y qué hacer."""
    from mailbot.bootstrap import build_sender, build_watched
    from mailbot.cli.workshop import settings as read_settings

    settings = read_settings()
    say("✔ configuración: sin errores")
    probes: list[tuple[str, Callable[[], Sequence[str]]]] = [
        ("base de datos", lambda: _check_database(settings)),
        ("modelo", lambda: _check_model(settings)),
        ("lista de documentos", lambda: _check_checklist(settings)),
        ("plantillas", lambda: _check_templates(settings)),
    ]
    for item in build_watched(settings):
        probes.append((f"buzón {item.box.address}", partial(_check_mailbox, item.source)))
        if item.outlook is not None:
            marks = partial(_check_marks, item.outlook)
            probes.append((f"marcas en {item.box.address}", marks))
        if item.drafts is not None:
            probes.append((f"borradores en {item.box.address}", partial(_check_drafts, item.drafts)))
    sender = build_sender(settings)
    if sender is None:
        say("✔ envío: apagado (MAILBOT_SEND=off)")
    else:
        probes.append(("envío", sender.check))
    results = [_probe(name, probe) for name, probe in probes]
    return max(results, default=Exit.DONE)


def _probe(name: str, probe: Callable[[], Sequence[str]]) -> int:
    from mailbot.cli.app import code_of
    from mailbot.domain.errors import MailbotError

    try:
        lines = probe()
    except MailbotError as error:
        say(f"✘ {name}: {error}")
        return code_of(error)
    for line in lines:
        say(f"✔ {name}: {line}")
    return Exit.DONE


def _check_drafts(drafts: "MailDrafts") -> Sequence[str]:
    try:
        return drafts.check()
    finally:
        drafts.close()


def _check_marks(outlook: "Outlook") -> Sequence[str]:
    try:
        return outlook.marks.check(outlook.box.switches)
    finally:
        outlook.close()


def _check_mailbox(source: "MailSource") -> Sequence[str]:
    try:
        return source.check()
    finally:
        source.close()


def _check_database(settings: "Settings") -> Sequence[str]:
    from mailbot.bootstrap import open_database

    store = open_database(settings)
    try:
        with store.begin() as uow:
            people, clients = len(uow.records.staff()), len(uow.records.clients())
    finally:
        store.close()
    if not people:
        return ("lista, pero sin oficina: ejecute «mailbot office import LIBRO.xlsx»",)
    return (f"lista, con {people} personas y {clients} clientes",)


def _check_checklist(settings: "Settings") -> Sequence[str]:
    from mailbot.bootstrap_office import office_checklist

    file = settings.checklist_file
    rows = len(office_checklist(settings))
    return (f"la de mailbot, {rows} filas" if file is None else f"la de {file}, {rows} filas",)


def _check_model(settings: "Settings") -> Sequence[str]:
    from mailbot.bootstrap import build_classifier
    from mailbot.domain.message import Address, Message
    from mailbot.ports.classifier import ClassifierInput

    sample = Message(
        message_id="<prueba@mailbot>",
        sha256="",
        content_digest="",
        received_at=None,
        date=None,
        subject="prueba",
        sender=Address(address="prueba@cliente.example"),
        new_text="¿Ya salió el levante?",
    )
    verdict = build_classifier(settings).classify([ClassifierInput(message=sample)])[0]
    return (f"cargado ({verdict.model})",)


def _check_templates(settings: "Settings") -> Sequence[str]:
    from mailbot.bootstrap import build_renderer
    from mailbot.domain.errors import SettingsError, TemplateBroken

    folder = settings.templates_folder
    if folder is not None and not folder.is_dir():
        raise SettingsError([f"MAILBOT_TEMPLATES_FOLDER: no existe la carpeta {folder}"])
    faults = build_renderer(settings).check()
    if faults:
        raise TemplateBroken("; ".join(faults))
    return ("las de mailbot",) if folder is None else (f"las de {folder}, y para el resto las de mailbot",)
