from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest

from mailbot.domain import contexts
from mailbot.domain.contexts import NoticeContext
from mailbot.domain.obligation import Step
from mailbot.shipped import templates_folder
from tests.unit.rendering.samples import LATE, LATER_HEAD, NOW, REPLY, SAMPLES

CLASSES = [value for name, value in vars(contexts).items() if name.endswith("Context")]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_context_is_frozen_has_a_sample_and_a_whole_template_folder(kind: type) -> None:
    samples = [sample for sample in SAMPLES.values() if type(sample) is kind]

    assert is_dataclass(kind)
    assert samples
    with pytest.raises(FrozenInstanceError):
        setattr(samples[0], fields(kind)[0].name, None)
    folder = templates_folder() / samples[0].template
    assert {path.name for path in folder.iterdir() if path.is_file()} == {"subject.txt", "body.txt", "body.html"}


def test_a_notice_tells_breaches_from_reminders_and_knows_whom_it_is_for() -> None:
    notice = NoticeContext(recipient="Ana", now=NOW, items=(REPLY, LATE, LATER_HEAD))

    assert notice.breached == (LATE, LATER_HEAD)
    assert notice.reminders == (REPLY,)
    assert notice.is_for_head
    assert not replace(notice, items=(REPLY, LATE)).is_for_head
    assert {item.step for item in notice.breached} == {Step.SUPERVISOR, Step.HEAD}


def test_a_dated_matter_is_no_breach_before_its_day_has_passed() -> None:
    ahead = replace(LATE, step=Step.SUPERVISOR, mark="día 10", is_overdue=False)
    notice = NoticeContext(recipient="Ana", now=NOW, items=(ahead, replace(ahead, is_overdue=True)))

    assert notice.reminders == (ahead,)
    assert [item.is_overdue for item in notice.breached] == [True]
