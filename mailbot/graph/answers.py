"""What Graph answered, typed; and what went wrong, with the fields that decide what it means."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

# The delta token is gone; Graph's words for it differ by age of the server.
_LOST_SYNC = frozenset({"syncstatenotfound", "syncstateinvalid", "resyncrequired", "resyncchangesapplydifferences"})

JsonObject = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer."""

    status: int
    content: bytes = field(default=b"", repr=False)
    retry_after: float | None = None
    retry_at: datetime | None = None
    location: str = ""

    @property
    def body(self) -> JsonObject:
        """The object in the answer; empty when there is none."""
        try:
            found = json.loads(self.content or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def items(self) -> Sequence[JsonObject]:
        """The objects of a list."""
        listed = self.body.get("value")
        return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


class GraphFailure(Exception):
    """A request did not give what was asked for."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        retry_after: float | None = None,
        retry_at: datetime | None = None,
        is_unsent: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.retry_at = retry_at
        # Nothing of the request left this machine.
        self.is_unsent = is_unsent

    @property
    def has_lost_sync(self) -> bool:
        """The delta link no longer holds: the folder has to be listed again."""
        return self.status == 410 or self.code.lower() in _LOST_SYNC

    @property
    def is_missing(self) -> bool:
        """What was asked for is not there (any more)."""
        return self.status == 404


def failure_of(answer: Answer) -> GraphFailure:
    """The failure that an answer of 300 or more tells of; Graph's code, never its text, which may quote a mail."""
    error = answer.body.get("error")
    code = text(error, "code") if isinstance(error, dict) else ""
    return GraphFailure(
        f"Graph contestó {answer.status} {code}".strip(),
        status=answer.status,
        code=code,
        retry_after=answer.retry_after,
        retry_at=answer.retry_at,
    )


def text(item: JsonObject, name: str) -> str:
    """A string of an object, empty when it is missing."""
    found = item.get(name)
    return found if isinstance(found, str) else ""


def number(item: JsonObject, name: str) -> int:
    """A whole number of an object, 0 when it is missing."""
    found = item.get(name)
    return found if isinstance(found, int) else 0


def moment(item: JsonObject, name: str) -> datetime | None:
    """An instant of an object in UTC; None when it is missing or none."""
    try:
        found = datetime.fromisoformat(text(item, name))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
