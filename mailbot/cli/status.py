"""The pages of a running service: `/health` as `doctor` sees it, `/alive`, and `/metrics` for Prometheus."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailbot.cli.doctor import Report
    from mailbot.ports.store import Store
    from mailbot.settings import Settings
    from mailbot.status import Page

# A schedule that ticks every minute is at work.
_ALIVE_WITHIN = timedelta(minutes=10)


@contextmanager
def served_status(
    settings: Callable[[], "Settings"], store: "Store", *, clock: Callable[[], datetime]
) -> Iterator[int]:
    """Serve the pages while the block lasts where the settings name a port; gives the port, 0 for none."""
    port = settings().metrics_port
    if port is None:
        yield 0
        return
    from mailbot.cli.doctor import examine
    from mailbot.status import status_server
    from mailbot.store import upgrade

    version = upgrade(settings().database_url)

    def look() -> "Report":
        return examine(settings(), store, version=version, now=clock())

    pages = {
        "/health": lambda: _health(look()),
        "/alive": lambda: _alive(look(), now=clock()),
        "/metrics": lambda: _metrics(look()),
    }
    with status_server(port, pages) as served:
        yield served


def _health(report: "Report") -> "Page":
    from mailbot.status import Page

    text = json.dumps(report.shape, ensure_ascii=False) + "\n"
    return Page(text=text, status=503 if report.problems else 200)


def _alive(report: "Report", *, now: datetime) -> "Page":
    """Whether the service works, whoever may be needed besides: what decides about starting it again."""
    from mailbot.status import Page

    beat = report.state.heartbeat_at
    is_alive = beat is not None and now - beat < _ALIVE_WITHIN
    return Page(text=json.dumps({"alive": is_alive}) + "\n", status=200 if is_alive else 503)


def _metrics(report: "Report") -> "Page":
    from mailbot.services.metrics import CONTENT_TYPE, exposition
    from mailbot.status import Page

    return Page(text=exposition(report.state, problems=len(report.problems)), content_type=CONTENT_TYPE)
