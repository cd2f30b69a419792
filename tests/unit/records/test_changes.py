"""What an import would change is said before it is done."""

from dataclasses import replace

from mailbot.domain.office import Office
from mailbot.records.changes import difference, doubts
from mailbot.records.examples import EXAMPLE


def test_nothing_changed_says_nothing() -> None:
    assert difference(EXAMPLE, EXAMPLE) == ()


def test_added_changed_and_removed_rows_are_told_apart() -> None:
    dispatch = replace(EXAMPLE.dispatches[0], status="Levante autorizado", eta=None)
    new = replace(EXAMPLE, dispatches=(dispatch,), contacts=(), holidays=())

    assert difference(EXAMPLE, new) == (
        "Contactos: se quita lparedes@carga.example · 20512345671",
        "Despachos: cambia 2026-004512: eta 20/11/2026 08:00 → (vacío); estado DAM numerada → Levante autorizado",
        "Feriados: se quita 24/12/2026",
    )


def test_everything_is_new_to_an_empty_office() -> None:
    assert difference(Office(), EXAMPLE)[0] == "Personal: se agrega ESC01"


def test_dispatches_that_the_book_lacks_are_not_removed() -> None:
    assert difference(EXAMPLE, replace(EXAMPLE, dispatches=())) == ()


def test_doubtful_numbers_and_columns_are_named() -> None:
    dispatch = replace(EXAMPLE.dispatches[0], containers=("CSQU3054384",), awbs=("139-12345674", "HAWB1"))
    programme = replace(EXAMPLE.programmes[0], columns=("Orden", "Mercancía"))

    assert doubts(replace(EXAMPLE, dispatches=(dispatch,), programmes=(programme,))) == (
        "Despachos: 2026-004512: el dígito de control del contenedor CSQU3054384 no cuadra; revíselo",
        "Despachos: 2026-004512: el dígito de control del AWB 139-12345674 no cuadra; revíselo",
        "Status: 20512345671: la columna «Mercancía» no se conoce y no saldrá en el reporte",
    )


def test_a_sound_book_leaves_no_doubt() -> None:
    assert doubts(EXAMPLE) == ()


def test_a_client_who_goes_is_told_with_the_dispatches_left_behind() -> None:
    assert difference(EXAMPLE, replace(EXAMPLE, clients=())) == (
        "Clientes: se quita 20512345671 (Textiles del Ande S.A.C.), que tiene despachos abiertos: 1",
    )
