from dataclasses import replace

import pytest

from mailbot.domain.labels import Category, Contingency, Topic
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import EventName, ObligationKind, ObligationState
from mailbot.domain.outgoing import message_id_for
from mailbot.ports.store import AuditLine, MessageFilter, StoredMessage
from mailbot.services.agenda import queue_agendas
from mailbot.services.deliver import deliver
from mailbot.services.ingest import Ingested
from tests.builders import (
    COMPLAINT,
    ESC,
    HEAD,
    OTHER_RUC,
    REQUIREMENT,
    SUPERVISOR,
    dispatch,
    lima,
    office,
    raw_mail,
    verdict,
)
from tests.unit.services.world import World

MAILBOT = "mailbot@agencia.example"
DEPUTY = "kvelarde@agencia.example"
MONDAY_9 = lima("2026-11-16 09:00")


@pytest.fixture
def world() -> World:
    return World(
        verdicts={
            "levante": REQUIREMENT,
            "otra": REQUIREMENT,
            "reclamo": COMPLAINT,
            "quizás": verdict(Category.COMPLAINT, doubts=["complaint"]),
            "costo": verdict(Category.REQUIREMENT, contingency=[Contingency.STORAGE], doubts=["storage"]),
            "orden 2026-004512": REQUIREMENT,
            "pago": verdict(topics=[Topic.PAYMENT_NOTICE]),
        }
    )


def _say(world: World, text: str, mail: OutgoingMail, at: str, **headers: str) -> Ingested:
    """A person of the office answers a mail of ours."""
    values = {"sender": ESC, "to": MAILBOT, "In_Reply_To": mail.message_id} | headers
    moment = lima(f"2026-11-{at}")
    return world.receive(raw_mail(subject=f"RE: {mail.subject}", text=text, at=moment, **values), moment)


def _walk(world: World, *times: str) -> list[OutgoingMail]:
    return [mail for time in times for mail in world.tick(lima(f"2026-11-{time}"))]


def _reminded(world: World) -> OutgoingMail:
    """A question of Monday 09:00 and the reminder of 10:46."""
    world.write("levante", MONDAY_9)
    (reminder,) = _walk(world, "16 10:36", "16 10:46")
    return reminder


def _confirmations(world: World) -> list[OutgoingMail]:
    with world.desk.store.begin() as uow:
        return [mail for mail in uow.outbox.list() if mail.purpose is MailPurpose.CONFIRMATION]


def _audit(world: World, action: str) -> list[AuditLine]:
    with world.desk.store.begin() as uow:
        return [line for line in uow.audit_lines() if line.action == action]


def _message(world: World, subject: str) -> StoredMessage:
    with world.desk.store.begin() as uow:
        return next(item for item in uow.messages.list(MessageFilter()) if item.subject == subject)


def test_atendido_meets_the_obligation_with_the_persons_word_as_evidence(world: World) -> None:
    reminder = _reminded(world)

    taken = _say(world, "Atendido, gracias", reminder, "16 10:50")

    reply = world.only(ObligationKind.REPLY)
    assert taken.met == 1
    assert (reply.state, reply.ended_at) == (ObligationState.MET, lima("2026-11-16 10:50"))
    assert reply.evidence == "dado por hecho por RQ"
    later = _walk(world, "16 11:00", "16 11:10", "16 13:10")
    assert [mail.purpose for mail in later] == [MailPurpose.CONFIRMATION]


def test_each_command_is_confirmed_in_the_thread_and_kept(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "Atendido, gracias", reminder, "16 10:50", message_id="<a1@agencia.example>")

    (confirmation,) = _confirmations(world)
    assert [address.address for address in confirmation.to] == [ESC]
    assert confirmation.in_reply_to == "<a1@agencia.example>"
    assert confirmation.references[0] == reminder.message_id
    assert confirmation.subject == f"Re: {reminder.subject}"
    assert "Atendido" in confirmation.text
    assert [line.who for line in _audit(world, "command_obeyed")] == ["RQ"]


