"""Readers for the cells that hold terms of the trade: orders, RUC, DAM, containers, programmes.

Identifiers are brought to the normal form of `mailbot.domain.identifiers`. A wrong check digit of
a RUC is refused, since a RUC is a key; one of a container or AWB is taken, since such numbers do
exist on real boxes and papers, and `doubts` names it.
"""

import re
from datetime import time

from mailbot.domain.calendars import parse_windows
from mailbot.domain.identifiers import (
    REGIMES,
    compact,
    has_valid_check,
    is_full,
    normal_awb,
    normal_dam,
    normal_order,
)
from mailbot.domain.labels import ReferenceKind
from mailbot.domain.limits import Limit
from mailbot.domain.programmes import parse_frequency
from mailbot.records.cells import Cell, CellRejected, parts_of, plain, text_of
from mailbot.records.states import known_state

_ADDRESS = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_PUBLIC_PROVIDER = re.compile(
    r"(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|rocketmail|icloud|me|mac|aol|gmx|zoho|proton|protonmail"
    r"|mail|terra|latinmail|yandex|tutanota|fastmail)"
    r"\.(?:com|net|es|me|eu|de|pe|cl|fr|it|ru|com\.pe|com\.mx|com\.ar|com\.br|com\.co|co\.uk)"
)


def code(cell: Cell) -> str | None:
    """A staff code: one word."""
    text = text_of(cell)
    if " " in text or len(text) > 40:
        raise CellRejected(f"el código «{text}» debe ser una sola palabra corta, por ejemplo ESC01")
    return text or None


def address(cell: Cell) -> str:
    """One mail address, in lower case."""
    text = text_of(cell)
    if text and not is_address(text.lower()):
        raise CellRejected(f"«{text}» no es un correo; escriba solo la dirección, por ejemplo nombre@empresa.com")
    return text.lower()


def is_address(text: str) -> bool:
    """Whether a text in lower case has the form of one mail address."""
    return bool(_ADDRESS.fullmatch(text)) and ".." not in text and not text.startswith(".") and ".@" not in text


def addresses(cell: Cell) -> tuple[str, ...]:
    """Several mail addresses."""
    return tuple(dict.fromkeys(address(part) for part in parts_of(cell)))


def domains(cell: Cell) -> tuple[str, ...]:
    """Mail domains of a client; those of public providers belong to everybody and are refused."""
    return tuple(dict.fromkeys(_domain(part.lower().removeprefix("@")) for part in parts_of(cell)))


def _domain(text: str) -> str:
    if not _DOMAIN.fullmatch(text):
        raise CellRejected(f"«{text}» no es un dominio; escriba lo que va después de la @, por ejemplo empresa.com.pe")
    if is_public_provider(text):
        raise CellRejected(
            f"«{text}» es un correo público que usa cualquiera; quítelo y ponga esas direcciones en la hoja Contactos"
        )
    return text


def is_public_provider(domain: str) -> bool:
    """Whether a domain gives mailboxes to anybody."""
    return bool(_PUBLIC_PROVIDER.fullmatch(domain))


def ruc(cell: Cell) -> str:
    """A RUC: eleven digits with a right check digit."""
    text = text_of(cell)
    digits = compact(text)
    if not digits:
        return ""
    if not re.fullmatch(r"\d{11}", digits):
        raise CellRejected(f"el RUC «{text}» debe tener 11 dígitos")
    if not has_valid_check(ReferenceKind.RUC, digits):
        raise CellRejected(f"el RUC «{text}» no existe: su dígito de control no cuadra; revise los dígitos")
    return digits


def order(cell: Cell) -> str:
    """A dispatch order in the form `AAAA-NNNNNN`."""
    text = text_of(cell)
    value = normal_order(text) if text else ""
    if value and not re.fullmatch(r"20\d{2}-\d{6}", value):
        raise CellRejected(f"la orden «{text}» no se entiende; escríbala con su año, por ejemplo 2026-004512")
    return value


