from dataclasses import replace
from datetime import date, time

import pytest

from mailbot.domain.contexts import QuestionKind
from mailbot.domain.labels import Category, Contingency
from mailbot.domain.linkage import ClientMatch, DispatchMatch, Linkage
from mailbot.domain.mail import MailPurpose
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.verdict import Reason, Verdict
from mailbot.services.agenda import agenda_for, messages_asked, queue_agendas
from tests.unit.services.outgoing_office import ANDES, Bench, lima, owed, stored

EIGHT = lima("2026-07-24T08:00")

REPLY = owed("O-today", ObligationKind.REPLY, "2026-07-24T11:00")
SOONER = owed("O-sooner", ObligationKind.PROFORMA, "2026-07-24T09:30")
LATE = owed("O-late", ObligationKind.REPLY, "2026-07-22T11:00")
REVIEW = owed("O-review", ObligationKind.DOCUMENT_REVIEW, "2026-07-27T11:00")
LATER = owed("O-later", ObligationKind.PROFORMA, "2026-07-30T11:00")
WAITING = owed("O-waiting", ObligationKind.PROFORMA, "2026-07-22T11:00", state=ObligationState.WAITING)


def agendas(bench: Bench) -> list[str]:
    return [mail.key for mail in bench.mails(MailPurpose.AGENDA)]


def test_the_morning_brings_one_agenda_to_everybody_who_owes_something() -> None:
    bench = Bench()
    bench.owe(REPLY)

    assert queue_agendas(bench.desk, now=lima("2026-07-24T07:59")) == 0
    assert queue_agendas(bench.desk, now=EIGHT) == 1
    assert queue_agendas(bench.desk, now=EIGHT) == 0

    (mail,) = bench.mails(MailPurpose.AGENDA)
    assert mail.key == "agenda:ESC01:2026-07-24"
    assert mail.to[0].address == "rquispe@agencia.example"
    assert mail.subject == "Agenda vie 24/07: 1 para hoy"
    assert mail.obligations == ("O-today",)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2026-07-25T08:00", id="saturday"),
        pytest.param("2026-07-23T08:00", id="holiday"),
        pytest.param("2026-07-24T18:00", id="after-closing"),
    ],
)
def test_there_is_no_agenda_outside_a_working_day(now: str) -> None:
    bench = Bench()
    bench.owe(REPLY)

    assert queue_agendas(bench.desk, now=lima(now)) == 0


def test_a_late_start_makes_up_for_the_morning() -> None:
    bench = Bench()
    bench.owe(REPLY)

    assert queue_agendas(bench.desk, now=lima("2026-07-24T10:20"), at=time(9)) == 1


def test_a_short_interruption_changes_no_word() -> None:
    prompt, delayed = Bench(), Bench()
    for bench in (prompt, delayed):
        bench.owe(REPLY, LATE)

    queue_agendas(prompt.desk, now=EIGHT)
    queue_agendas(delayed.desk, now=lima("2026-07-24T08:14"))

    assert prompt.mails(MailPurpose.AGENDA)[0].html == delayed.mails(MailPurpose.AGENDA)[0].html


def test_every_line_stands_in_one_section_and_is_numbered_in_the_order_of_the_mail() -> None:
    bench = Bench()
    bench.owe(REPLY, SOONER, LATE, REVIEW, LATER, WAITING)

    context = agenda_for(bench.desk, "ESC01", now=EIGHT)

    assert context is not None
    sections = (context.overdue, context.today, context.documents, context.later, context.waiting)
    assert [[item.obligation for item in section] for section in sections] == [
        ["O-late"],
        ["O-sooner", "O-today"],
        ["O-review"],
        ["O-later"],
        ["O-waiting"],
    ]
    assert [item.number for section in sections for item in section] == [1, 2, 3, 4, 5, 6]
    assert all(item.owner == "" for section in sections for item in section)


def test_an_answer_to_a_number_finds_its_obligation() -> None:
    bench = Bench()
    bench.owe(REPLY, SOONER, LATE, REVIEW, LATER, WAITING)

    queue_agendas(bench.desk, now=EIGHT)

    (mail,) = bench.mails(MailPurpose.AGENDA)
    assert mail.obligations == ("O-late", "O-sooner", "O-today", "O-review", "O-later", "O-waiting")


def test_dated_matters_and_stale_notes_have_tables_of_their_own() -> None:
    bench = Bench()
    bench.owe(
        owed("O-reg", ObligationKind.REGULARIZATION, "2026-07-30T18:00"),
        owed("O-past", ObligationKind.REGULARIZATION, "2026-07-22T18:00", order="2026-004600"),
        owed("O-regime", ObligationKind.REGIME_EXPIRY, "2026-10-01T18:00"),
        owed("O-far", ObligationKind.REGIME_EXPIRY, "2027-07-01T18:00", order="2026-004600"),
        owed("O-note", ObligationKind.STATUS_UPDATE, "2026-07-24T15:00"),
        owed("O-fresh", ObligationKind.STATUS_UPDATE, "2026-07-27T15:00", order="2026-004600"),
        LATE,
    )

    context = agenda_for(bench.desk, "ESC01", now=EIGHT)

    assert context is not None
    assert [(line.number, line.order, line.days_left) for line in context.dated] == [
        (3, "2026-004512", 6),
        (4, "2026-004512", 69),
    ]
    assert [line.order for line in context.stale] == ["2026-004512"]
    assert [(item.number, item.obligation) for item in context.overdue] == [(1, "O-late"), (2, "O-past")]


