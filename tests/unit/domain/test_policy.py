from datetime import date, time, timedelta
from typing import Any

import pytest

from mailbot.domain.calendars import office_calendar
from mailbot.domain.deadlines import reckon
from mailbot.domain.errors import OfficeFileRejected, UnknownName
from mailbot.domain.labels import Category, Contingency, Topic
from mailbot.domain.limits import Limit
from mailbot.domain.obligation import Clock, ObligationKind, Step
from mailbot.domain.office import Agreement, Role, Transport
from mailbot.domain.policy import Modifier, Owner, WorkingDayReading, kind_named, load_policy
from mailbot.domain.verdict import Verdict
from tests.builders import dispatch, lima

Kind = ObligationKind
POLICY = load_policy()

# `contract.md`, "Obligation kinds and their defaults", and domain.md 5 for the rows of Annex 01.
DEFAULTS = [
    (Kind.REPLY, 17, "2 h hábiles"),
    (Kind.DOCUMENT_REVIEW, 4, "48 h"),
    (Kind.MANAGEMENT_REPORT, 18, "24 h útiles"),
    (Kind.PROFORMA, 14, "4 h hábiles"),
    (Kind.PAYMENT_REPORT, 9, "2 h hábiles"),
    (Kind.ARCHIVE_OBSERVATION, 12, "2 días hábiles"),
    (Kind.ALERT_ACTION, 6, "fin del día"),
    (Kind.WRITTEN_AGREEMENT, 8, "fin del día"),
    (Kind.STATUS_PROGRAMMING, 16, "fin del día"),
    (Kind.STATUS_UPDATE, 16, "1 día hábil"),
    (Kind.MILESTONE_NOTICE, 1, "2 h hábiles"),
    (Kind.SYSTEM_ENTRY, 5, "fin del día"),
    (Kind.PROMISE, 7, "fin del día hábil siguiente"),
    (Kind.FUNDS_CHECK, 15, "fin del día"),
    (Kind.REGULARIZATION, 6, "10 días calendario"),
]


@pytest.mark.parametrize(("kind", "annex_row", "limit"), DEFAULTS, ids=[row[0].value for row in DEFAULTS])
def test_each_kind_has_the_limit_of_the_contract(kind: ObligationKind, annex_row: int, limit: str) -> None:
    rule = POLICY.rule(kind)

    assert (rule.annex_row, str(POLICY.limit_of(kind))) == (annex_row, limit)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_says_what_opens_and_stops_it(kind: ObligationKind) -> None:
    rule = POLICY.rule(kind)

    assert rule.kind is kind
    assert rule.title
    # Whether funds are there is for a person alone to say.
    assert rule.stops or kind is Kind.FUNDS_CHECK
    assert rule.opens != type(rule.opens)()
    assert rule.ladder == (Step.OWNER, Step.SUPERVISOR, Step.HEAD)


def test_a_regime_ends_by_its_own_date() -> None:
    assert POLICY.rule(Kind.REGIME_EXPIRY).limit is None
    with pytest.raises(UnknownName, match="su fecha está en el despacho"):
        POLICY.limit_of(Kind.REGIME_EXPIRY)


def test_the_settings_are_those_of_the_contract() -> None:
    assert POLICY.reminder_share == 0.8
    assert POLICY.bundle == timedelta(minutes=10)
    assert POLICY.last_call == timedelta(minutes=30)
    assert POLICY.working_day_reading is WorkingDayReading.DAY
    assert POLICY.ask_timeout == Limit.parse("2 h hábiles")
    assert POLICY.dated_due_time == time(18)
    assert POLICY.eta_floor == Limit.parse("4 h hábiles")
    assert {way.value: lead for way, lead in POLICY.lead.items()} == {
        "maritima": timedelta(hours=72),
        "aerea": timedelta(hours=24),
        "terrestre": timedelta(hours=24),
    }


def test_only_the_report_to_management_is_urgent_and_leaves_at_once_when_the_office_says_so() -> None:
    let_out = load_policy("[settings]\nurgent_at_once = true")

    assert [kind for kind in Kind if POLICY.rule(kind).is_urgent] == [Kind.MANAGEMENT_REPORT]
    assert not POLICY.leaves_at_once(Kind.MANAGEMENT_REPORT)
    assert let_out.leaves_at_once(Kind.MANAGEMENT_REPORT)
    assert not let_out.leaves_at_once(Kind.REPLY)


