"""The story is told without contradiction: what it expects follows from the office and the clock."""

import pytest

from mailbot.demo.mails import SampleMail, sample_mails, subject
from mailbot.demo.office import sample_office
from mailbot.demo.story import Owed, Scene, scene, scenes
from mailbot.demo.story_exports import sample_exports
from mailbot.domain.calendars import office_calendar
from mailbot.domain.deadlines import reckon
from mailbot.domain.identifiers import normal_form
from mailbot.domain.labels import Category, Contingency, ReferenceKind, Topic
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import Role
from mailbot.domain.policy import load_policy
from mailbot.domain.verdict import Verdict
from mailbot.reading.parse import read_message
from mailbot.reading.references import find_references
from mailbot.records.memory import MemoryRecords
from mailbot.services.link import link

RECORDS = MemoryRecords(sample_office())
POLICY = load_policy()
CALENDAR = office_calendar(holidays=RECORDS.holidays())
TOLD = [told for told in scenes() if told.expect is not None]
OWED = [(told, owed) for told in TOLD if told.expect for owed in told.expect.owes]


def client_of(told: Scene) -> str | None:
    assert told.expect is not None
    dispatch = RECORDS.dispatch((told.expect.orders or ("",))[0])
    return dispatch.ruc if dispatch else told.expect.client


@pytest.mark.parametrize(("told", "owed"), OWED, ids=[f"{told.key}-{owed.kind}" for told, owed in OWED])
def test_a_limit_of_the_story_is_the_one_the_rules_give(told: Scene, owed: Owed) -> None:
    assert told.expect is not None
    dispatch = RECORDS.dispatch(told.expect.orders[0]) if told.expect.orders else None
    agreements = RECORDS.agreements(client_of(told) or "", owed.kind, told.at.date())

    deadline = reckon(
        owed.kind,
        received_at=told.at,
        calendar=CALENDAR,
        policy=POLICY,
        dispatch=dispatch,
        agreement=agreements[0] if agreements else None,
    )

    assert deadline.due_at == owed.due_at, deadline.reckoning


@pytest.mark.parametrize(
    ("told", "owed"),
    [pair for pair in OWED if pair[1].ends_at and pair[1].kind is not ObligationKind.MANAGEMENT_REPORT],
    ids=lambda value: getattr(value, "key", getattr(value, "kind", None)),
)
def test_what_is_met_is_met_by_a_mail_of_the_office_or_an_export(told: Scene, owed: Owed) -> None:
    sent = [answer for answer in scenes() if answer.is_sent and answer.at == owed.ends_at]
    if owed.kind is ObligationKind.MILESTONE_NOTICE:
        assert any(told.expect and told.expect.orders[0] in subject(notice) for notice in sent)
    elif owed.kind in (ObligationKind.SYSTEM_ENTRY, ObligationKind.ALERT_ACTION):
        assert owed.ends_at in {export.arrives_at for export in sample_exports()}
    else:
        assert any(answer.answers == told.key for answer in sent)


def test_obligations_are_met_in_time_late_and_never() -> None:
    late = {told.key for told, owed in OWED if owed.ends_at and owed.ends_at > owed.due_at}
    never = {told.key for told, owed in OWED if owed.ends_at is None}

    assert late == {
        "canal-4530",
        "instruccion-4544",
        "reclamo-sobreestadia-4486",
        "aforo-4497",
        "multa-4552",
        "drawback-chavin",
        "eta-4531-corregido",
    }
    assert never >= {"retiro-4533", "copia-dam-4399", "alerta-4462"}
    assert len(OWED) - len(late) - len(never) > 20


def test_every_category_and_contingency_and_nearly_every_topic_occurs() -> None:
    found = [told.expect for told in TOLD if told.expect]

    assert {item for expect in found for item in expect.categories} == set(Category)
    assert {item for expect in found for item in expect.contingency} == set(Contingency) - {Contingency.OTHER_COST}
    assert {item for expect in found for item in expect.topics} == set(Topic)


@pytest.mark.parametrize(
    "told", [told for told in TOLD if told.expect and told.expect.orders], ids=lambda told: told.key
)
def test_a_dispatch_of_the_story_exists(told: Scene) -> None:
    assert told.expect is not None
    assert all(RECORDS.dispatch(order) for order in told.expect.orders)


def test_numbers_in_the_story_belong_to_the_dispatch_they_stand_for() -> None:
    for told in TOLD:
        assert told.expect is not None
        for word in f"{told.subject or ''} {told.text}".replace("*", " ").split():
            found = RECORDS.dispatches_by_reference(
                ReferenceKind.DAM, normal_form(ReferenceKind.DAM, word.strip(".,;¿?:"))
            )
            if found and told.expect.orders:
                assert found[0].order in told.expect.orders, told.key


def test_every_sender_from_the_office_is_one_of_its_people() -> None:
    for told in scenes():
        if told.sender.endswith("@aduanasandinas.example"):
            assert RECORDS.staff_by_address(told.sender)


def test_an_answer_follows_what_it_answers() -> None:
    for told in scenes():
        if told.answers:
            assert scene(told.answers).at < told.at


def test_the_absent_executive_never_answers() -> None:
    (absent,) = (person for person in RECORDS.staff() if person.role is Role.ESC and person.absent_from)

    assert not [told.key for told in scenes() if told.is_sent and told.sender == absent.address]


@pytest.mark.parametrize(
    "mail",
    # What only the conversation tells is for the end-to-end test.
    [mail for mail in sample_mails() if mail.expect and mail.expect.kind == "person" and not scene(mail.key).answers],
    ids=lambda mail: mail.key,
)
def test_the_dispatch_of_the_story_is_the_one_the_rules_link(mail: SampleMail) -> None:
    assert mail.expect is not None
    message = read_message(mail.raw, received_at=mail.arrives_at)
    verdict = Verdict(categories=mail.expect.categories, topics=mail.expect.topics, needs_reply=mail.expect.needs_reply)
    is_office = RECORDS.staff_by_address(message.sender.address) is not None

    linkage = link(
        message,
        find_references(message),
        records=RECORDS,
        at=mail.arrives_at,
        verdict=verdict,
        is_office=is_office,
    )

    assert linkage.orders == mail.expect.orders
    assert {match.order for match in linkage.candidates} == set(mail.expect.candidates)
    if mail.expect.client:
        assert linkage.client is not None
        assert linkage.client.ruc == mail.expect.client
