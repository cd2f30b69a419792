"""Annex 01 rows 5, 6, 8, 9, 12 and 15 from the mail that comes in to what leaves the office and what ends it.

Every mail goes through the real services, and the real schedule decides what is sent.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from mailbot.domain.labels import Category, Topic
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.runner import simulate
from mailbot.services.digest import preview
from mailbot.services.glosas import glosas_csv, suggested_glosas
from mailbot.services.tick import Habits, jobs
from tests.builders import CLIENT, ESC, RUC, SUPERVISOR, dispatch, lima, office, raw_mail, verdict
from tests.unit.services.answering import say
from tests.unit.services.world import World

ORDER = "2026-004512"
MONDAY = lima("2026-11-16 09:30")
TICK = timedelta(minutes=5)
OFFICE = {
    "administracion": "administracion@agencia.example",
    "archivo": "archivo@agencia.example",
    "alertas": "alertas@agencia.example",
}


@dataclass(kw_only=True)
class Days:
    """An office whose schedule runs from Monday morning on; what each moment sent is kept."""

    world: World
    now: datetime = field(default_factory=lambda: lima("2026-11-16 07:30"))
    letters: list[tuple[datetime, bytes, str]] = field(default_factory=list)

    def until(self, text: str) -> None:
        """Let time pass to a moment of November, mails arriving when they are due."""
        end = lima(f"2026-11-{text}")
        schedule = jobs(self.world.desk, self.world.post, habits=Habits(forwards_payments=True))
        for _ in simulate(
            schedule, start=self.now, until=end, before=self._arrive, step=lambda _: timedelta(minutes=5)
        ):
            continue
        self.now = end + timedelta(minutes=5)

    def _arrive(self, now: datetime) -> None:
        while self.letters and self.letters[0][0] <= now:
            at, raw, folder = self.letters.pop(0)
            self.world.receive(raw, at, folder=folder)

    def comes(self, subject: str, text: str, *, at: datetime = MONDAY, file: str = "", **headers: str) -> None:
        """A mail that is on its way."""
        values = {"sender": CLIENT, "to": ESC, "message_id": "<q@textiles.example>"} | headers
        raw = raw_mail(subject=subject, text=text, at=at, **values)
        self.letters.append((at, _with_file(raw, file) if file else raw, "INBOX"))

    def sent(self, purpose: MailPurpose, to: str) -> list[OutgoingMail]:
        """What went to somebody for that purpose."""
        return [m for m in self.world.sender.sent if m.purpose is purpose and to in {a.address for a in m.to}]

    def agenda(self) -> str:
        """The text of the executive's newest agenda."""
        return self.sent(MailPurpose.AGENDA, ESC)[-1].text


