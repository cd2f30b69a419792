import pytest

from mailbot.domain.milestones import Milestone, asks_for_payment, find_milestones


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La DAM salió canal rojo.", (Milestone.CHANNEL,)),
        ("¿Ya salió canal?", ()),
        ("Levante autorizado 17/11 10:30", (Milestone.RELEASE,)),
        ("SUNAT nos ha notificado por la partida.", (Milestone.OBSERVATION,)),
        ("Nueva ETA: 25/11. La nave se atrasó.", (Milestone.ETA,)),
        ("Les informamos cambio de nave: sale en la MSC Ada.", (Milestone.VESSEL,)),
        ("La carga fue entregada en su almacén de Ate.", (Milestone.DELIVERY,)),
        ("La carga de la orden 2026-004512 fue entregada hoy.", (Milestone.DELIVERY,)),
        ("Ya salió el levante.", (Milestone.RELEASE,)),
        ("La DAM 118-2026-10-084512 fue observada.", (Milestone.OBSERVATION,)),
        ("La ETA se ha modificado al 28/07.", (Milestone.ETA,)),
        ("The vessel ETA has been changed to 25 July.", (Milestone.ETA,)),
        ("Aún no tenemos levante.", ()),
        ("Cuando salga canal verde les avisamos.", ()),
        ("La carga será entregada mañana.", ()),
        ("Adjunto factura y packing list.", ()),
    ],
)
def test_an_announcement_is_a_milestone_and_a_question_is_none(text: str, expected: tuple[Milestone, ...]) -> None:
    assert find_milestones(text) == expected


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Adjuntamos la factura por almacenaje, sírvanse efectuar el pago", True),
        ("Favor cancelar el visto bueno hoy", True),
        ("Adjunto nuestra factura por el flete, favor gestionar el pago", True),
        ("Agradeceremos cancelar la factura adjunta", True),
        ("Please proceed with the payment of the attached invoice", True),
        ("Adjunto el packing list", False),
        ("Adjunto factura comercial, packing list y BL para el despacho", False),
        ("Adjunto factura y packing list", False),
    ],
)
def test_a_request_to_pay_is_recognised(text: str, asks: bool) -> None:
    assert asks_for_payment(text) is asks
