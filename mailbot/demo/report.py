"""What the demo shows at its end: the mails as a table, and the mails it sent as files to open."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console

from mailbot.demo.screens import take_screens
from mailbot.demo.servers import AcceptedMail
from mailbot.demo.table import print_mails
from mailbot.domain.clock import LIMA, to_utc
from mailbot.domain.mail import MailFile, MailPurpose, OutgoingMail
from mailbot.domain.message import Direction
from mailbot.domain.obligation import Obligation, ObligationState, Step
from mailbot.domain.office import Role
from mailbot.domain.reports import Span, last_period
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter, ObligationFilter, StoredMessage
from mailbot.rendering.plots import as_page
from mailbot.services.desk import Desk
from mailbot.services.report import report_for

# Where nobody tells how wide the output is.
_WIDTH = 120


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the demo has to show."""

    folder: Path
    desk: Desk
    accepted: Sequence[AcceptedMail]
    seconds: float
    # Where to put pictures of the mails; None for none.
    screens: Path | None = None


def show_results(shown: Shown) -> None:
    """Print the table, write the mails, and say what to do next."""
    is_known = Console().is_terminal or "COLUMNS" in os.environ
    console = Console(highlight=False, width=None if is_known else _WIDTH)
    with shown.desk.store.begin() as uow:
        messages = list(uow.messages.list(MessageFilter()))
        obligations = list(uow.obligations.list(ObligationFilter()))
        picked = list(_picked(uow))
        shelved = len(uow.quarantine.list())
        mails = uow.outbox.list()
    print_mails(console, [item for item in messages if item.direction is Direction.INCOMING], obligations)
    _say_totals(console, messages, obligations, shelved, len(mails))
    files = [*_write(shown, picked), *_write_report(shown)]
    console.print("\n[bold]Lo que salió, tal como lo recibió el servidor[/bold] (ábralo con su navegador o su correo)")
    for title, paths in files:
        console.print(f"  {title}")
        for path in paths:
            console.print(f"    {path}", soft_wrap=True, markup=False)
    console.print(f"\n{len(shown.accepted)} correos enviados en total, en {shown.seconds:.0f} segundos.")
    _take_screens(console, shown, picked)
    _say_next(console, shown.folder)


def _say_totals(
    console: Console, messages: Sequence[StoredMessage], obligations: Sequence[Obligation], shelved: int, mails: int
) -> None:
    met = [item for item in obligations if item.state is ObligationState.MET]
    late = [item for item in obligations if item.breached_at is not None]
    console.print(
        f"\n{len(messages)} correos guardados con los de la propia oficina, {shelved} en cuarentena (con su plazo "
        f"corriendo). {len(obligations)} plazos: {len(met)} cumplidos, {len(late)} llegaron a vencer. "
        f"{mails} correos de mailbot."
    )


def _picked(uow: UnitOfWork) -> Iterator[tuple[str, OutgoingMail]]:
    """One mail of each kind that people get to see first."""
    mails = uow.outbox.list()

    def first(title: str, purpose: MailPurpose, step: Step | None = None) -> Iterator[tuple[str, OutgoingMail]]:
        fitting = [mail for mail in mails if mail.purpose is purpose and (step is None or _has_step(mail, step, uow))]
        if fitting:
            # The one that says most.
            yield title, max(fitting, key=lambda mail: (len(mail.obligations), len(mail.text)))

    yield from first("Agenda de la mañana de un ESC", MailPurpose.AGENDA)
    yield from first("Status para un cliente (con su Excel)", MailPurpose.DIGEST)
    yield from first("Aviso al supervisor", MailPurpose.NOTICE, Step.SUPERVISOR)
    yield from first("Aviso al jefe de servicio", MailPurpose.NOTICE, Step.HEAD)
    yield from first("Recordatorio al ESC", MailPurpose.REMINDER)
    yield from first("Resumen del día para la jefatura", MailPurpose.SUMMARY)


def _has_step(mail: OutgoingMail, step: Step, uow: UnitOfWork) -> bool:
    return any(
        notice.mail == mail.key and notice.step is step and not notice.is_copy
        for obligation in mail.obligations
        for notice in uow.obligations.notices(obligation)
    )


