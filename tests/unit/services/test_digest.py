import io
import json
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from mailbot.domain.errors import TemplateBroken, UnknownName
from mailbot.domain.mail import MailPurpose, MailState, OutgoingMail
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.office import Agreement, Contact, Language
from mailbot.ports.renderer import MailContext, Rendered
from mailbot.services.digest import due_digests, planned_digests, preview, queue_digests, queue_one
from mailbot.services.freshness import note_import
from tests.unit.services.outgoing_office import (
    ANDES,
    CLIENTS,
    COSTA,
    DAILY,
    ENGLISH,
    OFFICE,
    RENDERER,
    Bench,
    lima,
    owed,
)

FRIDAY = lima("2026-07-24T09:00")
MONDAY = lima("2026-07-27T09:00")


def digests(bench: Bench) -> list[OutgoingMail]:
    return bench.mails(MailPurpose.DIGEST)


def settle(bench: Bench, mail: OutgoingMail, state: MailState) -> None:
    with bench.desk.store.begin() as uow:
        uow.outbox.settle(mail.key, state, at=mail.created_at)
        uow.commit()


def test_a_digest_leaves_at_its_time_with_table_and_workbook() -> None:
    bench = Bench()

    assert queue_digests(bench.desk, now=lima("2026-07-24T08:59")) == 0
    assert queue_digests(bench.desk, now=FRIDAY) == 1

    (mail,) = digests(bench)
    assert mail.key == f"digest:{ANDES}:2026-07-24T09:00"
    assert [address.address for address in mail.to] == ["ana@andes.example", "luis@andes.example"]
    assert mail.cc == ()
    assert mail.subject.startswith("Status de sus despachos al 24/07/2026 · Textiles Andes")
    assert "Rosa Quispe" in mail.text
    assert mail.message_id.endswith("@agencia.example>")
    (file,) = mail.files
    assert file.name == "status-2026-07-24.xlsx"
    sheet = load_workbook(io.BytesIO(file.content))["Status"]
    assert [cell.value for cell in sheet["A"]] == ["Orden", "2026-004512", "2026-004600"]


def test_one_period_gives_one_digest_however_often_it_is_asked_for() -> None:
    bench = Bench()
    for minute in ("09:00", "09:00", "09:01", "17:59"):
        queue_digests(bench.desk, now=lima(f"2026-07-24T{minute}"))

    assert len(digests(bench)) == 1


def test_a_second_worker_leaves_what_the_first_one_kept() -> None:
    bench = Bench()
    (due,) = due_digests(bench.desk, now=FRIDAY)
    queue_digests(bench.desk, now=FRIDAY)
    with bench.desk.store.begin() as uow:
        kept = uow.facts.get(f"digest:{ANDES}")

    with bench.desk.store.begin() as uow:
        assert not queue_one(due, uow, desk=bench.desk, now=lima("2026-07-24T09:00:05"))
        assert uow.facts.get(f"digest:{ANDES}") == kept


def test_recipients_have_the_names_of_the_clients_contacts() -> None:
    contacts = (
        Contact(ruc=COSTA, name="Otra Persona", address="ana@andes.example"),
        Contact(ruc=ANDES, name="Ana Díaz", address="ana@andes.example"),
    )
    bench = Bench(replace(OFFICE, contacts=contacts))

    queue_digests(bench.desk, now=FRIDAY)

    assert [address.name for address in digests(bench)[0].to] == ["Ana Díaz", ""]


def test_a_short_interruption_changes_no_word() -> None:
    prompt, delayed = Bench(), Bench()
    for bench, minute in ((prompt, "00"), (delayed, "07")):
        for day in ("2026-07-22", "2026-07-24"):
            queue_digests(bench.desk, now=lima(f"{day}T09:{minute}"))
            bench.change("2026-004512", status_note=f"Nota del {day}")

    assert [(mail.key, mail.text, mail.html, mail.files) for mail in digests(prompt)] == [
        (mail.key, mail.text, mail.html, mail.files) for mail in digests(delayed)
    ]
    assert digests(prompt) != digests(delayed), "they left at other times"


