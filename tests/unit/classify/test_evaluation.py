from dataclasses import replace

import pytest

from mailbot.classify.comparison import compare
from mailbot.classify.corpus import LabelledMail, Labels
from mailbot.classify.evaluation import GOALS, Judged, f1, judge_left_out, score_table
from mailbot.classify.training import Trained
from mailbot.domain.labels import Category, Primary
from mailbot.domain.verdict import Verdict
from tests.unit.classify.mails import mail

ASKED = Labels(categories=frozenset({Category.REQUIREMENT}), needs_reply=True)
RIGHT = Verdict(categories=(Category.REQUIREMENT,), primary=Primary.REQUIREMENT, needs_reply=True)
WRONG = Verdict()


def judged(verdict: Verdict, count: int = 40) -> list[Judged]:
    one = LabelledMail(id="1", source="h0", message=mail("¿Salió?").message, labels=ASKED)
    return [Judged(mail=one, verdict=verdict)] * count


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [([(True, True)], 1.0), ([(True, False)], 0.0), ([], 1.0), ([(True, True), (False, True), (True, False)], 0.5)],
    ids=["found", "missed", "nothing there", "half"],
)
def test_f1(pairs: list[tuple[bool, bool]], expected: float) -> None:
    assert f1(pairs) == expected


def test_every_row_of_the_table_is_measured_and_none_is_above_one(
    small_mails: tuple[LabelledMail, ...], trained: Trained
) -> None:
    table = score_table(judge_left_out(small_mails, trained))
    assert set(table) == {goal.name for goal in GOALS}
    assert all(0 <= score <= 1 for score in table.values())


def test_recall_counts_only_where_precision_is_high_enough() -> None:
    report = Labels(categories=frozenset({Category.COMPLAINT}), needs_reply=True)
    mails = [
        Judged(
            mail=replace(judged(RIGHT, 1)[0].mail, labels=report if hit else ASKED),
            verdict=replace(RIGHT, scores={"must_report": score}),
        )
        for hit, score in ((True, 0.9), (False, 0.8), (False, 0.7), (True, 0.6))
    ]
    assert score_table(mails)["must-report recall at precision 0.80"] == 0.5


def test_a_clear_improvement_is_told_from_chance() -> None:
    comparison = compare(judged(WRONG), judged(RIGHT))
    assert comparison.is_improvement
    assert comparison.mails == 40


def test_the_same_model_is_no_improvement() -> None:
    assert not compare(judged(RIGHT), judged(RIGHT)).is_improvement


def test_a_model_that_loses_one_row_is_no_improvement() -> None:
    lopsided = replace(RIGHT, needs_reply=False)
    right_reply = replace(WRONG, needs_reply=True)
    comparison = compare(judged(right_reply), judged(lopsided))
    assert any(row.is_better for row in comparison.rows)
    assert any(row.is_worse for row in comparison.rows)
    assert not comparison.is_improvement
