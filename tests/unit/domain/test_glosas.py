from datetime import UTC, datetime

import pytest

from mailbot.domain.glosas import glosa_code, glosa_text
from mailbot.domain.labels import Topic

AT = datetime(2026, 7, 25, 3, 36, tzinfo=UTC)


@pytest.mark.parametrize(
    ("topics", "code"),
    [((), "40025"), ((Topic.STATUS_QUERY,), "40025"), ((Topic.STATUS_QUERY, Topic.EXTRA_SERVICE), "10110")],
)
def test_an_extra_service_has_an_entry_of_its_own(topics: tuple[Topic, ...], code: str) -> None:
    assert glosa_code(topics) == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Estimados. Les informamos la nueva ETA: 28/07 06:00.\nSaludos cordiales.",
            "24/07/2026 22:36 Les informamos la nueva ETA: 28/07 06:00.",
            id="the-news-alone",
        ),
        pytest.param("Necesitamos retiro\nel sábado.", "24/07/2026 22:36 Necesitamos retiro el sábado.", id="no-news"),
        pytest.param("  ", "24/07/2026 22:36 Cambio de nave", id="only-a-subject"),
    ],
)
def test_the_words_are_the_senders_with_limas_date(text: str, expected: str) -> None:
    assert glosa_text(text, received_at=AT, subject="Cambio  de nave") == expected


def test_a_long_text_is_cut_between_words() -> None:
    text = glosa_text("palabra " * 60, received_at=AT)

    assert len(text) <= 200
    assert text.endswith("palabra…")
