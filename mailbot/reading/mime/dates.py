"""Dates of mail headers in the forms that are really sent; always aware and in UTC."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_LOOSE = re.compile(
    r"(\d{1,2})[\s.\-/]*(?:de\s+)?([^\W\d_]{3,12})\.?[\s.,\-/]*(?:de\s+)?(\d{4}|\d\d)[\sT,]*"
    r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?\s*([ap]\.?\s?m\.?)?\s*(?:GMT|UTC)?\s*([+-]\d{1,2}:?\d\d)?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"(?:GMT|UTC)\s*([+-])\s*(\d{1,2})(?::?(\d\d))?\b", re.IGNORECASE)
# Names that RFC 5322 section 4.3 does not list and that mean one place all the same.
_ZONES = {
    name: offset
    for offset, names in {
        "-1000": "HST",
        "-0500": "PET COT ECT",
        "-0400": "CLT VET BOT",
        "-0300": "BRT ART UYT CLST",
        "-0200": "BRST",
        "+0100": "CET MET BST WEST",
        "+0200": "CEST MEST EET SAST",
        "+0300": "EEST MSK",
        "+0400": "MSD",
        "+0800": "HKT SGT AWST",
        "+0900": "JST KST",
        "+1000": "AEST",
        "+1100": "AEDT",
        "+1200": "NZST",
        "+1300": "NZDT",
    }.items()
    for name in names.split()
}
_NAMED_ZONE = re.compile(rf"(?<=\d )(?:{'|'.join(_ZONES)})(?=\s*$)", re.IGNORECASE)
_COLON_ZONE = re.compile(r"(\s[+-]\d\d):(\d\d)(?!\S)")
_HALF = re.compile(r"\d\s*([ap])\.?\s?m\b", re.IGNORECASE)
_SLASHED = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})[\s,]+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([ap]\.?\s?m\.?)?\s*([+-]\d{1,2}:?\d\d)?",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene januar enero janv january gen sty",
            "feb febrero fev fevr february febr lut",
            "mar marzo march mars maerz märz mrt mrz",
            "apr abr abril april avr kwi",
            "may mayo mai mag maj mei",
            "jun junio june juin giu cze",
            "jul julio july juil lug lip",
            "aug ago agosto august aout août sie",
            "sep sept septiembre setiembre set september wrz",
            "oct octubre october okt ott out paź",
            "nov noviembre november lis",
            "dec dic diciembre december dez déc gru",
        ),
        start=1,
    )
    for name in names.split()
}
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def parse_date(text: str) -> datetime | None:
    """The instant a Date header names, in UTC; one without a zone is taken as UTC (RFC 5322 -0000)."""
    text = text.strip()[:200]
    if not text:
        return None
    for reader in (_standard, _iso, _loose, _slashed):
        try:
            instant = reader(text)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        if instant is not None:
            return instant.astimezone(UTC)
    return None


def _standard(text: str) -> datetime | None:
    if _ISO.match(text):
        return None
    spelled = text
    if text[-1:].isalpha():
        spelled = _NAMED_ZONE.sub(lambda found: _ZONES[found.group().upper()], text)
    elif text[-3:-2] == ":":
        spelled = _COLON_ZONE.sub(r"\1\2", text)
    spelled = _ZONE.sub(_numeric_zone, spelled)
    half = _HALF.search(spelled)
    fields = parsedate_tz(spelled if half is None else f"{spelled[: half.start(1)]} {spelled[half.end() :]}")
    if fields is None:
        return None
    year, month, day, hour, minute, second = fields[:6]
    # A program that never met the year 2000 counts the years since 1900.
    year += 1900 if 99 < year < 1000 else 0
    hour = _hour(hour, half.group(1)) if half and hour <= 12 else hour
    zone = timezone(timedelta(seconds=fields[9] or 0)) if abs(fields[9] or 0) < 86_400 else UTC
    # A leap second and 24:00 are written by some; both mean the moment after.
    base = datetime(year, month, day, tzinfo=zone)
    return base + timedelta(hours=hour, minutes=minute, seconds=second)


def _numeric_zone(match: re.Match[str]) -> str:
    return f"{match.group(1)}{int(match.group(2)):02d}{match.group(3) or '00'}"


def _iso(text: str) -> datetime | None:
    match = _ISO.search(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(match.group(index)) for index in range(1, 6))
    zone = _zone(match.group(7))
    return datetime(year, month, day, hour, minute, int(match.group(6) or 0), tzinfo=zone)


def _loose(text: str) -> datetime | None:
    match = _LOOSE.search(text)
    if match is None:
        return None
    name = match.group(2).lower()
    month = _MONTHS.get(name) or _MONTHS.get(name[:3])
    if month is None:
        return None
    year = int(match.group(3))
    year += 2000 if year < 70 else 1900 if year < 100 else 0
    hour = _hour(int(match.group(4)), match.group(7))
    second = int(match.group(6) or 0)
    return datetime(year, month, int(match.group(1)), hour, int(match.group(5)), second, tzinfo=_zone(match.group(8)))


def _slashed(text: str) -> datetime | None:
    """Day first, as most of the world writes; month first where the day cannot be one or the clock is American."""
    match = _SLASHED.search(text)
    if match is None:
        return None
    day, month = int(match.group(1)), int(match.group(2))
    if month > 12 or (match.group(7) and day <= 12):
        day, month = month, day
    hour, second = _hour(int(match.group(4)), match.group(7)), int(match.group(6) or 0)
    return datetime(int(match.group(3)), month, day, hour, int(match.group(5)), second, tzinfo=_zone(match.group(8)))


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _zone(text: str | None) -> timezone:
    if not text or text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").rjust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def is_believable(instant: datetime) -> bool:
    """A date no mail can have says nothing about when it was written."""
    return _EARLIEST < instant < _LATEST


_RECEIVED_AT = re.compile(r";\s*([^;]*)$", re.DOTALL)


def received_date(value: str) -> datetime | None:
    """The arrival a Received header tells: what stands behind its last semicolon."""
    match = _RECEIVED_AT.search(value)
    return parse_date(match.group(1)) if match else None
