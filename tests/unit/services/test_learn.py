from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.classify.card import CardEntry, read_card, write_card
from mailbot.classify.corpus import LabelledMail, read_corpus
from mailbot.classify.judged_file import read_judged
from mailbot.classify.model import load_classifier
from mailbot.domain.errors import ModelRefused
from mailbot.services.learn import Lesson, describe_model, evaluate_model, train_model
from tests.unit.classify.mails import mail, write_corpus

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    return Lesson(corpus=write_corpus(tmp_path_factory.mktemp("lesson")))


@pytest.fixture
def folder(tmp_path: Path, lesson: Lesson) -> Path:
    train_model(lesson, tmp_path, now=NOW)
    return tmp_path


def corrections(lesson: Lesson, count: int = 4) -> tuple[LabelledMail, ...]:
    """Mails of the office whose labels a person put right."""
    asked = read_corpus(lesson.corpus)[0]
    message = mail("El contenedor sigue donde lo dejaron").message
    changed = (replace(message, sha256=f"c{at}", new_text=f"{message.new_text} {at}") for at in range(count))
    return tuple(replace(asked, id=one.sha256, source="corrections", message=one) for one in changed)


def as_current_with(folder: Path, source: CardEntry, *, wrong: bool) -> None:
    """Put a forerunner into the card, whose recorded verdicts are the candidate's or all wrong."""
    former = replace(source, file="triage-former000000.skops")
    (folder / former.file).write_bytes((folder / source.file).read_bytes())
    judged = (folder / f"{Path(source.file).stem}.judged.jsonl").read_text(encoding="utf-8")
    if wrong:
        judged = judged.replace('"needs_reply": true', '"needs_reply": false')
    (folder / "triage-former000000.judged.jsonl").write_text(judged, encoding="utf-8")
    card = read_card(folder).with_current(former)
    write_card(folder, replace(card, candidate=source.file))


def test_training_proposes_and_puts_nothing_in_use(folder: Path) -> None:
    card = describe_model(folder)
    assert card.current is None
    assert card.candidate == card.models[0].file


def test_the_card_says_what_was_learnt_and_how_it_scored(folder: Path, lesson: Lesson) -> None:
    entry = describe_model(folder).models[0]
    assert (entry.trained_on, entry.mails, entry.corrections) == ("2026-11-24", 96, 0)
    assert set(entry.corpus) == {"h0.jsonl", "h1.jsonl", "h2.jsonl"}
    assert "primary macro-F1" in entry.scores
    assert "scikit-learn" in entry.libraries


def test_the_first_model_takes_the_empty_place(folder: Path, lesson: Lesson) -> None:
    evaluation = evaluate_model(lesson, folder)
    assert evaluation.has_replaced
    assert evaluation.comparison is None
    assert load_classifier(folder).classify([mail("¿Salió?")])[0].model == evaluation.candidate.file


def test_an_equal_model_does_not_replace_the_current(folder: Path, lesson: Lesson) -> None:
    as_current_with(folder, read_card(folder).models[0], wrong=False)
    evaluation = evaluate_model(lesson, folder)
    assert not evaluation.has_replaced
    assert read_card(folder).current == "triage-former000000.skops"


def test_a_better_model_replaces_the_current_and_the_old_file_is_kept(folder: Path, lesson: Lesson) -> None:
    as_current_with(folder, read_card(folder).models[0], wrong=True)
    evaluation = evaluate_model(lesson, folder)
    card = read_card(folder)
    assert evaluation.has_replaced
    assert card.current == evaluation.candidate.file
    assert [entry.file for entry in card.newest_first()][1] == "triage-former000000.skops"
    assert (folder / "triage-former000000.skops").exists()


def test_the_monthly_retraining_only_proposes(folder: Path, lesson: Lesson) -> None:
    as_current_with(folder, read_card(folder).models[0], wrong=True)
    evaluation = evaluate_model(lesson, folder, may_replace=False)
    assert evaluation.comparison is not None
    assert evaluation.comparison.is_improvement
    assert read_card(folder).current == "triage-former000000.skops"


def test_evaluating_without_a_candidate_says_what_to_do(folder: Path, lesson: Lesson) -> None:
    evaluate_model(lesson, folder)
    with pytest.raises(ModelRefused, match="mailbot model train"):
        evaluate_model(lesson, folder)


def test_corrections_count_more_and_are_learnt(tmp_path: Path, lesson: Lesson) -> None:
    taught = Lesson(corpus=lesson.corpus, corrections=corrections(lesson))
    entry = train_model(taught, tmp_path, now=NOW)
    write_card(tmp_path, read_card(tmp_path).with_current(entry))
    verdict = load_classifier(tmp_path).classify([mail("El contenedor sigue donde lo dejaron")])[0]
    assert entry.corrections == 4
    assert [one.weight for one in taught.mails()[-4:]] == [3.0] * 4
    assert verdict.primary == "requirement"


def test_what_a_model_said_is_kept_for_the_next_comparison(folder: Path, lesson: Lesson) -> None:
    stem = Path(read_card(folder).models[0].file).stem
    kept = read_judged(folder / f"{stem}.judged.jsonl", lesson.mails())
    assert len(kept) == len({one.message.sha256 for one in lesson.mails()})
