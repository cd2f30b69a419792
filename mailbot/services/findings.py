"""Rows of the office file that no limit can be reckoned from: each is kept for a person, and the rest goes on."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from mailbot.domain.errors import CalendarExceeded
from mailbot.ports.store import UnitOfWork

# The fact that holds what stands in the way, by what it is about.
FINDINGS = "findings"


@contextmanager
def noting(subject: str, found: dict[str, str]) -> Iterator[None]:
    """Let one item of a batch fail: a year that no calendar knows is noted under its subject."""
    try:
        yield
    except CalendarExceeded as error:
        found[subject] = str(error)
    except OverflowError:
        found[subject] = "una fecha se sale del calendario: revise el año"


def keep_findings(found: Mapping[str, str], uow: UnitOfWork) -> None:
    """Replace what was found before: what was mended since is gone."""
    text = json.dumps(dict(sorted(found.items())), ensure_ascii=False)
    if (uow.facts.get(FINDINGS) or "{}") != text:
        uow.facts.set(FINDINGS, text)


def findings(uow: UnitOfWork) -> dict[str, str]:
    """What stands in the way now, in Spanish, by what it is about."""
    kept: dict[str, str] = json.loads(uow.facts.get(FINDINGS) or "{}")
    return kept
