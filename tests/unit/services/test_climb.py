from dataclasses import replace
from datetime import date

import pytest

from mailbot.domain.labels import Category, Contingency
from mailbot.domain.mail import MailPurpose
from mailbot.domain.obligation import EventName, ObligationKind, ObligationState
from mailbot.domain.office import Language, Role
from mailbot.ports.renderer import MailContext, Rendered
from mailbot.services.escalate import escalate
from mailbot.services.notify import notify
from tests.builders import COMPLAINT, DOCUMENTS, ESC, HEAD, REQUIREMENT, SUPERVISOR, lima, office, staff, verdict
from tests.unit.services.world import World

MONDAY_9 = lima("2026-11-16 09:00")


@pytest.fixture
def world() -> World:
    return World(
        verdicts={
            "levante": REQUIREMENT,
            "otra": REQUIREMENT,
            "reclamo": COMPLAINT,
            "quizás": verdict(Category.COMPLAINT, doubts=["complaint"]),
            "sobrecosto": verdict(Category.REQUIREMENT, contingency=[Contingency.STORAGE]),
        }
    )


def _to(mail) -> list[str]:
    return [address.address for address in mail.to]


def _cc(mail) -> list[str]:
    return [address.address for address in mail.cc]


def _walk(world: World, *times: str) -> list:
    return [mail for time in times for mail in world.tick(lima(f"2026-11-16 {time}"))]


def test_nothing_leaves_before_80_percent_of_the_limit(world: World) -> None:
    world.write("levante", MONDAY_9)

    assert _walk(world, "09:00", "10:00", "10:35") == []


def test_the_owner_is_reminded_once_with_the_assistant_in_copy(world: World) -> None:
    world.write("levante", MONDAY_9)

    sent = _walk(world, "10:36", "10:46", "10:47", "10:50")

    assert [(mail.purpose, _to(mail), _cc(mail)) for mail in sent] == [
        (MailPurpose.REMINDER, [ESC], ["asistente@agencia.example"])
    ]


def test_a_breach_goes_to_the_supervisor_with_the_owner_in_copy(world: World) -> None:
    world.write("levante", MONDAY_9)
    _walk(world, "10:36", "10:46")

    sent = _walk(world, "11:00", "11:10")

    assert [(mail.purpose, _to(mail), _cc(mail)) for mail in sent] == [(MailPurpose.NOTICE, [SUPERVISOR], [ESC])]
    assert world.only(ObligationKind.REPLY).breached_at == lima("2026-11-16 11:00")


def test_at_the_very_limit_nothing_is_missed_yet_and_an_answer_is_in_time() -> None:
    world = World(verdicts={"levante": REQUIREMENT}, policy="[settings]\nbundle_minutes = 0")
    world.write("levante", MONDAY_9)

    at_limit = _walk(world, "10:36", "11:00")[1:]
    owed = world.only(ObligationKind.REPLY)
    world.answer("RE: levante", lima("2026-11-16 11:00"), "Sí, desde las 9.")

    assert (at_limit, owed.breached_at) == ([], None)
    assert _walk(world, "11:01", "11:10") == []
    assert world.only(ObligationKind.REPLY).breached_at is None


def test_right_after_the_limit_it_is_missed_since_the_limit() -> None:
    world = World(verdicts={"levante": REQUIREMENT}, policy="[settings]\nbundle_minutes = 0")
    world.write("levante", MONDAY_9)

    (notice,) = _walk(world, "10:36", "11:00", "11:01")[1:]

    assert _to(notice) == [SUPERVISOR]
    assert world.only(ObligationKind.REPLY).breached_at == lima("2026-11-16 11:00")


def test_the_limit_once_more_goes_to_the_head_with_the_supervisor_in_copy(world: World) -> None:
    world.write("levante", MONDAY_9)
    _walk(world, "10:36", "10:46", "11:00", "11:10")

    # The break from 13:00 to 14:00 is no working time, so 2 hours after 11:00 end at 13:00.
    sent = _walk(world, "13:00", "13:10")

    assert [(_to(mail), _cc(mail)) for mail in sent] == [([HEAD], [SUPERVISOR])]


def test_a_doubled_tick_sends_nothing_twice(world: World) -> None:
    world.write("levante", MONDAY_9)

    sent = _walk(world, *["10:36", "10:46", "11:00", "11:10", "13:00", "13:10"] * 1, *["13:10", "13:11"] * 3)

    assert len(sent) == len({mail.message_id for mail in sent}) == 3


