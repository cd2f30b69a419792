"""Answers a sender wrote into the earlier mail below: announced, and told from it by a sign of their own."""

import re
from collections.abc import Sequence

from mailbot.reading.replies.attributions import attribution_length
from mailbot.reading.replies.closings import is_farewell
from mailbot.reading.replies.header_blocks import header_block_length
from mailbot.reading.replies.names import Signer
from mailbot.reading.replies.separators import is_marker
from mailbot.reading.replies.signature import signature_start

_ANNOUNCED = re.compile(
    r"(?:respond[oí]|contest[oé]|coment[oé]|respuestas?|comentarios|anotaciones|notas|answers?|replies|remarks|"
    r"comments?|"
    r"antworten?|r[eé]ponses?|anot[eé]|puse).{0,80}"
    r"(?:abajo|debajo|dentro|intercalad|entre l[ií]neas|costado|al lado|en (?:azul|rojo|verde|color|"
    r"may[uú]sculas?|el cuadro|tu|su|cada)|"
    r"sobre (?:tu|su)|below|inline|in[- ]?line|under|inside|in (?:caps|red|blue|bold|capitals)|behind|within|"
    r"with|con )"
    r"|(?:abajo|debajo|en (?:azul|rojo|verde)|dentro|intercalad\w+|below|inline|see (?:my|below)).{0,40}"
    r"(?:respond|contest|coment|respuesta|notas|answers?|comments?|remarks|antwort)",
    re.IGNORECASE,
)
_LINE_SIGN = re.compile(r"^\s*(>>+|<<+|►|→|=>|->|<--+|\*\*|//|##|R(?:pta|esp)?\s?[:.)]|A:|\[)\s*\S")
_CELL_SIGN = re.compile(r"(?:\s{2,}|\|\s*|\t)((?:>>+|<<+|►|→|=>|<--+|\*\*|##)\s*\S.*|\[[^\[\]]{6,}\]\s*)$")
_CELL_LINE_CHARS = 1000
_QUESTION = re.compile(r"^\s*(?:\(?\d{1,2}[.)\-]|\(?[a-z][.)]|[-•*·])\s*\S|^\s*\+?-{3,}|^\s*\|")
_LETTERS = re.compile(r"[^\W\d_]")


def inline_answers(own: Sequence[str], tail: Sequence[str], signer: Signer) -> list[str]:
    """The answers inside the earlier mail `tail`, or none when the sender did not announce any."""
    announcement = " ".join(line.strip() for line in own)[:600]
    if not own or not _ANNOUNCED.search(announcement):
        return []
    body = _first_mail(tail)
    for find in (_signed, _in_capitals, _below_points):
        found = find(body)
        if found:
            return found + _closing(body, found, signer)
    return []


def _first_mail(tail: Sequence[str]) -> list[str]:
    """The text of the newest earlier mail: below its headers, above the next older one."""
    start = 0
    while start < len(tail) and (not tail[start].strip() or is_marker(tail[start])):
        start += 1
    if start < len(tail):
        start += header_block_length(tail, start) or attribution_length(tail, start)
    body = []
    for position in range(start, len(tail)):
        if is_marker(tail[position]) or header_block_length(tail, position):
            break
        body.append(tail[position])
    return body


def _signed(body: Sequence[str]) -> list[str]:
    """Lines and cells that begin with a sign nobody else uses here (">>", "►", "R:", brackets)."""
    # Double quote signs at a line's beginning are only a mark, like those of mail programs.
    lines = [line.strip().lstrip("> ") for line in body if _LINE_SIGN.match(line)]
    short = [line for line in body if len(line) < _CELL_LINE_CHARS]
    cells = [match.group(1).strip(" |") for line in short if (match := _CELL_SIGN.search(line))]
    found = max(lines, cells, key=len)
    return found if len(found) > 1 else []


def _in_capitals(body: Sequence[str]) -> list[str]:
    found = [line.strip() for line in body if _is_capitals(line)]
    return found if len(found) > 1 or (found and len(body) < 8) else []


def _is_capitals(line: str) -> bool:
    letters: list[str] = _LETTERS.findall(line)
    if not letters or _QUESTION.match(line):
        return False
    return sum(letter.isupper() for letter in letters) >= len(letters) * 0.85


def _below_points(body: Sequence[str]) -> list[str]:
    """What stands below the earlier mail's numbered or quoted points without a number of its own."""
    found: list[str] = []
    below_point = False
    for line in body:
        if _QUESTION.match(line) and not line.startswith("   "):
            below_point = True
        elif line.strip() and below_point:
            found.append(line.strip())
            below_point = False
    return found if len(found) > 1 else []


def _closing(body: Sequence[str], found: Sequence[str], signer: Signer) -> list[str]:
    """A paragraph below the last answer that ends with the sender's own name is theirs too."""
    last = max((index for index, line in enumerate(body) if found[-1] in line), default=len(body))
    rest = list(body[last + 1 :])
    cut = signature_start(["x", "", *rest], signer) - 2
    if cut < 0 or cut >= len(rest) or not signer.signs(rest[cut]):
        return []
    farewell = next((index for index, line in enumerate(rest[:cut]) if is_farewell(line)), cut)
    return [line.strip() for line in rest[:farewell] if line.strip()]
