"""The demo's list of mails: a table on a wide terminal, some lines a mail on a narrow one."""

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mailbot.domain.clock import LIMA
from mailbot.domain.labels import Primary
from mailbot.domain.message import MessageKind
from mailbot.domain.obligation import Obligation, ObligationKind, ObligationState
from mailbot.ports.stored import StoredMessage

TITLE = "Los correos que llegaron"
LEGEND = "✔ cumplido a tiempo · ✔ tarde · ✘ vencido y sin atender · … abierto · ? mailbot duda y pregunta"
_WIDE = 118
# What the columns besides the subject take, with the blanks between them.
_OTHER_COLUMNS = 11 + 15 + 11 + 42 + 16
_CATEGORY = {
    Primary.COMPLAINT: "reclamo",
    Primary.REQUIREMENT: "requerimiento",
    Primary.DOCUMENTS: "documentos",
    Primary.OTHER: "informativo",
}
_KIND = {
    MessageKind.AUTO_REPLY: "automático",
    MessageKind.BOUNCE: "rebote",
    MessageKind.LIST: "boletín",
    MessageKind.CALENDAR: "calendario",
}
_STYLE = {"reclamo": "bold red", "requerimiento": "yellow", "documentos": "cyan"}
# Short enough for one line of the table.
_OWED = {
    ObligationKind.REPLY: "respuesta",
    ObligationKind.DOCUMENT_REVIEW: "revisión de docs.",
    ObligationKind.MANAGEMENT_REPORT: "reporte a jefatura",
    ObligationKind.PROFORMA: "proforma",
    ObligationKind.PAYMENT_REPORT: "aviso de abono",
    ObligationKind.ARCHIVE_OBSERVATION: "obs. de Archivo",
    ObligationKind.ALERT_ACTION: "acción por alerta",
    ObligationKind.WRITTEN_AGREEMENT: "confirmar acuerdo",
    ObligationKind.STATUS_PROGRAMMING: "programar STATUS",
    ObligationKind.STATUS_UPDATE: "nota de status",
    ObligationKind.MILESTONE_NOTICE: "avisar al cliente",
    ObligationKind.SYSTEM_ENTRY: "registro",
    ObligationKind.PROMISE: "compromiso",
    ObligationKind.FUNDS_CHECK: "verificar fondos",
    ObligationKind.REGULARIZATION: "regularización",
    ObligationKind.REGIME_EXPIRY: "vence régimen",
}


def print_mails(console: Console, messages: Sequence[StoredMessage], obligations: Iterable[Obligation]) -> None:
    """Every mail with what it is, its dispatch, and what is owed by when."""
    owed: dict[str, list[Obligation]] = {}
    for obligation in sorted(obligations, key=lambda item: (item.due_at, item.id)):
        owed.setdefault(obligation.message or "", []).append(obligation)
    if console.width >= _WIDE:
        console.print(_table(messages, owed, subject=console.width - _OTHER_COLUMNS))
    else:
        console.print(f"[bold]{TITLE}[/bold]")
        for message in messages:
            _print_lines(console, message, owed.get(message.id, []))
    console.print(LEGEND, style="dim")


def _table(messages: Sequence[StoredMessage], owed: dict[str, list[Obligation]], *, subject: int) -> Table:
    table = Table(title=TITLE, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("llegó", no_wrap=True, width=11)
    table.add_column("asunto, de quién", overflow="ellipsis", no_wrap=True, width=subject)
    table.add_column("qué es", no_wrap=True, width=15)
    table.add_column("despacho", no_wrap=True, width=11)
    table.add_column("plazo y cómo terminó", no_wrap=True, width=42)
    for message in messages:
        table.add_row(
            _at(message),
            f"{_subject(message)}\n[dim]{_sender(message)}[/dim]",
            _what(message, "\n"),
            _dispatch(message, "\n"),
            "\n".join(map(_due, owed.get(message.id, []))) or "—",
        )
    return table


def _print_lines(console: Console, message: StoredMessage, owed: Sequence[Obligation]) -> None:
    first = f"{_at(message)}  {_subject(message)} [dim]· {_sender(message)}[/dim]"
    told = [_what(message, " "), _dispatch(message, ", "), *map(_due, owed)]
    console.print(first, no_wrap=True, overflow="ellipsis")
    for line in _filled([text for text in told if text != "—"], console.width - 13):
        console.print(f"             {line}")


def _filled(parts: Sequence[str], width: int) -> list[str]:
    """As many parts a line as fit; no part is broken."""
    from rich.text import Text

    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else part
        if lines and len(Text.from_markup(longer).plain) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def _at(message: StoredMessage) -> str:
    return f"{message.received_at.astimezone(LIMA):%d/%m %H:%M}"


def _subject(message: StoredMessage) -> str:
    return escape(" ".join(message.subject.split()) or "(sin asunto)")


def _sender(message: StoredMessage) -> str:
    return escape(" ".join((message.sender_name or message.sender).split()))


def _dispatch(message: StoredMessage, between: str) -> str:
    return between.join(message.orders) or ("¿cuál?" if message.linkage.question else "—")


def _what(message: StoredMessage, between: str) -> str:
    if message.kind in _KIND:
        return _KIND[message.kind]
    verdict = message.verdict
    if verdict is None:
        return "—"
    what = _CATEGORY[verdict.primary]
    style = _STYLE.get(what)
    told = f"[{style}]{what}[/{style}]" if style else what
    told += " ?" if verdict.needs_review else ""
    return f"{told}{between}+ contingencia" if verdict.contingency else told


def _due(obligation: Obligation) -> str:
    return f"{_OWED[obligation.kind]} {obligation.due_at.astimezone(LIMA):%d/%m %H:%M} {_state(obligation)}"


def _state(obligation: Obligation) -> str:
    if obligation.state is ObligationState.MET:
        return "[green]✔[/green]" if obligation.breached_at is None else "[yellow]✔ tarde[/yellow]"
    if obligation.state is ObligationState.CANCELLED:
        return "anulado"
    return "[bold red]✘ vencido[/bold red]" if obligation.breached_at is not None else "…"
