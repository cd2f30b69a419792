"""What the demo shows of the mails as they lie on their server: categories and follow-up flags."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mailbot.demo.place import MarkedOnServer
from mailbot.domain.clock import LIMA
from mailbot.domain.marks import Flag, FlagState

TITLE = "Lo que se ve en los buzones: categorías y seguimiento, tal como quedaron en el servidor"
_WIDTH = 120


def print_marked(mails: Sequence[MarkedOnServer]) -> None:
    """One line a mail, and how many there are of each."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH)
    table = Table(title=TITLE, title_justify="left", box=SIMPLE_HEAD, expand=False)
    for heading, ratio in (("buzón", 2), ("asunto", 5), ("categorías", 4), ("seguimiento", 3)):
        table.add_column(heading, ratio=ratio)
    for mail in mails:
        who, subject = mail.mailbox.partition("@")[0], escape(mail.subject)
        table.add_row(who, subject, ", ".join(mail.categories), flag_words(mail.flag))
    console.print(table)
    states = [mail.flag.state for mail in mails]
    console.print(
        f"{len(mails)} correos marcados; seguimiento: {states.count(FlagState.FLAGGED)} pendientes, "
        f"{states.count(FlagState.COMPLETE)} completados. Asunto, texto y estado de lectura quedaron como estaban.\n"
    )


def flag_words(flag: Flag) -> str:
    """A flag as people say it; IMAP knows no date."""
    if flag.state is FlagState.COMPLETE:
        return "✔ completado"
    if flag.state is FlagState.NONE:
        return "—"
    return f"⚑ vence {flag.due_at.astimezone(LIMA):%d/%m %H:%M}" if flag.due_at else "⚑ pendiente"
