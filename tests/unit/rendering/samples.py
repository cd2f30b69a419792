"""One sample of every context, with invented people, for tests and for looking at the mails."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from mailbot.domain.columns import Column
from mailbot.domain.contexts import (
    AcknowledgementContext,
    AdminContext,
    AgendaContext,
    AlertContext,
    AlertItem,
    Answer,
    ArrivedLine,
    AskContext,
    Candidate,
    ClientTally,
    ConfirmationContext,
    DatedMatter,
    DigestContext,
    DocumentAnswerContext,
    Effect,
    HandoverContext,
    Item,
    KindTally,
    Load,
    NoticeContext,
    OpenLine,
    Outage,
    Outcome,
    Question,
    QuestionKind,
    ReadyAnswer,
    ReminderContext,
    ReportContext,
    ReportLine,
    ShadowLine,
    StaleNote,
    StatusAnswerContext,
    SuggestedGlosa,
    SummaryContext,
    Tally,
    Trouble,
    Wait,
    WaitingForClient,
)
from mailbot.domain.drafting import DraftKind
from mailbot.domain.labels import Contingency, DocumentType
from mailbot.domain.mail import MailPurpose
from mailbot.domain.obligation import ObligationKind, ObligationState, Step
from mailbot.domain.office import Language
from mailbot.domain.reports import Judgement, ReportPeriod, Span
from mailbot.domain.status import StatusCell, StatusRow, StatusTable
from mailbot.ports.renderer import MailContext

OFFICE = "Aduanas del Pacífico"
# Friday 24/07/2026, 10:36 in Lima.
NOW = datetime(2026, 7, 24, 15, 36, tzinfo=UTC)
DAY = date(2026, 7, 24)

REPLY = Item(
    obligation="ob-reply",
    kind=ObligationKind.REPLY,
    order="2026-004512",
    client="Textiles Andinos S.A.C.",
    subject="RE: ORDEN 2026-004512 // TEXTILES ANDINOS // ETA 25/07: ¿ya tenemos levante?",
    asker="Rosa Quispe <rosa.quispe@textilesandinos.example>",
    owner="Lucía Ramos",
    received_at=NOW - timedelta(minutes=96),
    due_at=NOW + timedelta(minutes=24),
    limit="2 h hábiles",
    reckoning=("Llegó vie 24/07 09:00, en horario.", "2 h hábiles: vie 24/07 11:00."),
    excerpt="Buenos días Lucía, ¿ya tenemos levante de la orden? El cliente final nos está preguntando.",
    step=Step.OWNER,
)
REVIEW = Item(
    obligation="ob-review",
    number=2,
    kind=ObligationKind.DOCUMENT_REVIEW,
    order="2026-004519",
    client="Minera Cerro Blanco S.A.",
    subject="Documentos de embarque HLCU 8841",
    asker="Jorge Salas <jsalas@cerroblanco.example>",
    owner="Lucía Ramos",
    received_at=NOW - timedelta(hours=40),
    due_at=NOW + timedelta(hours=3),
    limit="24 h",
    source="agreement",
    reckoning=("Acuerdo del cliente desde 01/03/2026: 24 h.", "Sin acuerdo habría sido sáb 25/07 17:36."),
    step=Step.OWNER,
)
NOTE = Item(
    obligation="ob-note",
    kind=ObligationKind.STATUS_UPDATE,
    order="2026-004530",
    client="Textiles Andinos S.A.C.",
    owner="Lucía Ramos",
    received_at=NOW - timedelta(days=1),
    due_at=NOW + timedelta(minutes=40),
    limit="1 día hábil",
    step=Step.OWNER,
)
LATE = Item(
    obligation="ob-late",
    number=3,
    kind=ObligationKind.PROFORMA,
    order="2026-004498",
    client="Importadora Huascarán E.I.R.L.",
    subject="Proforma para 2 contenedores de cerámica",
    asker="Pilar Núñez <pnunez@huascaran.example>",
    owner="Diego Vargas",
    received_at=NOW - timedelta(hours=22),
    due_at=NOW - timedelta(minutes=80),
    limit="4 h hábiles",
    reckoning=("Llegó jue 23/07 12:36 (feriado): cuenta desde vie 24/07 09:00.",),
    is_overdue=True,
    step=Step.SUPERVISOR,
)
LATER_HEAD = Item(
    obligation="ob-head",
    number=4,
    kind=ObligationKind.REPLY,
    order=None,
    client="Textiles Andinos S.A.C.",
    subject="¿Cuántos días libres tengo en el puerto?",
    asker="Rosa Quispe <rosa.quispe@textilesandinos.example>",
    owner="Lucía Ramos",
    received_at=NOW - timedelta(days=3),
    due_at=NOW - timedelta(days=2, hours=20),
    limit="2 h hábiles",
    is_overdue=True,
    step=Step.HEAD,
)
WAITING = Item(
    obligation="ob-waiting",
    number=5,
    kind=ObligationKind.PROFORMA,
    order="2026-004530",
    client="Textiles Andinos S.A.C.",
    subject="Estimado de tributos",
    asker="Rosa Quispe <rosa.quispe@textilesandinos.example>",
    received_at=NOW - timedelta(days=1),
    due_at=NOW + timedelta(days=4),
    limit="4 h hábiles",
    state=ObligationState.WAITING,
)
ALERT = AlertItem(
    item=Item(
        obligation="ob-report",
        number=1,
        kind=ObligationKind.MANAGEMENT_REPORT,
        order="2026-004488",
        client="Químicos Rímac S.A.",
        subject="URGENTE: sobreestadía orden 4488",
        asker="Andrés Poma <apoma@quimicosrimac.example>",
        owner="Diego Vargas",
        received_at=NOW - timedelta(minutes=4),
        due_at=NOW + timedelta(days=3),
        limit="24 h útiles",
        excerpt=(
            "Estimados:\nEs la segunda vez que pasa. La línea nos cobra USD 1,250 por cinco días de sobreestadía\n"
            "y nadie nos informó. ¿Quién asume este costo? De repetirse tendremos que cambiar de agente."
        ),
        reckoning=("Llegó vie 24/07 10:32, en horario.", "24 h útiles: lun 27/07 10:32."),
    ),
    is_complaint=True,
    contingencies=(Contingency.DEMURRAGE, Contingency.RELATIONSHIP),
    words=("es la segunda vez que pasa", "nadie nos informó", "cambiar de agente"),
    amounts=("USD 1,250",),
    is_for_head=True,
)
COMPLAINT_QUESTION = Question(
    kind=QuestionKind.COMPLAINT,
    message="m-1",
    sender="Pilar Núñez <pnunez@huascaran.example>",
    subject="Entrega de ayer",
    received_at=NOW - timedelta(minutes=20),
    excerpt="La unidad llegó a las 4 pm y nuestro almacén cierra a las 3. Por favor coordinar mejor la próxima.",
    because=("El modelo duda (0,48): “coordinar mejor la próxima”.",),
    answer_by=NOW + timedelta(hours=2),
    order="2026-004498",
    client="Importadora Huascarán E.I.R.L.",
)
DISPATCH_QUESTION = Question(
    kind=QuestionKind.DISPATCH,
    message="m-2",
    sender="Jorge Salas <jsalas@cerroblanco.example>",
    subject="BL corregido",
    received_at=NOW - timedelta(hours=1),
    excerpt="Adjunto el BL corregido que faltaba.",
    because=("El número 4519 se parece a dos órdenes abiertas del cliente.",),
    candidates=(
        Candidate(
            number=1,
            value="2026-004519",
            description="marítima, nave Cusco Express, ETA 28/07",
            because=("BL HLCU 8841 en un adjunto",),
        ),
        Candidate(number=2, value="2025-004519", description="marítima, facturado"),
    ),
    client="Minera Cerro Blanco S.A.",
)
LABEL_QUESTION = Question(
    kind=QuestionKind.LABEL,
    message="m-3",
    sender="Andrés Poma <apoma@quimicosrimac.example>",
    subject="Devolución del vacío",
    received_at=NOW - timedelta(minutes=50),
    excerpt="¿Hasta cuándo tenemos para devolver el vacío sin que nos cobren?",
    because=("“sin que nos cobren”",),
    answer_by=NOW + timedelta(hours=1),
    order="2026-004488",
    client="Químicos Rímac S.A.",
    label="demurrage",
)

COLUMNS = (
    Column.ORDER,
    Column.CLIENT_REFERENCE,
    Column.VESSEL,
    Column.DOCUMENT,
    Column.ETA,
    Column.DAM,
    Column.CHANNEL,
    Column.RELEASED,
    Column.DELIVERED,
    Column.STATUS,
    Column.NOTE,
)


def status_row(order: str, *values: object, changed: tuple[int, ...] = (), is_new: bool = False) -> StatusRow:
    """A row whose cells at `changed` differ from the last digest."""
    cells = tuple(
        StatusCell(column=column, value=value, is_changed=index in changed, before="25/07/2026" if index == 4 else "")
        for index, (column, value) in enumerate(zip(COLUMNS, (order, *values), strict=True))
    )
    return StatusRow(order=order, cells=cells, is_new=is_new, is_stale=order.endswith("30"))


STATUS = StatusTable(
    day=DAY,
    language=Language.ES,
    columns=COLUMNS,
    rows=(
        status_row(
            "2026-004512",
            "OC 7781",
            "Cusco Express / 226W",
            "HLCUCAL260701",
            datetime.fromisoformat("2026-07-28T06:00"),
            "118-2026-10-084512",
            "Verde",
            date(2026, 7, 24),
            None,
            "Levante autorizado",
            "Levante autorizado el 24/07. Coordinamos el retiro para el 28/07 por la mañana.",
            changed=(4, 7, 9),
        ),
        status_row(
            "2026-004530",
            "OC 7790, OC 7791",
            "Pacific Trader / 31N",
            "MAEU260733118",
            date(2026, 8, 6),
            None,
            "",
            None,
            None,
            "Documentos incompletos",
            "Falta la póliza de seguro y el certificado de origen para la revisión final.",
        ),
        status_row(
            "2026-004541",
            "OC 7802",
            "LA 2471",
            "145-88312044",
            datetime.fromisoformat("2026-07-26T21:40"),
            None,
            "",
            None,
            None,
            "En tránsito",
            "",
            is_new=True,
        ),
    ),
)
DIGEST = DigestContext(
    office=OFFICE,
    client="Textiles Andinos S.A.C.",
    now=NOW,
    table=STATUS,
    previous_at=NOW - timedelta(days=1),
    waiting=(
        WaitingForClient(
            order="2026-004530",
            reference="OC 7790",
            wait=Wait.DOCUMENTS,
            missing=(DocumentType.INSURANCE_POLICY, DocumentType.CERTIFICATE_OF_ORIGIN),
            since=NOW - timedelta(days=2),
        ),
        WaitingForClient(order="2026-004512", reference="OC 7781", wait=Wait.FUNDS, since=NOW - timedelta(days=1)),
    ),
    esc_name="Lucía Ramos",
    esc_address="lramos@pacifico.example",
)
AGENDA = AgendaContext(
    office=OFFICE,
    recipient="Lucía Ramos",
    now=NOW - timedelta(minutes=96),
    day=DAY,
    overdue=(replace(LATE, number=1, owner="", due_at=NOW - timedelta(hours=15)),),
    today=(replace(REPLY, number=2, owner=""), replace(REVIEW, number=3, owner="")),
    documents=(replace(REVIEW, number=5, owner="", due_at=NOW + timedelta(days=3)),),
    answers=(
        ReadyAnswer(
            number=5,
            kind=DraftKind.DOCUMENTS,
            to="rosa.quispe@textilesandinos.example",
            subject="Documentos",
            order="2026-004512",
            client="Textiles Andinos S.A.C.",
            text="Estimado(a) Rosa:\n\nPara continuar nos falta:\n- lista de empaque\n",
            hints=("factura.pdf: la factura no indica incoterm",),
        ),
    ),
    agreements=(
        replace(
            REPLY,
            kind=ObligationKind.WRITTEN_AGREEMENT,
            number=4,
            owner="",
            subject="RE: entrega en Lurín",
            excerpt="Según lo conversado por teléfono, la entrega en Lurín va sin costo adicional.",
            limit="fin del día",
            due_at=NOW + timedelta(hours=8),
        ),
    ),
    waiting=(replace(WAITING, number=8),),
    questions=(replace(COMPLAINT_QUESTION, number=11), replace(DISPATCH_QUESTION, number=12)),
    stale=(
        StaleNote(
            order="2026-004530",
            client="Textiles Andinos S.A.C.",
            status="Documentos incompletos",
            note="Se solicita póliza",
            noted_at=NOW - timedelta(days=2),
            number=9,
        ),
        StaleNote(order="2026-004541", client="Textiles Andinos S.A.C.", status="", note="", noted_at=None, number=10),
    ),
    dated=(
        DatedMatter(
            order="2026-004310",
            client="Minera Cerro Blanco S.A.",
            kind=ObligationKind.REGULARIZATION,
            due_on=date(2026, 7, 27),
            days_left=3,
            number=6,
            dam="118-2026-10-080021",
        ),
        DatedMatter(
            order="2025-003977",
            client="Minera Cerro Blanco S.A.",
            kind=ObligationKind.REGIME_EXPIRY,
            due_on=date(2026, 8, 23),
            days_left=30,
            number=7,
            regime="20",
        ),
    ),
    glosas=(
        SuggestedGlosa(
            order="2026-004512",
            code="40025",
            text="24/07/2026 08:36 Nueva ETA 28/07 06:00 confirmada por la línea.",
            dated_at=NOW - timedelta(hours=2),
            client="Textiles Andinos S.A.C.",
        ),
    ),
)
SUMMARY = SummaryContext(
    office=OFFICE,
    recipient="Carmen Salazar",
    now=NOW,
    day=DAY,
    breached=(LATE, LATER_HEAD),
    at_risk=(REPLY,),
    alerts=(ALERT,),
    loads=(
        Load(name="Lucía Ramos", code="ESC01", open=14, overdue=1, due_today=5, waiting=2),
        Load(name="Diego Vargas", code="ESC02", open=9, overdue=3, due_today=4),
        Load(name="Marta Flores", code="ESC03", open=3, overdue=0, due_today=0, is_absent=True),
    ),
    met=17,
    late=2,
)

SHADOW = replace(
    SUMMARY,
    shadow=(
        ShadowLine(
            at=NOW - timedelta(hours=2),
            purpose=MailPurpose.REMINDER,
            to=("Lucía Ramos",),
            subject="Por vencer 11:00: respuesta al cliente · orden 2026-004512 · Textiles Andinos S.A.C.",
            matters=1,
            done=1,
            first_done_at=NOW - timedelta(hours=1),
            first_done_by="Lucía Ramos",
            evidence="respondió en el mismo hilo",
        ),
        ShadowLine(
            at=NOW - timedelta(hours=1),
            purpose=MailPurpose.NOTICE,
            to=("Carmen Salazar",),
            subject="Plazo vencido: proforma · orden 2026-004498 · Importadora Huascarán E.I.R.L.",
            matters=1,
        ),
        ShadowLine(
            at=NOW - timedelta(minutes=96),
            purpose=MailPurpose.AGENDA,
            to=("Diego Vargas",),
            subject="Agenda vie 24/07: 3 vencidos, 4 para hoy",
            matters=7,
            done=3,
            first_done_at=NOW - timedelta(minutes=80),
            first_done_by="Diego Vargas",
        ),
        ShadowLine(
            at=NOW - timedelta(minutes=36),
            purpose=MailPurpose.DIGEST,
            to=("rosa.quispe@textilesandinos.example",),
            subject="Status de sus despachos al 24/07/2026 · Textiles Andinos S.A.C.",
            letters=2,
            first_letter_at=NOW - timedelta(minutes=10),
        ),
        ShadowLine(
            at=NOW - timedelta(minutes=36),
            purpose=MailPurpose.DIGEST,
            to=("jsalas@cerroblanco.example",),
            subject="Status de sus despachos al 24/07/2026 · Minera Cerro Blanco S.A.",
        ),
    ),
)

REPORT = ReportContext(
    office=OFFICE,
    recipient="Hugo Paredes",
    now=NOW,
    period=ReportPeriod(span=Span.WEEK, since=date(2026, 7, 13), until=date(2026, 7, 19), name="2026-W29"),
    total=Tally(met=41, missed=3, excused=2),
    clients=(
        ClientTally(
            ruc="1", name="Textiles Andinos S.A.C.", esc="Lucía Ramos", tally=Tally(met=20, missed=2, excused=1)
        ),
        ClientTally(ruc="2", name="Químicos Rímac S.A.", esc="Diego Vargas", tally=Tally(met=21, missed=1)),
        ClientTally(ruc="3", name="Minera Cerro Blanco S.A.", esc="Lucía Ramos", tally=Tally(excused=1)),
    ),
    kinds=(
        KindTally(kind=ObligationKind.REPLY, tally=Tally(met=30, missed=3)),
        KindTally(kind=ObligationKind.DOCUMENT_REVIEW, tally=Tally(met=11, excused=2)),
    ),
    lines=(
        ReportLine(
            obligation="O1",
            judgement=Judgement.MISSED,
            kind=ObligationKind.REPLY,
            client="Textiles Andinos S.A.C.",
            order="2026-004512",
            owner="Lucía Ramos",
            subject="¿ya tenemos levante?",
            received_at=NOW - timedelta(days=8),
            due_at=NOW - timedelta(days=8, hours=-2),
            ended_at=NOW - timedelta(days=8, hours=-3),
            evidence="respondió Lucía Ramos (<r1@pacifico.example>)",
            limit="2 h hábiles",
        ),
        ReportLine(
            obligation="O2",
            judgement=Judgement.MISSED,
            kind=ObligationKind.REPLY,
            client="Químicos Rímac S.A.",
            order=None,
            owner="Diego Vargas",
            subject="=HYPERLINK(1)",
            received_at=NOW - timedelta(days=7),
            due_at=NOW - timedelta(days=7, hours=-2),
            ended_at=None,
            evidence="",
        ),
        ReportLine(
            obligation="O3",
            judgement=Judgement.MET,
            kind=ObligationKind.DOCUMENT_REVIEW,
            client="Químicos Rímac S.A.",
            order="2026-004488",
            owner="Diego Vargas",
            subject="Documentos",
            received_at=NOW - timedelta(days=7),
            due_at=NOW - timedelta(days=6),
            ended_at=NOW - timedelta(days=6, hours=2),
            evidence="conforme",
        ),
        ReportLine(
            obligation="O4",
            judgement=Judgement.EXCUSED,
            kind=ObligationKind.DOCUMENT_REVIEW,
            client="Minera Cerro Blanco S.A.",
            order="2026-004519",
            owner="Lucía Ramos",
            subject="Documentos de embarque HLCU 8841",
            received_at=NOW - timedelta(days=9),
            due_at=NOW - timedelta(days=6),
            ended_at=None,
            evidence="se pidió al cliente: la póliza de seguro",
        ),
    ),
)

# Every mail by a name of its own; several show the same template in another case.
# What people of the office send in their own name.
LETTERS: dict[str, MailContext] = {
    "document_answer": DocumentAnswerContext(
        office=OFFICE,
        subject="RE: Documentos orden 2026-004512",
        recipient="Ana Díaz",
        sender="Rosa Quispe",
        order="2026-004512",
        reference="OC-450012",
        arrived=(
            ArrivedLine(name="factura comercial", file="factura.pdf", received_at=NOW, version=2),
            ArrivedLine(name="lista de empaque", file="packing.pdf", received_at=NOW, is_scan=True),
            ArrivedLine(name="póliza de seguro", file="poliza.pdf", received_at=NOW, is_unreadable=True),
        ),
        missing=("conocimiento de embarque (BL)",),
        to_decide=(OpenLine(name="certificado de origen", condition="si se acoge a un acuerdo comercial"),),
    ),
    "document_answer-complete": DocumentAnswerContext(
        office=OFFICE,
        subject="RE: Documentos",
        recipient="",
        sender="Rosa Quispe",
        order="2026-004512",
        arrived=(ArrivedLine(name="factura comercial", file="factura.pdf", received_at=NOW),),
        missing=(),
    ),
    "status_answer": StatusAnswerContext(
        office=OFFICE,
        subject="RE: Consulta",
        recipient="Ana Díaz",
        sender="Rosa Quispe",
        order="2026-004512",
        table=DIGEST.table,
        as_of=NOW,
        is_stale=True,
    ),
    "acknowledgement": AcknowledgementContext(
        office=OFFICE, subject="RE: Consulta", recipient="Ana Díaz", sender="Rosa Quispe"
    ),
}
SAMPLES: dict[str, MailContext] = {
    **LETTERS,
    "reminder": ReminderContext(office=OFFICE, recipient="Lucía Ramos", now=NOW, items=(REPLY,)),
    "reminder-several": ReminderContext(
        office=OFFICE, recipient="Diego Vargas", now=NOW, items=(REPLY, REVIEW), stands_in_for="Lucía Ramos"
    ),
    "reminder-notes": ReminderContext(
        office=OFFICE,
        recipient="Lucía Ramos",
        now=NOW,
        items=(REPLY, replace(NOTE, number=2), replace(NOTE, number=3, order="2026-004531")),
    ),
    "notice": NoticeContext(office=OFFICE, recipient="Carmen Salazar", now=NOW, items=(LATE,)),
    "notice-head": NoticeContext(office=OFFICE, recipient="Hugo Paredes", now=NOW, items=(LATER_HEAD, LATE, REPLY)),
    "notice-outage": NoticeContext(
        office=OFFICE,
        recipient="Carmen Salazar",
        now=NOW,
        items=(LATE, LATER_HEAD),
        outage=Outage(since=NOW - timedelta(hours=20), until=NOW - timedelta(minutes=10)),
    ),
    "alert": AlertContext(office=OFFICE, recipient="Carmen Salazar", now=NOW, alerts=(ALERT,)),
    "alert-others": AlertContext(office=OFFICE, recipient="Carmen Salazar", now=NOW, alerts=(ALERT,), others=(LATE,)),
    "ask-complaint": AskContext(office=OFFICE, recipient="Diego Vargas", now=NOW, question=COMPLAINT_QUESTION),
    "ask-dispatch": AskContext(office=OFFICE, recipient="Lucía Ramos", now=NOW, question=DISPATCH_QUESTION),
    "ask-label": AskContext(office=OFFICE, recipient="Diego Vargas", now=NOW, question=LABEL_QUESTION),
    "agenda": AGENDA,
    "digest": DIGEST,
    "summary": SUMMARY,
    "summary-shadow": SHADOW,
    "handover": HandoverContext(
        office=OFFICE,
        recipient="Administración",
        now=NOW,
        item=replace(
            REPLY,
            kind=ObligationKind.PAYMENT_REPORT,
            subject="Constancia de abono orden 2026-004512",
            due_at=NOW + timedelta(hours=2),
        ),
        amounts=("USD 1,250.00",),
        files=("voucher-bcp.pdf",),
        left_out=("escaneo-completo.pdf",),
        text="Buenos días, adjunto la constancia del abono.\nSaludos, Rosa",
    ),
    "report": REPORT,
    "confirmation": ConfirmationContext(
        office=OFFICE,
        recipient="Lucía Ramos",
        now=NOW,
        outcome=Outcome.OBEYED,
        said="posponer 4h, gracias",
        about="Por vencer 11:00: respuesta al cliente",
        effects=(Effect(answer=Answer.POSTPONED, item=REPLY, until=NOW + timedelta(hours=4)),),
    ),
    "confirmation-not-understood": ConfirmationContext(
        office=OFFICE,
        recipient="Lucía Ramos",
        now=NOW,
        outcome=Outcome.NOT_UNDERSTOOD,
        said="ya lo vemos con operaciones",
        about="Plazo vencido: proforma",
    ),
    "confirmation-impossible": ConfirmationContext(
        office=OFFICE,
        recipient="Lucía Ramos",
        now=NOW,
        outcome=Outcome.IMPOSSIBLE,
        said="reasignar ESC99",
        problem="No hay nadie con el código ESC99.",
        nearest=("ESC09", "ESC19"),
        can_say=(Answer.REASSIGNED, Answer.DONE),
    ),
    "admin": AdminContext(
        office=OFFICE,
        now=NOW,
        troubles=(
            Trouble(
                at=NOW,
                what="El buzón servicio@pacifico.example rechaza la contraseña",
                advice="Corrija MAILBOT_MAILBOXES y pruebe con `mailbot check`.",
                detail="AUTHENTICATIONFAILED",
                times=4,
            ),
        ),
    ),
}


# Strings that name something of ours, and are no text of anybody's.
_NAMES = frozenset({"label", "obligation", "message"})


def distorted(value: Any, change: Callable[[str], str]) -> Any:
    """The same context with every text in it changed."""
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return change(value)
    if isinstance(value, tuple):
        return tuple(distorted(one, change) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        own = {one.name: getattr(value, one.name) for one in fields(value) if one.init and one.name not in _NAMES}
        return replace(value, **{name: distorted(one, change) for name, one in own.items()})
    return value