def test_a_promise_is_owed_by_whoever_made_it() -> None:
    assert POLICY.rule(Kind.PROMISE).owner is Owner.AUTHOR
    assert {POLICY.rule(kind).owner for kind in Kind if kind is not Kind.PROMISE} == {Owner.ESC}


@pytest.mark.parametrize(
    ("regime", "is_leaving"), [("10", False), ("40", True), ("41", True), ("70", False), ("89", True), (" 40 ", True)]
)
def test_goods_under_some_regimes_leave_the_country(regime: str, is_leaving: bool) -> None:
    assert POLICY.is_leaving(regime) is is_leaving


REQUIREMENT = Verdict(categories=(Category.REQUIREMENT,), needs_reply=True)


@pytest.mark.parametrize(
    ("verdict", "role", "kinds"),
    [
        pytest.param(REQUIREMENT, None, {Kind.REPLY}, id="a requirement"),
        pytest.param(Verdict(categories=(Category.REQUIREMENT,)), None, set(), id="nobody waits"),
        pytest.param(
            Verdict(categories=(Category.COMPLAINT,), needs_reply=True),
            None,
            {Kind.REPLY, Kind.MANAGEMENT_REPORT},
            id="a complaint",
        ),
        pytest.param(
            Verdict(contingency=(Contingency.STORAGE,)), None, {Kind.MANAGEMENT_REPORT}, id="a contingency alone"
        ),
        pytest.param(
            Verdict(categories=(Category.DOCUMENTS,), needs_reply=True),
            None,
            {Kind.DOCUMENT_REVIEW},
            id="documents alone",
        ),
        pytest.param(
            Verdict(categories=(Category.REQUIREMENT,), topics=(Topic.PROFORMA_REQUEST,), needs_reply=True),
            None,
            {Kind.REPLY, Kind.PROFORMA},
            id="a proforma besides the reply",
        ),
        pytest.param(Verdict(topics=(Topic.PAYMENT_NOTICE,)), None, {Kind.PAYMENT_REPORT}, id="a payment"),
        pytest.param(Verdict(topics=(Topic.AGREEMENT,)), None, {Kind.WRITTEN_AGREEMENT}, id="an agreement"),
        pytest.param(Verdict(topics=(Topic.RECIPIENTS_CHANGE,)), None, {Kind.STATUS_PROGRAMMING}, id="recipients"),
        pytest.param(Verdict(topics=(Topic.EXTRA_SERVICE,)), None, {Kind.SYSTEM_ENTRY}, id="extra service"),
        pytest.param(REQUIREMENT, Role.ARCHIVO, {Kind.ARCHIVE_OBSERVATION}, id="Archivo by role, without reply"),
        pytest.param(REQUIREMENT, Role.ALERTAS, {Kind.ALERT_ACTION}, id="Alertas by role, without reply"),
        pytest.param(
            Verdict(categories=(Category.REQUIREMENT,), topics=(Topic.ARCHIVE_OBSERVATION,), needs_reply=True),
            None,
            {Kind.ARCHIVE_OBSERVATION},
            id="Archivo by topic, without reply",
        ),
        pytest.param(Verdict(topics=(Topic.ACKNOWLEDGEMENT,)), None, set(), id="thanks"),
        pytest.param(REQUIREMENT, Role.LIQUIDACION, {Kind.REPLY}, id="a colleague asks"),
    ],
)
def test_labels_open_the_kinds_of_the_contract(verdict: Verdict, role: Role | None, kinds: set[Kind]) -> None:
    assert set(POLICY.opened_by(verdict, role=role)) == kinds


