"""Subjects are compared without what mail programs and gateways add."""

import pytest

from mailbot.reading.subjects import is_forward_subject, is_reply_subject, subject_key


@pytest.mark.parametrize(
    "subject",
    [
        *(
            "Canal de la DAM",
            "RE: Canal de la DAM",
            "Re: RV: RE: canal de la dam",
            "RE[2]: Canal de la DAM",
            "Re(3): Canal  de la DAM",
        ),
        *(
            "[EXTERNAL] RE: Canal de la DAM",
            "EXTERNAL: RE: Canal de la DAM",
            "Unzustellbar: Canal de la DAM",
            "RE: [CORREO EXTERNO] Canal de la DAM",
            "FW: Fwd: Canal de la DAM",
            "Cánal de la DAM",
        ),
        *(
            "ENC: Canal de la DAM",
            "AW: Canal de la DAM",
            "回复: Canal de la DAM",
            "Canal de la DAM (fwd)",
            "Re:Canal de la DAM",
        ),
        *(
            "Re: [clientes] Fwd: Canal de la DAM",
            "[Fwd: Canal de la DAM]",
            "Antwort: Canal de la DAM",
            "RE:: Canal de la DAM",
        ),
        *("Ответ: Canal de la DAM", "Αντ: Canal de la DAM", "Re: Canal de la DAM (fwd) (fwd)", "RE：canal de la DAM"),
        *("Respuesta automática: RE: Canal de la DAM", "Automatic reply: Canal de la DAM", "SV: VS: Canal de la DAM"),
    ],
)
def test_marks_do_not_count(subject: str) -> None:
    assert subject_key(subject) == "canal de la dam"


@pytest.mark.parametrize(
    "subject", ["Recibo: canal de la DAM", "[2026-4512] Canal de la DAM", "Orden: canal de la DAM", "Canal de la DAM 2"]
)
def test_other_words_count(subject: str) -> None:
    assert subject_key(subject) != "canal de la dam"


def test_answers_and_forwards_are_known_by_their_marks() -> None:
    assert is_reply_subject("RE: x")
    assert not is_reply_subject("Reunión: x")
    assert is_forward_subject("RV: x")
    assert not is_forward_subject("RE: x")


def test_an_endless_subject_is_cut() -> None:
    assert len(subject_key("canal " * 20_000)) <= 1000
