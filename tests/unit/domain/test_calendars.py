from datetime import date, datetime, time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.domain.calendars import (
    DEFAULT_HOURS,
    YEARS,
    OfficeHours,
    national_holidays,
    office_calendar,
    parse_hours,
    parse_windows,
    public_sector_days,
)
from mailbot.domain.clock import LIMA
from mailbot.domain.office import CalendarName, Holiday


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("lun-vie 09:00-13:00,14:00-18:00", "lun-vie 09:00-13:00,14:00-18:00"),
        ("lun-vie 09:00-13:00,14:00-18:00; sáb 09:00-13:00", "lun-vie 09:00-13:00,14:00-18:00; sáb 09:00-13:00"),
        ("Lunes a Viernes 9 a 18", "lun-vie 09:00-18:00"),
        ("LUN-VIE 8:30-17:30 ; SAB 9-12", "lun-vie 08:30-17:30; sáb 09:00-12:00"),
        ("lun, mié y vie 8:30-17:30", "lun 08:30-17:30; mié 08:30-17:30; vie 08:30-17:30"),
        ("lun,mie,vie 16:00-17:00", "lun 16:00-17:00; mié 16:00-17:00; vie 16:00-17:00"),
        ("lun-dom 00:00-24:00", "lun-dom 00:00-24:00"),
        ("todos los días 8-20", "lun-dom 08:00-20:00"),
        ("vie-lun 9-10", "lun 09:00-10:00; vie-dom 09:00-10:00"),
        ("lun–vie 09:00–18:00", "lun-vie 09:00-18:00"),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, spelling: str) -> None:
    assert str(parse_hours(text)) == spelling


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "el horario está vacío"),
        ("lun", "no se entiende el horario «lun»"),
        ("09:00-18:00", "no se entiende el horario «09:00-18:00»"),
        ("xyz 09:00-10:00", "no existe el día «xyz»: use lun, mar, mié"),
        ("lun 10:00-09:00", "«10:00-09:00» cierra antes de abrir"),
        ("lun 09:00-09:00", "«09:00-09:00» cierra antes de abrir"),
        ("lun 22:00-06:00", "si cruza la medianoche, divídalo"),
        ("lun 9-12,11-13", "los tramos de «9-12,11-13» se cruzan"),
        ("lun 14-18,9-13", "se cruzan o están desordenados"),
        ("lun 9-10; lun 11-12", "el día «lun» aparece dos veces"),
        ("lun-vie 9-10; mar 11-12", "el día «mar» aparece dos veces"),
        ("lun 25:00-26:00", "la hora no existe"),
        ("lun 09:60-10:00", "la hora no existe"),
        ("lun 9 y media-10", "no se entiende el tramo"),
    ],
)
def test_wrong_hours_are_refused_by_name(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_hours(text)


windows = st.lists(st.integers(min_value=0, max_value=288), min_size=2, max_size=6, unique=True).map(
    lambda marks: tuple(
        (time(start * 5 // 60, start * 5 % 60), time(end * 5 // 60 % 24, end * 5 % 60))
        for start, end in list(pairwise(sorted(marks)))[::2]
    )
)


@settings(deadline=None)
@given(weekly=st.lists(windows, min_size=7, max_size=7))
def test_hours_that_are_written_can_be_read_again(weekly: list[tuple[tuple[time, time], ...]]) -> None:
    hours = OfficeHours(weekly=tuple(weekly))

    assert parse_hours(str(hours)) == hours


def test_the_default_hours_are_those_of_the_contract() -> None:
    assert parse_hours("lun-vie 09:00-13:00,14:00-18:00") == DEFAULT_HOURS


def test_windows_of_one_day_are_read() -> None:
    assert parse_windows("09:00-13:00, 14:00-24:00") == ((time(9), time(13)), (time(14), time(0)))


# `domain.md` 3.3, checked there against the law; Easter Sunday is no holiday of DL 713.
FIXED = [(1, 1), (5, 1), (6, 7), (6, 29), (7, 23), (7, 28), (7, 29), (8, 6)]
FIXED += [(8, 30), (10, 8), (11, 1), (12, 8), (12, 9), (12, 25)]


@pytest.mark.parametrize(
    ("year", "easter"), [(2025, [(4, 17), (4, 18)]), (2026, [(4, 2), (4, 3)]), (2027, [(3, 25), (3, 26)])]
)
def test_the_national_holidays_are_those_of_the_law(year: int, easter: list[tuple[int, int]]) -> None:
    assert list(national_holidays(year)) == sorted(date(year, *day) for day in FIXED + easter)


def test_holidays_have_spanish_names() -> None:
    assert national_holidays(2026)[date(2026, 12, 9)] == "Batalla de Ayacucho"


def test_every_year_of_the_calendar_can_be_asked() -> None:
    calendar = office_calendar()

    assert all(calendar.is_working_day(date(year, 3, 2)) in (True, False) for year in YEARS)
    assert calendar.years == YEARS


def test_a_row_for_sunat_alone_does_not_close_the_office() -> None:
    row = Holiday(day=date(2026, 9, 15), name="Aniversario", calendar=CalendarName.SUNAT)

    assert office_calendar(holidays=[row]).is_working_day(row.day)
    assert not office_calendar(holidays=[row], name=CalendarName.SUNAT).is_working_day(row.day)


@pytest.mark.parametrize("name", list(CalendarName))
def test_a_row_without_a_calendar_closes_both(name: CalendarName) -> None:
    row = Holiday(day=date(2026, 9, 15), name="Aniversario")

    assert not office_calendar(holidays=[row], name=name).is_working_day(row.day)


def test_a_row_with_hours_shortens_the_day() -> None:
    row = Holiday(day=date(2026, 12, 24), name="Nochebuena", windows=((time(9), time(13)),))
    (window,) = office_calendar(holidays=[row]).windows_on(row.day)

    assert window == (datetime(2026, 12, 24, 9, tzinfo=LIMA), datetime(2026, 12, 24, 13, tzinfo=LIMA))


def test_a_row_of_the_office_stands_over_a_national_holiday() -> None:
    row = Holiday(day=date(2026, 12, 8), name="Guardia", windows=((time(9), time(13)),))
    calendar = office_calendar(holidays=[row])

    assert calendar.is_working_day(row.day)
    assert not calendar.is_working_day(date(2026, 12, 9))


def test_two_calendars_do_not_share_their_own_rows() -> None:
    row = Holiday(day=date(2026, 9, 15), name="Aniversario")
    office_calendar(holidays=[row]).is_working_day(row.day)

    assert office_calendar().is_working_day(row.day)


def test_public_sector_days_name_their_decree() -> None:
    assert public_sector_days()[date(2026, 1, 2)] == "día no laborable del sector público (DS 042-2025-PCM)"


def test_a_national_holiday_keeps_its_name_where_the_public_sector_rests_too() -> None:
    special = office_calendar(public_sector_days=True).special_day(date(2026, 1, 1))

    assert special is not None
    assert special.name == "Año Nuevo"
