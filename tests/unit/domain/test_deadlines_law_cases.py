"""Every line of `tests/law_cases.csv` holds."""

from collections import Counter as Tally
from collections.abc import Callable
from datetime import date, datetime

import pytest

from mailbot.domain.counting import Counter, warning
from mailbot.domain.dated import regularization_of
from mailbot.domain.deadlines import Deadline, reckon
from mailbot.domain.ladder import StepMoments, regime_marks, regularization_steps, sendable_at, step_moments
from mailbot.domain.limits import Limit
from mailbot.domain.obligation import ObligationKind, Step
from mailbot.domain.terms import add_calendar_days, add_months, roll_forward, term
from mailbot.domain.wording import say_span
from tests.law_cases import LawCase, law_cases

CASES = list(law_cases())


def spell(value: object, case: LawCase) -> str:
    """A result as the table writes it."""
    match value:
        case None:
            return "-"
        case bool():
            return "sí" if value else "no"
        case datetime():
            local = value.astimezone(case.zone)
            return f"{local:%d/%m/%Y %H:%M:%S}".removesuffix(":00")
        case date():
            return f"{value:%d/%m/%Y}"
    return str(value)


def counter_of(case: LawCase) -> Counter:
    return Counter(received_at=case.at, calendar=case.calendar, policy=case.policy)


def deadline_of(case: LawCase) -> Deadline:
    return reckon(
        ObligationKind(case.limit),
        received_at=case.at,
        calendar=case.calendar,
        policy=case.policy,
        dispatch=case.dispatch if _names_dispatch(case) else None,
        agreement=case.agreement,
        is_urgent=case.context.get("hito") != "otro",
        promised_on=case.promised_on,
    )


def moments_of(case: LawCase) -> StepMoments:
    found = deadline_of(case)
    return step_moments(
        starts_at=found.starts_at,
        due_at=found.due_at,
        clock=found.clock,
        calendar=case.calendar,
        policy=case.policy,
    )


def warned(case: LawCase) -> datetime | None:
    counter = counter_of(case)
    return warning(counter, counter.count(Limit.parse(case.limit)))[0]


def legal_day(case: LawCase) -> date:
    started = {**case.context, "descarga": case.start}
    dispatch = LawCase(case.rule, case.name, case.start, case.limit, started, case.expected, case.source).dispatch
    dates = regularization_of(dispatch, case.policy)
    assert dates is not None
    return dates.legal_on


def dated_step(case: LawCase) -> datetime:
    steps = regularization_steps(case.dispatch, calendar=case.calendar, policy=case.policy)
    return next(step.at for step in steps if step.step is Step(case.limit))


def mark(case: LawCase) -> datetime | None:
    name, who = case.limit.split()
    started = {**case.context, "vence": case.start}
    dispatch = LawCase(case.rule, case.name, case.start, case.limit, started, case.expected, case.source).dispatch
    marks = regime_marks(dispatch, calendar=case.calendar, policy=case.policy)
    return next((step.at for step in marks if step.mark == name and step.step is Step(who)), None)


RULES: dict[str, Callable[[LawCase], object]] = {
    "vence": lambda case: counter_of(case).count(Limit.parse(case.limit)).due_at,
    "obligacion": lambda case: deadline_of(case).due_at,
    "aviso": warned,
    "recordatorio": lambda case: moments_of(case).reminder_at,
    "jefatura": lambda case: moments_of(case).head_at,
    "sale": lambda case: sendable_at(case.at, case.calendar, is_urgent=case.context.get("urgente") == "sí"),
    "abierto": lambda case: case.calendar.is_open(case.at),
    "abre": lambda case: case.calendar.next_opening(case.at),
    "cierra": lambda case: case.calendar.previous_close(case.at),
    "laborable": lambda case: case.calendar.is_working_day(case.day),
    "transcurre": lambda case: say_span(case.calendar.elapsed(case.at, case.moment(case.limit))),
    "termino": lambda case: term(case.limit, case.day).end(case.day, calendar=case.calendar),
    "dias": lambda case: add_calendar_days(case.day, int(case.limit)),
    "meses": lambda case: add_months(case.day, int(case.limit)),
    "rueda": lambda case: roll_forward(case.day, case.calendar),
    "legal": legal_day,
    "paso": dated_step,
    "marca": mark,
}


def _names_dispatch(case: LawCase) -> bool:
    return any(name in case.context for name in ("via", "regimen", "descarga", "embarque", "vence"))


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}: {case.name} ({case.start})" for case in CASES])
def test_the_case_holds(case: LawCase) -> None:
    assert spell(RULES[case.rule](case), case) == case.expected, case.source


def test_the_table_covers_every_rule_and_is_long_enough() -> None:
    tally = Tally(case.rule for case in CASES)

    assert set(tally) == set(RULES)
    assert len(CASES) >= 150


def test_no_case_stands_in_the_table_twice() -> None:
    keys = Tally((case.rule, case.start, case.limit, tuple(sorted(case.context.items()))) for case in CASES)

    assert [key for key, times in keys.items() if times > 1] == []
