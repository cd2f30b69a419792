"""HTML becomes the text a reader sees."""

import pytest

from mailbot.reading.html.text import html_to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("a&nbsp;&amp;&lt;b&gt;&eacute;&#233;&#xE9;&euro;&#128;", "a &<b>ééé€€"),
        ("<style>p{}</style><script>if (a<b) {x='</p>'}</script>t", "t"),
        ("<!-- c -->t<!--[if mso]>m<![endif]-->", "t"),
        ("<noscript>seen</noscript> too", "seen too"),
        ('<div style="display:none">preheader</div>seen', "seen"),
        ('<span style="visibility: hidden">preheader</span>seen', "seen"),
        ('<div style="max-height:0;overflow:hidden">preheader</div>seen', "seen"),
        ('<div style="max-height:0px">line of a layout</div>seen', "line of a layout\nseen"),
        ('<div style="overflow:hidden;max-height:300px">a</div>b', "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a\tb\nc\td"),
        ("<p title=\"a>b\">t</p><a href='http://a.example/?x=1>2'>u</a>", "t\n\nu"),
        ("a < b and c > d", "a < b and c > d"),
    ],
)
def test_a_reader_s_text(markup: str, text: str) -> None:
    assert html_to_text(markup) == text
