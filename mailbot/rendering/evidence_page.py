"""The page of a dossier (`templates/evidence/`): one HTML file that needs nothing but itself."""

from pathlib import Path

from mailbot.domain.dossier import Dossier
from mailbot.domain.obligation import EventName
from mailbot.domain.words import word
from mailbot.rendering.filters import PLAIN, full_date_text

# What can happen to an obligation, for people.
_HAPPENED = {
    EventName.OPENED: "se abrió",
    EventName.JOINED: "se sumó otro mensaje",
    EventName.REMINDED: "se recordó al responsable",
    EventName.BREACHED: "venció sin atender",
    EventName.NOTIFIED: "se avisó a sus jefes",
    EventName.MET: "se atendió",
    EventName.CANCELLED: "se anuló",
    EventName.REOPENED: "se volvió a abrir",
    EventName.PAUSED: "se detuvo el plazo",
    EventName.RESUMED: "el plazo volvió a correr",
    EventName.RECKONED_AGAIN: "se recalculó el plazo",
    EventName.SEEN: "alguien lo vio",
    EventName.POSTPONED: "se pospuso",
    EventName.REASSIGNED: "pasó a otra persona",
}


def evidence_page(dossier: Dossier, folder: Path) -> str:
    """The whole page, in Spanish; `folder` holds the templates. Everything that came from a mail is escaped."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        loader=FileSystemLoader(str(folder)),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(PLAIN)
    environment.filters |= {"day": full_date_text, "word": word}
    page = environment.get_template("evidence/page.html")
    return page.render(dossier=dossier, owed=dossier.obligation, happened=_HAPPENED)