def test_no_row_of_another_client_ever_enters() -> None:
    bench = Bench()
    # What the last digest showed is kept as text; whatever stands in it, only rows of the client enter.
    queue_digests(bench.desk, now=FRIDAY)
    with bench.desk.store.begin() as uow:
        memory = json.loads(uow.facts.get(f"digest:{ANDES}") or "")
        memory["shown"]["snapshot"]["2026-007001"] = {"order": "2026-007001"}
        uow.facts.set(f"digest:{ANDES}", json.dumps(memory))
        uow.commit()

    queue_digests(bench.desk, now=MONDAY)

    for mail in digests(bench):
        assert "2026-007001" not in mail.text + mail.html
        assert "Frutas Costa" not in mail.text + mail.html
        assert b"2026-007001" not in mail.files[0].content


def test_the_second_digest_marks_what_changed() -> None:
    bench = Bench()
    queue_digests(bench.desk, now=FRIDAY)
    bench.change("2026-004512", status="Levante autorizado", channel="verde")

    queue_digests(bench.desk, now=MONDAY)

    text = digests(bench)[1].text
    assert "* Estado: Levante autorizado (antes: En tránsito)" in text
    assert "1 con novedades desde el vie 24/07" in text
    assert "* Estado: Documentos" not in text


def test_a_file_closed_since_is_shown_once_more_and_then_no_longer() -> None:
    bench = Bench()
    queue_digests(bench.desk, now=FRIDAY)
    bench.change("2026-004512", status="File en Archivo: cerrado")

    queue_digests(bench.desk, now=MONDAY)
    queue_digests(bench.desk, now=lima("2026-07-30T09:00"))

    second, third = (mail.text for mail in digests(bench)[1:])
    assert "2026-004512 [cerrada]" in second
    assert "2026-004512" not in third


def test_only_changes_keeps_silent_until_something_changes() -> None:
    bench = Bench(replace(OFFICE, programmes=(replace(DAILY, only_changes=True),)))

    assert queue_digests(bench.desk, now=FRIDAY) == 1
    assert queue_digests(bench.desk, now=MONDAY) == 0
    bench.change("2026-004512", vessel="Cusco Express")
    assert queue_digests(bench.desk, now=lima("2026-07-27T12:00")) == 0, "Monday's period was dealt with"
    assert queue_digests(bench.desk, now=lima("2026-07-30T09:00")) == 1
    assert "* Nave/Viaje o Vuelo: Cusco Express" in digests(bench)[1].text


def test_only_changes_also_tells_when_we_begin_to_wait_for_the_client() -> None:
    bench = Bench(replace(OFFICE, programmes=(replace(DAILY, only_changes=True),)))
    queue_digests(bench.desk, now=FRIDAY)
    bench.owe(owed("O1", ObligationKind.FUNDS_CHECK, "2026-07-24T18:00"))

    assert queue_digests(bench.desk, now=MONDAY) == 1
    assert "2026-004512: fondos, desde el lun 20/07" in digests(bench)[1].text


def test_what_we_wait_for_stands_on_top() -> None:
    bench = Bench()
    bench.owe(owed("O1", ObligationKind.DOCUMENT_REVIEW, "2026-07-24T18:00", state=ObligationState.WAITING))

    queue_digests(bench.desk, now=FRIDAY)

    mail = digests(bench)[0]
    assert mail.text.index("PARA AVANZAR NECESITAMOS DE USTED") < mail.text.index("Estado:")
    assert "2026-004512: documentos" in mail.text
    assert "2 pendientes de su parte" in mail.subject


