"""The exports of the broker's own system during the story, to be imported as an office would.

Each is the CSV file of a day, Windows-1252 and semicolons, with the notes of that afternoon.
"""

from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources

from mailbot.domain.clock import LIMA, to_utc

# When each day's file is there: Monday 15:30, Tuesday 14:30, Wednesday 13:30.
_HOURS = {"1-lunes.csv": (16, 15), "2-martes.csv": (17, 14), "3-miercoles.csv": (18, 13)}


@dataclass(frozen=True, kw_only=True)
class SampleExport:
    """One file for `dispatches import`."""

    name: str
    arrives_at: datetime
    raw: bytes = field(repr=False)


def sample_exports() -> tuple[SampleExport, ...]:
    """The exports in order of time."""
    folder = resources.files("mailbot.demo").joinpath("data", "clinet")
    return tuple(
        SampleExport(
            name=f"clinet-{name}",
            arrives_at=to_utc(datetime(2026, 11, day, hour, 30, tzinfo=LIMA)),
            raw=folder.joinpath(name).read_bytes(),
        )
        for name, (day, hour) in sorted(_HOURS.items())
    )
