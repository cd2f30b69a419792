import csv

from mailbot.domain.contexts import SuggestedGlosa
from mailbot.domain.labels import Topic
from mailbot.domain.mail import MailPurpose
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.verdict import Verdict
from mailbot.services.agenda import agenda_for, queue_agendas
from mailbot.services.glosas import glosas_csv, suggested_glosas
from tests.unit.services.outgoing_office import Bench, lima, owed, stored

ENTRY = ObligationKind.SYSTEM_ENTRY


def test_what_the_system_does_not_show_yet_is_suggested_by_time() -> None:
    bench = Bench()
    bench.receive(
        stored("m1", at="2026-07-24T10:00", verdict=Verdict(topics=(Topic.EXTRA_SERVICE,))),
        stored("m2", at="2026-07-24T09:30", verdict=Verdict()),
    )
    later, sooner = lima("2026-07-24T10:00"), lima("2026-07-24T09:30")
    bench.owe(
        owed("O1", ENTRY, "2026-07-24T18:00", message="m1", message_id="<m1@andes.example>", received_at=later),
        owed("O2", ENTRY, "2026-07-24T18:00", message="m2", order="2026-004600", received_at=sooner),
        owed("O3", ENTRY, "2026-07-24T18:00", state=ObligationState.MET, message="m2", order="2026-000001"),
        owed("O4", ObligationKind.REPLY, "2026-07-24T18:00", message="m2", order="2026-000002"),
    )

    glosas = suggested_glosas(bench.desk.store)

    assert [(one.order, one.code, one.message_id) for one in glosas] == [
        ("2026-004600", "40025", ""),
        ("2026-004512", "10110", "<m1@andes.example>"),
    ]
    assert glosas[1].text == "24/07/2026 10:00 Por favor coordinar mejor la próxima vez."
    assert glosas[1].client == "Textiles Andes"


def test_they_stand_in_the_owners_agenda_and_since_a_time() -> None:
    bench = Bench()
    bench.owe(owed("O1", ENTRY, "2026-07-24T18:00"))

    context = agenda_for(bench.desk, "ESC01", now=lima("2026-07-24T08:00"))

    assert context is not None
    assert [one.order for one in context.glosas] == ["2026-004512"]
    assert suggested_glosas(bench.desk.store, since=lima("2026-07-21T00:00")) == ()


def test_a_glosa_bears_the_number_of_the_line_by_which_it_is_said_to_be_entered() -> None:
    bench = Bench()
    bench.owe(
        owed("O0", ObligationKind.REPLY, "2026-07-24T09:30"),
        owed("O1", ENTRY, "2026-07-24T18:00"),
    )

    queue_agendas(bench.desk, now=lima("2026-07-24T08:00"))

    (mail,) = bench.mails(MailPurpose.AGENDA)
    assert mail.obligations == ("O0", "O1")
    assert "2. 40025 · orden 2026-004512" in mail.text


def test_a_milestone_is_news_for_the_status_but_no_second_entry_of_its_mail() -> None:
    bench = Bench()
    bench.receive(stored("m1", at="2026-07-24T10:00", verdict=Verdict()), stored("m2", at="2026-07-24T11:00"))
    milestone = ObligationKind.MILESTONE_NOTICE
    bench.owe(
        owed("O1", ENTRY, "2026-07-24T18:00", message="m1", received_at=lima("2026-07-24T10:00")),
        owed("O2", milestone, "2026-07-24T12:00", message="m1", received_at=lima("2026-07-24T10:00")),
        owed("O3", milestone, "2026-07-24T13:00", message="m2", received_at=lima("2026-07-24T11:00")),
    )

    glosas = suggested_glosas(bench.desk.store)

    assert [(one.code, f"{one.dated_at:%H}") for one in glosas] == [("40025", "15"), ("40025", "16")]


def test_what_was_entered_is_told_since_a_time_with_its_state() -> None:
    bench = Bench()
    bench.receive(stored("m1", at="2026-07-24T10:00"), stored("m2", at="2026-07-24T10:00"))
    bench.owe(
        owed("O1", ENTRY, "2026-07-24T18:00", message="m1", state=ObligationState.MET),
        owed("O2", ENTRY, "2026-07-24T18:00", message="m2", state=ObligationState.CANCELLED),
    )

    assert suggested_glosas(bench.desk.store) == ()
    assert [one.state for one in suggested_glosas(bench.desk.store, since=lima("2026-07-01T00:00"))] == ["met"]


def test_no_cell_of_the_table_is_a_formula() -> None:
    at = lima("2026-07-24T10:00")
    hostile = SuggestedGlosa(order="2026-004512", code="40025", text="=cmd|' /C calc'!A0", dated_at=at, client="@Andes")

    rows = list(csv.reader(glosas_csv([hostile]).decode("utf-8-sig").splitlines()))

    assert rows[1] == ["2026-004512", "40025", "'=cmd|' /C calc'!A0", "24/07/2026 10:00", "'@Andes", "", "pendiente"]
