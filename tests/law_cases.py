"""Reads `law_cases.csv`: law and calendar cases that anyone can read and extend."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.domain.calendars import DEFAULT_HOURS, office_calendar, parse_hours, parse_windows
from mailbot.domain.clock import LIMA
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import Agreement, CalendarName, Dispatch, Holiday, Transport
from mailbot.domain.policy import Policy, WorkingDayReading, load_policy
from mailbot.domain.worktime import WorkingTime

FILE = Path(__file__).with_name("law_cases.csv")
KNOWN_CONTEXT = frozenset(
    [
        "horario",
        "zona",
        "calendario",
        "sector_publico",
        "feriado",
        "lectura",
        "via",
        "eta",
        "regimen",
        "numerado",
        "dam",
        "descarga",
        "embarque",
        "levante",
        "canal",
        "vence",
        "acuerdo",
        "desde",
        "hasta",
        "promesa",
        "hito",
        "urgente",
    ]
)


@dataclass(frozen=True)
class LawCase:
    """One line of the table; `context` holds its name=value pairs."""

    rule: str
    name: str
    start: str
    limit: str
    context: dict[str, str]
    expected: str
    source: str

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.context["zona"]) if "zona" in self.context else LIMA

    @cached_property
    def calendar(self) -> WorkingTime:
        hours = parse_hours(self.context["horario"]) if "horario" in self.context else DEFAULT_HOURS
        return office_calendar(
            hours=hours,
            holidays=[_holiday(self.context["feriado"])] if "feriado" in self.context else [],
            name=CalendarName(self.context.get("calendario", "empresa")),
            public_sector_days=self.context.get("sector_publico") == "sí",
            zone=self.zone,
        )

    @cached_property
    def policy(self) -> Policy:
        policy = load_policy()
        return replace(policy, working_day_reading=WorkingDayReading(self.context.get("lectura", "day")))

    @cached_property
    def dispatch(self) -> Dispatch:
        return Dispatch(
            order="2026-004512",
            ruc="20131312955",
            regime=self.context.get("regimen", "10"),
            transport=Transport(self.context.get("via", "maritima")),
            eta=self.moment(self.context["eta"]) if "eta" in self.context else None,
            dam=self.context.get("dam"),
            numbered_on=self._day("numerado"),
            discharge_ended_on=self._day("descarga"),
            loading_ended_on=self._day("embarque"),
            released_on=self._day("levante"),
            regime_expires_on=self._day("vence"),
            channel=self.context.get("canal", ""),
            needs_regularization=True,
        )

    @cached_property
    def agreement(self) -> Agreement | None:
        if "acuerdo" not in self.context:
            return None
        since, until = self._day("desde"), self._day("hasta")
        kind = ObligationKind(self.limit).value
        return Agreement(ruc="20131312955", kind=kind, limit=self.context["acuerdo"], since=since, until=until)

    @cached_property
    def promised_on(self) -> date | None:
        return self._day("promesa")

    @property
    def at(self) -> datetime:
        return self.moment(self.start)

    @property
    def day(self) -> date:
        return read_day(self.start)

    def moment(self, text: str) -> datetime:
        """A moment in the case's zone; a date alone is 00:00 of that day."""
        day, _, clock = text.partition(" ")
        parts = [int(part) for part in clock.split(":")] if clock else [0]
        return datetime(*_ymd(day), *parts, tzinfo=self.zone)

    def _day(self, name: str) -> date | None:
        return read_day(self.context[name]) if name in self.context else None


def read_day(text: str) -> date:
    """A date as dd/mm/yyyy."""
    return date(*_ymd(text))


def law_cases() -> Iterator[LawCase]:
    """Every line of the table in its order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines, delimiter=";"):
            yield LawCase(
                rule=row["regla"],
                name=row["caso"],
                start=row["desde"],
                limit=row["plazo"],
                context=_context(row["contexto"]),
                expected=row["esperado"],
                source=row["fuente"],
            )


def _ymd(text: str) -> tuple[int, int, int]:
    day, month, year = (int(part) for part in text.split("/"))
    return year, month, day


def _context(text: str) -> dict[str, str]:
    pairs = dict(pair.split("=", 1) for pair in text.split(" | ") if pair)
    if unknown := set(pairs) - KNOWN_CONTEXT:
        raise ValueError(f"contexto desconocido en law_cases.csv: {', '.join(sorted(unknown))}")
    return pairs


def _holiday(text: str) -> Holiday:
    words, _, hours = text.partition("@")
    day, _, calendar = words.partition(":")
    return Holiday(
        day=read_day(day),
        name="feriado de prueba",
        calendar=CalendarName(calendar) if calendar else None,
        windows=parse_windows(hours) if hours else (),
    )
