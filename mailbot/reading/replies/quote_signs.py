"""Which lines of plain text are quoted by the sign in front of them, and which only look so."""

import re
from collections.abc import Iterator, Sequence

_SIGN = re.compile(r"^\s{0,3}(?:>|&gt;)(?!.*<<\s*$)")
# Usenet and mailbox networks put the author's initials or name before the sign: "RQ> ", "  Rosa> ".
_NAMED = re.compile(r"^\s{0,8}(?P<name>[^\W\d_][^\W\d_]{0,14})>{1,4}(?=\s|\S*\s|$)")
_INITIALS = re.compile(r"^[A-ZÁÉÍÓÚÑÄÖÜ]{2,3}$")
# The prompts of programs look like initials and are the sender's own.
_PROMPTS = frozenset(("sql", "ftp", "sftp", "gdb", "cmd", "ps", "router", "switch", "cli", "cypher", "redis", "mongo"))
# Some programs quote with a bar or a colon; cells of a table stand between two bars.
_OTHER_SIGNS = (re.compile(r"^\s?\|(?![-_=|+])[^|]*$"), re.compile(r"^\s?[:}]\s(?=\S)"))
_OTHER = ("|", ":", "}")
_LINES_OF_OTHER_SIGN = 2
# The headers of an earlier mail behind bars: its text may stand below without any.
_HEADER = re.compile(r"^\s?\|\s*[^:|]{2,20}:\s")
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
# The classic output of diff: a change, then lines with "<" and ">".
_DIFF_CHANGE = re.compile(r"^\d+(?:,\d+)?[acd]\d+(?:,\d+)?\s*$")
_DIFF_LINE = re.compile(r"^(?:[<>] |[<>]$|---$|\\ No newline)")
_COMMAND = re.compile(
    r"^\s{0,3}>\s?(?:[$#]\s?)?(?:sudo|npm|npx|yarn|pip3?|git|cd|ls|curl|wget|docker|docker-compose|kubectl|ssh|scp|"
    r"apt-get|brew|mvn|bundle|gem|rake|composer|cargo|grep|chmod|mkdir|ping|tracert|ipconfig|nslookup|telnet|openssl)\s"
    r"|^>>> (?:import \w|from \w+ import|print\(|\w+ ?= ?\S|\w+(?:\.\w+)*\()"
)


def quoted_by_sign(lines: Sequence[str]) -> list[bool]:
    """For each line whether a sign in front of it marks it as quoted."""
    quoted = [_SIGN.match(line) is not None if ">" in line or "&gt;" in line else False for line in lines]
    for index in (*_named(lines), *_by_other_signs(lines)):
        quoted[index] = True
    if True in quoted:
        for index in _own(lines, quoted):
            quoted[index] = False
    return quoted


def fenced_lines(lines: Sequence[str]) -> set[int]:
    """The lines of code between fences, which nothing in them makes earlier mail."""
    fences = [index for index, line in enumerate(lines) if _FENCE.match(line)]
    return {index for begin, end in zip(fences[::2], fences[1::2], strict=False) for index in range(begin, end + 1)}


def may_quote(text: str) -> bool:
    """A cheap look at a whole text: whether any of the signs can stand in it."""
    return ">" in text or "&gt;" in text or "|" in text or "\n:" in text or "\n}" in text or text.startswith((":", "}"))


def _named(lines: Sequence[str]) -> Iterator[int]:
    """Lines behind a name: initials say it at once, other names when they come back."""
    found = [(index, _NAMED.match(line)) for index, line in enumerate(lines) if ">" in line[1:27]]
    names = {index: match.group("name") for index, match in found if match}
    often = list(names.values())
    for index, name in names.items():
        if name[0].isupper() and name.lower() not in _PROMPTS and (_INITIALS.match(name) or often.count(name) > 1):
            yield index


def _by_other_signs(lines: Sequence[str]) -> Iterator[int]:
    """Runs of lines that all begin with a bar or a colon; one such line alone is nobody's quotation."""
    if sum(line[:2].lstrip()[:1] in _OTHER for line in lines if line) < _LINES_OF_OTHER_SIGN:
        return
    for sign in _OTHER_SIGNS:
        run: list[int] = []
        for index, line in enumerate((*lines, "")):
            if line[:2].lstrip()[:1] in _OTHER and sign.match(line):
                run.append(index)
                continue
            if len(run) >= _LINES_OF_OTHER_SIGN and not all(_HEADER.match(lines[index]) for index in run[:2]):
                yield from run
            run = []


def _own(lines: Sequence[str], quoted: Sequence[bool]) -> Iterator[int]:
    """Quoted by their sign alone: lines of a diff, and typed commands."""
    position = 0
    while position < len(lines):
        if not quoted[position] and lines[position][:1].isdigit() and _DIFF_CHANGE.match(lines[position]):
            while position + 1 < len(lines) and _DIFF_LINE.match(lines[position + 1]):
                position += 1
                yield position
        elif quoted[position] and not (position and quoted[position - 1]) and _COMMAND.match(lines[position]):
            while position < len(lines) and quoted[position]:
                yield position
                position += 1
        position += 1
