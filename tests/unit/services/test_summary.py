from dataclasses import replace
from datetime import date

import pytest

from mailbot.domain.contexts import SummaryContext
from mailbot.domain.labels import Category, Contingency
from mailbot.domain.mail import MailPurpose
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.office import Role, Staff
from mailbot.domain.verdict import Reason, Verdict
from mailbot.services.summary import queue_summaries, summary_for
from tests.unit.services.outgoing_office import OFFICE, Bench, lima, owed, stored

EVENING = lima("2026-07-24T17:30")
LATE = owed("O-late", ObligationKind.REPLY, "2026-07-24T11:00", starts_at=lima("2026-07-24T09:00"))


def seen(bench: Bench, code: str = "SUP01") -> SummaryContext:
    context = summary_for(bench.desk, code, now=EVENING)
    assert context is not None
    return context


def test_the_day_ends_with_one_summary_for_supervisor_and_head() -> None:
    bench = Bench()
    bench.owe(LATE)

    assert queue_summaries(bench.desk, now=lima("2026-07-24T17:29")) == 0
    assert queue_summaries(bench.desk, now=EVENING) == 2
    assert queue_summaries(bench.desk, now=lima("2026-07-24T17:31")) == 0

    mails = bench.mails(MailPurpose.SUMMARY)
    assert sorted(mail.key for mail in mails) == ["summary:JEF01:2026-07-24", "summary:SUP01:2026-07-24"]
    assert {mail.to[0].address for mail in mails} == {"csalazar@agencia.example", "hparedes@agencia.example"}
    assert all(mail.subject.startswith("Resumen vie 24/07: 1 vencido, 0 en riesgo") for mail in mails)
    assert all(mail.not_before == EVENING for mail in mails)


def test_a_summary_missed_in_an_outage_waits_for_the_next_opening() -> None:
    bench = Bench()
    queue_summaries(bench.desk, now=lima("2026-07-22T17:30"))

    assert queue_summaries(bench.desk, now=lima("2026-07-25T10:00")) == 2
    assert queue_summaries(bench.desk, now=lima("2026-07-27T09:00")) == 0

    missed = [mail for mail in bench.mails(MailPurpose.SUMMARY) if mail.key.endswith("2026-07-24")]
    assert [mail.not_before for mail in missed] == [lima("2026-07-27T09:00")] * 2


def test_the_first_summary_ever_is_todays() -> None:
    assert queue_summaries(Bench().desk, now=lima("2026-07-25T10:00")) == 0


def test_what_is_breached_at_risk_and_reported_stands_in_its_own_list() -> None:
    bench = Bench()
    bench.receive(
        stored(
            "m1",
            at="2026-07-24T10:00",
            verdict=Verdict(
                categories=(Category.COMPLAINT,),
                contingency=(Contingency.DEMURRAGE,),
                reasons=(Reason(label="complaint", because="inaceptable", weight=2.0),),
            ),
        )
    )
    bench.owe(
        LATE,
        owed("O-risk", ObligationKind.REPLY, "2026-07-24T17:45", starts_at=lima("2026-07-24T15:45")),
        owed("O-fine", ObligationKind.PROFORMA, "2026-07-27T15:00", starts_at=lima("2026-07-24T17:00")),
        owed("O-regime", ObligationKind.REGIME_EXPIRY, "2026-08-07T18:00"),
        owed("O-far", ObligationKind.REGIME_EXPIRY, "2026-08-20T18:00", starts_at=lima("2025-08-20T18:00")),
        owed("O-note", ObligationKind.STATUS_UPDATE, "2026-07-24T11:00"),
        owed(
            "O-report",
            ObligationKind.MANAGEMENT_REPORT,
            "2026-07-27T10:00",
            starts_at=lima("2026-07-24T10:00"),
            message="m1",
        ),
    )

    context = seen(bench)

    assert [item.obligation for item in context.breached] == ["O-late"]
    assert [item.obligation for item in context.at_risk] == ["O-risk", "O-regime"]
    assert [(alert.item.obligation, alert.is_complaint) for alert in context.alerts] == [("O-report", True)]
    assert context.alerts[0].words == ("inaceptable",)
    assert context.stale == 1


def test_what_ended_today_is_counted_in_time_and_late() -> None:
    bench = Bench()
    met = {"state": ObligationState.MET, "starts_at": lima("2026-07-24T09:00")}
    bench.owe(
        owed("O1", ObligationKind.REPLY, "2026-07-24T11:00", ended_at=lima("2026-07-24T11:00"), **met),
        owed("O2", ObligationKind.REPLY, "2026-07-24T11:00", ended_at=lima("2026-07-24T11:01"), **met),
        owed("O3", ObligationKind.REPLY, "2026-07-22T11:00", ended_at=lima("2026-07-22T11:00"), **met),
        owed(
            "O4",
            ObligationKind.REPLY,
            "2026-07-24T11:00",
            state=ObligationState.CANCELLED,
            ended_at=lima("2026-07-24T11:00"),
        ),
    )

    context = seen(bench)

    assert (context.met, context.late) == (1, 1)


def test_the_load_of_every_esc_is_told_and_absence_with_it() -> None:
    bench = Bench()
    bench.absent("ESC02", since=date(2026, 7, 20), deputy=None)
    bench.owe(
        LATE,
        owed("O-today", ObligationKind.REPLY, "2026-07-24T18:00"),
        owed("O-waiting", ObligationKind.PROFORMA, "2026-07-30T18:00", state=ObligationState.WAITING),
    )

    first, second = seen(bench).loads

    assert (first.code, first.open, first.overdue, first.due_today, first.waiting) == ("ESC01", 3, 1, 1, 1)
    assert (second.code, second.open, second.is_absent) == ("ESC02", 0, True)


def test_a_supervisor_sees_only_the_own_people() -> None:
    other = Staff(code="SUP02", name="Iris Rey", address="irey@agencia.example", role=Role.SUPERVISOR, chief="JEF01")
    staff = tuple(replace(one, chief="SUP02") if one.code == "ESC02" else one for one in OFFICE.staff)
    bench = Bench(replace(OFFICE, staff=(*staff, other)))
    bench.owe(LATE, owed("O-other", ObligationKind.REPLY, "2026-07-24T11:00", owner="ESC02"))

    assert [load.code for load in seen(bench, "SUP01").loads] == ["ESC01"]
    assert [item.obligation for item in seen(bench, "SUP02").breached] == ["O-other"]
    assert len(seen(bench, "JEF01").breached) == 2


def test_an_absent_supervisor_is_replaced_by_the_suplente() -> None:
    bench = Bench()
    bench.absent("SUP01", since=date(2026, 7, 24), deputy="ESC02")

    queue_summaries(bench.desk, now=EVENING)

    mail = next(mail for mail in bench.mails(MailPurpose.SUMMARY) if "SUP01" in mail.key)
    assert mail.key == "summary:SUP01:2026-07-24:ESC02"
    assert mail.to[0].address == "dvargas@agencia.example"
    assert "Incluye lo de Carmen Salazar, a quien reemplaza." in mail.text


@pytest.mark.parametrize("code", ["ESC01", "NADIE"])
def test_there_is_no_summary_for_others(code: str) -> None:
    assert summary_for(Bench().desk, code, now=EVENING) is None