def test_visto_keeps_every_step_back_until_the_next_working_day_and_then_tells_one(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "visto", reminder, "16 10:50")

    quiet = _walk(world, "16 11:00", "16 11:10", "16 13:10", "16 17:59", "17 08:59")
    assert [mail.purpose for mail in quiet] == [MailPurpose.CONFIRMATION]
    told = _walk(world, "17 09:00", "17 09:10", "17 09:20", "17 12:00")
    assert [(mail.purpose, [a.address for a in mail.to]) for mail in told] == [(MailPurpose.NOTICE, [HEAD])]


def test_silence_does_not_hide_that_the_limit_passed(world: World) -> None:
    reminder = _reminded(world)
    _say(world, "visto", reminder, "16 10:50")

    _walk(world, "16 11:01")

    assert world.only(ObligationKind.REPLY).breached_at == lima("2026-11-16 11:00")


def test_the_confirmation_says_until_when(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "visto", reminder, "16 10:50")

    assert "mar 17/11 09:00" in _confirmations(world)[0].text


def test_posponer_tells_the_step_again_when_its_time_is_over(world: World) -> None:
    world.write("pago", MONDAY_9)
    (reminder,) = _walk(world, "16 10:36", "16 10:46")

    _say(world, "posponer 10 min", reminder, "16 10:47")

    told = _walk(world, "16 10:56", "16 10:57", "16 11:00")
    assert [(mail.purpose, [a.address for a in mail.to]) for mail in told] == [
        (MailPurpose.CONFIRMATION, [ESC]),
        # The reminder waits its ten minutes for company, and the limit passes meanwhile.
    ]
    later = _walk(world, "16 11:07", "16 11:10")
    assert [mail.purpose for mail in later] == [MailPurpose.REMINDER, MailPurpose.NOTICE]
    assert world.only(ObligationKind.PAYMENT_REPORT).occurrence == 1


def test_each_answer_allows_one_new_occurrence(world: World) -> None:
    reminder = _reminded(world)
    _say(world, "posponer 4h", reminder, "16 10:50")
    (_, first) = _walk(world, "16 10:51", "16 15:50", "16 16:00")

    _say(world, "posponer 1h", first, "16 16:05", sender=HEAD, to=MAILBOT)

    second = _walk(world, "16 16:06", "16 17:05", "16 17:15", "16 17:25")
    assert [mail.purpose for mail in second] == [MailPurpose.CONFIRMATION, MailPurpose.NOTICE]
    assert world.only(ObligationKind.REPLY).occurrence == 2


def test_the_same_command_again_has_no_further_effect(world: World) -> None:
    reminder = _reminded(world)
    _say(world, "posponer 4h", reminder, "16 10:50")
    before = world.only(ObligationKind.REPLY)

    _say(world, "posponer 4h", reminder, "16 11:30", message_id="<again@agencia.example>")

    assert world.only(ObligationKind.REPLY) == before
    assert len(_confirmations(world)) == 1
    assert len(_audit(world, "command_repeated")) == 1


def test_a_replayed_answer_is_a_duplicate(world: World) -> None:
    reminder = _reminded(world)
    _say(world, "visto", reminder, "16 10:50", message_id="<v@agencia.example>")

    again = _say(world, "visto", reminder, "16 10:50", message_id="<v@agencia.example>")

    assert again.duplicates == 1
    assert world.only(ObligationKind.REPLY).occurrence == 1


def test_reasignar_moves_it_to_another_person_who_is_told(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "reasignar kv", reminder, "16 10:50")

    reply = world.only(ObligationKind.REPLY)
    assert reply.owner == "KV"
    told = _walk(world, "16 10:51", "16 10:58")
    assert [(mail.purpose, [a.address for a in mail.to]) for mail in told] == [(MailPurpose.CONFIRMATION, [ESC])]
    later = _walk(world, "16 11:00", "16 11:10")
    assert [[a.address for a in mail.to] for mail in later if mail.purpose is MailPurpose.REMINDER] == [[DEPUTY]]
    with world.desk.store.begin() as uow:
        events = [event for event in uow.obligations.events(reply.id) if event.name is EventName.REASSIGNED]
    assert [(event.who, event.evidence) for event in events] == [("RQ", "de RQ a KV")]


