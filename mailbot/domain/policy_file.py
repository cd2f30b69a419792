"""Reads `policy.toml` and the office's own values into a `Policy`, collecting every fault on the way."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from enum import StrEnum
from importlib import resources
from typing import TypeVar

from mailbot.domain.errors import Fault, OfficeFileRejected
from mailbot.domain.labels import Category, Topic
from mailbot.domain.limits import Limit
from mailbot.domain.milestones import Milestone
from mailbot.domain.obligation import Clock, ObligationKind, Step
from mailbot.domain.office import Role, Transport
from mailbot.domain.policy import (
    KindRule,
    Modifier,
    Opening,
    Owner,
    Policy,
    Standstill,
    StartDate,
    Stop,
    WorkingDayReading,
)

FILE = "policy.toml"
Table = Mapping[str, object]
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_TOP = frozenset({"settings", "kinds"})


def read_policy(override: str | None) -> Policy:
    """The shipped rows with the text's values on top; raises `OfficeFileRejected` with every fault."""
    shipped = tomllib.loads(resources.files("mailbot.domain").joinpath(FILE).read_text(encoding="utf-8"))
    faults: list[Fault] = []
    merged = _overridden(shipped, _parse(override, faults), faults) if override else shipped
    root = _Reader(merged, "", faults)
    settings = root.table("settings")
    kinds = root.table("kinds")
    rules = {kind: _rule(kind, kinds.table(kind.value)) for kind in ObligationKind}
    policy = _policy(settings, rules)
    if faults:
        raise OfficeFileRejected(faults)
    return policy


def _parse(text: str, faults: list[Fault]) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(sheet=FILE, row=None, column=None, message=f"no es TOML válido: {error}"))
        return {}


def _overridden(shipped: Table, over: Table, faults: list[Fault]) -> Table:
    """The shipped rows with the office's values; a limit of its own brings its own clock."""
    merged = _merge(shipped, over, where="", faults=faults)
    kinds, own = merged.get("kinds"), over.get("kinds")
    if not isinstance(kinds, dict) or not isinstance(own, dict):
        return merged
    rows = {name: row for name, row in own.items() if isinstance(row, dict) and "limit" in row and "clock" not in row}
    unsaid = {
        name: {column: value for column, value in kinds[name].items() if column != "clock"}
        for name in rows
        if name in kinds
    }
    return {**merged, "kinds": {**kinds, **unsaid}}


def _merge(base: Table, over: Table, *, where: str, faults: list[Fault]) -> dict[str, object]:
    """The base with the other's values; a name that the base does not know is a fault."""
    result = dict(base)
    for name, value in over.items():
        place = f"{where}{name}"
        old = base.get(name)
        if isinstance(old, dict) and not isinstance(value, dict):
            faults.append(_fault(place, "debe ser una tabla"))
        elif isinstance(old, dict) and isinstance(value, dict) and name not in _FREE:
            result[name] = _merge(old, value, where=f"{place}.", faults=faults)
        elif isinstance(old, dict) and isinstance(value, dict):
            result[name] = {**old, **value}
        elif old is None and not (where.startswith("kinds.") and name in _RULE_KEYS):
            faults.append(_fault(place, f"nombre desconocido; aquí se admiten {', '.join(sorted(base))}"))
        else:
            result[name] = value
    return result


# Tables whose names are values themselves, checked when they are read.
_FREE = frozenset({"opens", "lead_hours"})
# What a row may say although its shipped form does not.
_RULE_KEYS = frozenset(KindRule.__dataclass_fields__) - {"kind"}


def _fault(column: str, message: str) -> Fault:
    return Fault(sheet=FILE, row=None, column=column or None, message=message)


class _Reader:
    """One table: takes values by name and type, and notes what is missing or wrong."""

    def __init__(self, table: Table, where: str, faults: list[Fault]) -> None:
        self._table, self._where, self._faults = table, where, faults

    def table(self, name: str) -> "_Reader":
        value = self._table.get(name, {})
        place = f"{self._where}{name}."
        if isinstance(value, dict):
            return _Reader(value, place, self._faults)
        self._faults.append(_fault(place.rstrip("."), "debe ser una tabla"))
        return _Reader({}, place, self._faults)

    def names(self) -> tuple[str, ...]:
        return tuple(self._table)

    def refuse(self, name: str, message: str) -> None:
        self._faults.append(_fault(f"{self._where}{name}", message))

    def get(self, name: str, default: T) -> T:
        """The value, of the type that the default has; a whole number will do for a decimal."""
        value = self._table.get(name, default)
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is type(default):
            return value
        self.refuse(name, f"«{value}» no es {_TYPE_NAMES[type(default)]}")
        return default

    def whole(self, name: str, default: int, *, least: int) -> int:
        """A whole number that is not less than `least`."""
        value = self.get(name, default)
        if value >= least:
            return value
        self.refuse(name, f"«{value}» debe ser {least} o más")
        return default

    def limit(self, name: str) -> Limit | None:
        """A limit as people write it; None when it is not given."""
        text = self.get(name, "")
        return self.read(name, text, Limit.parse) if text else None

    def one(self, name: str, default: E) -> E:
        """A member of an enumeration."""
        text = self.get(name, default.value)
        return self.read(name, text, type(default)) or default

    def many(self, name: str, enum: type[E]) -> tuple[E, ...]:
        """Several members of an enumeration."""
        found = (self.read(name, text, enum) for text in self.texts(name))
        return tuple(member for member in found if member is not None)

    def texts(self, name: str) -> tuple[str, ...]:
        """Several texts."""
        values: list[object] = self.get(name, [])
        if all(isinstance(value, str) for value in values):
            return tuple(str(value) for value in values)
        self.refuse(name, "debe ser una lista de textos")
        return ()

    def read(self, name: str, text: str, make: Callable[[str], T]) -> T | None:
        """The value that `make` gives; its refusal becomes a fault."""
        try:
            return make(text)
        except ValueError as error:
            allowed = f"; se admite {', '.join(make)}" if isinstance(make, type) and issubclass(make, StrEnum) else ""
            self.refuse(name, f"«{text}» no se admite{allowed}" if allowed else str(error))
            return None