def test_an_answer_in_time_silences_the_ladder(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.answer("RE: levante", lima("2026-11-16 09:30"), "Sí, desde las 9.")

    assert _walk(world, "10:36", "10:46", "11:00", "11:10", "13:10") == []


def test_an_answer_found_late_withdraws_a_notice_that_has_not_left(world: World) -> None:
    world.write("levante", MONDAY_9)
    _walk(world, "10:36", "10:46", "11:00")
    world.answer("RE: levante", lima("2026-11-16 10:58"), "Sí, desde las 9.")

    sent = _walk(world, "11:10", "13:10")

    assert sent == []
    reply = world.only(ObligationKind.REPLY)
    assert (reply.state, reply.breached_at) == (ObligationState.MET, None)


def test_mails_that_were_made_stay_when_the_next_cannot_be(world: World) -> None:
    for subject in ("levante", "reclamo"):
        world.write(subject, MONDAY_9)
    shared = world.desk.renderer

    class Tired:
        """Renders one mail, then no more: as if the process had ended there."""

        made = 0

        def render(self, context: MailContext, *, language: Language = Language.ES) -> Rendered:
            self.made += 1
            if self.made > 1:
                raise RuntimeError("the process dies")
            return shared.render(context, language=language)

    # The complaint to the supervisor, and the reminder to the owner.
    now = lima("2026-11-16 10:46")
    escalate(world.desk, now=now)
    with pytest.raises(RuntimeError):
        notify(replace(world.desk, renderer=Tired()), now=now)

    with world.desk.store.begin() as uow:
        (made,) = uow.outbox.list()
    left = notify(world.desk, now=now)
    assert {_to(mail)[0] for mail in (made, *left)} == {ESC, SUPERVISOR}
    assert notify(world.desk, now=now) == ()


def test_a_mail_has_an_end_and_what_it_does_not_hold_goes_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.services.bundle.MOST_LINES", 2)
    subjects = ["alfa", "beta", "gamma", "delta", "zeta"]
    world = World(verdicts=dict.fromkeys(subjects, REQUIREMENT))
    for subject in subjects:
        world.write(subject, MONDAY_9, text=subject)

    sent = _walk(world, "10:46", "10:47")

    assert sorted(len(mail.obligations) for mail in sent) == [1, 2, 2]
    assert {owed for mail in sent for owed in mail.obligations} == {owed.id for owed in world.owed()}


def test_what_one_recipient_is_due_within_ten_minutes_goes_in_one_mail(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.write("otra", lima("2026-11-16 09:05"), text="¿Otra cosa?")

    sent = _walk(world, "10:36", "10:41", "10:46", "10:51")

    assert [(mail.purpose, len(mail.obligations)) for mail in sent] == [(MailPurpose.REMINDER, 2)]


def test_a_missed_tick_loses_nothing(world: World) -> None:
    world.write("levante", MONDAY_9)

    sent = _walk(world, "11:09", "11:19")

    assert [_to(mail) for mail in sent] == [[SUPERVISOR]]


def test_after_an_outage_one_summary_takes_the_place_of_every_missed_step(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.write("otra", lima("2026-11-16 09:20"), text="¿Otra cosa?")
    _walk(world, "09:21")

    sent = _walk(world, "16:00", "16:10", "16:11")

    assert [_to(mail) for mail in sent] == [[HEAD]]
    assert len(sent[0].obligations) == 2


def test_a_notice_that_falls_outside_hours_waits_for_the_opening(world: World) -> None:
    world.write("levante", lima("2026-11-16 17:30"))

    sent = _walk(world, "17:36", "17:59", "18:30", "22:00")

    assert sent == []
    # 2 working hours from 17:30 end at 10:30 next day; 80 % of them fall at 10:06.
    at_ten = [*world.tick(lima("2026-11-17 10:06")), *world.tick(lima("2026-11-17 10:16"))]
    assert [mail.purpose for mail in at_ten] == [MailPurpose.REMINDER]


def test_an_absent_owner_and_the_deputy_both_get_the_reminder() -> None:
    book = office()
    absent = staff(
        "RQ", Role.ESC, ESC, chief="MF", deputy="KV", absent_from=date(2026, 11, 16), absent_until=date(2026, 11, 20)
    )
    world = World(
        verdicts={"levante": REQUIREMENT},
        book=office(staff=(absent, *(person for person in book.staff if person.code != "RQ"))),
    )
    world.write("levante", MONDAY_9)

    sent = _walk(world, "10:36", "10:46")

    assert sorted(address for mail in sent for address in _to(mail)) == ["kvelarde@agencia.example", ESC]


def test_an_absent_supervisor_without_deputy_is_replaced_by_the_head() -> None:
    book = office()
    absent = staff("MF", Role.SUPERVISOR, SUPERVISOR, chief="JS", absent_from=date(2026, 11, 16))
    world = World(
        verdicts={"levante": REQUIREMENT},
        book=office(staff=(absent, *(person for person in book.staff if person.code != "MF"))),
    )
    world.write("levante", MONDAY_9)
    _walk(world, "10:36", "10:46")

    assert [_to(mail) for mail in _walk(world, "11:00", "11:10")] == [[HEAD]]


def test_a_complaint_is_told_at_once_and_the_report_is_met_by_delivery(world: World) -> None:
    world.write("reclamo", MONDAY_9)

    (alert,) = _walk(world, "09:00")

    assert (_to(alert), _cc(alert)) == ([SUPERVISOR], [HEAD])
    assert "las palabras que lo dicen" in alert.text
    report = world.only(ObligationKind.MANAGEMENT_REPORT)
    assert (report.state, report.ended_at) == (ObligationState.MET, MONDAY_9)


def test_the_head_is_in_copy_only_when_money_is_claimed_or_the_relation_is_at_risk(world: World) -> None:
    world.write("sobrecosto", MONDAY_9)

    (alert,) = _walk(world, "09:00")

    assert (_to(alert), _cc(alert)) == ([SUPERVISOR], [])


def test_an_urgent_notice_takes_along_what_is_waiting(world: World) -> None:
    world.write("levante", MONDAY_9)
    _walk(world, "10:36", "10:46", "11:00")
    world.write("reclamo", lima("2026-11-16 11:02"))

    (mail,) = _walk(world, "11:02")

    assert _to(mail) == [SUPERVISOR]
    assert len(mail.obligations) == 2
    assert _walk(world, "11:10") == []


def test_a_complaint_at_night_is_told_at_the_opening(world: World) -> None:
    world.write("reclamo", lima("2026-11-16 20:00"))

    assert _walk(world, "20:00", "20:10") == []
    assert [_to(mail) for mail in world.tick(lima("2026-11-17 09:00"))] == [[SUPERVISOR]]


def test_the_office_may_let_the_urgent_out_at_once() -> None:
    world = World(verdicts={"reclamo": COMPLAINT}, policy="[settings]\nurgent_at_once = true\n")
    world.write("reclamo", lima("2026-11-16 20:00"))

    assert [_to(mail) for mail in _walk(world, "20:00")] == [[SUPERVISOR]]


def test_a_doubtful_complaint_is_asked_first_and_told_when_no_answer_came(world: World) -> None:
    world.write("quizás", MONDAY_9)

    asked = _walk(world, "09:00", "10:00")
    told = _walk(world, "11:00")

    assert [(mail.purpose, _to(mail)) for mail in asked] == [(MailPurpose.ASK, [ESC])]
    assert SUPERVISOR in [address for mail in told for address in _to(mail)]


def test_history_says_what_happened_and_when(world: World) -> None:
    world.write("levante", MONDAY_9)
    _walk(world, "10:36", "10:46", "11:00", "11:10")
    reply = world.only(ObligationKind.REPLY)

    with world.desk.store.begin() as uow:
        events = [(event.name, event.at) for event in uow.obligations.events(reply.id)]

    assert events == [
        (EventName.OPENED, MONDAY_9),
        (EventName.REMINDED, lima("2026-11-16 10:36")),
        (EventName.NOTIFIED, lima("2026-11-16 11:00")),
        (EventName.BREACHED, lima("2026-11-16 11:00")),
    ]


def test_a_doubt_that_does_not_hold_yet_is_reported_too_when_nobody_answers() -> None:
    world = World(verdicts={"tal vez": verdict(Category.REQUIREMENT, doubts=["complaint"])})
    world.write("tal vez", MONDAY_9)

    asked = _walk(world, "09:00")
    told = _walk(world, "11:00")

    assert [(mail.purpose, _to(mail)) for mail in asked] == [(MailPurpose.ASK, [ESC])]
    assert SUPERVISOR in [address for mail in told for address in _to(mail)]


def test_a_sure_complaint_is_told_at_once_whatever_else_is_doubtful() -> None:
    mixed = verdict(Category.COMPLAINT, contingency=[Contingency.STORAGE], doubts=["storage"])
    world = World(verdicts={"seguro": mixed})
    world.write("seguro", MONDAY_9)

    sent = _walk(world, "09:00")

    assert SUPERVISOR in [address for mail in sent for address in _to(mail)]


def test_a_doubt_about_any_cost_is_asked_and_told_when_nobody_answers() -> None:
    world = World(verdicts={"almacén": verdict(Category.REQUIREMENT, doubts=["requirement", "contingency"])})
    world.write("almacén", MONDAY_9)

    (asked,) = _walk(world, "09:00")
    told = _walk(world, "11:00")

    assert (asked.purpose, _to(asked)) == (MailPurpose.ASK, [ESC])
    assert "costo o riesgo que reportar a la jefatura" in asked.text
    assert SUPERVISOR in [address for mail in told for address in _to(mail)]


def test_a_reminder_that_can_leave_at_the_limit_alone_leaves_then_and_the_breach_after_it() -> None:
    world = World(verdicts={"papeles": DOCUMENTS}, policy="[settings]\nbundle_minutes = 0")
    world.write("papeles", MONDAY_9)

    (reminder,) = world.tick(lima("2026-11-18 09:00"))
    (breach,) = world.tick(lima("2026-11-18 09:01"))

    assert (reminder.purpose, _to(reminder)) == (MailPurpose.REMINDER, [ESC])
    assert (breach.purpose, _to(breach)) == (MailPurpose.NOTICE, [SUPERVISOR])
