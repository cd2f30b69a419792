"""What every test run shares: tests that need a server are skipped where there is none, aloud.

`MAILBOT_REQUIRE_SERVERS=1` turns such a skip into a failure; continuous integration sets it.
"""

import os
from functools import cache

import pytest

_HOW_TO_GET = "apt install dovecot-imapd postgresql"

pytest_plugins = ["tests.servers.dovecot", "tests.servers.postgresql"]


@cache
def _missing(mark: str) -> str | None:
    """Why the server behind a mark is not to be had here, or None."""
    return {"needs_dovecot": _missing_dovecot, "needs_postgresql": _missing_postgresql}[mark]()


def _missing_dovecot() -> str | None:
    # Not above: pytest has to load its plugins first.
    from tests.servers.dovecot import missing_dovecot

    return missing_dovecot()


def _missing_postgresql() -> str | None:
    from tests.servers.postgresql import MISSING, bin_folder

    return MISSING if bin_folder() is None else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail, what needs a server that is not on this machine, before any fixture looks for it."""
    for mark in ("needs_dovecot", "needs_postgresql"):
        reason = _missing(mark) if item.get_closest_marker(mark) else None
        if reason is not None and os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1":
            pytest.fail(reason, pytrace=False)
        if reason is not None:
            pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Close with how many tests were left out for want of a server, and how to get them."""
    skips = terminalreporter.stats.get("skipped", [])
    count = sum("apt install" in str(report.longrepr) for report in skips)
    if count:
        terminalreporter.write_line(
            f"{count} tests were skipped for want of a server; to run them too: {_HOW_TO_GET}", yellow=True
        )
