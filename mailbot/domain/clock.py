"""Guards for time: every instant inside mailbot is aware and in UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LIMA = ZoneInfo("America/Lima")


def to_utc(instant: datetime, *, zone: ZoneInfo | None = None) -> datetime:
    """The same instant in UTC; a time without offset is taken in `zone` and refused without one."""
    if instant.tzinfo is None:
        if zone is None:
            raise ValueError(f"{instant!r} has no offset: pass an aware time")
        instant = instant.replace(tzinfo=zone)
    return instant.astimezone(UTC)
