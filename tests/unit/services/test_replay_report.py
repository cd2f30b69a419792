from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.domain.contexts.past import PastReport
from mailbot.domain.obligation import ObligationKind
from mailbot.rendering.headlines import HeadlineRenderer
from mailbot.rendering.replay_page import replay_page
from mailbot.rendering.templates import TemplateRenderer
from mailbot.services.chronicle import chronicle
from mailbot.services.replay import PastMail, Span, replay
from mailbot.services.replay_report import percentile, sum_up
from mailbot.shipped import templates_folder
from tests.builders import CLIENT, ESC, REQUIREMENT, lima, office, raw_mail
from tests.unit.services.world import World

MONDAY = "2026-11-16"
RECEIPT = "Recibido, lo vemos."


def question(number: int, clock: str, **headers: str) -> bytes:
    values = {"message_id": f"<{number}@textiles.example>"} | headers
    return raw_mail(subject=f"levante {number}", at=lima(f"{MONDAY} {clock}"), **values)


def answer(number: int, clock: str, text: str = "El levante salió ayer.") -> bytes:
    return raw_mail(
        subject=f"RE: levante {number}",
        text=text,
        sender=ESC,
        to=CLIENT,
        at=lima(f"{MONDAY} {clock}"),
        message_id=f"<a{number}.{clock.replace(':', '')}@agencia.example>",
        In_Reply_To=f"<{number}@textiles.example>",
    )


def report_of(*mails: bytes, until: datetime, absent: str | None = None) -> PastReport:
    people = tuple(
        replace(person, absent_from=date(2026, 11, 16)) if person.code == absent else person
        for person in office().staff
    )
    world = World(verdicts={f"levante {n}": REQUIREMENT for n in range(9)}, book=office(staff=people))
    desk = replace(world.desk, renderer=HeadlineRenderer(TemplateRenderer([templates_folder()])))
    walked = replay(desk, [PastMail(path="", raw=raw) for raw in mails], span=Span(until=until))
    assert walked is not None
    with desk.store.begin() as uow:
        events = chronicle(uow)
    return sum_up(desk, events, walked)


@pytest.fixture(scope="module")
def report() -> PastReport:
    """Three questions answered after 30 min, 1 h and 4 h; one only acknowledged; one mail by night."""
    return report_of(
        *(question(1, "09:00"), answer(1, "09:30")),
        *(question(2, "09:10"), answer(2, "10:10")),
        *(question(3, "09:20"), answer(3, "14:20")),
        *(question(4, "15:00"), answer(4, "15:10", RECEIPT)),
        question(5, "22:00"),
        until=lima("2026-11-17 09:30"),
    )


def test_response_times_are_office_hours_by_esc_and_by_client(report: PastReport) -> None:
    (esc,), (client,) = report.by_esc, report.by_client

    assert (esc.name, client.name) == ("Persona RQ", "Textiles Andes SAC")
    assert (esc.asked, esc.answered, esc.missed) == (5, 3, 2)
    # 09:20 to 14:20 are 4 h of office time: the break does not count.
    assert (esc.median, esc.p90, esc.longest) == (timedelta(hours=1), timedelta(hours=4), timedelta(hours=4))


def test_every_kind_is_counted_by_how_it_ended(report: PastReport) -> None:
    (line,) = report.kinds

    assert line.kind is ObligationKind.REPLY
    assert (line.opened, line.in_time, line.late, line.never, line.other) == (5, 2, 1, 1, 1)
    assert report.kept_share == pytest.approx(0.5)


def test_missed_limits_say_when_and_why(report: PastReport) -> None:
    by_subject = {line.subject: line for line in report.missed}

    assert set(by_subject) == {"levante 3", "levante 4"}
    assert by_subject["levante 3"].late_by == timedelta(hours=3)
    assert by_subject["levante 3"].reasons == ("cumplido tarde",)
    assert by_subject["levante 4"].reasons == ("sin cumplir hasta el final", "solo se acusó recibo")
    assert dict(report.reasons)["solo se acusó recibo"] == 1
    assert report.missed_by_hour[11] == 1
    assert report.missed_by_hour[17] == 1


def test_an_absent_owner_and_a_mail_by_night_are_reasons() -> None:
    night = report_of(question(1, "19:00"), until=lima("2026-11-17 18:00"), absent="RQ")

    (line,) = night.missed
    assert line.reasons == ("sin cumplir hasta el final", "responsable ausente", "llegó fuera de horario")


def test_a_client_who_had_to_insist_is_a_reason() -> None:
    again = question(2, "12:00", In_Reply_To="<1@textiles.example>")

    (line,) = report_of(question(1, "09:00"), again, until=lima("2026-11-17 18:00")).missed

    assert "el cliente tuvo que insistir" in line.reasons


def test_a_mail_that_nobody_could_read_is_named_as_such() -> None:
    shown = report_of(question(1, "09:00"), b"", until=lima(f"{MONDAY} 18:00"))

    assert {line.subject for line in shown.missed} == {"levante 1", "correo ilegible, en cuarentena"}
    assert "Remitente sin identificar" in replay_page(shown, templates_folder())


def test_the_load_counts_mail_of_outsiders_by_weekday_and_hour(report: PastReport) -> None:
    monday = report.load[0]

    assert (monday[9], monday[15], monday[22], sum(monday)) == (3, 1, 1, 5)
    assert sum(sum(row) for row in report.load) == report.incoming == 5
    assert report.mails == 9


def test_weeks_count_what_fell_due_in_them(report: PastReport) -> None:
    (week,) = report.weeks

    assert (week.monday, week.kept, week.missed) == (date(2026, 11, 16), 2, 2)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        pytest.param([], 0, id="none"),
        pytest.param([7], 7, id="one"),
        pytest.param(list(range(1, 11)), 9, id="ten"),
        pytest.param(list(range(1, 12)), 10, id="eleven"),
    ],
)
def test_a_percentile_is_a_value_that_was_there(values: list[int], wanted: int) -> None:
    spans = [timedelta(minutes=value) for value in values]

    assert percentile(spans, 0.9) == timedelta(minutes=wanted)


def test_the_page_shows_all_of_it(report: PastReport) -> None:
    page = replay_page(report, templates_folder())

    for text in ("Persona RQ", "Textiles Andes SAC", "levante 4", "solo se acusó recibo", "Percentil 90", "50 %"):
        assert text in page
    assert page.count("<svg") == 5
    assert "http://www.w3.org/2000/svg" in page
    # Nothing is loaded from anywhere.
    assert "src=" not in page
    assert "<script" not in page


def test_what_a_sender_wrote_cannot_become_markup() -> None:
    evil = "<script>alert(1)</script>"
    mail = raw_mail(subject=evil, at=lima(f"{MONDAY} 09:00"), message_id="<1@textiles.example>")
    world = World(verdicts={evil: REQUIREMENT})
    walked = replay(world.desk, [PastMail(path="", raw=mail)], span=Span())
    assert walked is not None

    page = replay_page(sum_up(world.desk, [], walked), templates_folder())

    assert evil not in page
    assert "&lt;script&gt;" in page


def test_a_past_without_any_obligation_has_a_page_too(tmp_path: Path) -> None:
    world = World()
    walked = replay(world.desk, [PastMail(path="", raw=question(1, "09:00"))], span=Span())
    assert walked is not None

    page = replay_page(sum_up(world.desk, [], walked), templates_folder())

    assert "Ningún correo abrió un plazo" in page
    assert "Ningún plazo se pasó" in page
