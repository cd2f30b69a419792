from enum import StrEnum

import pytest

from mailbot.domain.office import Language
from mailbot.domain.words import NAMES, STATUS_IN_ENGLISH, channel_words, status_words, word
from mailbot.records.states import STATES


@pytest.mark.parametrize("names", list(NAMES), ids=lambda names: names.__name__)
def test_every_member_has_a_name_in_both_languages(names: type[StrEnum]) -> None:
    for member in names:
        assert word(member)
        assert word(member, Language.EN)


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_dispatch_has_an_english_name_of_its_own(state: str) -> None:
    assert status_words(state) == state
    assert status_words(state, Language.EN) != state
    assert sum(state.casefold().startswith(spanish) for spanish, _ in STATUS_IN_ENGLISH) == 1


def test_what_is_not_known_stays_as_it_is() -> None:
    assert status_words("Algo nuevo", Language.EN) == "Algo nuevo"
    assert channel_words("violeta", Language.EN) == "violeta"
    assert channel_words("verde") == "Verde"
    assert channel_words("ROJO", Language.EN) == "Red"