def test_old_information_says_so() -> None:
    bench = Bench()
    bench.change("2026-004512", status_note="Zarpó", status_noted_at=lima("2026-07-21T10:00"))
    bench.change("2026-004600", status_note="Falta póliza", status_noted_at=lima("2026-07-24T08:00"))

    queue_digests(bench.desk, now=FRIDAY)

    text = digests(bench)[0].text
    assert "2026-004512 [por actualizar]" in text
    assert "2026-004600 [por actualizar]" not in text


@pytest.mark.parametrize("state", [MailState.REFUSED, MailState.WITHHELD])
def test_a_digest_that_never_left_is_not_what_the_client_saw_last(state: MailState) -> None:
    bench = Bench()
    queue_digests(bench.desk, now=FRIDAY)
    bench.change("2026-004512", status="Arribo")
    queue_digests(bench.desk, now=MONDAY)
    settle(bench, digests(bench)[1], state)

    queue_digests(bench.desk, now=lima("2026-07-30T09:00"))

    assert "* Estado: Arribo (antes: En tránsito)" in digests(bench)[2].text
    assert "desde el vie 24/07" in digests(bench)[2].text


def test_the_programmes_columns_and_language_come_first() -> None:
    programme = replace(DAILY, columns=("Estado", "Vía", "no sé"), language=Language.EN)
    bench = Bench(replace(OFFICE, programmes=(programme,)))

    queue_digests(bench.desk, now=FRIDAY)

    mail = digests(bench)[0]
    sheet = load_workbook(io.BytesIO(mail.files[0].content))["Status"]
    assert [cell.value for cell in sheet[1]] == ["Order", "Status", "Mode", "News"]
    assert mail.subject.startswith("Status of your shipments")
    assert "In transit" in mail.text


def test_a_client_who_reads_english_gets_english_without_saying_so_in_the_programme() -> None:
    bench = Bench(replace(OFFICE, clients=(ENGLISH, CLIENTS[1])))

    queue_digests(bench.desk, now=FRIDAY)

    assert digests(bench)[0].subject.startswith("Status of your shipments")


@pytest.mark.parametrize(
    "programme",
    [
        pytest.param(replace(DAILY, recipients=()), id="nobody-to-tell"),
        pytest.param(replace(DAILY, frequency="cuando quiera"), id="no-frequency"),
        pytest.param(replace(DAILY, ruc="20999999999"), id="no-such-client"),
    ],
)
def test_a_programme_that_cannot_run_stops_nobody_elses(programme: object) -> None:
    other = replace(DAILY, ruc=COSTA, recipients=("eva@costa.example",))
    bench = Bench(replace(OFFICE, programmes=(programme, other)))  # type: ignore[arg-type]

    assert queue_digests(bench.desk, now=FRIDAY) == 1
    assert digests(bench)[0].to[0].address == "eva@costa.example"


def test_a_client_without_dispatches_is_not_written_to() -> None:
    bench = Bench(replace(OFFICE, dispatches=OFFICE.dispatches[2:]))

    assert queue_digests(bench.desk, now=FRIDAY) == 0


def test_a_missed_period_is_made_up_for_on_the_next_working_day() -> None:
    bench = Bench(replace(OFFICE, programmes=(replace(DAILY, frequency="vie 16:00"),)))
    queue_digests(bench.desk, now=lima("2026-07-17T16:00"))

    assert queue_digests(bench.desk, now=lima("2026-07-25T10:00")) == 0
    assert queue_digests(bench.desk, now=lima("2026-07-27T08:00")) == 1
    assert queue_digests(bench.desk, now=lima("2026-07-27T08:01")) == 0
    assert digests(bench)[1].key == f"digest:{ANDES}:2026-07-24T16:00"


def test_a_dry_run_and_a_preview_keep_nothing() -> None:
    bench = Bench()

    planned = planned_digests(bench.desk, now=FRIDAY)
    seen = preview(bench.desk, COSTA, now=FRIDAY)

    assert [mail.key for mail in planned] == [f"digest:{ANDES}:2026-07-24T09:00"]
    assert "2026-007001" in seen.text
    assert seen.to == ()
    assert digests(bench) == []
    assert queue_digests(bench.desk, now=FRIDAY) == 1
    assert digests(bench)[0] == planned[0]


