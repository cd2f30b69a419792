"""The contract's table of obligation kinds: what opens each, what stops it, what does not."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from mailbot.domain.clock import LIMA
from mailbot.domain.labels import Category, Contingency, Topic
from mailbot.domain.obligation import EventName, Obligation, ObligationKind, ObligationState
from mailbot.domain.office import StatusProgramme
from mailbot.services.carry_out import ALERT
from mailbot.services.digest import queue_digests
from mailbot.services.escalate import escalate
from mailbot.services.watch import watch
from mailbot.services.word import mark_done
from tests.builders import CLIENT, ESC, RUC, SUPERVISOR, dispatch, lima, office, raw_mail, verdict
from tests.unit.services.world import World

ORDER = "2026-004512"
AT = lima("2026-11-16 09:00")
LATER = lima("2026-11-16 10:00")
QUESTION = "<q@textiles.example>"
SUBJECT = f"asunto {ORDER}"
LINE = "operaciones@naviera.example"
ADMINISTRATION, ARCHIVE, ALERTS = (
    "administracion@agencia.example",
    "archivo@agencia.example",
    "alertas@agencia.example",
)

Step = Callable[[World], object]


def mail(text: str = "Buenos días.", **headers: str) -> Step:
    """The mail that opens the kind, from the client unless said otherwise."""
    return lambda world: world.write(SUBJECT, AT, text, message_id=QUESTION, **headers)


def answer(text: str, **headers: str) -> Step:
    """A mail of the ESC in the conversation, to the client unless said otherwise."""
    values = {"In_Reply_To": QUESTION, "message_id": "<a@agencia.example>"} | headers
    return lambda world: world.answer(f"RE: {SUBJECT}", LATER, text, **values)


def attach(name: str, text: str = "Va lo pedido.") -> Step:
    """The ESC answers the client with a file."""

    def run(world: World) -> None:
        raw = raw_mail(subject=f"RE: {SUBJECT}", text=text, sender=ESC, to=CLIENT, at=LATER, In_Reply_To=QUESTION)
        message = message_from_bytes(raw, policy=default)
        message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename=name)
        world.receive(message.as_bytes(), LATER, folder="Sent")

    return run


def row(**changes: object) -> Step:
    """The dispatch's row is imported anew, and the next look follows."""

    def run(world: World) -> None:
        with world.desk.store.begin() as uow:
            known = uow.records.dispatch(ORDER)
            assert known is not None
            uow.office.save_dispatches([replace(known, **changes)])  # type: ignore[arg-type]
            uow.commit()
        watch(world.desk, now=LATER)

    return run


def sheet(**sheets: object) -> Step:
    """Another sheet of the office file is imported, and the next look follows."""

    def run(world: World) -> None:
        with world.desk.store.begin() as uow:
            uow.office.save(replace(uow.office.load(), **sheets))  # type: ignore[arg-type]
            uow.commit()
        watch(world.desk, now=LATER)

    return run


def look(at: datetime = AT) -> Step:
    """The schedule looks at the office file."""
    return lambda world: watch(world.desk, now=at)


def then(*steps: Step) -> Step:
    """One after the other."""
    return lambda world: [step(world) for step in steps]


def done(kind: ObligationKind) -> Step:
    """A person says that it is done."""

    def run(world: World) -> None:
        (owed,) = world.owed(kind, is_open=True)
        mark_done(world.desk.store, owed.id, who="RQ", why="hecho", now=LATER)

    return run


def digest(world: World) -> None:
    """The client's status digest leaves and shows the dispatch."""
    at = lima("2026-11-16 16:00")
    queue_digests(world.desk, now=at)
    world.tick(at)


def tick(world: World) -> None:
    """The notice of the complaint leaves."""
    world.tick(AT)