def test_the_office_may_change_single_values() -> None:
    policy = load_policy(
        """
        [settings]
        reminder_share = 0.5
        working_day_reading = "hours"
        dated_due_time = 17:30:00
        [settings.eta]
        lead_hours = { maritima = 96 }
        [kinds.reply]
        limit = "30 min habiles"
        is_urgent = true
        ladder = ["owner", "supervisor"]
        [kinds.regime_expiry]
        owner_marks = [1, 45, 10]
        """
    )

    assert policy.reminder_share == 0.5
    assert policy.working_day_reading is WorkingDayReading.HOURS
    assert policy.dated_due_time == time(17, 30)
    assert policy.lead[Transport.MARITIMA] == timedelta(hours=96)
    assert policy.lead[Transport.AEREA] == timedelta(hours=24)
    assert str(policy.limit_of(Kind.REPLY)) == "30 min hábiles"
    assert policy.rule(Kind.REPLY).is_urgent
    assert policy.rule(Kind.REPLY).ladder == (Step.OWNER, Step.SUPERVISOR)
    assert policy.rule(Kind.REGIME_EXPIRY).owner_marks == (45, 10, 1)
    assert policy.rule(Kind.PROFORMA) == POLICY.rule(Kind.PROFORMA)


def test_an_override_does_not_change_the_shipped_policy() -> None:
    load_policy('[kinds.reply]\nlimit = "30 min hábiles"')

    assert str(load_policy().limit_of(Kind.REPLY)) == "2 h hábiles"


@pytest.mark.parametrize(
    ("text", "column", "fault"),
    [
        ("limit = ", None, "no es TOML válido"),
        ("[foo]", "foo", "nombre desconocido; aquí se admiten kinds, settings"),
        ("[kinds.answer]", "kinds.answer", "nombre desconocido; aquí se admiten alert_action"),
        ("kinds = 3", "kinds", "debe ser una tabla"),
        ('[kinds.reply]\nlimit = "pronto"', "kinds.reply.limit", "no se entiende el plazo «pronto»"),
        ("[kinds.reply]\nlimit = 2", "kinds.reply.limit", "«2» no es un texto"),
        ('[kinds.reply]\nlimits = "2 h"', "kinds.reply.limits", "nombre desconocido"),
        ('[kinds.reply]\nowner = "jefe"', "kinds.reply.owner", "«jefe» no se admite; se admite esc, author"),
        ('[kinds.reply]\nladder = ["boss"]', "kinds.reply.ladder", "se admite owner, supervisor, head"),
        ("[kinds.reply]\nladder = [1]", "kinds.reply.ladder", "debe ser una lista de textos"),
        ('[kinds.reply]\nopens = { topics = ["x"] }', "kinds.reply.opens.topics", "«x» no se admite"),
        ('[kinds.reply]\nopens = { topic = ["x"] }', "kinds.reply.opens.topic", "nombre desconocido"),
        ('[kinds.regime_expiry]\nowner_marks = ["x"]', "kinds.regime_expiry.owner_marks", "lista de días"),
        ("[kinds.regularization]\nowner_day = -1", "kinds.regularization.owner_day", "debe ser 0 o más"),
        ("[settings]\nreminder_share = 1.5", "settings.reminder_share", "entre 0 y 1"),
        ("[settings]\nbundle_minutes = -1", "settings.bundle_minutes", "debe ser 0 o más"),
        ("[settings]\nurgent_at_once = 1", "settings.urgent_at_once", "no es true o false"),
        ('[settings]\ndated_due_time = "18:00"', "settings.dated_due_time", "no es una hora"),
        ('[settings.eta]\nfloor = "1 día hábil"', "settings.eta.floor", "no se mide en horas"),
        ("[settings.eta]\nlead_hours = { tren = 5 }", "settings.eta.lead_hours.tren", "se admite maritima"),
    ],
)
def test_a_wrong_value_is_refused_by_its_place(text: str, column: str | None, fault: str) -> None:
    with pytest.raises(OfficeFileRejected) as refused:
        load_policy(text)

    (found,) = refused.value.faults
    assert (found.sheet, found.column) == ("policy.toml", column)
    assert fault in found.message


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(OfficeFileRejected) as refused:
        load_policy('[kinds.reply]\nlimit = "pronto"\nowner = "x"\n[settings]\nreminder_share = 3\n[kinds.foo]')

    assert {fault.column for fault in refused.value.faults} == {
        "kinds.reply.limit",
        "kinds.reply.owner",
        "settings.reminder_share",
        "kinds.foo",
    }


def test_dated_kinds_run_on_elapsed_time() -> None:
    on_elapsed = {kind for kind in Kind if POLICY.rule(kind).clock is Clock.ELAPSED}

    assert on_elapsed == {Kind.DOCUMENT_REVIEW, Kind.REGULARIZATION, Kind.REGIME_EXPIRY}