def test_an_absent_esc_and_the_suplente_both_get_the_agenda() -> None:
    bench = Bench()
    bench.absent("ESC01", since=date(2026, 7, 24), deputy="ESC02")
    bench.owe(REPLY)

    assert queue_agendas(bench.desk, now=EIGHT) == 2

    assert sorted(agendas(bench)) == ["agenda:ESC01:2026-07-24", "agenda:ESC01:2026-07-24:ESC02"]
    mail = next(mail for mail in bench.mails(MailPurpose.AGENDA) if mail.key.endswith("ESC02"))
    assert mail.to[0].address == "dvargas@agencia.example"
    assert "Esta es la agenda de Rosa Quispe, a quien reemplaza." in mail.text


def test_nobody_gets_an_empty_agenda() -> None:
    bench = Bench()
    bench.owe(owed("O-far", ObligationKind.REGIME_EXPIRY, "2027-07-01T18:00"))

    assert queue_agendas(bench.desk, now=EIGHT) == 0
    asked = agenda_for(bench.desk, "ESC01", now=EIGHT)
    assert asked is not None, "who asks for it is told that nothing is in it"
    assert asked.obligations == ()
    assert agenda_for(bench.desk, "NADIE", now=EIGHT) is None


COMPLAINT = Verdict(
    needs_review=True,
    doubts=(Category.COMPLAINT.value,),
    reasons=(Reason(label="complaint", because="coordinar mejor", weight=0.4),),
)
SEVERAL = Linkage(
    client=ClientMatch(ruc=ANDES, name="Textiles Andes", how="domain"),
    candidates=(
        DispatchMatch(order="2026-004512", ruc=ANDES, score=0.5, how=("orden 45 en el asunto",)),
        DispatchMatch(order="2026-004600", ruc=ANDES, score=0.5, how=()),
    ),
    question="«45» puede ser de dos órdenes",
)


def test_questions_nobody_has_settled_stand_in_the_owners_agenda() -> None:
    bench = Bench()
    bench.receive(
        stored("m1", at="2026-07-22T10:00", verdict=COMPLAINT, linkage=Linkage(client=SEVERAL.client)),
        stored("m2", at="2026-07-22T11:00", verdict=Verdict(), linkage=SEVERAL),
        stored("m3", at="2026-07-22T12:00", verdict=Verdict(), linkage=Linkage(client=SEVERAL.client)),
        stored("m4", at="2026-07-10T12:00", verdict=COMPLAINT, linkage=SEVERAL),
    )

    context = agenda_for(bench.desk, "ESC01", now=EIGHT)

    assert context is not None
    first, second = context.questions
    assert (first.kind, first.message, first.because) == (QuestionKind.COMPLAINT, "m1", ("coordinar mejor",))
    assert (second.kind, second.because) == (QuestionKind.DISPATCH, ("«45» puede ser de dos órdenes",))
    assert [(one.number, one.value) for one in second.candidates] == [(1, "2026-004512"), (2, "2026-004600")]
    assert second.candidates[0].description == "marítima, ETA 28/07, En tránsito"


def test_a_question_is_answered_by_the_number_after_the_last_line() -> None:
    bench = Bench()
    bench.owe(REPLY, LATE)
    bench.receive(stored("m2", at="2026-07-22T11:00", verdict=Verdict(), linkage=SEVERAL))

    queue_agendas(bench.desk, now=EIGHT)

    (mail,) = bench.mails(MailPurpose.AGENDA)
    assert 'Responda "3 orden 2026-004512" o "3 ninguna"' in mail.text
    with bench.desk.store.begin() as uow:
        assert messages_asked(mail.key, uow) == ("m2",)
        assert messages_asked("agenda:ESC02:2026-07-24", uow) == ()


@pytest.mark.parametrize(
    ("verdict", "linkage", "kind", "label"),
    [
        pytest.param(
            Verdict(needs_review=True, doubts=(Contingency.DEMURRAGE.value,)),
            Linkage(client=SEVERAL.client),
            QuestionKind.LABEL,
            "demurrage",
            id="contingency",
        ),
        pytest.param(Verdict(), Linkage(question="¿de quién es?"), QuestionKind.CLIENT, "", id="unknown-sender"),
    ],
)
def test_other_doubts_have_their_own_question(
    verdict: Verdict, linkage: Linkage, kind: QuestionKind, label: str
) -> None:
    bench = Bench()
    bench.receive(stored("m1", at="2026-07-22T10:00", verdict=verdict, linkage=linkage))

    context = agenda_for(bench.desk, "ESC01", now=EIGHT)

    assert context is not None
    assert [(one.kind, one.label) for one in context.questions] == [(kind, label)]


def test_each_line_says_how_its_limit_is_reckoned() -> None:
    bench = Bench()
    reckoning = ("recibido vie 24/07 09:00", "2 h hábiles → vie 24/07 11:00")
    for item in (REPLY, LATE, REVIEW, LATER):
        bench.owe(replace(item, reckoning=reckoning))

    queue_agendas(bench.desk, now=EIGHT)

    (agenda,) = bench.mails(MailPurpose.AGENDA)
    assert [agenda.text.count(line) for line in reckoning] == [4, 4]
    assert [agenda.html.count(line) for line in reckoning] == [4, 4]
