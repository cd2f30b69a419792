from xml.etree import ElementTree

import pytest

from mailbot.rendering.charts import Bars, bar_chart, column_chart, heat_map

EVIL = "<Pérez & Hijos>"


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def bars(svg: str) -> list[dict[str, str]]:
    return [dict(item.attrib) for item in drawn(svg).iter() if item.tag.endswith("rect")]


def test_bars_are_as_long_as_their_values() -> None:
    rows = [Bars(name="una", values=(1.0, 2.0), text=""), Bars(name="otra", values=(0.0, 4.0), text="")]

    widths = [float(bar["width"]) for bar in bars(bar_chart(rows, ("blue", "red"), title="t"))]

    assert widths[1] == pytest.approx(2 * widths[0], rel=0.01)
    assert widths[3] == pytest.approx(4 * widths[0], rel=0.01)
    # What is nothing is still seen.
    assert widths[2] == 1


def test_a_stack_stands_on_the_base_line_and_adds_up() -> None:
    first, second = bars(column_chart([(3, 1)], ["16/11"], ("green", "red"), title="t"))

    assert float(first["height"]) == pytest.approx(3 * float(second["height"]), rel=0.01)
    assert float(second["y"]) + float(second["height"]) == pytest.approx(float(first["y"]), abs=0.2)


def test_a_lone_column_is_no_wall() -> None:
    (column,) = bars(column_chart([(3,)], ["16/11"], ("green",), title="t"))

    assert float(column["width"]) < 100


def test_a_cell_is_the_darker_the_more_it_holds() -> None:
    cells = bars(heat_map([(0, 5, 10)], ["Lun"], ["08", "09", "10"], title="t"))

    shades = [float(cell["fill-opacity"]) for cell in cells]
    assert shades == sorted(shades)
    assert shades[2] == 1


@pytest.mark.parametrize(
    "svg",
    [
        pytest.param(bar_chart([Bars(name=EVIL, values=(1.0,), text=EVIL)], ("red",), title=EVIL), id="bars"),
        pytest.param(column_chart([(1,)], [EVIL], ("red",), title=EVIL), id="columns"),
        pytest.param(heat_map([(1,)], [EVIL], [EVIL], title=EVIL), id="cells"),
        pytest.param(bar_chart([], ("red",), title="t"), id="no bars"),
        pytest.param(column_chart([], [], ("red",), title="t"), id="no columns"),
    ],
)
def test_every_drawing_is_well_formed_and_escaped(svg: str) -> None:
    assert drawn(svg).tag.endswith("svg")
    assert EVIL not in svg