_TYPE_NAMES: Mapping[type, str] = {
    str: "un texto",
    bool: "true o false",
    int: "un número entero",
    float: "un número",
    list: "una lista",
    time: "una hora (18:00:00)",
}


def _rule(kind: ObligationKind, row: _Reader) -> KindRule:
    if unknown := set(row.names()) - _RULE_KEYS:
        row.refuse(sorted(unknown)[0], "nombre desconocido")
    return KindRule(
        kind=kind,
        title=row.get("title", ""),
        annex_row=row.get("annex_row", 0),
        owner=row.one("owner", Owner.ESC),
        limit=row.limit("limit"),
        clock=row.one("clock", Clock.WORKING) if "clock" in row.names() else None,
        opens=_opening(row.table("opens")),
        replaces=row.many("replaces", ObligationKind),
        modifiers=row.many("modifiers", Modifier),
        stops=row.many("stops", Stop),
        pauses=row.many("pauses", Standstill),
        is_urgent=row.get("is_urgent", False),
        ladder=row.many("ladder", Step) if "ladder" in row.names() else tuple(Step),
        other_limit=row.limit("other_limit"),
        urgent_milestones=row.many("urgent_milestones", Milestone),
        owner_day=row.whole("owner_day", 0, least=0),
        supervisor_day=row.whole("supervisor_day", 0, least=0),
        head_days_before_legal=row.whole("head_days_before_legal", 0, least=0),
        owner_marks=_marks(row),
        supervisor_from=row.whole("supervisor_from", 0, least=0),
        head_from=row.whole("head_from", 0, least=0),
    )


def _opening(row: _Reader) -> Opening:
    if unknown := set(row.names()) - set(Opening.__dataclass_fields__):
        row.refuse(sorted(unknown)[0], "nombre desconocido")
    return Opening(
        categories=row.many("categories", Category),
        topics=row.many("topics", Topic),
        roles=row.many("roles", Role),
        contingency=row.get("contingency", False),
        needs_reply=row.get("needs_reply", False),
        milestones=row.many("milestones", Milestone),
        told_by_client=row.get("told_by_client", False),
        dates=row.many("dates", StartDate),
        own_mail=row.get("own_mail", False),
        third_party_invoice=row.get("third_party_invoice", False),
    )


def _marks(row: _Reader) -> tuple[int, ...]:
    values: list[object] = row.get("owner_marks", [])
    numbers = [value for value in values if isinstance(value, int) and value >= 0]
    if len(numbers) != len(values):
        row.refuse("owner_marks", "debe ser una lista de días (números enteros)")
    return tuple(sorted(numbers, reverse=True))


def _policy(settings: _Reader, rules: Mapping[ObligationKind, KindRule]) -> Policy:
    eta = settings.table("eta")
    return Policy(
        rules=rules,
        reminder_share=_share(settings),
        bundle=timedelta(minutes=settings.whole("bundle_minutes", 10, least=0)),
        last_call=timedelta(minutes=settings.whole("last_call_minutes", 30, least=0)),
        working_day_reading=settings.one("working_day_reading", WorkingDayReading.DAY),
        urgent_at_once=settings.get("urgent_at_once", False),
        ask_timeout=settings.limit("ask_timeout") or Limit.parse("2 h hábiles"),
        dated_due_time=settings.get("dated_due_time", time(18)),
        acknowledgement_stops_reply=settings.get("acknowledgement_stops_reply", False),
        lead=_lead(eta.table("lead_hours")),
        eta_floor=_floor(eta),
        leaving_regimes=frozenset(eta.texts("leaving_regimes")),
        status_ended=tuple(state.casefold() for state in settings.table("status").texts("ended_states")),
    )


def _share(settings: _Reader) -> float:
    share = settings.get("reminder_share", 0.8)
    if not 0 < share <= 1:
        settings.refuse("reminder_share", f"«{share}» debe estar entre 0 y 1")
    return share


def _floor(eta: _Reader) -> Limit:
    floor = eta.limit("floor") or Limit.parse("4 h hábiles")
    try:
        _ = floor.span
    except ValueError as error:
        eta.refuse("floor", str(error))
    return floor


def _lead(row: _Reader) -> Mapping[Transport, timedelta]:
    for name in row.names():
        row.read(name, name, Transport)
    return {way: timedelta(hours=row.whole(way.value, 24, least=0)) for way in Transport}
