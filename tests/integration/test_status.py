"""What a running service tells on loopback: health, life and metrics, and nothing of what people wrote."""

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from pydantic import SecretStr

from mailbot.cli.status import served_status
from mailbot.domain.errors import SettingsError
from mailbot.services.climb import HEARTBEAT
from mailbot.services.poll import remember_read
from mailbot.settings import MailboxSettings, Settings
from mailbot.status import Page, status_server
from mailbot.store import open_store
from tests.builders import CLIENT, ESC, lima
from tests.unit.services.world import World

NOON = lima("2026-11-17 12:00")
_LINE = re.compile(r'^(# (HELP|TYPE) mailbot_\w+ .+|mailbot_\w+(\{\w+="[^"]*"\})? [0-9.e+-]+)$')


@contextmanager
def _service(folder: Path, *, now: datetime = NOON) -> Iterator[int]:
    """A service whose schedule ticked and whose mailbox was read at noon."""
    url = f"sqlite:///{folder}/mailbot.sqlite"
    settings = Settings(
        database_url=url,
        mailbox={"rq": MailboxSettings(address=ESC)},
        imap_password=SecretStr("la-clave-del-buzon"),
        metrics_port=_free_port(),
    )
    with closing(open_store(url)) as store:
        with store.begin() as uow:
            uow.facts.set(HEARTBEAT, NOON.isoformat())
            uow.commit()
        remember_read(replace(World().desk, store=store), "rq", now=NOON)
        with served_status(lambda: settings, store, clock=lambda: now) as port:
            yield port


def _free_port() -> int:
    with status_server(0, {}) as port:
        return port


def _get(port: int, path: str) -> tuple[int, str, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()


def test_a_service_that_needs_nobody_is_healthy(tmp_path: Path) -> None:
    with _service(tmp_path) as port:
        status, kind, text = _get(port, "/health")
    assert (status, kind) == (200, "application/json")
    assert json.loads(text)["problems"] == []


def test_a_service_that_no_longer_ticks_is_unhealthy_and_not_alive(tmp_path: Path) -> None:
    with _service(tmp_path, now=NOON + timedelta(hours=2)) as port:
        assert _get(port, "/alive")[0] == 503
        status, _, text = _get(port, "/health")
    assert status == 503
    assert "mailbot run" in json.loads(text)["problems"][0]


def test_a_service_that_ticks_is_alive(tmp_path: Path) -> None:
    with _service(tmp_path) as port:
        assert _get(port, "/alive")[0] == 200


def test_metrics_are_what_prometheus_reads(tmp_path: Path) -> None:
    with _service(tmp_path) as port:
        status, kind, text = _get(port, "/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert all(_LINE.match(line) for line in text.splitlines())
    assert "mailbot_problems 0\n" in text
    assert f'mailbot_mailbox_read_timestamp_seconds{{mailbox="rq"}} {NOON.timestamp()}\n' in text


@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_no_page_names_a_person_or_a_secret(path: str, tmp_path: Path) -> None:
    with _service(tmp_path) as port:
        text = _get(port, path)[2]
    assert not [word for word in (ESC, CLIENT, "la-clave-del-buzon", "@") if word in text]


def test_another_path_is_not_found(tmp_path: Path) -> None:
    with _service(tmp_path) as port:
        assert _get(port, "/secrets")[0] == 404


def test_without_a_port_nothing_listens(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/mailbot.sqlite")
    with (
        closing(open_store(settings.database_url)) as store,
        served_status(lambda: settings, store, clock=lambda: NOON) as port,
    ):
        assert port == 0


def test_a_port_that_is_taken_is_told() -> None:
    taken = pytest.raises(SettingsError, match="MAILBOT_METRICS_PORT")
    with status_server(0, {}) as port, taken, status_server(port, {"/": lambda: Page(text="")}):
        pass