def _write(shown: Shown, picked: Sequence[tuple[str, OutgoingMail]]) -> Iterator[tuple[str, list[Path]]]:
    """Write the picked mails as the SMTP server took them, each with its HTML and its files."""
    folder = shown.folder / "correos"
    folder.mkdir(exist_ok=True)
    by_id = {_message_id(mail.raw): mail.raw for mail in shown.accepted}
    for number, accepted in enumerate(by_id.values(), start=1):
        (folder / f"{number:03d}.eml").write_bytes(accepted)
    for number, (title, mail) in enumerate(picked, start=1):
        raw = by_id.get(mail.message_id)
        if raw is not None:
            yield title, _write_one(shown.folder, f"{number}-{mail.purpose}", raw)


def _write_report(shown: Shown) -> Iterator[tuple[str, list[Path]]]:
    """The month's report as the head of service would get it on the first working day of the next."""
    html = _report_html(shown.desk)
    if html is not None:
        path = shown.folder / "7-reporte-mensual.html"
        path.write_text(html, encoding="utf-8")
        yield "Reporte del mes (vista previa: saldría el 1 de diciembre)", [path]


def _report_html(desk: Desk) -> str | None:
    now = to_utc(datetime(2026, 12, 1, 9, 0, tzinfo=LIMA))
    with desk.store.begin() as uow:
        head = next((person for person in uow.records.staff() if person.role is Role.JEFE), None)
    period = last_period(Span.MONTH, now.astimezone(LIMA).date())
    context = report_for(desk, head.code, period, now=now) if head else None
    rendered = desk.renderer.render(context) if context else None
    return as_page(rendered.html, rendered.pictures) if rendered else None


def _take_screens(console: Console, shown: Shown, picked: Sequence[tuple[str, OutgoingMail]]) -> None:
    if shown.screens is None:
        return
    numbered = enumerate((mail for _, mail in picked), start=1)
    pages = {f"{mail.purpose}-{number}": as_page(mail.html, mail.files) for number, mail in numbered}
    report = _report_html(shown.desk)
    taken = take_screens(pages | ({"report": report} if report else {}), shown.screens)
    console.print(f"{len(taken)} imágenes en {shown.screens}" if taken else "No hay Chromium para las imágenes.")


def _write_one(folder: Path, name: str, raw: bytes) -> list[Path]:
    eml = folder / f"{name}.eml"
    eml.write_bytes(raw)
    paths = [eml]
    message = message_from_bytes(raw, policy=policy.default)
    if isinstance(message, EmailMessage):
        html = message.get_body(("html",))
        if html is not None:
            paths.append(folder / f"{name}.html")
            paths[-1].write_text(as_page(html.get_content(), _pictures(message)), encoding="utf-8")
        for part in message.iter_attachments():
            paths.append(folder / f"{name}-{part.get_filename() or 'adjunto'}")
            paths[-1].write_bytes(part.get_content())
    return paths


def _pictures(message: EmailMessage) -> Iterator[MailFile]:
    for part in message.walk():
        if part.get_content_maintype() == "image" and part["Content-ID"]:
            cid = str(part["Content-ID"]).strip("<> ")
            yield MailFile(name="", type=part.get_content_type(), content=part.get_content(), content_id=cid)


def _message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw, policy=policy.default)["Message-ID"] or "").strip()


def _say_next(console: Console, folder: Path) -> None:
    console.print("\n[bold]Para usarlo con un buzón de verdad[/bold]")
    for line in (
        "mailbot init                           escribe settings.env preguntando",
        "mailbot check                          prueba el buzón, el envío y la base de datos",
        f"mailbot office template oficina.xlsx   su oficina en Excel (la de muestra: {folder / 'oficina.xlsx'})",
        "mailbot office import oficina.xlsx",
        "mailbot run                            el servicio; mientras no diga otra cosa, no manda nada a nadie",
    ):
        console.print(f"  {line}", soft_wrap=True, markup=False)
