"""The example rows of the template: invented, consistent with each other, and valid."""

from datetime import UTC, date, datetime, time

from mailbot.domain.office import (
    Agreement,
    CalendarName,
    Client,
    Contact,
    Dispatch,
    Holiday,
    Language,
    Modality,
    Office,
    Role,
    Staff,
    StatusProgramme,
    Transport,
)

_RUC = "20512345671"

EXAMPLE = Office(
    staff=(Staff(code="ESC01", name="Rosa Quispe Huamán", address="rquispe@agencia.example", role=Role.ESC),),
    clients=(
        Client(
            ruc=_RUC,
            name="Textiles del Ande S.A.C.",
            domains=("textilesdelande.example",),
            esc="ESC01",
            has_credit=True,
            language=Language.ES,
        ),
    ),
    contacts=(Contact(ruc=_RUC, name="Lucía Paredes", address="lparedes@carga.example", position="Agente de carga"),),
    agreements=(
        Agreement(
            ruc=_RUC,
            kind="document_review",
            limit="24 h",
            since=date(2026, 1, 1),
            until=date(2026, 12, 31),
            basis="Correo del 18/12/2025",
        ),
    ),
    dispatches=(
        Dispatch(
            order="2026-004512",
            ruc=_RUC,
            regime="10",
            modality=Modality.ANTICIPADO,
            transport=Transport.MARITIMA,
            customs_office="118",
            dam="118-2026-10-084512",
            bls=("MAEU262731845",),
            containers=("CSQU3054383",),
            invoices=("F001-2231",),
            purchase_orders=("OC-4500012345",),
            vessel="PACIFIC HERON",
            voyage="602E",
            eta=datetime(2026, 11, 20, 13, 0, tzinfo=UTC),
            numbered_on=date(2026, 11, 12),
            channel="verde",
            needs_regularization=True,
            free_days=14,
            status="DAM numerada",
            status_note="Numerada en canal verde; nave con ETA 20/11.",
            status_noted_at=datetime(2026, 11, 12, 21, 30, tzinfo=UTC),
        ),
    ),
    programmes=(
        StatusProgramme(
            ruc=_RUC,
            frequency="lun,mie,vie 16:00",
            recipients=("comex@textilesdelande.example",),
            only_changes=True,
            language=Language.ES,
        ),
    ),
    holidays=(
        Holiday(
            day=date(2026, 12, 24),
            name="Víspera de Navidad",
            calendar=CalendarName.EMPRESA,
            windows=((time(9), time(13)),),
        ),
    ),
)
