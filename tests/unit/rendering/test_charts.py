import io
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure
from PIL import Image

from mailbot.rendering.charts import Series, bar_chart, column_chart, heat_map, to_png, to_svg

EVIL = "<Pérez & Hijos> $x^2$"


def boxes(figure: Figure) -> list[tuple[float, float, float, float]]:
    """Left, bottom, width and height of every bar, series by series."""
    return [(*bar.get_xy(), bar.get_width(), bar.get_height()) for bar in figure.axes[0].patches]  # type: ignore[attr-defined]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_bars_of_a_stack_lie_end_to_end_with_their_sum_behind() -> None:
    figure = bar_chart(["una", "otra"], [Series(values=[1, 2], colour="red"), Series(values=[3, 0], colour="blue")])

    first, second, third, fourth = boxes(figure)
    assert (first[0], first[2]) == (0, 1)
    assert (third[0], third[2]) == (1, 3)
    assert (second[2], fourth[0], fourth[2]) == (2, 2, 0)
    assert texts(figure) == [" 4", " 2"]


def test_bars_with_texts_stand_side_by_side_on_one_scale() -> None:
    series = [Series(values=[1.0, 0.0], colour="red"), Series(values=[2.0, 4.0], colour="blue")]
    figure = bar_chart(["una", "otra"], series, texts=["1 h · 2 h", "0 h · 4 h"])

    first, _, third, fourth = boxes(figure)
    assert [first[0], third[0]] == [0, 0]
    assert first[1] + first[3] == pytest.approx(third[1])
    assert fourth[2] == 2 * third[2] == 4 * first[2]
    assert texts(figure) == [" 1 h · 2 h", " 0 h · 4 h"]


def test_a_column_stands_on_the_base_line_and_adds_up() -> None:
    figure = column_chart(["16/11"], [Series(values=[3], colour="green"), Series(values=[1], colour="red")])

    first, second = boxes(figure)
    assert first[1] == 0
    assert second[1] == first[3] == 3 * second[3]
    assert texts(figure) == ["4"]


def test_a_lone_column_is_no_wall() -> None:
    figure = column_chart(["16/11"], [Series(values=[3], colour="green")])

    left, right = figure.axes[0].get_xlim()
    assert boxes(figure)[0][2] < (right - left) / 5


def test_a_cell_is_the_darker_the_more_it_holds() -> None:
    figure = heat_map([(0, 5, 10)], ["Lun"], ["08", "09", "10"])

    (mesh,) = figure.axes[0].collections
    figure.canvas.draw()
    shades = [sum(colour[:3]) for colour in mesh.get_facecolor()]
    assert shades == sorted(shades, reverse=True)
    assert texts(figure) == ["5", "10"]


DRAWN = [
    pytest.param(lambda: bar_chart([EVIL], [Series(name=EVIL, values=[1], colour="red")], texts=[EVIL]), id="bars"),
    pytest.param(lambda: column_chart([EVIL], [Series(name=EVIL, values=[1], colour="red")]), id="columns"),
    pytest.param(lambda: heat_map([(1,)], [EVIL], [EVIL]), id="cells"),
    pytest.param(lambda: bar_chart([], [Series(values=[], colour="red")]), id="no bars"),
    pytest.param(lambda: column_chart([], [Series(values=[], colour="red")]), id="no columns"),
    pytest.param(lambda: column_chart(["上海 \U0001f600"], [Series(values=[1], colour="red")]), id="strange script"),
]


@pytest.mark.parametrize("draw", DRAWN)
def test_every_drawing_is_well_formed_escaped_and_always_the_same(draw: Callable[[], Figure]) -> None:
    svg = to_svg(draw())

    assert ElementTree.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own drawing
    assert EVIL not in svg
    assert svg == to_svg(draw())
    picture = to_png(draw())
    assert Image.open(io.BytesIO(picture)).size[0] == 1248
    assert picture == to_png(draw())
