import pytest

from mailbot.domain.corrections import LabelChange, change_of, corrected, nothing_to_report, settled
from mailbot.domain.labels import Category, Contingency, Primary, Topic
from mailbot.domain.verdict import Verdict
from tests.builders import COMPLAINT, NOTHING, REQUIREMENT, verdict

BOTH = verdict(Category.COMPLAINT, Category.REQUIREMENT)
DOUBTFUL = verdict(
    Category.COMPLAINT,
    contingency=[Contingency.STORAGE, Contingency.FINE],
    doubts=["complaint", "fine"],
)


@pytest.mark.parametrize(
    ("before", "change", "categories", "primary", "needs_reply"),
    [
        (NOTHING, LabelChange(primary=Primary.REQUIREMENT), ("requirement",), "requirement", True),
        (NOTHING, LabelChange(is_complaint=True), ("complaint",), "complaint", True),
        (NOTHING, LabelChange(categories=(Category.DOCUMENTS,)), ("documents",), "documents", False),
        (BOTH, LabelChange(primary=Primary.REQUIREMENT), ("requirement",), "requirement", True),
        (BOTH, LabelChange(primary=Primary.DOCUMENTS), ("documents",), "documents", True),
        (BOTH, LabelChange(primary=Primary.OTHER), (), "other", False),
        (BOTH, LabelChange(is_complaint=False), ("requirement",), "requirement", True),
        (COMPLAINT, LabelChange(is_complaint=False), (), "other", True),
        (REQUIREMENT, LabelChange(categories=()), (), "other", False),
        (REQUIREMENT, LabelChange(needs_reply=False), ("requirement",), "requirement", False),
        (REQUIREMENT, LabelChange(topics=()), ("requirement",), "requirement", True),
    ],
)
def test_labels_follow_what_a_person_said(
    before: Verdict, change: LabelChange, categories: tuple[str, ...], primary: str, needs_reply: bool
) -> None:
    after = corrected(before, change, who="RQ")

    assert (after.categories, after.primary, after.needs_reply) == (categories, primary, needs_reply)


def test_no_doubt_is_left_after_a_persons_word() -> None:
    after = corrected(DOUBTFUL, LabelChange(is_complaint=True), who="RQ")

    assert (after.doubts, after.needs_review, after.confidence) == ((), False, 1.0)


def test_reasons_go_with_their_labels_and_the_person_is_one() -> None:
    after = corrected(COMPLAINT, LabelChange(is_complaint=False, topics=(Topic.INSTRUCTION,)), who="RQ")

    assert {reason.label: reason.because for reason in after.reasons} == {
        "demurrage": "las palabras que lo dicen",
        "instruction": "dicho por RQ",
    }


def test_no_to_a_question_drops_what_was_doubtful_and_keeps_what_was_not() -> None:
    after = corrected(DOUBTFUL, settled(DOUBTFUL, "complaint", holds=False), who="RQ")

    assert (after.categories, after.contingency, after.needs_reply) == ((), (Contingency.STORAGE,), True)


def test_no_to_a_notice_leaves_nothing_to_report() -> None:
    after = corrected(COMPLAINT, nothing_to_report(COMPLAINT), who="RQ")

    assert (after.must_report, after.needs_reply) == (False, True)


@pytest.mark.parametrize(
    ("label", "holds", "expected"),
    [
        ("fine", True, (Contingency.STORAGE, Contingency.FINE)),
        ("fine", False, (Contingency.STORAGE,)),
        ("abandonment", True, (Contingency.STORAGE, Contingency.FINE, Contingency.ABANDONMENT)),
    ],
)
def test_yes_and_no_settle_the_label_that_was_asked(label: str, holds: bool, expected: tuple[str, ...]) -> None:
    assert corrected(DOUBTFUL, settled(DOUBTFUL, label, holds=holds), who="RQ").contingency == expected


@pytest.mark.parametrize("holds", [True, False])
def test_a_doubtful_topic_or_category_is_settled_too(holds: bool) -> None:
    topic = corrected(REQUIREMENT, settled(REQUIREMENT, "agreement", holds=holds), who="RQ")
    category = corrected(REQUIREMENT, settled(REQUIREMENT, "documents", holds=holds), who="RQ")

    assert (Topic.AGREEMENT in topic.topics, Category.DOCUMENTS in category.categories) == (holds, holds)


def test_labels_are_read_in_the_words_of_the_guide() -> None:
    change = change_of({"message_id": "<x>", "primary": "documents", "contingency": ["fine"], "needs_reply": False})

    assert change == LabelChange(primary=Primary.DOCUMENTS, contingency=(Contingency.FINE,), needs_reply=False)
    assert change_of({"message_id": "<x>"}).is_empty
    with pytest.raises(ValueError, match="queja"):
        change_of({"categories": ["queja"]})


@pytest.mark.parametrize(
    ("held", "holds", "expected"),
    [
        ((), True, (Contingency.OTHER_COST,)),
        ((Contingency.STORAGE,), True, (Contingency.STORAGE,)),
        ((Contingency.STORAGE,), False, ()),
    ],
    ids=["yes to none named", "yes to one named", "no"],
)
def test_a_doubt_about_any_cost_is_settled_by_yes_or_no(
    held: tuple[Contingency, ...], holds: bool, expected: tuple[Contingency, ...]
) -> None:
    verdict = Verdict(contingency=held, doubts=("contingency",), needs_review=True)

    assert corrected(verdict, settled(verdict, verdict.asked, holds=holds), who="RQ").contingency == expected
