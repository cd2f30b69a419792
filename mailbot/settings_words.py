"""The words of settings: what a value must look like, and how its faults are told to people."""

import difflib
import re
from collections.abc import Iterable
from enum import StrEnum


def said(message: str) -> str:
    """A fault of a value as pydantic tells it, for people."""
    known = {
        "Field required": "falta",
        "Input should be a valid integer, unable to parse string as an integer": "debe ser un número entero",
        "Input should be a valid boolean, unable to interpret input": "debe ser true o false",
    }
    text = message.removeprefix("Value error, ")
    text = re.sub(r"^Input should be greater than or equal to (\S+)$", r"debe ser \1 o más", text)
    text = re.sub(r"^Input should be less than or equal to (\S+)$", r"debe ser \1 o menos", text)
    text = re.sub(r"^Input should be (.*)$", r"debe ser \1", text) if text not in known else text
    return known.get(text, text).replace(" or ", " o ")


def nearest(name: str, known: Iterable[str]) -> str:
    """The name that may have been meant."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; ¿quiso decir {close[0]}?" if close else "; vea settings.example.env"


def mail_address(value: str) -> str:
    """A mail address without blanks around it; raises `ValueError` for anything else."""
    name, _, domain = value.strip().rpartition("@")
    if not name or "." not in domain or " " in value.strip():
        raise ValueError(f"«{value}» no es una dirección de correo")
    return value.strip()


def known_words(value: str, kind: type[StrEnum]) -> str:
    """Words with commas between them, each a member; raises `ValueError` that names the others."""
    known = [member.value for member in kind]
    unknown = {word.strip() for word in value.split(",") if word.strip()}.difference(known)
    if not unknown:
        return value
    raise ValueError(f"no existe {', '.join(sorted(unknown))}; hay {', '.join(known)}")
