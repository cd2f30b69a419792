from datetime import date

import pytest

from mailbot.domain.answers import fold, read_answer

MONDAY = date(2026, 11, 16)


def _read(text: str, *attachments: str):
    return read_answer(text, attachments=attachments, written_on=MONDAY)


@pytest.mark.parametrize(
    "text",
    [
        "Recibido, gracias.",
        "Estimada, recibido, lo vemos.",
        "Ok, gracias",
        "Documentos recibidos, los reviso",
        "Buenas tardes, estamos revisando.",
        "Well noted, thanks.",
        "Gracias",
    ],
)
def test_a_bare_acknowledgement_answers_nothing(text: str) -> None:
    nature = _read(text)
    assert nature.is_acknowledgement
    assert not nature.answers
    assert not nature.brings_review


@pytest.mark.parametrize(
    "text",
    [
        "Estimada, ya tenemos canal verde.",
        "No, todavía no sale.",
        "Sí, la cita es a las 3 pm",
        "Mañana tenemos el aforo a las 9 am",
        "¿Me puede confirmar el RUC del consignatario?",
    ],
)
def test_an_answer_with_substance_answers(text: str) -> None:
    assert _read(text).answers


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Le confirmo mañana a primera hora.", date(2026, 11, 17)),
        ("Te lo envío hoy", date(2026, 11, 16)),
        ("Le enviamos la proforma pasado mañana", date(2026, 11, 18)),
        ("Le confirmaremos el viernes por la mañana", date(2026, 11, 20)),
        ("Les confirmamos el 20/11 sin falta, antes de mediodía", date(2026, 11, 20)),
        ("Estamos revisando, en breve le envío respuesta", None),
        ("El segundo flete será sin costo para ustedes.", None),
    ],
)
def test_a_promise_names_its_day_if_it_has_one(text: str, day: date | None) -> None:
    nature = _read(text)
    assert nature.is_promise
    assert nature.promised_on == day


@pytest.mark.parametrize(
    ("text", "brings"),
    [
        ("Documentos recibidos, revisados y conformes. Procedemos con la numeración.", True),
        ("Recibido, falta el packing list.", True),
        ("La factura no indica incoterm, favor corregir.", True),
        ("Todo conforme.", True),
        ("Recibido conforme, gracias.", False),
        ("Aún no están revisados.", False),
        ("Los reviso y si hay observaciones le aviso.", False),
    ],
)
def test_only_an_outcome_is_a_review(text: str, brings: bool) -> None:
    assert _read(text).brings_review is brings


def test_an_attached_proforma_is_seen_by_its_name() -> None:
    assert _read("Adjunto.", "PROFORMA 2026-004512.pdf").has_proforma
    assert not _read("Adjunto.", "BL MAEU123.pdf").has_proforma


def test_folding_drops_accents_case_and_extra_blanks() -> None:
    assert fold("  MAÑANA  Confirmaré ") == "manana confirmare"
