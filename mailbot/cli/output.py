"""Printing: JSON for scripts on standard output, tables for people, progress on standard error."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def print_json(value: object) -> None:
    """One document, readable."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_jsonl(rows: Iterable[Mapping[str, Any]]) -> None:
    """One object a line, each written as soon as it is known."""
    for row in rows:
        print(json.dumps(row, ensure_ascii=False), flush=True)


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


def say(text: str = "") -> None:
    """A line for people on standard output."""
    print(text)


def progress(text: str) -> None:
    """A line on standard error, out of the way of scripts."""
    print(text, file=sys.stderr, flush=True)
