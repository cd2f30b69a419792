import pytest

from mailbot.cli.app import run


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (["fly"], "no existe el comando «fly»."),
        (["parse", "--foo"], "no existe la opción «--foo»."),
        (["due", "reply", "--receivd", "x"], "¿Quiso decir --received?"),
        (["parse"], "falta «paths»."),
        (["due", "reply"], "falta «--received»."),
        (["due", "reply", "--received"], "a la opción «--received» le falta su valor."),
        (["doctor", "ahora"], "sobra «ahora»."),
        (["obligations", "--since", "ayer"], "el valor de «--since» no sirve: «ayer» no es una fecha"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_call_is_told_in_spanish(call: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(call) == 2

    assert told in capsys.readouterr().err