def test_a_code_nobody_has_is_answered_with_the_nearest(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "reasignar KX", reminder, "16 10:50")

    assert world.only(ObligationKind.REPLY).owner == "RQ"
    (confirmation,) = _confirmations(world)
    assert "KV" in confirmation.text
    assert "no pude" in confirmation.text


def test_orden_links_the_mail_and_what_it_opened(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "orden 2026-4512", reminder, "16 10:50")

    assert _message(world, "levante").orders == ("2026-004512",)
    assert world.only(ObligationKind.REPLY).order == "2026-004512"


def test_an_order_of_another_client_moves_it_to_that_clients_owner(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "orden 2026-004600", reminder, "16 10:50")

    reply = world.only(ObligationKind.REPLY)
    assert (reply.client, reply.owner, reply.order) == (OTHER_RUC, "KV", "2026-004600")


def test_a_number_speaks_of_one_line_of_several(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.write("otra", lima("2026-11-16 09:02"), text="¿Otra cosa?")
    (reminder,) = _walk(world, "16 10:36", "16 10:38", "16 10:46")

    _say(world, "2 atendido", reminder, "16 10:50")

    open_, met = sorted(world.owed(ObligationKind.REPLY), key=lambda item: item.state is ObligationState.MET)
    assert (open_.message, met.message) == (_message(world, "levante").id, _message(world, "otra").id)
    assert open_.is_open


def test_without_a_number_every_line_is_meant(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.write("otra", lima("2026-11-16 09:02"), text="¿Otra cosa?")
    (reminder,) = _walk(world, "16 10:36", "16 10:38", "16 10:46")

    _say(world, "atendido", reminder, "16 10:50")

    assert world.owed(is_open=True) == []


def test_the_numbers_of_an_alert_are_those_of_its_lines(world: World) -> None:
    world.write("reclamo", MONDAY_9)
    (alert,) = [mail for mail in _walk(world, "16 09:00") if [a.address for a in mail.to] == [SUPERVISOR]]
    (item,) = [item for item in world.owed() if item.kind is ObligationKind.MANAGEMENT_REPORT]

    assert alert.obligations[0] == item.id


def test_a_number_beyond_the_last_line_is_answered(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "7 atendido", reminder, "16 10:50")

    assert world.only(ObligationKind.REPLY).is_open
    assert "1 líneas" in _confirmations(world)[0].text or "revise el número" in _confirmations(world)[0].text


def test_no_es_reclamo_corrects_the_label_and_closes_the_report(world: World) -> None:
    (ask,) = _asked(world, "quizás", "16 09:00")

    _say(world, "no es un reclamo", ask, "16 09:05")

    message = _message(world, "quizás")
    assert message.verdict is not None
    assert (message.verdict.primary, message.verdict.doubts) == ("other", ())
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED


def test_no_es_reclamo_to_an_alert_leaves_nothing_to_report(world: World) -> None:
    world.write("reclamo", MONDAY_9)
    alert = next(mail for mail in _walk(world, "16 09:00") if SUPERVISOR in [a.address for a in mail.to])

    _say(world, "No es reclamo", alert, "16 09:20", sender=SUPERVISOR)

    message = _message(world, "reclamo")
    assert message.verdict is not None
    assert not message.verdict.must_report
    # The report was delivered before, and what was met stays met.
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.MET
    assert world.only(ObligationKind.REPLY).is_open


def _asked(world: World, subject: str, at: str) -> list[OutgoingMail]:
    world.write(subject, lima(f"2026-11-{at}"))
    return [mail for mail in _walk(world, at) if mail.purpose is MailPurpose.ASK]


def test_no_to_the_question_withdraws_the_supervisors_notice(world: World) -> None:
    (ask,) = _asked(world, "quizás", "16 09:00")

    _say(world, "no", ask, "16 09:30")

    sent = _walk(world, "16 09:31", "16 11:00", "16 11:10", "17 09:00")
    assert not [
        mail for mail in sent if SUPERVISOR in [a.address for a in mail.to] and "reclamo" in mail.subject.lower()
    ]
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED
    # Who wrote still waits for an answer.
    assert world.only(ObligationKind.REPLY).is_open


def test_yes_to_the_question_tells_the_supervisor_at_once(world: World) -> None:
    (ask,) = _asked(world, "quizás", "16 09:00")

    _say(world, "sí", ask, "16 09:30")

    sent = _walk(world, "16 09:30")
    assert [SUPERVISOR] in [[a.address for a in mail.to] for mail in sent]
    message = _message(world, "quizás")
    assert message.verdict is not None
    assert not message.verdict.needs_review


def test_no_to_another_doubtful_label_drops_that_label_alone(world: World) -> None:
    (ask,) = _asked(world, "costo", "16 09:00")

    _say(world, "no", ask, "16 09:30")

    message = _message(world, "costo")
    assert message.verdict is not None
    assert (message.verdict.contingency, message.verdict.categories) == ((), (Category.REQUIREMENT,))
    assert world.only(ObligationKind.REPLY).is_open
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED


def test_es_reclamo_opens_the_report_with_its_true_start_and_tells_the_supervisor(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "Es reclamo", reminder, "16 10:50")

    report = world.only(ObligationKind.MANAGEMENT_REPORT)
    assert (report.received_at, report.due_at) == (MONDAY_9, lima("2026-11-17 09:00"))
    sent = _walk(world, "16 10:50")
    assert [SUPERVISOR] in [[a.address for a in mail.to] for mail in sent]


def test_a_correction_is_kept_with_who_and_what_it_was_before(world: World) -> None:
    (ask,) = _asked(world, "quizás", "16 09:00")

    _say(world, "no", ask, "16 09:30")

    (line,) = _audit(world, "correction")
    assert (line.who, line.subject) == ("RQ", _message(world, "quizás").id)
    assert '"before"' in line.detail


def test_a_candidates_number_answers_which_dispatch() -> None:
    world = World(
        verdicts={"consulta": REQUIREMENT},
        book=office(
            dispatches=(dispatch("2026-004512"), dispatch("2026-004513"), dispatch("2026-004600", ruc=OTHER_RUC))
        ),
    )
    world.write("consulta", MONDAY_9, text="¿Ya tenemos levante?")
    message = _message(world, "consulta")
    assert [match.order for match in message.linkage.candidates]
    second = message.linkage.candidates[1].order
    ask = _queue_ask(world, message)

    _say(world, "2", ask, "16 09:30")

    assert _message(world, "consulta").orders == (second,)
    assert world.only(ObligationKind.REPLY).order == second


def _queue_ask(world: World, message: StoredMessage) -> OutgoingMail:
    """A question as the ESC gets it about which dispatch a mail speaks of."""
    key = f"ask:{message.id}"
    mail = OutgoingMail(
        key=key,
        purpose=MailPurpose.ASK,
        message_id=message_id_for(key, domain=world.desk.domain, secret=world.desk.secret),
        sender=world.desk.sender,
        to=(replace(world.desk.sender, address=ESC),),
        subject="¿De qué orden habla?",
        text="",
        html="",
        created_at=message.received_at,
        not_before=message.received_at,
    )
    with world.desk.store.begin() as uow:
        uow.outbox.add(mail)
        uow.commit()
    return mail


def test_an_agendas_question_is_answered_by_its_number(world: World) -> None:
    world.write("quizás", lima("2026-11-16 09:00"))
    queue_agendas(world.desk, now=lima("2026-11-16 09:10"))
    deliver(world.desk, world.post, now=lima("2026-11-16 09:10"))
    (agenda,) = [mail for mail in world.sender.sent if mail.purpose is MailPurpose.AGENDA]
    question = len(agenda.obligations) + 1

    _say(world, f"{question} no", agenda, "16 09:30")

    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED


def test_an_agenda_is_not_closed_as_a_whole_by_one_word(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.write("otra", MONDAY_9, text="¿Otra cosa?")
    queue_agendas(world.desk, now=lima("2026-11-16 09:10"))
    deliver(world.desk, world.post, now=lima("2026-11-16 09:10"))
    (agenda,) = [mail for mail in world.sender.sent if mail.purpose is MailPurpose.AGENDA]

    _say(world, "atendido", agenda, "16 09:30")

    assert len(world.owed(is_open=True)) == 2
    assert "número" in _confirmations(world)[0].text


REFUSED = [
    pytest.param({"sender": DEPUTY}, "no se envió", id="somebody-it-was-not-sent-to"),
    pytest.param({"sender": "compras@textiles.example"}, "Personal", id="somebody-outside"),
    pytest.param(
        {"Authentication_Results": "mx.agencia.example; dmarc=fail header.from=agencia.example"},
        "Personal|reconoce",
        id="dmarc",
    ),
    pytest.param(
        {"Authentication_Results": "mx.agencia.example; spf=fail smtp.mailfrom=x.example"}, "reconoce", id="spf"
    ),
    pytest.param(
        {"Authentication_Results": "mx.agencia.example; spf=pass; dkim=fail (bad signature)"}, "reconoce", id="dkim"
    ),
    pytest.param(
        {"In_Reply_To": "<mb.00000000000000000000000000000000.00000000000000000000000000000000@agencia.example>"},
        "desconocido",
        id="unknown-token",
    ),
    pytest.param({"Auto_Submitted": "auto-replied"}, "automático", id="automatic"),
]


@pytest.mark.parametrize(("headers", "why"), REFUSED)
@pytest.mark.parametrize("text", ["atendido", "reasignar KV", "visto"])
def test_what_is_not_the_addressees_own_word_does_nothing_and_is_recorded(
    world: World, text: str, headers: dict[str, str], why: str
) -> None:
    reminder = _reminded(world)
    before = world.only(ObligationKind.REPLY)

    _say(world, text, reminder, "16 10:50", **headers)

    assert world.only(ObligationKind.REPLY) == before
    assert _confirmations(world) == []
    (line,) = _audit(world, "command_refused")
    assert any(part in line.detail for part in why.split("|"))


@pytest.mark.parametrize(
    "result",
    [
        "mx.agencia.example; spf=pass; dkim=pass header.d=agencia.example; dmarc=pass",
        "mx.agencia.example; dkim=fail; spf=pass; dmarc=pass",
        "mx.agencia.example; spf=none; dkim=none",
        "mx.agencia.example; dkim=fail header.d=list.example; dkim=pass header.d=agencia.example",
    ],
)
def test_an_authenticated_answer_is_obeyed(world: World, result: str) -> None:
    reminder = _reminded(world)

    _say(world, "atendido", reminder, "16 10:50", Authentication_Results=result)

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_a_result_below_the_servers_own_counts_for_nothing(world: World) -> None:
    reminder = _reminded(world)
    moment = lima("2026-11-16 10:50")
    forged = raw_mail(
        subject="RE: aviso",
        text="atendido",
        sender=ESC,
        to=MAILBOT,
        at=moment,
        In_Reply_To=reminder.message_id,
        Authentication_Results="mx.agencia.example; spf=fail smtp.mailfrom=x.example",
    ).replace(b"Subject:", b"Authentication-Results: mx.agencia.example; dmarc=fail\r\nSubject:", 1)

    world.receive(forged + b"", moment)

    assert world.only(ObligationKind.REPLY).is_open


def test_the_owner_in_copy_may_answer_the_supervisors_notice(world: World) -> None:
    world.write("levante", MONDAY_9)
    notice = _walk(world, "16 10:36", "16 10:46", "16 11:00", "16 11:10")[-1]
    assert [a.address for a in notice.to] == [SUPERVISOR]

    _say(world, "atendido", notice, "16 11:20")

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_an_answer_that_only_the_references_tie_is_obeyed(world: World) -> None:
    reminder = _reminded(world)

    _say(world, "atendido", reminder, "16 10:50", In_Reply_To="<other@x.example>", References=reminder.message_id)

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_an_answer_to_the_confirmation_speaks_of_the_notice(world: World) -> None:
    reminder = _reminded(world)
    _say(world, "visto", reminder, "16 10:50")
    (confirmation,) = _confirmations(world)

    _say(world, "1 atendido", confirmation, "16 10:55")

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_thanks_for_a_confirmation_are_not_answered(world: World) -> None:
    reminder = _reminded(world)
    _say(world, "visto", reminder, "16 10:50")

    _say(world, "gracias", _confirmations(world)[0], "16 10:55")

    assert len(_confirmations(world)) == 1


def test_what_is_not_understood_gets_one_polite_answer_a_day(world: World) -> None:
    reminder = _reminded(world)

    for minute, text in ((50, "ya lo vemos con operaciones"), (55, "¿y el BL?")):
        _say(world, text, reminder, f"16 10:{minute}")
    first = _confirmations(world)
    _say(world, "seguimos en eso", reminder, "17 10:00")

    assert len(first) == 1
    assert "posponer 4h" in first[0].text
    assert len(_confirmations(world)) == 2
    assert world.only(ObligationKind.REPLY).is_open


def test_people_who_talk_about_a_notice_among_themselves_are_left_alone(world: World) -> None:
    world.write("levante", MONDAY_9)
    notice = _walk(world, "16 10:36", "16 10:46", "16 11:00", "16 11:10")[-1]

    _say(world, "Rocío, por favor responde hoy.", notice, "16 11:20", sender=SUPERVISOR, to=ESC)

    assert _confirmations(world) == []
    assert world.only(ObligationKind.REPLY).is_open


def test_an_answer_to_the_client_in_a_notices_thread_is_an_answer_to_the_client(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")
    (reminder,) = _walk(world, "16 10:36", "16 10:46")

    moment = lima("2026-11-16 10:50")
    world.answer(
        "RE: levante",
        moment,
        "Atendido, ya tiene levante desde las 9.",
        In_Reply_To="<q@textiles.example>",
        References=f"{reminder.message_id} <q@textiles.example>",
    )

    reply = world.only(ObligationKind.REPLY)
    assert reply.state is ObligationState.MET
    assert reply.evidence.startswith("respondido por RQ")
    assert _confirmations(world) == []


def test_visto_on_what_is_closed_already_is_no_trouble(world: World) -> None:
    reminder = _reminded(world)
    world.answer("RE: levante", lima("2026-11-16 10:48"), "Sí, desde las 9.")

    _say(world, "visto", reminder, "16 10:50")

    assert world.only(ObligationKind.REPLY).occurrence == 0
    assert "hecho" in _confirmations(world)[0].text


def test_posponer_on_what_is_closed_already_says_so(world: World) -> None:
    reminder = _reminded(world)
    world.answer("RE: levante", lima("2026-11-16 10:48"), "Sí, desde las 9.")

    _say(world, "posponer 4h", reminder, "16 10:50")

    assert "ya estaba cerrado" in _confirmations(world)[0].text


def test_an_order_said_of_a_stranger_is_remembered_for_the_next_mail(world: World) -> None:
    stranger = "operaciones@forwarder.example"
    moment = lima("2026-11-16 09:00")
    world.receive(raw_mail(subject="levante", sender=stranger, text="¿Ya tenemos levante?", at=moment), moment)
    (reminder,) = _walk(world, "16 10:36", "16 10:46")

    _say(world, "orden 2026-004512", reminder, "16 10:50")
    world.receive(
        raw_mail(subject="orden 2026-004512", sender=stranger, text="¿Novedades de la orden 2026-004512?", at=moment),
        lima("2026-11-16 11:00"),
    )

    later = _message(world, "orden 2026-004512")
    assert (later.client, later.orders) == ("20131312955", ("2026-004512",))
