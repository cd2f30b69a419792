"""`model train|evaluate|show`: learn from the corpus and from people's corrections; change only for the better."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_json, print_table, progress, say

if TYPE_CHECKING:
    from mailbot.services.learn import Lesson

model_app = typer.Typer(help="El modelo que clasifica: entrenarlo, compararlo, verlo.", no_args_is_help=True)

FOLDER = typer.Option(None, "--folder", help="Carpeta de los modelos (por defecto la de MAILBOT_MODEL_FILE).")
CORPUS = typer.Option(None, "--corpus", help="Carpeta de archivos .jsonl con correos etiquetados.")


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.add_typer(model_app, name="model")


@model_app.command("train")
def train(folder: Path | None = FOLDER, corpus: Path | None = CORPUS) -> int:
    """Entrenar un modelo con el corpus y las correcciones; queda propuesto, no en uso."""
    from mailbot.cli.workshop import now
    from mailbot.services.learn import train_model

    place = _own_folder(folder)
    lesson = _lesson(corpus)
    progress(f"entrenando con {len(lesson.mails())} correos, {len(lesson.corrections)} de ellos corregidos aquí…")
    entry = train_model(lesson, place, now=now())
    say(f"propuesto: {place / entry.file}")
    print_table(
        ("medida, en archivos no vistos", "valor"), ([name, f"{value:.3f}"] for name, value in entry.scores.items())
    )
    say("Compárelo con el que está en uso: mailbot model evaluate")
    return Exit.DONE


@model_app.command("evaluate")
def evaluate(
    folder: Path | None = FOLDER,
    corpus: Path | None = CORPUS,
    dry_run: bool = typer.Option(False, "--dry-run", help="Solo comparar, sin cambiar el modelo en uso."),
) -> int:
    """Comparar el modelo propuesto con el que está en uso, y cambiarlo solo si es mejor."""
    from mailbot.services.learn import evaluate_model

    place = _own_folder(folder)
    done = evaluate_model(_lesson(corpus), place, may_replace=not dry_run)
    if done.comparison is not None:
        print_table(
            ("medida", "meta", "en uso", "propuesto", "azar"),
            (
                [row.name, f"{row.aim:.2f}", f"{row.current:.3f}", f"{row.candidate:.3f}", f"{row.chance:.2f}"]
                for row in done.comparison.rows
            ),
        )
    if done.has_replaced:
        say(f"{done.candidate.file} es ahora el modelo en uso; el anterior se conserva en {place}")
    else:
        say("sigue el modelo que estaba en uso")
    return Exit.DONE


@model_app.command("show")
def show(
    folder: Path | None = FOLDER, as_json: bool = typer.Option(False, "--json", help="Un solo documento JSON.")
) -> int:
    """La ficha del modelo en uso y su historia."""
    from dataclasses import asdict

    from mailbot.services.learn import describe_model

    card = describe_model(_folder(folder))
    if as_json:
        print_json(asdict(card))
        return Exit.DONE
    rows = (
        [
            entry.file,
            "en uso" if entry.file == card.current else "propuesto" if entry.file == card.candidate else "anterior",
            entry.trained_on,
            f"{entry.mails} + {entry.corrections}",
            "\n".join(f"{name} {value:.3f}" for name, value in entry.scores.items()),
        ]
        for entry in (*card.newest_first(), *(e for e in card.models if e.file == card.candidate))
    )
    print_table(("archivo", "estado", "entrenado", "correos + correcciones", "en archivos no vistos"), rows)
    return Exit.DONE


@model_app.command("drift")
def drift(
    since: str | None = typer.Option(None, "--since", help="Desde cuándo: 2026-07-24."),
    as_json: bool = typer.Option(False, "--json", help="Un solo documento JSON."),
) -> int:
    """Correos dudosos y corregidos por semana: si crecen, el lenguaje se aparta de lo aprendido."""
    from mailbot.cli.obligations import instant_of
    from mailbot.cli.workshop import database
    from mailbot.services.drift import drift_report

    with database() as store:
        weeks = drift_report(store, since=instant_of(since, "--since"))
    if as_json:
        print_json(
            [
                {
                    "week": week.starts_on.isoformat(),
                    "messages": week.messages,
                    "doubtful": week.doubtful,
                    "corrected": week.corrected,
                }
                for week in weeks
            ]
        )
        return Exit.DONE
    print_table(
        ("semana del", "correos", "dudosos", "corregidos"),
        (
            [
                f"{week.starts_on:%d/%m/%Y}",
                str(week.messages),
                f"{week.doubtful} ({week.doubtful_share:.0%})",
                f"{week.corrected} ({week.corrected_share:.0%})",
            ]
            for week in weeks
        ),
    )
    return Exit.DONE


def _folder(folder: Path | None) -> Path:
    """Where the models lie: as told, as the settings say, else those that ship with mailbot."""
    from mailbot.cli.workshop import settings
    from mailbot.shipped import folder_of_model

    return folder if folder is not None else folder_of_model(settings().model_file)


def _own_folder(folder: Path | None) -> Path:
    """A folder of the office's own for new models; it begins with the one that ships."""
    from mailbot.classify.card import CARD_NAME, read_card
    from mailbot.shipped import models_folder

    shipped = models_folder()
    place = _folder(folder)
    if place == shipped:
        raise typer.BadParameter(
            "diga una carpeta suya, por ejemplo --folder modelos, y póngala luego en MAILBOT_MODEL_FILE",
            param_hint="--folder",
        )
    if not (place / CARD_NAME).exists():
        place.mkdir(parents=True, exist_ok=True)
        current = read_card(shipped).current
        for file in shipped.glob(f"{Path(current).stem}.*" if current else "nothing"):
            shutil.copy2(file, place / file.name)
        shutil.copy2(shipped / CARD_NAME, place / CARD_NAME)
    return place


def _lesson(corpus: Path | None) -> "Lesson":
    from mailbot.cli.workshop import database
    from mailbot.services.learn import Lesson
    from mailbot.services.word_lessons import corrected_mails
    from mailbot.shipped import models_folder

    with database() as store:
        corrections = corrected_mails(store)
    return Lesson(corpus=corpus or models_folder() / "corpus", corrections=corrections)
