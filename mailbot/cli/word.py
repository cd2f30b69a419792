"""A person's word on what is stored: `done`, `correct`, `link`."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import say

if TYPE_CHECKING:
    from mailbot.domain.corrections import LabelChange

WHY = typer.Option("", "--why", help="Por qué.")
WHO = typer.Option("", "--who", help="Código de quien lo dice (por defecto, el usuario del sistema).")
MESSAGE = typer.Argument(..., help="Código del correo; los lista «mailbot messages».")
IS_COMPLAINT = typer.Option(None, "--es-reclamo/--no-es-reclamo", help="Si es un reclamo o no.")
PRIMARY = typer.Option(None, "--primary", help="complaint, requirement, documents u other.")
CATEGORIES = typer.Option(None, "--categories", help="Categorías separadas por comas; vacío para ninguna.")
TOPICS = typer.Option(None, "--topics", help="Temas separados por comas; vacío para ninguno.")
CONTINGENCY = typer.Option(None, "--contingency", help="Contingencias separadas por comas; vacío para ninguna.")
NEEDS_REPLY = typer.Option(None, "--needs-reply/--no-needs-reply", help="Si alguien espera una respuesta.")

Label = TypeVar("Label", bound=StrEnum)


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.command("done")(done)
    app.command("correct")(correct)
    app.command("link")(link)


def done(obligation: str = typer.Argument(..., help="Código de la obligación."), why: str = WHY, who: str = WHO) -> int:
    """Dar una obligación por cumplida, con quién, cuándo y por qué."""
    from mailbot.cli.workshop import database, now
    from mailbot.domain.words import word
    from mailbot.services.word import mark_done

    with database() as store:
        ended = mark_done(store, obligation, who=who or _user(), why=why, now=now())
    say(f"{ended.id}: {word(ended.state)} ({ended.evidence})")
    return Exit.DONE


def correct(
    message: str = MESSAGE,
    is_complaint: bool | None = IS_COMPLAINT,
    primary: str | None = PRIMARY,
    categories: str | None = CATEGORIES,
    topics: str | None = TOPICS,
    contingency: str | None = CONTINGENCY,
    needs_reply: bool | None = NEEDS_REPLY,
    who: str = WHO,
) -> int:
    """Corregir qué es un correo; sus plazos lo siguen y el modelo aprende de ello."""
    from mailbot.domain.corrections import LabelChange
    from mailbot.domain.labels import Category, Contingency, Primary, Topic

    change = LabelChange(
        is_complaint=is_complaint,
        primary=next(iter(_labels(Primary, primary, "--primary") or ()), None),
        categories=_labels(Category, categories, "--categories"),
        topics=_labels(Topic, topics, "--topics"),
        contingency=_labels(Contingency, contingency, "--contingency"),
        needs_reply=needs_reply,
    )
    if change.is_empty:
        raise typer.BadParameter("diga qué corregir, por ejemplo --no-es-reclamo; vea «mailbot correct --help»")
    return _correct(message, change, who)


def _correct(message: str, change: "LabelChange", who: str) -> int:
    from mailbot.bootstrap import build_desk
    from mailbot.cli.workshop import database, now, settings
    from mailbot.domain.words import word
    from mailbot.services.word import correct as put_right

    with database() as store:
        relabelled = put_right(build_desk(settings(), store), message, change, who=who or _user(), now=now())
    verdict, changed = relabelled.message.verdict, relabelled.replanned
    named = word(verdict.primary) if verdict else "-"
    say(
        f"{message}: {named} · plazos: {changed.opened} abiertos, {changed.cancelled} anulados, "
        f"{changed.moved} recalculados"
    )
    return Exit.DONE


def link(
    message: str = MESSAGE,
    order: str = typer.Argument(..., help="Orden del despacho."),
    who: str = WHO,
) -> int:
    """Vincular un correo con un despacho; sus plazos abiertos lo siguen."""
    from mailbot.bootstrap import build_desk
    from mailbot.cli.workshop import database, now, settings
    from mailbot.services.word import relink

    with database() as store:
        relinked = relink(build_desk(settings(), store), message, order, who=who or _user(), now=now())
    say(f"{relinked.id}: vinculado con {', '.join(relinked.orders)}")
    return Exit.DONE


def _labels(kind: type[Label], text: str | None, option: str) -> tuple[Label, ...] | None:
    """The labels of a comma-separated list; a wrong one is named with the allowed ones."""
    if text is None:
        return None
    words = [part.strip().lower() for part in text.split(",") if part.strip()]
    unknown = [part for part in words if part not in _values(kind)]
    if unknown:
        allowed = ", ".join(_values(kind))
        raise typer.BadParameter(f"«{unknown[0]}» no existe; se admite {allowed}", param_hint=option)
    return tuple(kind(part) for part in words)


def _values(kind: Iterable[StrEnum]) -> list[str]:
    return [member.value for member in kind]


def _user() -> str:
    import getpass

    return getpass.getuser()