PROGRAMME = StatusProgramme(ruc=RUC, frequency="diario 16:00", recipients=(CLIENT,))
AUTOMATIC = {"Auto_Submitted": "auto-replied"}
ANSWERED = answer("El levante fue autorizado ayer.")
# Neither an answer to whoever asked nor to any other: the papers are asked of another person of the client.
ASKED_FOR_PAPERS = answer(
    "Por favor enviar el packing list y la póliza.", to="gerencia@textiles.example", message_id="<w@agencia.example>"
)
NOT_ANSWERS: dict[str, Step] = {
    "an automatic answer": answer("Estoy de vacaciones.", **AUTOMATIC),
    "a forward inside the office": answer("Por favor atender.", to="asistente@agencia.example"),
    "a mail to a stranger": answer("El levante fue autorizado.", to="alguien@otraempresa.example"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table."""

    kind: ObligationKind
    opens: Step
    labels: object = None
    stops: dict[str, Step] = field(default_factory=dict)
    does_not_stop: dict[str, Step] = field(default_factory=dict)
    dispatch: dict[str, object] = field(default_factory=dict)
    # When each step falls, whose it is and whom it tells, those in copy after the bar.
    climbs: tuple[tuple[str, str, str], ...] = ()
    # Whether its clock stands still while the client owes the office something.
    pauses: bool = False

    def world(self) -> World:
        """The office as it stands before."""
        labels = self.labels or verdict(topics=[Topic.ACKNOWLEDGEMENT])
        rows = (dispatch(**self.dispatch), dispatch("2026-004600", ruc="20100070970"))
        return World(
            verdicts={SUBJECT: labels},  # type: ignore[dict-item]
            book=office(dispatches=rows, programmes=(PROGRAMME,)),
        )


def _done(kind: ObligationKind) -> dict[str, Step]:
    return {"a person's word": done(kind)}


def _steps(owner: str, supervisor: str, head: str) -> tuple[tuple[str, str, str], ...]:
    """The ladder of the contract: 80 % of the limit, the limit, and the limit once more."""
    return (owner, "owner", "RQ|AA"), (supervisor, "supervisor", "MF|RQ"), (head, "head", "JS|MF")


def _mark(mark: str, *told: str) -> tuple[tuple[str, str, str], ...]:
    """A mark of a dated kind and the steps that it takes."""
    people = {"owner": "RQ|AA", "supervisor": "MF|RQ", "head": "JS|MF"}
    return tuple((mark, step, people[step]) for step in sorted(told))


K = ObligationKind
TWO_HOURS = _steps("16 10:36", "16 11:00", "16 13:00")
END_OF_DAY = _steps("16 16:24", "16 18:00", "17 18:00")
TABLE = (
    Row(
        kind=K.REPLY,
        climbs=TWO_HOURS,
        pauses=True,
        labels=verdict(Category.REQUIREMENT, topics=[Topic.STATUS_QUERY]),
        opens=mail("¿Ya tenemos levante?"),
        stops={
            "an answer": ANSWERED,
            "a colleague's answer": answer("El levante fue autorizado.", sender="kvelarde@agencia.example"),
            "an answer to a colleague of the asker with the asker in copy": answer(
                "El levante fue autorizado.", to="gerencia@textiles.example", Cc=CLIENT
            ),
        }
        | _done(K.REPLY),
        does_not_stop=NOT_ANSWERS | {"a bare acknowledgement": answer("Recibido, lo vemos.")},
    ),
    Row(
        kind=K.DOCUMENT_REVIEW,
        climbs=_steps("18 09:00", "18 09:00", "20 09:00"),
        pauses=True,
        labels=verdict(Category.DOCUMENTS),
        opens=mail("Adjunto la factura y el packing list."),
        stops={
            "a recorded review": done(K.DOCUMENT_REVIEW),
            "an answer with the result": answer("Documentos conformes, sin observaciones."),
            "an answer with an observation": answer("Falta el packing list, por favor enviar."),
        },
        does_not_stop=NOT_ANSWERS | {"an acknowledgement": answer("Recibido, en revisión.")},
    ),
    Row(
        kind=K.MANAGEMENT_REPORT,
        climbs=_steps("16 16:24", "17 09:00", "17 18:00"),
        labels=verdict(Category.COMPLAINT, contingency=[Contingency.DEMURRAGE]),
        opens=mail("Es inaceptable, ¿quién paga la sobreestadía?"),
        stops={
            "the notice delivered to the supervisor": tick,
            "the ESC's own report": answer("Jefa, nos reclaman por sobreestadía.", to=SUPERVISOR),
        },
        does_not_stop={
            "an answer to the client": ANSWERED,
            "a word to a colleague": NOT_ANSWERS["a forward inside the office"],
        },
    ),
    Row(
        kind=K.PROFORMA,
        climbs=_steps("16 12:12", "16 13:00", "16 18:00"),
        pauses=True,
        labels=verdict(Category.REQUIREMENT, topics=[Topic.PROFORMA_REQUEST]),
        opens=mail("¿Nos envían la proforma?"),
        stops={"an answer with the proforma": attach("proforma 4512.pdf")} | _done(K.PROFORMA),
        does_not_stop=NOT_ANSWERS
        | {"an answer without it": ANSWERED, "an answer with another paper": attach("volante.pdf")},
    ),
    Row(
        kind=K.PAYMENT_REPORT,
        climbs=TWO_HOURS,
        labels=verdict(topics=[Topic.PAYMENT_NOTICE]),
        opens=mail("Adjunto el voucher del abono."),
        stops={"Administración was told": answer("Va el abono.", to=ADMINISTRATION)} | _done(K.PAYMENT_REPORT),
        does_not_stop={"an answer to the client": ANSWERED, "Archivo was told": answer("Va el abono.", to=ARCHIVE)},
    ),
    Row(
        kind=K.ARCHIVE_OBSERVATION,
        climbs=_steps("17 14:48", "18 09:00", "19 18:00"),
        pauses=True,
        labels=verdict(Category.REQUIREMENT, topics=[Topic.ARCHIVE_OBSERVATION]),
        opens=mail("File observado: falta el endose.", sender=ARCHIVE),
        stops={"an answer to Archivo": answer("Subsanado, va el endose.", to=ARCHIVE)} | _done(K.ARCHIVE_OBSERVATION),
        does_not_stop={
            "an answer to the client": ANSWERED,
            "a word to Administración": answer("Ojo.", to=ADMINISTRATION),
        },
    ),
    Row(
        kind=K.ALERT_ACTION,
        climbs=END_OF_DAY,
        opens=mail("Alerta: status vencido.", sender=ALERTS),
        dispatch={"status": "En tránsito"},
        stops={"the dispatch's status changed": row(status="Levante autorizado")} | _done(K.ALERT_ACTION),
        does_not_stop={"an answer to the client": ANSWERED, "the same row again": row(), "another ETA": row(eta=LATER)},
    ),
    Row(
        kind=K.WRITTEN_AGREEMENT,
        climbs=END_OF_DAY,
        labels=verdict(topics=[Topic.AGREEMENT]),
        opens=mail("Según lo conversado, quedamos en que el flete va por nosotros."),
        stops={"an answer": answer("Confirmado lo acordado: el flete lo asumen ustedes.")} | _done(K.WRITTEN_AGREEMENT),
        does_not_stop=NOT_ANSWERS,
    ),
    Row(
        kind=K.STATUS_PROGRAMMING,
        climbs=END_OF_DAY,
        labels=verdict(topics=[Topic.RECIPIENTS_CHANGE]),
        opens=mail("Por favor agregar a Ana al status."),
        stops={
            "the client's programme changed": sheet(
                programmes=(replace(PROGRAMME, recipients=(CLIENT, "ana@textiles.example")),)
            )
        }
        | _done(K.STATUS_PROGRAMMING),
        does_not_stop={
            "an answer": ANSWERED,
            "another client's programme": sheet(programmes=(PROGRAMME, replace(PROGRAMME, ruc="20100070970"))),
        },
    ),
    Row(
        kind=K.STATUS_UPDATE,
        climbs=_steps("16 10:24", "16 12:00", "17 12:00"),
        opens=look(),
        dispatch={"status": "En tránsito", "status_noted_at": lima("2026-11-13 12:00"), "status_note": "en viaje"},
        stops={
            "a newer note": row(status_noted_at=lima("2026-11-16 09:30"), status_note="arribó"),
            "an invoiced dispatch": row(status="Facturado"),
        },
        does_not_stop={"a mail to the client": ANSWERED, "a new ETA": row(eta=LATER), "the same row": row()},
    ),
    Row(
        kind=K.MILESTONE_NOTICE,
        climbs=TWO_HOURS,
        opens=mail("La DAM salió canal rojo.", sender=LINE, Cc=CLIENT),
        stops={
            "our mail to the client on that dispatch": answer("Le informo: canal rojo.", to=CLIENT),
            "a digest that shows it": digest,
        }
        | _done(K.MILESTONE_NOTICE),
        does_not_stop={
            "a mail to the line": answer("Gracias por el aviso.", to=LINE),
            "an automatic answer to the client": answer("De viaje.", to=CLIENT, **AUTOMATIC),
        },
    ),
    Row(
        kind=K.SYSTEM_ENTRY,
        climbs=END_OF_DAY,
        labels=verdict(topics=[Topic.EXTRA_SERVICE]),
        opens=mail("Atendimos el aforo el domingo, nueva ETA 25/11."),
        stops={"the row shows it": row(eta=lima("2026-11-25 00:00"))} | _done(K.SYSTEM_ENTRY),
        does_not_stop={"an answer to the client": ANSWERED, "the same row": row()},
    ),
    Row(
        kind=K.PROMISE,
        climbs=_steps("17 14:48", "17 18:00", "19 18:00"),
        pauses=True,
        opens=lambda world: world.answer(
            SUBJECT, AT, "Le envío la liquidación mañana.", message_id=QUESTION, to=CLIENT
        ),
        stops={"an answer in that conversation": answer("Va la liquidación.")} | _done(K.PROMISE),
        does_not_stop=NOT_ANSWERS,
    ),
    Row(
        kind=K.FUNDS_CHECK,
        climbs=END_OF_DAY,
        opens=mail("Adjunto nuestra factura, sírvanse efectuar el pago.", sender=LINE, Cc=CLIENT),
        stops=_done(K.FUNDS_CHECK),
        does_not_stop={
            "an answer to the line": answer("Recibida la factura.", to=LINE),
            "a mail to the client": ANSWERED,
        },
    ),
    Row(
        kind=K.REGULARIZATION,
        climbs=_steps("día 8", "día 10", "legal-3"),
        opens=look(),
        dispatch={"needs_regularization": True, "discharge_ended_on": date(2026, 11, 10)},
        stops={"its date is set": row(regularized_on=date(2026, 11, 16))},
        does_not_stop={"a mail to the client": ANSWERED, "the release": row(released_on=date(2026, 11, 12))},
    ),
    Row(
        kind=K.REGIME_EXPIRY,
        climbs=(
            *_mark("T-30", "owner"),
            *_mark("T-15", "owner", "supervisor"),
            *_mark("T-7", "owner", "supervisor", "head"),
            *_mark("T-1", "owner", "supervisor", "head"),
            *_mark("T-3", "owner", "supervisor", "head"),
        ),
        opens=look(),
        dispatch={"regime": "20", "released_on": date(2026, 6, 1), "regime_expires_on": date(2026, 12, 15)},
        stops={"the regime is concluded": row(status="Régimen concluido"), "the file is closed": row(status="Cerrado")},
        does_not_stop={"a mail to the client": ANSWERED, "a new ETA": row(eta=LATER)},
    ),
)


def _cases(which: str) -> list[object]:
    return [
        pytest.param(item, step, id=f"{item.kind}-{name}")
        for item in TABLE
        for name, step in getattr(item, which).items()
    ]


def _opened(item: Row) -> tuple[World, Obligation]:
    world = item.world()
    watch(world.desk, now=lima("2026-11-16 00:00"))
    item.opens(world)
    (owed,) = world.owed(item.kind, is_open=True)
    return world, owed


def test_the_table_has_every_kind() -> None:
    assert {item.kind for item in TABLE} == set(ObligationKind)


@pytest.mark.parametrize("item", TABLE, ids=lambda item: item.kind.value)
def test_it_opens_with_its_owner_its_deadline_and_its_reckoning(item: Row) -> None:
    world, owed = _opened(item)

    assert (owed.owner, owed.client, owed.state) == ("RQ", RUC, ObligationState.OPEN)
    assert owed.due_at > owed.starts_at
    assert owed.reckoning
    with world.desk.store.begin() as uow:
        assert [event.name for event in uow.obligations.events(owed.id)] == [EventName.OPENED]


@pytest.mark.parametrize(("item", "step"), _cases("stops"))
def test_it_is_stopped_by(item: Row, step: Step) -> None:
    world, owed = _opened(item)

    step(world)

    with world.desk.store.begin() as uow:
        ended = uow.obligations.get(owed.id)
        last = uow.obligations.events(owed.id)[-1]
    assert ended is not None
    assert ended.state is ObligationState.MET
    assert (last.name, last.evidence) == (EventName.MET, ended.evidence)
    assert ended.evidence


@pytest.mark.parametrize(("item", "step"), _cases("does_not_stop"))
def test_it_is_not_stopped_by(item: Row, step: Step) -> None:
    world, owed = _opened(item)

    step(world)

    with world.desk.store.begin() as uow:
        left = uow.obligations.get(owed.id)
    assert left is not None
    assert left.is_open


def _climbed(world: World, owed: Obligation) -> list[tuple[str, str, str]]:
    """When which step was taken and whom it tells, in copy after a bar; nothing is delivered, nobody acts."""
    store = world.desk.store
    steps: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for _ in range(40):
        with store.begin() as uow:
            known = uow.obligations.get(owed.id)
        if known is None or known.next_step_at is None:
            break
        escalate(world.desk, now=max(known.next_step_at, AT))
    with store.begin() as uow:
        queued = [item for item in uow.obligations.notices(owed.id) if item.mark != ALERT]
    for item in sorted(queued, key=lambda item: (item.due_at, item.mark, item.step, item.recipient)):
        when = item.mark or f"{item.due_at.astimezone(LIMA):%d %H:%M}"
        steps.setdefault((when, item.step.value), ([], []))[item.is_copy].append(item.recipient)
    return [(when, step, "|".join(" ".join(codes) for codes in people)) for (when, step), people in steps.items()]


@pytest.mark.parametrize("item", TABLE, ids=lambda item: item.kind.value)
def test_its_steps_tell_whom_the_ladder_names_when_it_names_them(item: Row) -> None:
    world, owed = _opened(item)

    assert tuple(_climbed(world, owed)) == item.climbs


@pytest.mark.parametrize("item", TABLE, ids=lambda item: item.kind.value)
def test_asking_the_client_makes_the_clock_stand_still_where_the_row_says_so(item: Row) -> None:
    world, owed = _opened(item)

    ASKED_FOR_PAPERS(world)

    with world.desk.store.begin() as uow:
        left = uow.obligations.get(owed.id)
    assert left is not None
    assert (left.state is ObligationState.WAITING) is item.pauses


def test_a_regime_that_is_extended_is_met_and_owed_anew_until_its_new_end() -> None:
    item = next(row for row in TABLE if row.kind is K.REGIME_EXPIRY)
    world, owed = _opened(item)

    row(regime_expires_on=date(2027, 3, 15))(world)

    ended, anew = world.owed(K.REGIME_EXPIRY)
    assert (ended.id, ended.state) == (owed.id, ObligationState.MET)
    assert ended.evidence == "régimen prorrogado hasta el 15/03/2027"
    assert (anew.due_at, anew.state) == (lima("2027-03-15 18:00"), ObligationState.OPEN)


def test_a_regime_whose_end_was_mistyped_moves_to_the_sooner_one() -> None:
    item = next(row for row in TABLE if row.kind is K.REGIME_EXPIRY)
    world, owed = _opened(item)

    row(regime_expires_on=date(2026, 12, 5))(world)

    with world.desk.store.begin() as uow:
        moved = uow.obligations.get(owed.id)
        last = uow.obligations.events(owed.id)[-1]
    assert moved is not None
    assert moved.due_at == lima("2026-12-05 18:00")
    assert last.name is EventName.RECKONED_AGAIN
    assert "antes vencía" in last.evidence


C, T = Category, Topic


@pytest.mark.parametrize(
    ("labels", "headers", "opened"),
    [
        pytest.param(verdict(C.REQUIREMENT), {}, {K.REPLY}, id="a question"),
        pytest.param(verdict(C.REQUIREMENT, needs_reply=False), {}, set(), id="a requirement nobody waits for"),
        pytest.param(verdict(C.DOCUMENTS, needs_reply=True), {}, {K.DOCUMENT_REVIEW}, id="documents alone"),
        pytest.param(
            verdict(C.DOCUMENTS), {"sender": LINE, "Cc": CLIENT}, {K.DOCUMENT_REVIEW}, id="a third party's documents"
        ),
        pytest.param(
            verdict(C.REQUIREMENT, C.DOCUMENTS), {}, {K.REPLY, K.DOCUMENT_REVIEW}, id="documents with a question"
        ),
        pytest.param(verdict(C.COMPLAINT), {}, {K.REPLY, K.MANAGEMENT_REPORT}, id="a complaint"),
        pytest.param(
            verdict(C.REQUIREMENT, contingency=[Contingency.DEMURRAGE]),
            {},
            {K.REPLY, K.MANAGEMENT_REPORT},
            id="a contingency",
        ),
        pytest.param(
            verdict(C.REQUIREMENT, topics=[T.PROFORMA_REQUEST]), {}, {K.REPLY, K.PROFORMA}, id="a proforma asked for"
        ),
        pytest.param(verdict(topics=[T.PAYMENT_NOTICE]), {}, {K.PAYMENT_REPORT}, id="a payment"),
        pytest.param(verdict(topics=[T.AGREEMENT]), {}, {K.WRITTEN_AGREEMENT}, id="an agreement"),
        pytest.param(verdict(topics=[T.RECIPIENTS_CHANGE]), {}, {K.STATUS_PROGRAMMING}, id="other recipients"),
        pytest.param(
            verdict(C.REQUIREMENT), {"sender": ARCHIVE}, {K.ARCHIVE_OBSERVATION}, id="anything that Archivo asks"
        ),
        pytest.param(verdict(C.REQUIREMENT), {"sender": ALERTS}, {K.ALERT_ACTION}, id="anything that Alertas sends"),
        pytest.param(verdict(C.COMPLAINT), AUTOMATIC, set(), id="an automatic mail"),
        pytest.param(verdict(topics=[T.ACKNOWLEDGEMENT]), {}, set(), id="thanks"),
    ],
)
def test_a_mail_opens_exactly(labels: object, headers: dict[str, str], opened: set[ObligationKind]) -> None:
    world = Row(kind=K.REPLY, opens=mail(), labels=labels).world()

    world.write(SUBJECT, AT, message_id=QUESTION, **headers)

    assert {owed.kind for owed in world.owed()} == opened


def test_a_new_question_after_the_answer_opens_a_new_reply() -> None:
    world, first = _opened(TABLE[0])
    ANSWERED(world)

    world.write(
        SUBJECT, lima("2026-11-16 11:00"), "¿Y el retiro?", message_id="<2@textiles.example>", In_Reply_To=QUESTION
    )

    assert [owed.state for owed in world.owed(K.REPLY)] == [ObligationState.MET, ObligationState.OPEN]
    assert len({owed.id for owed in world.owed(K.REPLY)} - {first.id}) == 1


OVERRIDES = {
    "stops": ("[kinds.reply]\nstops = []", TABLE[0], ANSWERED, True),
    "stops by a row": ("[kinds.alert_action]\nstops = []", TABLE[6], row(status="Levante autorizado"), True),
    "stops by delivery": ('[kinds.management_report]\nstops = ["own_report"]', TABLE[2], tick, True),
    "stops by a digest": ('[kinds.milestone_notice]\nstops = ["mail_on_dispatch"]', TABLE[10], digest, True),
}


@pytest.mark.parametrize(("policy", "item", "step", "is_open"), OVERRIDES.values(), ids=OVERRIDES.keys())
def test_the_policy_of_the_office_decides_what_stops(policy: str, item: Row, step: Step, is_open: bool) -> None:
    world = item.world()
    world.policy = policy
    watch(world.desk, now=lima("2026-11-16 00:00"))
    item.opens(world)

    step(world)

    (owed,) = world.owed(item.kind)
    assert owed.is_open is is_open


def test_the_policy_of_the_office_decides_whose_a_kind_is() -> None:
    item = next(row for row in TABLE if row.kind is K.PROMISE)
    author = "kvelarde@agencia.example"
    owners = []
    for policy in (None, '[kinds.promise]\nowner = "esc"'):
        world = item.world()
        world.policy = policy
        world.answer(SUBJECT, AT, "Le envío la liquidación mañana.", message_id=QUESTION, to=CLIENT, sender=author)
        owners.append(world.only(K.PROMISE).owner)

    assert owners == ["KV", "RQ"]


@pytest.mark.parametrize("kind", [row.kind for row in TABLE if row.kind is not K.MILESTONE_NOTICE])
def test_the_policy_of_the_office_decides_what_makes_a_clock_stand_still(kind: ObligationKind) -> None:
    item = next(row for row in TABLE if row.kind is kind)
    world = item.world()
    world.policy = f"[kinds.{kind}]\npauses = {[] if item.pauses else ['waiting_for_client']}"
    watch(world.desk, now=lima("2026-11-16 00:00"))
    item.opens(world)

    ASKED_FOR_PAPERS(world)

    (owed,) = world.owed(kind)
    is_of_a_conversation = owed.conversation is not None
    assert (owed.state is ObligationState.WAITING) is (is_of_a_conversation and not item.pauses)


@pytest.mark.parametrize(
    "kind", [K.STATUS_UPDATE, K.REGULARIZATION, K.REGIME_EXPIRY, K.MILESTONE_NOTICE, K.PROMISE, K.FUNDS_CHECK]
)
def test_the_policy_of_the_office_decides_what_opens(kind: ObligationKind) -> None:
    item = next(row for row in TABLE if row.kind is kind)
    world = item.world()
    world.policy = (
        f"[kinds.{kind}]\nopens = {{ dates = [], milestones = [], own_mail = false, third_party_invoice = false }}"
    )

    item.opens(world)

    assert world.owed(kind) == []


def test_the_policy_of_the_office_decides_who_is_told() -> None:
    world = TABLE[0].world()
    world.policy = '[kinds.reply]\nladder = ["supervisor"]'
    TABLE[0].opens(world)

    told = [
        mail.to[0].address
        for at in ("10:40", "10:50", "11:01", "11:11", "13:01", "13:11")
        for mail in world.tick(lima(f"2026-11-16 {at}"))
    ]

    assert told == [SUPERVISOR]


def test_a_promise_for_tomorrow_written_on_a_friday_is_due_on_the_next_working_day() -> None:
    world, reply = _opened(TABLE[0])

    world.answer(
        f"RE: {SUBJECT}",
        lima("2026-11-20 10:00"),
        "Le confirmo mañana.",
        In_Reply_To=QUESTION,
        message_id="<p@agencia.example>",
    )

    with world.desk.store.begin() as uow:
        met = uow.obligations.get(reply.id)
    assert met is not None
    assert met.state is ObligationState.MET
    assert world.only(K.PROMISE).due_at == lima("2026-11-23 18:00")