def test_a_preview_of_nobody_names_who_may_be_meant() -> None:
    with pytest.raises(UnknownName) as caught:
        preview(Bench().desk, ANDES[:-1] + "9", now=FRIDAY)

    assert caught.value.nearest == (ANDES,)


def test_a_milestone_that_the_digest_shows_travels_with_it() -> None:
    bench = Bench()
    bench.owe(
        owed("O1", ObligationKind.MILESTONE_NOTICE, "2026-07-24T11:00"),
        owed("O2", ObligationKind.MILESTONE_NOTICE, "2026-07-24T11:00", order="2026-007001", client=COSTA),
        owed("O3", ObligationKind.REPLY, "2026-07-24T11:00"),
    )

    queue_digests(bench.desk, now=FRIDAY)

    assert digests(bench)[0].obligations == ("O1",)


class BrokenRenderer:
    """Fails for one client, as a template with a fault would."""

    def render(self, context: MailContext, *, language: Language = Language.ES) -> Rendered:
        if "Andes" in str(context):
            raise TemplateBroken("plantilla digest/body.html, línea 3: falla")
        return RENDERER.render(context, language=language)

    def workbook(self, context: object) -> bytes:
        return b""


def test_a_digest_that_cannot_be_written_is_noted_once_and_the_others_leave() -> None:
    other = replace(DAILY, ruc=COSTA, recipients=("eva@costa.example",))
    bench = Bench(replace(OFFICE, programmes=(DAILY, other)))
    bench.desk = replace(bench.desk, renderer=BrokenRenderer())

    assert queue_digests(bench.desk, now=FRIDAY) == 1
    assert queue_digests(bench.desk, now=lima("2026-07-24T09:01")) == 0

    with bench.desk.store.begin() as uow:
        (line,) = uow.audit_lines(subject=f"digest:{ANDES}:2026-07-24T09:00")
    assert (line.action, "línea 3" in line.detail) == ("digest_failed", True)


class TestAge:
    """A client is told when what we know of a dispatch is older than the office allows itself."""

    def _told(self, bench: Bench) -> str:
        queue_digests(bench.desk, now=FRIDAY)
        return digests(bench)[0].text

    def test_a_fresh_note_needs_no_word(self) -> None:
        bench = Bench()
        bench.change("2026-004512", status_note="Nave en ruta", status_noted_at=lima("2026-07-23T10:00"))

        assert "por actualizar" not in self._told(bench)

    def test_an_old_note_is_marked_in_its_row_and_said_above(self) -> None:
        bench = Bench()
        bench.change("2026-004512", status_note="Nave en ruta", status_noted_at=lima("2026-07-21T10:00"))

        text = self._told(bench)

        assert "La información de 1 despacho no se actualizó en el plazo acostumbrado" in text
        assert "2026-004512 [por actualizar]" in text

    def test_the_clients_agreement_says_how_old_it_may_be(self) -> None:
        weekly = Agreement(ruc=ANDES, kind=ObligationKind.STATUS_UPDATE, limit="5 días hábiles")
        bench = Bench(replace(OFFICE, agreements=(weekly,)))
        bench.change("2026-004512", status_note="Nave en ruta", status_noted_at=lima("2026-07-21T10:00"))

        assert "por actualizar" not in self._told(bench)

    @pytest.mark.parametrize(("imported", "is_told"), [("2026-07-23T18:00", False), ("2026-07-20T09:00", True)])
    def test_rows_without_a_note_are_as_old_as_the_import_that_brought_them(self, imported: str, is_told: bool) -> None:
        bench = Bench()
        with bench.desk.store.begin() as uow:
            note_import(uow, now=lima(imported))
            uow.commit()

        assert ("La información de 2 despachos no se actualizó" in self._told(bench)) is is_told
