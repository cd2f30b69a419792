"""Printing: JSON for scripts on standard output, tables for people, progress on standard error."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

# Some readers take these for the end of a line (Unicode's line separators), or cannot encode them (half pairs).
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def print_json(value: object) -> None:
    """One document, readable."""
    print(_as_json(value, indent=2))


def print_jsonl(rows: Iterable[Mapping[str, Any]]) -> None:
    """One object a line, each written as soon as it is known."""
    for row in rows:
        print(_as_json(row), flush=True)


def _as_json(value: object, *, indent: int | None = None) -> str:
    """JSON that is whole on any output: what its encoding may lack is escaped."""
    is_unicode = (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    text = json.dumps(value, ensure_ascii=not is_unicode, indent=indent)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def print_rows(
    shapes: Iterable[Mapping[str, Any]],
    *,
    as_json: bool,
    as_jsonl: bool,
    headings: Sequence[str],
    row: Callable[[Mapping[str, Any]], Sequence[str]],
) -> None:
    """A listing: one document or one object a line for scripts, else a table for people."""
    if as_json:
        print_json(list(shapes))
    elif as_jsonl:
        print_jsonl(shapes)
    else:
        print_table(headings, [row(shape) for shape in shapes])


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
    """A table as wide as the terminal allows."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", header_style="bold", expand=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 140, highlight=False, markup=False).print(table)


def told_at(iso: str | None) -> str:
    """A time of a shape as people write it."""
    from datetime import datetime

    return f"{datetime.fromisoformat(iso):%d/%m/%Y %H:%M}" if iso else "-"


def say(text: str = "") -> None:
    """A line for people on standard output."""
    print(text)


def progress(text: str) -> None:
    """A line on standard error, out of the way of scripts."""
    print(text, file=sys.stderr, flush=True)
