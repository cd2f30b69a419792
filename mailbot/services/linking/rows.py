"""Which quoted lines a sender answered one by one: an answer inside a quoted table belongs to its row."""

from collections.abc import Iterator
from itertools import pairwise

from mailbot.domain.message import Message

# A list longer than this is not answered by hand.
_MOST_LINES = 2_000


def answered_lines(message: Message) -> tuple[str, ...]:
    """The quoted lines right above the sender's own, where he wrote between them."""
    lines = [line.strip() for line in message.text.splitlines()[:_MOST_LINES] if line.strip()]
    own = {line.strip() for line in message.new_text.splitlines() if line.strip()}
    last_quoted = max((at for at, line in enumerate(lines) if line.startswith(">")), default=-1)
    found = tuple(_rows(lines[: last_quoted + 2], own))
    # One answer below everything that is quoted answers the mail, not its last line.
    is_between = any(line in own for line in lines[_first_quoted(lines) : last_quoted + 1])
    return found if is_between else ()


def _first_quoted(lines: list[str]) -> int:
    return next((at for at, line in enumerate(lines) if line.startswith(">")), len(lines))


def _rows(lines: list[str], own: set[str]) -> Iterator[str]:
    for above, line in pairwise(lines):
        if line in own and above.startswith(">"):
            yield above
