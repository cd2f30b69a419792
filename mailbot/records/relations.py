"""What has to hold between the sheets: codes, RUC, roles, periods, and what a regime asks for.

A row that already has a fault still counts as being there, so that one slip is not reported twice.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from mailbot.domain.office import Role
from mailbot.records.rows import FieldRow, SheetReading, nearest

Readings = Mapping[str, SheetReading]

# `contract.md`, the office file's rules.
REGIMES_WITH_MODALITY = frozenset({"10", "18", "20", "21", "70"})
_PERIODS = {"Personal": ("absent_from", "absent_until"), "Acuerdos": ("since", "until")}
_SHEETS_OF_CLIENTS = ("Contactos", "Acuerdos", "Despachos", "Status")


def check_relations(
    readings: Readings, *, known_rucs: Collection[str] | None = None, known_contacts: Collection[str] = ()
) -> None:
    """Add to each reading the faults that only show beside other rows.

    `known_rucs` stands for the clients when their sheet is not part of the file, `known_contacts` names
    the clients whose contacts are known when theirs is not.
    """
    if "Personal" in readings:
        check_staff(readings["Personal"])
    if {"Personal", "Clientes"} <= readings.keys():
        _check_owners(readings["Clientes"], readings["Personal"])
        _check_domains(readings, known_contacts)
    _check_rucs(readings, known_rucs)
    for name, (start, end) in _PERIODS.items():
        if name in readings:
            _check_period(readings[name], start, end)
    if "Despachos" in readings:
        _check_modality(readings["Despachos"])


def check_staff(staff: SheetReading) -> None:
    """Chiefs and deputies exist, nobody is their own, chiefs form no ring, no address is shared."""
    codes = _by_code(staff)
    for row in staff.rows:
        for name in ("chief", "deputy"):
            _check_code(row, name, staff, codes)
    _check_ring(staff, codes)
    _check_addresses(staff)


def _by_code(staff: SheetReading) -> dict[str, FieldRow]:
    return {row.text("code").casefold(): row for row in staff.rows if row.text("code")}


def _check_code(row: FieldRow, name: str, reading: SheetReading, codes: Mapping[str, FieldRow]) -> FieldRow | None:
    """The person a code names; a code nobody has, or one's own, is a fault."""
    code = row.text(name)
    if not code:
        return None
    found = codes.get(code.casefold())
    if found is None:
        hint = nearest(code, [person.text("code") for person in codes.values()])
        reading.refuse(f"el código «{code}» no está en Personal{hint}", row=row.number, field=name)
    elif found is row:
        reading.refuse(f"«{code}» es la misma persona; ponga otra o deje la celda vacía", row=row.number, field=name)
    return found


def _check_ring(staff: SheetReading, codes: Mapping[str, FieldRow]) -> None:
    for row in staff.rows:
        seen, at = {row.number}, codes.get(row.text("chief").casefold())
        while at is not None and at.number not in seen:
            seen.add(at.number)
            at = codes.get(at.text("chief").casefold())
        if at is row and len(seen) > 1:
            message = f"los jefes forman un círculo que vuelve a «{row.text('code')}»; corrija uno"
            staff.refuse(message, row=row.number, field="chief")


def _check_addresses(staff: SheetReading) -> None:
    first: dict[str, FieldRow] = {}
    for row in staff.rows:
        address = row.text("address")
        other = first.setdefault(address, row) if address else row
        if other is not row and other.text("code").casefold() != row.text("code").casefold():
            message = f"el correo ya es de «{other.text('code')}» (fila {other.number}); cada persona tiene el suyo"
            staff.refuse(message, row=row.number, field="address")


def _check_owners(clients: SheetReading, staff: SheetReading) -> None:
    codes = _by_code(staff)
    for row in clients.rows:
        for name, role in (("esc", Role.ESC), ("asc", Role.ASC)):
            person = _check_code(row, name, clients, codes)
            found = person.values.get("role") if person else None
            if person and isinstance(found, Role) and found is not role:
                message = f"«{person.text('code')}» tiene el rol {found.value}; aquí va alguien con rol {role.value}"
                clients.refuse(message, row=row.number, field=name)


def _check_domains(readings: Readings, known_contacts: Collection[str]) -> None:
    """A client is recognised by something, and never by the office's own domain."""
    clients = readings["Clientes"]
    own = {row.text("address").rpartition("@")[2] for row in readings["Personal"].rows if row.text("address")}
    contacts = readings.get("Contactos")
    listed = {row.text("ruc") for row in contacts.rows} if contacts else set(known_contacts)
    for row in clients.rows:
        domains = row.values.get("domains")
        if domains == () and row.text("ruc") and row.text("ruc") not in listed:
            message = "sin dominios no se reconoce a este cliente; ponga uno, o liste sus correos en la hoja Contactos"
            clients.refuse(message, row=row.number, field="domains")
        for domain in own.intersection(domains if isinstance(domains, tuple) else ()):
            message = f"«{domain}» es el dominio de la propia agencia (hoja Personal); quítelo"
            clients.refuse(message, row=row.number, field="domains")


def _check_rucs(readings: Readings, known_rucs: Collection[str] | None) -> None:
    if "Clientes" in readings:
        known_rucs = {row.text("ruc") for row in readings["Clientes"].rows}
    if known_rucs is None:
        return
    for reading in _those(readings, _SHEETS_OF_CLIENTS):
        for row in reading.rows:
            ruc = row.text("ruc")
            if ruc and ruc not in known_rucs:
                # Any two RUC share half their digits: only a slip or two makes one a likely other.
                hint = nearest(ruc, known_rucs, likeness=0.9)
                message = f"el RUC {ruc} no está en la hoja Clientes{hint}"
                reading.refuse(message, row=row.number, field="ruc")


def _those(readings: Readings, names: Iterable[str]) -> list[SheetReading]:
    return [readings[name] for name in names if name in readings]


def _check_period(reading: SheetReading, start: str, end: str) -> None:
    for row in reading.rows:
        since, until = row.values.get(start), row.values.get(end)
        if isinstance(since, date) and isinstance(until, date) and until < since:
            heading = reading.form.column(start).heading
            reading.refuse(f"termina antes de empezar; revise {heading} y esta fecha", row=row.number, field=end)


def _check_modality(dispatches: SheetReading) -> None:
    for row in dispatches.rows:
        regime = row.text("regime")
        if regime in REGIMES_WITH_MODALITY and row.values.get("modality", ...) is None:
            message = f"el régimen {regime} la necesita; elija anticipado, diferido o urgente"
            dispatches.refuse(message, row=row.number, field="modality")


def settle_codes(readings: Readings) -> Callable[[object], object]:
    """A function that gives a staff code the spelling it has in `Personal`."""
    codes = {key: row.text("code") for key, row in _by_code(readings["Personal"]).items()}
    return lambda code: codes.get(code.casefold(), code) if isinstance(code, str) else code
