import pytest

from mailbot.domain.outgoing import belongs_to, mark_for, message_id_for, named_in, verify

KEY = "notice:ESC01:abc"
SECRET = "una clave larga"


def test_the_same_key_always_gives_the_same_message_id() -> None:
    first = message_id_for(KEY, domain="Pacifico.example", secret=SECRET)

    assert first == message_id_for(KEY, domain="pacifico.example", secret=SECRET)
    assert first.startswith("<mb.")
    assert first.endswith("@pacifico.example>")
    assert first != message_id_for(KEY + "d", domain="pacifico.example", secret=SECRET)


def test_ours_are_known_again_whatever_a_server_did_to_their_case() -> None:
    ours = message_id_for(KEY, domain="pacifico.example", secret=SECRET)

    assert verify(ours, secret=SECRET)
    assert verify(f" {ours.upper()}\n", secret=SECRET)
    assert belongs_to(ours.upper(), KEY, secret=SECRET)
    assert not belongs_to(ours, "other", secret=SECRET)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "<x@pacifico.example>",
        "<mb.0.0@pacifico.example>",
        message_id_for(KEY, domain="pacifico.example", secret="otra"),
        message_id_for(KEY, domain="pacifico.example", secret=SECRET).replace("pacifico", "malo"),
        message_id_for(KEY, domain="pacifico.example", secret=SECRET)[:-1],
    ],
)
def test_a_forged_one_is_refused(forged: str) -> None:
    assert not verify(forged, secret=SECRET)
    assert not belongs_to(forged, KEY, secret=SECRET)


def test_nothing_is_signed_without_a_secret() -> None:
    with pytest.raises(ValueError, match="clave"):
        message_id_for(KEY, domain="pacifico.example", secret="")


def test_ours_are_found_in_a_text_that_quotes_them() -> None:
    ours = message_id_for(KEY, domain="pacifico.example", secret=SECRET)
    text = f"Gracias.\n> {mark_for(ours)}\n> otra línea\n> {mark_for(ours).upper()}"

    assert named_in(text) == (ours,)
    assert (named_in("mb.0.0@pacifico.example"), mark_for("<x@pacifico.example>")) == ((), "")