def _with_file(raw: bytes, name: str) -> bytes:
    from email import message_from_bytes, policy

    message = message_from_bytes(raw, policy=policy.default)
    message.add_attachment(b"%PDF-1.4 " + name.encode(), maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def _days(*topics: Topic, categories: tuple[Category, ...] = (), **row: object) -> Days:
    subject = f"asunto {ORDER}"
    book = office(dispatches=(dispatch(**row), dispatch("2026-004600", ruc="20100070970")))
    return Days(world=World(verdicts={subject: verdict(*categories, topics=topics)}, book=book))


SUBJECT = f"asunto {ORDER}"


@pytest.mark.parametrize(
    ("topics", "text", "code"),
    [
        ((), "La nave Cusco Express arriba con nueva ETA 25/11/2026.", "40025"),
        ((Topic.EXTRA_SERVICE,), "Atendimos el aforo el domingo fuera de horario.", "10110"),
    ],
    ids=["news", "extra service"],
)
def test_row_5_news_are_suggested_as_a_glosa_until_the_system_shows_them(
    topics: tuple[Topic, ...], text: str, code: str
) -> None:
    days = _days(*topics, vessel="Cusco Express", eta=lima("2026-11-20 00:00"))
    days.comes(SUBJECT, text, sender="operaciones@naviera.example", Cc=CLIENT)
    days.until("17 08:30")

    assert f"{code} · orden {ORDER}" in days.agenda()
    glosas = suggested_glosas(days.world.desk.store)
    assert [(glosa.code, glosa.order) for glosa in glosas] == [(code, ORDER)]
    assert text.split()[2] in glosas_csv(glosas).decode("utf-8-sig")

    agenda = days.sent(MailPurpose.AGENDA, ESC)[-1]
    number = 1 + next(
        place
        for place, owed in enumerate(agenda.obligations)
        if owed in {one.id for one in days.world.owed(ObligationKind.SYSTEM_ENTRY)}
    )
    say(days.world, f"{number} atendido", agenda, "17 08:40")
    assert days.world.only(ObligationKind.SYSTEM_ENTRY).state is ObligationState.MET


def test_row_6_an_alert_is_owed_with_its_dispatch_until_the_status_changes() -> None:
    days = _days(status="En tránsito")
    days.comes(SUBJECT, "Alerta CLI: regularización por vencer.", sender=OFFICE["alertas"])
    days.until("16 18:30")

    owed = days.world.only(ObligationKind.ALERT_ACTION)
    assert (owed.order, owed.owner, owed.due_at) == (ORDER, "RQ", lima("2026-11-16 18:00"))
    (reminder,) = days.sent(MailPurpose.REMINDER, ESC)
    assert "Acción por Alertas CLI" in reminder.text
    assert days.sent(MailPurpose.NOTICE, OFFICE["alertas"]) == [], "nobody reads the robot's mailbox"

    _import(days, status="Levante autorizado")
    days.until("17 09:30")
    assert days.world.only(ObligationKind.ALERT_ACTION).state is ObligationState.MET


def test_row_8_an_agreement_is_listed_until_it_is_confirmed_in_writing() -> None:
    days = _days(Topic.AGREEMENT)
    days.comes(
        SUBJECT, "Según lo conversado por teléfono, la entrega en Lurín va sin costo.", at=lima("2026-11-15 20:00")
    )
    days.until("16 08:30")

    section = days.agenda().partition("ACUERDOS POR CONFIRMAR POR ESCRITO (1)")[2]
    assert "la entrega en Lurín va sin costo" in section
    assert f"orden {ORDER}" in section

    at = lima("2026-11-16 10:00")
    headers = {"sender": ESC, "to": CLIENT, "In_Reply_To": "<q@textiles.example>"}
    raw = raw_mail(subject=f"RE: {SUBJECT}", text="Confirmamos lo acordado: entrega sin costo.", at=at, **headers)
    days.letters.append((at, raw, "Sent"))
    days.until("16 18:30")
    owed = days.world.only(ObligationKind.WRITTEN_AGREEMENT)
    assert (owed.state, owed.ended_at) == (ObligationState.MET, at)
    assert days.sent(MailPurpose.NOTICE, SUPERVISOR) == []


def test_row_9_a_payment_goes_to_administracion_with_client_dispatch_amount_and_voucher() -> None:
    days = _days(Topic.PAYMENT_NOTICE)
    days.comes(SUBJECT, f"Depositamos USD 3,400.50 para la orden {ORDER}.", file="voucher BCP.pdf")
    days.until("16 10:00")

    (mail,) = days.sent(MailPurpose.NOTICE, OFFICE["administracion"])
    assert "Textiles Andes SAC" in mail.subject
    assert ORDER in mail.subject
    assert "USD 3,400.50" in mail.text
    assert [(file.name, file.content) for file in mail.files] == [("voucher BCP.pdf", b"%PDF-1.4 voucher BCP.pdf")]
    assert [address.address for address in mail.cc] == [ESC]
    owed = days.world.only(ObligationKind.PAYMENT_REPORT)
    assert owed.state is ObligationState.MET
    assert mail.message_id in owed.evidence


def test_row_12_an_observation_of_the_archive_is_the_executives_with_its_file() -> None:
    days = _days(Topic.ARCHIVE_OBSERVATION)
    days.comes(SUBJECT, "File observado: falta el endose del BL.", sender=OFFICE["archivo"])
    days.until("17 15:40")

    owed = days.world.only(ObligationKind.ARCHIVE_OBSERVATION)
    assert (owed.order, owed.owner) == (ORDER, "RQ")
    assert f"Observación de Archivo\n    {SUBJECT}\n    orden {ORDER}" in days.agenda()
    (reminder,) = days.sent(MailPurpose.REMINDER, ESC)
    assert "falta el endose del BL" in reminder.text

    at = lima("2026-11-17 16:00")
    headers = {"sender": ESC, "to": OFFICE["archivo"], "In_Reply_To": "<q@textiles.example>"}
    days.letters.append((at, raw_mail(subject=f"RE: {SUBJECT}", text="Va el endose.", at=at, **headers), "Sent"))
    days.until("18 12:00")
    assert days.world.only(ObligationKind.ARCHIVE_OBSERVATION).state is ObligationState.MET
    assert days.sent(MailPurpose.NOTICE, SUPERVISOR) == []


def test_row_15_a_third_partys_invoice_asks_for_funds_first_and_tells_the_client_what_is_waited_for() -> None:
    days = _days()
    text = f"Adjunto nuestra factura de la orden {ORDER}, sírvanse efectuar el pago de USD 850."
    days.comes(SUBJECT, text, sender="operaciones@naviera.example", Cc=CLIENT, file="factura.pdf")
    days.until("16 17:00")

    owed = days.world.only(ObligationKind.FUNDS_CHECK)
    assert (owed.order, owed.due_at) == (ORDER, lima("2026-11-16 18:00"))
    (reminder,) = days.sent(MailPurpose.REMINDER, ESC)
    assert "Verificación de fondos" in reminder.text
    status = preview(days.world.desk, RUC, now=days.now).text
    assert f"  {ORDER}: fondos" in status.partition("PARA AVANZAR NECESITAMOS DE USTED")[2].lower()

    say(days.world, "atendido", reminder, "16 17:10")
    assert days.world.only(ObligationKind.FUNDS_CHECK).state is ObligationState.MET
    days.until("16 17:30")
    assert len(days.sent(MailPurpose.CONFIRMATION, ESC)) == 1


def _import(days: Days, **row: object) -> None:
    """A newer export of the broker's system."""
    with days.world.desk.store.begin() as uow:
        (known,) = [one for one in uow.office.load().dispatches if one.order == ORDER]
        uow.office.save_dispatches([replace(known, **row)])  # type: ignore[arg-type]
        uow.commit()
