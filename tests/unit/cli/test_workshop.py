from datetime import UTC, datetime, timedelta

from freezegun import freeze_time

from mailbot.cli.workshop import now
from mailbot.runner import utc_now


def test_commands_and_the_service_tell_the_time_in_utc() -> None:
    with freeze_time("2026-11-16 09:00:00"):
        moments = (now(), utc_now())

    assert moments == (datetime(2026, 11, 16, 9, tzinfo=UTC),) * 2
    assert moments[0].utcoffset() == timedelta(0)
