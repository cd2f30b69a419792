"""The past walked through by the live services, on memory and with a clock that is not the wall's."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.domain.errors import OfficeFileRejected, UnknownName
from mailbot.domain.labels import Category, Topic
from mailbot.domain.office import Office, StatusProgramme
from mailbot.records.newer import newer_office
from mailbot.records.writing import write_office
from mailbot.rendering.headlines import HeadlineRenderer
from mailbot.rendering.templates import TemplateRenderer
from mailbot.services.actions import read_actions, unheard
from mailbot.services.chronicle import Happening, chronicle
from mailbot.services.replay import PastMail, Span, replay
from mailbot.shipped import templates_folder
from tests.builders import (
    CLIENT,
    COMPLAINT,
    DOCUMENTS,
    ESC,
    HEAD,
    REQUIREMENT,
    RUC,
    SUPERVISOR,
    dispatch,
    lima,
    office,
    raw_mail,
    verdict,
)
from tests.unit.services.world import World

ORDER = "2026-004512"
QUESTION = "<q@textiles.example>"
VERDICTS = {
    "levante": REQUIREMENT,
    "reclamo": COMPLAINT,
    f"documentos {ORDER}": DOCUMENTS,
    "proforma": verdict(Category.REQUIREMENT, topics=[Topic.PROFORMA_REQUEST]),
}


def at(text: str) -> datetime:
    return lima(f"2026-11-{text}")


def asked(when: str = "16 09:00", subject: str = "levante", **headers: str) -> bytes:
    values = {"message_id": QUESTION} | headers
    return raw_mail(subject=subject, at=at(when), **values)


def answered(when: str, text: str = "El levante salió ayer.") -> bytes:
    return raw_mail(
        subject="RE: levante",
        text=text,
        sender=ESC,
        to=CLIENT,
        at=at(when),
        message_id=f"<{when.replace(' ', '.').replace(':', '')}@agencia.example>",
        In_Reply_To=QUESTION,
    )


def walk(
    *mails: bytes,
    until: str = "17 18:00",
    since: str | None = None,
    book: Office | None = None,
    actions: Path | None = None,
) -> list[Happening]:
    """What is told of these mails."""
    world = World(verdicts=VERDICTS, book=book or office())
    newer = None if actions is None else (lambda what, known: newer_office(what, folder=actions.parent, known=known))
    done = read_actions(actions, world.desk, newer=newer) if actions else ()
    past = [PastMail(path=str(number), raw=raw) for number, raw in enumerate(mails)]
    desk = replace(world.desk, renderer=HeadlineRenderer(TemplateRenderer([templates_folder()])))
    replay(desk, past, span=Span(since=at(since) if since else None, until=at(until)), actions=done)
    with world.desk.store.begin() as uow:
        return chronicle(uow, since=at(since) if since else None)


def told(events: Sequence[Happening], **wanted: object) -> list[tuple[datetime, str, str | None]]:
    return [
        (event.at, event.event, event.step)
        for event in events
        if all(getattr(event, name) == value for name, value in wanted.items())
    ]


def did(folder: Path, *lines: dict[str, object]) -> Path:
    file = folder / "acciones.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file


def test_a_question_nobody_answers_climbs_the_whole_ladder() -> None:
    events = walk(asked())

    ladder = [(event.event, event.step, event.to) for event in events if event.kind == "reply"]
    assert ladder == [
        ("obligation_opened", None, ()),
        ("reminder", "owner", (ESC,)),
        ("obligation_breached", None, ()),
        ("notice", "supervisor", (SUPERVISOR,)),
        ("notice", "head", (HEAD,)),
    ]
    assert told(events, event="obligation_breached") == [(at("16 11:00"), "obligation_breached", None)]
    reminder, notice, head = (event for event in events if event.step)
    assert at("16 10:36") <= reminder.at < at("16 11:00")
    assert at("16 11:00") <= notice.at <= at("16 11:10")
    # The limit once more, over the break: 11:00 + 2 h = 13:00.
    assert at("16 13:00") <= head.at <= at("16 13:10")
    assert notice.cc == (ESC,)
    assert {event.message_id for event in events} == {QUESTION}
    assert all(event.reckoning for event in events if event.obligation)


def test_an_answer_in_time_stops_the_ladder() -> None:
    events = walk(asked(), answered("16 10:30"))

    assert [(event.event, event.at) for event in events if event.kind == "reply"] == [
        ("obligation_opened", at("16 09:00")),
        ("obligation_met", at("16 10:30")),
    ]


def test_an_answer_at_the_very_limit_is_in_time() -> None:
    events = walk(asked(), answered("16 11:00"))

    assert told(events, event="obligation_breached") == []
    assert told(events, event="obligation_met") == [(at("16 11:00"), "obligation_met", None)]


def test_an_answer_after_the_limit_is_told_after_the_breach() -> None:
    events = walk(asked(), answered("16 12:00"))

    assert [event.event for event in events if event.kind == "reply" and not event.step] == [
        "obligation_opened",
        "obligation_breached",
        "obligation_met",
    ]


def test_the_order_of_the_files_does_not_matter() -> None:
    mails = [asked(), answered("16 10:30"), asked("17 09:00", message_id="<2@textiles.example>")]

    assert walk(*mails) == walk(*reversed(mails))


def test_the_same_mail_twice_is_told_once() -> None:
    assert len([event for event in walk(asked(), asked()) if event.event == "message"]) == 1


def test_the_end_is_five_working_days_after_the_last_mail_unless_said() -> None:
    world = World(verdicts=VERDICTS)

    walked = replay(world.desk, [PastMail(path="1", raw=asked())], span=Span())

    assert walked == (at("16 09:00"), at("23 09:00"))


def test_nothing_is_told_from_before_since_or_after_until() -> None:
    events = walk(asked("13 09:00", message_id="<1@textiles.example>"), asked(), since="16 00:00", until="16 10:59")

    assert {event.event for event in events} == {"message", "obligation_opened", "reminder"}
    assert all(at("16 00:00") <= event.at <= at("16 10:59") for event in events)


def test_what_was_asked_before_since_is_still_owed_after_it() -> None:
    events = walk(asked("16 09:00"), answered("16 10:50"), since="16 10:00")

    ladder = [(event.event, event.at, event.due_at) for event in events if event.kind == "reply"]
    assert ladder == [
        ("reminder", at("16 10:46"), at("16 11:00")),
        ("obligation_met", at("16 10:50"), at("16 11:00")),
    ]


def test_mail_of_before_since_alone_is_walked_to_five_working_days_after_it() -> None:
    world = World(verdicts=VERDICTS)

    walked = replay(world.desk, [PastMail(path="1", raw=asked())], span=Span(since=at("23 09:00")))

    assert walked == (at("23 09:00"), at("30 09:00"))


@pytest.mark.parametrize("wrong", ["Thu, 05 Jan 2012", "Fri, 05 Jan 2035"], ids=["years before", "years after"])
def test_a_clock_that_was_years_off_does_not_stretch_the_past(wrong: str) -> None:
    astray = asked(message_id="<2@textiles.example>").replace(b"Mon, 16 Nov 2026", wrong.encode())
    world = World(verdicts=VERDICTS)
    mails = [asked(), asked("17 09:00", message_id="<3@textiles.example>"), astray]

    walked = replay(world.desk, [PastMail(path=str(n), raw=raw) for n, raw in enumerate(mails)], span=Span())

    assert walked == (at("16 09:00"), at("24 09:00"))
    with world.desk.store.begin() as uow:
        assert [event.at for event in chronicle(uow) if event.event == "message"] == [at("16 09:00")] + 2 * [
            at("17 09:00")
        ]


def test_mail_without_a_possible_date_counts_from_the_mail_before_it() -> None:
    undated = asked(message_id="<2@textiles.example>").replace(b"Date: Mon, 16 Nov 2026", b"Date: Mon, 16 Nov 1899")

    events = walk(asked(), undated)

    assert [event.at for event in events if event.event == "message"] == [at("16 09:00")] * 2


def test_mails_that_bear_no_date_at_all_are_no_past() -> None:
    world = World()
    undated = asked().replace(b"Date:", b"X-Date:")

    assert replay(world.desk, [PastMail(path="1", raw=undated)], span=Span()) is None


def test_a_complaint_is_told_to_the_supervisor_at_once_and_so_reported() -> None:
    events = walk(asked(subject="reclamo"))

    report = [(event.event, event.step, event.at) for event in events if event.kind == "management_report"]
    assert report == [
        ("obligation_opened", None, at("16 09:00")),
        ("obligation_met", None, at("16 09:00")),
        ("notice", "supervisor", at("16 09:00")),
    ]


def test_a_digest_is_told_with_its_client() -> None:
    programme = StatusProgramme(ruc=RUC, frequency="diario 16:00", recipients=(CLIENT,))

    events = walk(asked(), book=office(programmes=(programme,)))

    digests = [event for event in events if event.event == "digest"]
    assert next((event.at, event.client, event.to) for event in digests) == (at("16 16:00"), RUC, (CLIENT,))


def test_a_person_says_done(tmp_path: Path) -> None:
    line = {"at": "2026-11-16T10:00", "do": "done", "message_id": QUESTION, "kind": "reply", "who": "RQ"}

    events = walk(asked(), actions=did(tmp_path, line))

    assert told(events, event="obligation_met") == [(at("16 10:00"), "obligation_met", None)]
    assert told(events, event="obligation_breached") == []


def test_visto_keeps_the_steps_back_until_the_next_working_day(tmp_path: Path) -> None:
    line = {"at": "2026-11-16T11:30", "do": "ack", "message_id": QUESTION, "kind": "reply", "who": "MF"}

    events = walk(asked(), actions=did(tmp_path, line))

    steps = [(event.step, event.at) for event in events if event.step == "head"]
    assert steps
    assert all(moment >= at("17 09:00") for _, moment in steps)


def test_a_link_and_a_correction_are_obeyed(tmp_path: Path) -> None:
    lines = (
        {"at": "2026-11-16T09:30", "do": "link", "message_id": QUESTION, "order": ORDER},
        {"at": "2026-11-16T09:40", "do": "correct", "message_id": QUESTION, "labels": {"categories": []}},
    )

    events = walk(asked(), actions=did(tmp_path, *lines))

    assert told(events, event="obligation_cancelled") == [(at("16 09:40"), "obligation_cancelled", None)]
    assert {event.order for event in events if event.event == "message"} == {ORDER}


def test_a_newer_workbook_moves_what_is_open(tmp_path: Path) -> None:
    book = office(dispatches=(dispatch(eta=lima("2026-11-20 12:00")),))
    write_office(tmp_path / "nuevo.xlsx", book)
    line = {"at": "2026-11-16T11:00", "do": "office", "path": "nuevo.xlsx"}
    before = office(dispatches=(dispatch(eta=lima("2026-11-30 00:00")),))

    events = walk(asked(subject=f"documentos {ORDER}"), book=before, actions=did(tmp_path, line))

    due = {event.event: event.due_at for event in events if event.kind == "document_review"}
    assert due["obligation_opened"] == at("18 09:00")
    assert due["obligation_breached"] == at("17 12:00")


def test_a_newer_export_of_dispatches_tells_its_news(tmp_path: Path) -> None:
    columns = "orden,ruc,regimen,modalidad,via,canal"
    (tmp_path / "despachos.csv").write_text(f"{columns}\n{ORDER},{RUC},10,diferido,maritima,rojo\n", encoding="utf-8")
    line = {"at": "2026-11-16T11:00", "do": "office", "path": "despachos.csv"}

    events = walk(asked(), actions=did(tmp_path, line))

    opened = [event for event in events if event.kind == "milestone_notice" and event.event == "obligation_opened"]
    assert [(event.at, event.order, event.due_at) for event in opened] == [(at("16 11:00"), ORDER, at("16 13:00"))]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"canal": "rojo"}, id="by heading"),
        pytest.param({"channel": "rojo"}, id="by field"),
    ],
)
def test_one_dispatch_can_be_told_without_a_file(tmp_path: Path, fields: dict[str, object]) -> None:
    line = {"at": "2026-11-16T11:00", "do": "office", "order": ORDER, "set": fields}

    events = walk(asked(), actions=did(tmp_path, line))

    assert next(event.order for event in events if event.kind == "milestone_notice") == ORDER


def test_rows_of_a_sheet_can_be_told_without_a_file(tmp_path: Path) -> None:
    rows = [{"fecha": "17/11/2026", "nombre": "decreto"}]
    line = {"at": "2026-11-16T17:30", "do": "office", "Feriados": rows}

    events = walk(asked("16 17:00"), actions=did(tmp_path, line), until="18 18:00")

    assert told(events, event="obligation_breached") == [(at("18 10:00"), "obligation_breached", None)]


def test_a_newer_office_with_faults_says_so(tmp_path: Path) -> None:
    line = {"at": "2026-11-16T11:00", "do": "office", "order": ORDER, "set": {"canal": "morado"}}

    with pytest.raises(OfficeFileRejected, match="canal"):
        walk(asked(), actions=did(tmp_path, line))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param({"do": "done"}, id="no time"),
        pytest.param({"at": "ayer", "do": "done"}, id="no time that can be read"),
        pytest.param({"at": "2026-11-16T10:00", "do": "bailar"}, id="an unknown deed"),
    ],
)
def test_an_action_that_cannot_be_read_names_its_line(tmp_path: Path, line: dict[str, object]) -> None:
    with pytest.raises(UnknownName, match="línea 1"):
        walk(asked(), actions=did(tmp_path, line))


def test_an_action_that_names_nothing_is_told(tmp_path: Path) -> None:
    line = {"at": "2026-11-16T10:00", "do": "done", "message_id": "<otro@textiles.example>", "kind": "reply"}
    world = World(verdicts=VERDICTS)
    done = read_actions(did(tmp_path, line), world.desk)

    replay(world.desk, [PastMail(path="1", raw=asked())], span=Span(until=at("16 12:00")), actions=done)

    (told_of,) = unheard(world.desk)
    assert "<otro@textiles.example>" in told_of


def test_three_mails_about_the_same_open_one_reply_whoever_of_the_client_writes() -> None:
    again = {"In_Reply_To": QUESTION}
    events = walk(
        asked(),
        asked("16 09:30", message_id="<2@textiles.example>", **again),
        asked("16 10:00", message_id="<3@textiles.example>", sender="gerencia@textiles.example", **again),
    )

    opened = [(event.kind, event.at, event.due_at) for event in events if event.event == "obligation_opened"]
    assert opened == [("reply", at("16 09:00"), at("16 11:00"))]


def test_a_client_who_solved_it_himself_ends_nothing() -> None:
    thanks = raw_mail(
        subject="RE: levante",
        text="Ya lo resolví, gracias.",
        at=at("16 09:30"),
        In_Reply_To=QUESTION,
        message_id="<2@textiles.example>",
    )

    assert told(walk(asked(), thanks), event="obligation_met") == []


def test_an_answer_that_bounced_leaves_the_question_owed() -> None:
    bounce = raw_mail(
        subject="Undeliverable: RE: levante",
        text="Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; compras@textiles.example",
        sender="MAILER-DAEMON@agencia.example",
        to=ESC,
        at=at("16 10:31"),
        message_id="<b@agencia.example>",
        In_Reply_To="<16.1030@agencia.example>",
        Auto_Submitted="auto-replied",
    )

    assert told(walk(asked(), answered("16 10:30"), bounce), event="obligation_breached") != []
