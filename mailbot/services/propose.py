"""Once a month, at night, train a model on what people corrected and propose it; it never takes a place by itself."""

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from mailbot.classify.card import CardEntry
from mailbot.domain.contexts import Trouble
from mailbot.domain.errors import ModelRefused
from mailbot.services.admin import admin_mail
from mailbot.services.desk import Desk
from mailbot.services.learn import Evaluation, Lesson, card_or_new, evaluate_model, train_model
from mailbot.services.word_lessons import corrected_mails

# The month, `2026-11`, in which a model was last trained or found not to be needed.
_LAST_MONTH = "model:month"
# Training takes a core for minutes: it waits for these hours of the night.
_NIGHT = range(1, 5)


@dataclass(frozen=True, kw_only=True)
class Classroom:
    """Where the office's own models lie, and the corpus that they learn from besides the corrections."""

    folder: Path
    corpus: Path


def propose_monthly(desk: Desk, room: Classroom, *, now: datetime) -> Evaluation | None:
    """Train and compare once a month if people corrected anything new; tells the administrator, changes nothing.

    None when it is not the hour, the month is done, or nothing was corrected since the last training.
    """
    if not _begin_month(desk, now):
        return None
    lesson = Lesson(corpus=room.corpus, corrections=corrected_mails(desk.store))
    learnt = max((entry.corrections for entry in card_or_new(room.folder).models), default=0)
    if len(lesson.corrections) <= learnt:
        return None
    _train_apart(lesson, room.folder, now)
    found = evaluate_model(lesson, room.folder, may_replace=False)
    _tell(desk, found, now)
    return found


def _begin_month(desk: Desk, now: datetime) -> bool:
    """Whether the month's training is due; says so once, so that a failure is not repeated every hour."""
    local = now.astimezone(desk.zone)
    if local.hour not in _NIGHT:
        return False
    month = f"{local:%Y-%m}"
    with desk.store.begin() as uow:
        if uow.facts.get(_LAST_MONTH) == month:
            return False
        uow.facts.set(_LAST_MONTH, month)
        uow.commit()
    return True


def _train_apart(lesson: Lesson, folder: Path, now: datetime) -> CardEntry:
    """Train in a process of its own, which gives its memory back when it ends."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as child:
        try:
            return child.submit(train_model, lesson, folder, now=now).result()
        except BrokenProcessPool as error:
            raise ModelRefused("El entrenamiento mensual se interrumpió (¿falta memoria?)") from error


def _tell(desk: Desk, found: Evaluation, now: datetime) -> None:
    is_better = found.comparison is None or found.comparison.is_improvement
    verdict = "clasifica mejor que el que está en uso" if is_better else "no es mejor que el que está en uso"
    news = Trouble(
        at=now,
        what=f"el entrenamiento del mes propone un modelo, que {verdict}; sigue el que estaba",
        advice="compárelo con «mailbot model evaluate --dry-run»; sin --dry-run ocupa su lugar, si es mejor",
        detail=f"{found.candidate.file}, con lo que corrigió la oficina ({found.candidate.corrections})",
    )
    with desk.store.begin() as uow:
        if desk.admin is not None:
            uow.outbox.add(admin_mail((news,), desk, now))
        uow.commit()
