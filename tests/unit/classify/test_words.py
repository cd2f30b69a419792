import pytest

from mailbot.classify.words import sentences_of, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Por favor confírmame mañana", "POR FAVOR CONFIRMAME MAÑANA"),
        ("xfa confirma", "por favor confirma"),
        ("para el mañ", "para el mañana"),
        ("pls confirm", "please confirm"),
        ("el cntr está libre", "el contenedor esta libre"),
        ("la DUA 118-2026-10-084512", "la dam 118-2026-10-999999"),
        ("falta el B/L", "falta el BL"),
        ("son US$ 1,200.50", "son 35 soles"),
        ("a las 10:30", "a las 4 pm"),
        ("q me dicen?", "que me dicen?"),
    ],
)
def test_habits_of_spelling_and_figures_do_not_matter(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


def test_figures_are_masked_by_kind() -> None:
    assert words_of("orden 2026-004512 del 12/08, MSKU1234565") == ("zorden", "del", "zfecha", "zcontenedor")


def test_a_question_mark_is_a_word() -> None:
    assert words_of("¿Salió?") == ("¿", "salio", "?")


def test_a_text_falls_into_its_sentences() -> None:
    texts = [sentence.text for sentence in sentences_of("Buen día. ¿Ya salió? El Sr. Pérez espera.\nGracias")]
    assert texts == ["Buen día.", "¿Ya salió?", "El Sr. Pérez espera.", "Gracias"]


def test_an_empty_text_has_no_sentence() -> None:
    assert sentences_of(" \n -- \n") == ()
