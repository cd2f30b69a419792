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
        ("Adjunto el packing list", False),
    ],
)
def test_a_request_to_pay_is_recognised(text: str, asks: bool) -> None:
    assert asks_for_payment(text) is asks
