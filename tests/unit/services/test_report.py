import io

from openpyxl import load_workbook

from mailbot.domain.contexts import ReportContext
from mailbot.domain.mail import MailPurpose
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.reports import Judgement, Span, last_period
from mailbot.services.report import queue_reports, report_for
from tests.unit.services.outgoing_office import COSTA, Bench, lima, owed

MONDAY = lima("2026-07-27T09:00")
MET = owed(
    "O-met",
    ObligationKind.REPLY,
    "2026-07-22T11:00",
    state=ObligationState.MET,
    ended_at=lima("2026-07-22T10:00"),
    evidence="respondió Rosa Quispe",
)
MISSED = owed("O-missed", ObligationKind.PROFORMA, "2026-07-24T11:00", owner="ESC02", client=COSTA)
EXCUSED = owed("O-excused", ObligationKind.REPLY, "2026-07-20T11:00", state=ObligationState.CANCELLED)
BEFORE = owed("O-before", ObligationKind.REPLY, "2026-07-17T11:00", starts_at=lima("2026-07-17T09:00"))
AFTER = owed("O-after", ObligationKind.REPLY, "2026-07-27T09:00")


def bench() -> Bench:
    made = Bench()
    made.owe(MET, MISSED, EXCUSED, BEFORE, AFTER)
    return made


def seen(code: str) -> ReportContext:
    context = report_for(bench().desk, code, last_period(Span.WEEK, MONDAY.date()), now=MONDAY)
    assert context is not None
    return context


def test_the_week_is_reported_once_at_the_next_opening() -> None:
    made = bench()
    queue_reports(made.desk, now=lima("2026-07-24T18:00"))
    before = len(made.mails(MailPurpose.SUMMARY))

    assert queue_reports(made.desk, now=lima("2026-07-27T08:59")) == 0
    assert queue_reports(made.desk, now=MONDAY) == 2
    assert queue_reports(made.desk, now=lima("2026-07-28T10:00")) == 0

    weekly = made.mails(MailPurpose.SUMMARY)[before:]
    assert sorted(mail.key for mail in weekly) == ["report:2026-W30:JEF01", "report:2026-W30:SUP01"]
    assert all(
        mail.subject == "Reporte semanal 20/07/2026 al 26/07/2026: 50 % a tiempo, 1 incumplido" for mail in weekly
    )


def test_the_month_is_reported_too() -> None:
    made = bench()

    queue_reports(made.desk, now=lima("2026-08-03T09:00"))

    keys = {mail.key for mail in made.mails(MailPurpose.SUMMARY)}
    assert "report:2026-07:JEF01" in keys


def test_what_fell_due_in_the_period_is_judged_by_client_and_kind() -> None:
    context = seen("JEF01")

    assert [(line.obligation, line.judgement) for line in context.lines] == [
        ("O-excused", Judgement.EXCUSED),
        ("O-met", Judgement.MET),
        ("O-missed", Judgement.MISSED),
    ]
    assert [(row.name, row.tally.met, row.tally.missed, row.tally.excused) for row in context.clients] == [
        ("Frutas Costa", 0, 1, 0),
        ("Textiles Andes", 1, 0, 1),
    ]
    assert [(row.kind, row.tally.missed) for row in context.kinds] == [
        (ObligationKind.PROFORMA, 1),
        (ObligationKind.REPLY, 0),
    ]


def test_the_workbook_holds_every_line_with_its_evidence() -> None:
    made = bench()
    queue_reports(made.desk, now=MONDAY)
    mail = next(mail for mail in made.mails(MailPurpose.SUMMARY) if mail.key == "report:2026-W30:JEF01")

    plot, file = mail.files
    assert (plot.type, plot.name in mail.html, plot.content_id in mail.html) == ("image/png", False, True)
    detail = load_workbook(io.BytesIO(file.content))["Detalle"]

    assert file.name == "reporte-2026-W30.xlsx"
    assert [cell.value for cell in detail["L"]][1:] == ["O-excused", "O-met", "O-missed"]
    assert detail["K3"].value == "respondió Rosa Quispe"


def test_nothing_to_tell_is_not_told() -> None:
    made = Bench()

    assert queue_reports(made.desk, now=MONDAY) == 0
    assert report_for(made.desk, "JEF01", last_period(Span.WEEK, MONDAY.date()), now=MONDAY) is None
    assert report_for(made.desk, "NADIE", last_period(Span.WEEK, MONDAY.date()), now=MONDAY) is None
