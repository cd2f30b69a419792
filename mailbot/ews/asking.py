"""Turns what exchangelib raises into `EwsFailure`, once, and says how long to pause before asking again."""

from collections.abc import Callable, Iterator
from random import SystemRandom
from typing import Any, TypeVar

from exchangelib.errors import ErrorServerBusy, EWSError, ResponseMessageError
from exchangelib.fields import FieldPath
from exchangelib.items import Message
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from mailbot.ews.failure import EwsFailure

_FIRST_PAUSE = 0.5

Got = TypeVar("Got")


def asked(account: Any, ask: Callable[[Any], Got]) -> Got:
    """What the library raises comes out as `EwsFailure`."""
    try:
        return ask(account)
    except EWSError as error:
        raise failure_of(error) from error
    except (RequestException, HTTPError, OSError) as error:
        raise EwsFailure(f"la conexión se cortó ({type(error).__name__})", code="Broken") from error
    except (ValueError, AttributeError, LookupError) as error:
        # The library stumbles over an answer that is none.
        raise EwsFailure(f"la respuesta no se entiende ({type(error).__name__})", code="Malformed") from error


def failure_of(error: Exception) -> EwsFailure:
    """What an error of the library says, without its words."""
    if isinstance(error, ErrorServerBusy) and not str(error).startswith("Reraised"):
        seconds = error.back_off or None
        return EwsFailure("Exchange pide esperar", code="ErrorServerBusy", retry_after=seconds)
    if isinstance(error, ErrorServerBusy):
        return EwsFailure("Exchange tuvo una falla pasajera", code="ErrorInternalServerTransientError")
    if isinstance(error, ResponseMessageError):
        return EwsFailure(f"Exchange contestó {type(error).__name__}", code=type(error).__name__)
    return EwsFailure(f"la respuesta de Exchange no se entiende ({type(error).__name__})", code="Malformed")


def pause_after(failure: EwsFailure, tries: int) -> float:
    """What the server asked for, else a growing pause; a little more, so that not all come back at once."""
    asked = failure.retry_after
    seconds = asked if asked is not None else _FIRST_PAUSE * 2 ** (tries - 1)
    return seconds * SystemRandom().uniform(1.0, 1.25)


def fields_of(*names: str) -> list[Any]:
    """The fields of a message of those names, as a request wants them."""
    return [FieldPath(field=Message.get_field_by_fieldname(name)) for name in names]


def good(found: Any) -> Iterator[Any]:
    """The items of an answer; the first that is an error is raised."""
    for item in found:
        if isinstance(item, Exception):
            raise item
        yield item
