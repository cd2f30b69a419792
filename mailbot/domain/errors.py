"""The root of the error tree.

Adapters translate their library's errors into these once, at their edge. Nothing here knows a
library, a protocol or an exit code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class MailbotError(Exception):
    """Something mailbot expected to go wrong did; the text says what happened and what to do."""


class SettingsError(Exception):
    """The settings are wrong; mailbot does not start. Outside the tree, so that no handler swallows it."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Transient(MailbotError):
    """Trying again later may help; `retry_at` is the earliest moment the other side asked for."""

    def __init__(self, message: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class Permanent(MailbotError):
    """Trying again unchanged cannot help; a person has to look."""


class MailboxUnavailable(Transient):
    """The mail server cannot be reached or dropped the connection."""


class MailboxRefused(Permanent):
    """The mail server answered and said no: login, permission, or a folder that is not there."""


class MailChanged(Transient):
    """Somebody changed a mail on the server while it was to be changed; nothing was done: read it again."""


class MarkRefused(Permanent):
    """The server keeps no such mark on this one mail; what it could keep of the change was set."""


class DeliveryDeferred(Transient):
    """The sending server asked to try again later (SMTP 4xx, or no connection before DATA)."""


class DeliveryRefused(Permanent):
    """The sending server refused this mail for good (SMTP 5xx).

    When it refused some recipients only, `refused` names them and `accepted` those who got the mail.
    """

    def __init__(self, message: str, *, refused: Sequence[str] = (), accepted: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.refused = tuple(refused)
        self.accepted = tuple(accepted)


class DeliveryUncertain(Transient):
    """The connection broke after the content was handed over: it may or may not have been sent."""


class RecordsUnavailable(Transient):
    """The business records cannot be asked right now."""


class StoreUnavailable(Transient):
    """The database is out of reach or busy for too long."""


class StoreRefused(Permanent):
    """The database cannot be used: it comes from a newer version, or another service holds it."""


class MessageUnreadable(Permanent):
    """The bytes of one mail gave no reading; they are kept in quarantine."""


class ModelRefused(Permanent):
    """A model file is damaged, of another version, or holds a type that is not allowed."""


class CalendarExceeded(Permanent):
    """A working calendar was asked about a year for which it knows no holidays."""


class TemplateBroken(Permanent):
    """A mail's template cannot be rendered; the text names the file, the line and the fault."""


class InvalidTransition(MailbotError):
    """An obligation or mail was asked to go where its state does not lead: a bug."""


class UnknownName(Permanent):
    """A code, order or identifier that is not known; `nearest` holds what may have been meant."""

    def __init__(self, message: str, *, nearest: Sequence[str] = (), english: str = "") -> None:
        super().__init__(message)
        self.nearest = tuple(nearest)
        # The same for who wrote in English; in Spanish where nobody can have.
        self.english = english or message


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault in an office file; `row` and `column` are as a person sees them in the sheet."""

    sheet: str
    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        place = self.sheet
        if self.row is not None:
            place += f", fila {self.row}"
        if self.column is not None:
            place += f", columna {self.column}"
        return f"{place}: {self.message}"


class OfficeFileRejected(Permanent):
    """An office file has faults; none of it was taken."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def all_told(faults: Sequence[MailbotError]) -> MailbotError:
    """Several faults as one that tells each once; for good when one of them is, else to be tried again."""
    if len(faults) == 1:
        return faults[0]
    text = " ".join(dict.fromkeys(str(fault) for fault in faults))
    if any(not isinstance(fault, Transient) for fault in faults):
        return Permanent(text)
    moments = [fault.retry_at for fault in faults if isinstance(fault, Transient) and fault.retry_at is not None]
    return Transient(text, retry_at=min(moments, default=None))