@pytest.mark.parametrize("name", ["reply", "REPLY", " document-review "])
def test_a_kind_is_found_by_its_name(name: str) -> None:
    assert kind_named(name).value == name.strip().lower().replace("-", "_")


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as unknown:
        kind_named("replay")

    assert unknown.value.nearest[0] == "reply"


def test_a_clock_of_the_office_reads_48_hours_the_other_way() -> None:
    """`domain.md` 5.1, point 1, reading B: Friday 24/07 16:30 is due on Thursday 30/07 16:30."""
    policy = load_policy('[kinds.document_review]\nclock = "working"')

    due_at = reckon(
        Kind.DOCUMENT_REVIEW, received_at=lima("2026-07-24 16:30"), calendar=office_calendar(), policy=policy
    ).due_at

    assert due_at == lima("2026-07-30 16:30")


def test_a_limit_of_the_office_counts_as_its_words_say() -> None:
    policy = load_policy('[kinds.document_review]\nlimit = "4 h hábiles"\n[kinds.reply]\nlimit = "3 h"')

    assert str(policy.limit_of(Kind.DOCUMENT_REVIEW)) == "4 h hábiles"
    assert str(policy.limit_of(Kind.REPLY)) == "3 h"


@pytest.mark.parametrize(
    ("column", "value"),
    [("modifiers", "weather"), ("stops", "silence"), ("pauses", "lunch"), ("urgent_milestones", "luna")],
)
def test_a_word_that_no_service_knows_is_refused(column: str, value: str) -> None:
    with pytest.raises(OfficeFileRejected, match=value):
        load_policy(f'[kinds.milestone_notice]\n{column} = ["{value}"]')


SAILING = {"eta": lima("2026-07-24 06:00")}
# The kind and what is known of it; what the row gives on Monday 20 July 09:00, and what without that word.
MODIFIED: dict[Modifier, tuple[ObligationKind, dict[str, Any], str, str]] = {
    Modifier.AGREEMENT: (
        Kind.DOCUMENT_REVIEW,
        {"agreement": Agreement(ruc="20131312955", kind="document_review", limit="24 h")},
        "2026-07-21 09:00",
        "2026-07-22 09:00",
    ),
    Modifier.ETA: (Kind.DOCUMENT_REVIEW, {"dispatch": dispatch(**SAILING)}, "2026-07-21 06:00", "2026-07-22 09:00"),
    Modifier.TRANSPORT: (
        Kind.DOCUMENT_REVIEW,
        {"dispatch": dispatch(eta=lima("2026-07-22 18:00"))},
        "2026-07-20 13:00",
        "2026-07-21 18:00",
    ),
    Modifier.ARRIVAL: (
        Kind.DOCUMENT_REVIEW,
        {"dispatch": dispatch(eta=lima("2026-07-19 00:00"))},
        "2026-07-20 13:00",
        "2026-07-22 09:00",
    ),
    Modifier.NUMBERING: (
        Kind.DOCUMENT_REVIEW,
        {"dispatch": dispatch(**SAILING, numbered_on=date(2026, 7, 18))},
        "2026-07-22 09:00",
        "2026-07-21 06:00",
    ),
    Modifier.LEAVING: (
        Kind.DOCUMENT_REVIEW,
        {"dispatch": dispatch(**SAILING, regime="40")},
        "2026-07-22 09:00",
        "2026-07-21 06:00",
    ),
    Modifier.PROMISED_DATE: (
        Kind.PROMISE,
        {"promised_on": date(2026, 7, 24)},
        "2026-07-24 18:00",
        "2026-07-21 18:00",
    ),
}


def test_every_modifier_is_tried() -> None:
    assert set(MODIFIED) == set(Modifier)


@pytest.mark.parametrize("word", Modifier)
def test_a_modifier_that_the_office_strikes_out_changes_the_limit(word: Modifier) -> None:
    kind, known, shipped, without = MODIFIED[word]
    left = [str(other) for other in POLICY.rule(kind).modifiers if other is not word]
    policies = (POLICY, load_policy(f"[kinds.{kind}]\nmodifiers = {left}"))

    due = [
        reckon(kind, received_at=lima("2026-07-20 09:00"), calendar=office_calendar(), policy=policy, **known).due_at
        for policy in policies
    ]

    assert due == [lima(shipped), lima(without)]