def regime(cell: Cell) -> str:
    """A customs regime of two digits (`domain.md` 2.3)."""
    text = text_of(cell)
    if text and text not in REGIMES:
        raise CellRejected(f"el régimen «{text}» no existe; use uno de {', '.join(sorted(REGIMES))}")
    return text


def customs_office(cell: Cell) -> str:
    """A customs office: three digits, the leading zeros that Excel drops put back."""
    text = text_of(cell)
    if text and not re.fullmatch(r"\d{2,3}", text):
        raise CellRejected(f"la aduana «{text}» debe ser su código de tres dígitos, por ejemplo 118")
    return text.zfill(3) if text else ""


def dam(cell: Cell) -> str | None:
    """A DAM in its normal form, `AAA-YYYY-RR-NNNNNN`; its tail is not kept."""
    text = text_of(cell)
    if not text:
        return None
    value = normal_dam(text)
    if not is_full(ReferenceKind.DAM, value) or not re.fullmatch(r"\d{3}-20\d{2}-\d{2}-\d{6}", value):
        raise CellRejected(f"la DAM «{text}» no se entiende; escríbala completa, por ejemplo 118-2026-10-084512")
    if value[9:11] not in REGIMES:
        raise CellRejected(f"la DAM «{text}» lleva un régimen que no existe ({value[9:11]}); revísela")
    return value


def waybills(cell: Cell) -> tuple[str, ...]:
    """Air waybills, master and house; the airline's own in the form `139-12345675`."""
    return tuple(dict.fromkeys(_waybill(part) for part in parts_of(cell)))


def _waybill(text: str) -> str:
    value = normal_awb(text)
    return value if re.fullmatch(r"\d{3}-\d{8}", value) else text.upper()


def bills(cell: Cell) -> tuple[str, ...]:
    """Bills of lading, master and house, in capitals."""
    return tuple(dict.fromkeys(part.upper() for part in parts_of(cell)))


def containers(cell: Cell) -> tuple[str, ...]:
    """Containers (ISO 6346) without blanks and hyphens."""
    return tuple(dict.fromkeys(_container(part) for part in parts_of(cell)))


def _container(text: str) -> str:
    value = compact(text)
    if not re.fullmatch(r"[A-Z]{3}[UJZ]\d{7}", value):
        raise CellRejected(
            f"el contenedor «{text}» no tiene la forma de cuatro letras y siete dígitos, por ejemplo CSQU3054383"
        )
    return value


def state(cell: Cell) -> str:
    """A state of `domain.md` 1.4."""
    text = text_of(cell)
    if not text:
        return ""
    value = known_state(text)
    if value is None:
        raise CellRejected(f"el estado «{text}» no es conocido; elija uno de la lista de la plantilla")
    return value


def limit(cell: Cell) -> str:
    """The limit of an agreement, kept as written: `48 h`, `4 h hábiles`, `2 días hábiles`."""
    text = text_of(cell)
    try:
        return text and str(Limit.parse(text)) and text
    except ValueError as error:
        raise CellRejected(str(error)) from error


def frequency(cell: Cell) -> str:
    """How often a status goes out, kept as written: `diario 09:00`, `cada 2 días 08:30`."""
    text = text_of(cell)
    try:
        return text and str(parse_frequency(text)) and text
    except ValueError as error:
        raise CellRejected(str(error)) from error


def windows(cell: Cell) -> tuple[tuple[time, time], ...]:
    """The hours worked on a holiday; `cerrado` or nothing is a closed day."""
    if isinstance(cell, time):
        raise CellRejected("se lee una sola hora; escriba «cerrado» o las horas, por ejemplo 09:00-13:00")
    if plain(text_of(cell)) in ("", "cerrado"):
        return ()
    try:
        return parse_windows(",".join(parts_of(cell)))
    except ValueError as error:
        raise CellRejected(f"{error}; escriba «cerrado» o las horas, por ejemplo 09:00-13:00") from error
