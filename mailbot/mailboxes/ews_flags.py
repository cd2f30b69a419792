"""A follow-up flag as Outlook keeps it in a mail: MAPI properties (MS-OXOFLAG), for which exchangelib has no words.

The day that people see is a date of their own zone; the instant stands in two properties beside it.
"""

from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from mailbot.domain.clock import to_utc
from mailbot.domain.marks import NO_FLAG, Flag, FlagState
from mailbot.ews.marking import MarkedItem, Values

_FLAGGED, _COMPLETE = 2, 1
_RED, _TO_DO = 6, 1
# The words that Outlook in Spanish puts on a flag.
_WORDS = "Seguimiento"
_NOTHING: Values = {
    "mailbot_flag_status": None,
    "mailbot_flag_complete_time": None,
    "mailbot_followup_icon": None,
    "mailbot_to_do_flags": None,
    "mailbot_flag_request": None,
    "mailbot_task_start": None,
    "mailbot_task_due": None,
    "mailbot_common_start": None,
    "mailbot_common_end": None,
    "mailbot_task_status": None,
    "mailbot_percent_complete": None,
    "mailbot_task_complete": None,
    "mailbot_task_completed_on": None,
}


def flag_values(flag: Flag, zone: tzinfo) -> Values:
    """The properties to set for a flag; None takes one away."""
    if flag.state is FlagState.NONE:
        return _NOTHING
    if flag.state is FlagState.COMPLETE:
        return _complete(flag, zone)
    return {**_NOTHING, **_flagged(), **_dates(flag, zone)}


def flag_of(item: MarkedItem, zone: tzinfo) -> Flag:
    """The flag that a mail bears."""
    if item.flag_status == _COMPLETE:
        return Flag(state=FlagState.COMPLETE)
    if item.flag_status != _FLAGGED:
        return NO_FLAG
    return Flag(
        state=FlagState.FLAGGED,
        starts_at=_instant(item.starts_at, item.start_day, zone),
        due_at=_instant(item.due_at, item.due_day, zone),
    )


def _flagged() -> Values:
    return {
        "mailbot_flag_status": _FLAGGED,
        "mailbot_followup_icon": _RED,
        "mailbot_to_do_flags": _TO_DO,
        "mailbot_flag_request": _WORDS,
        "mailbot_task_status": 0,
        "mailbot_percent_complete": Decimal(0),
        "mailbot_task_complete": False,
    }


def _dates(flag: Flag, zone: tzinfo) -> Values:
    if flag.due_at is None:
        return {}
    # A due date without a start date is none.
    starts_at = flag.starts_at or flag.due_at
    return {
        "mailbot_task_start": _day(starts_at, zone),
        "mailbot_task_due": _day(flag.due_at, zone),
        "mailbot_common_start": to_utc(starts_at),
        "mailbot_common_end": to_utc(flag.due_at),
    }


def _complete(flag: Flag, zone: tzinfo) -> Values:
    """Its dates stay; Outlook too leaves them on a flag that is complete."""
    at = flag.completed_at
    return {
        "mailbot_flag_status": _COMPLETE,
        "mailbot_flag_complete_time": to_utc(at).replace(second=0, microsecond=0) if at else None,
        "mailbot_followup_icon": None,
        "mailbot_to_do_flags": _TO_DO,
        "mailbot_task_status": 2,
        "mailbot_percent_complete": Decimal(1),
        "mailbot_task_complete": True,
        "mailbot_task_completed_on": _day(at, zone) if at else None,
    }


def _day(instant: datetime, zone: tzinfo) -> datetime:
    """The date in the owner's zone; as a property it is its midnight, whatever the zone."""
    day = instant.astimezone(zone).date()
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _instant(instant: datetime | None, day: datetime | None, zone: tzinfo) -> datetime | None:
    """The instant, unless somebody changed the day alone: then the beginning of that day."""
    if day is None or (instant is not None and _day(instant, zone) == day):
        return instant
    return to_utc(day.replace(tzinfo=zone))
