"""What went wrong with a request to EWS, with the fields that decide what it means."""

from datetime import datetime

# The state of a synchronisation no longer holds: the folder has to be listed again.
_LOST_SYNC = frozenset({"ErrorInvalidSyncStateData", "ErrorSyncFolderNotFound"})
_MISSING = frozenset({"ErrorItemNotFound", "ErrorFolderNotFound", "ErrorMessageDisposed"})
# The item was changed after its change key was read.
_CONFLICT = frozenset({"ErrorIrresolvableConflict", "ErrorStaleObject"})
# The server is busy or ill for a moment; the request may be repeated.
_PASSING = frozenset(
    {
        "Broken",
        "ErrorServerBusy",
        "ErrorTimeoutExpired",
        "ErrorInternalServerTransientError",
        "ErrorTooManyObjectsOpened",
        "ErrorMailboxStoreUnavailable",
        "ErrorExceededConnectionCount",
        "ErrorConnectionFailed",
        "ErrorInsufficientResources",
        "ErrorMailboxMoveInProgress",
        "ErrorBatchProcessingStopped",
    }
)
_BUSY_STATUS = frozenset({429, 500, 502, 503, 504})


class EwsFailure(Exception):
    """A request did not give what was asked for. The text never quotes the server, whose words may quote a mail."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        retry_at: datetime | None = None,
        is_unsent: bool = False,
    ) -> None:
        super().__init__(message)
        # EWS's ResponseCode, or one of ours: Unreachable, Certificate, Broken, Malformed, NoToken, Online.
        self.code = code
        # Of HTTP, where the answer was none of EWS's.
        self.status = status
        self.retry_after = retry_after
        self.retry_at = retry_at
        # Nothing of the request left this machine.
        self.is_unsent = is_unsent

    @property
    def has_lost_sync(self) -> bool:
        """The sync state no longer holds."""
        return self.code in _LOST_SYNC

    @property
    def is_missing(self) -> bool:
        """What was asked for is not there (any more)."""
        return self.code in _MISSING

    @property
    def is_conflict(self) -> bool:
        """Somebody changed the item meanwhile, and nothing was done."""
        return self.code in _CONFLICT

    @property
    def is_throttled(self) -> bool:
        """The server asked to come back later, and did nothing."""
        return (
            self.code == "ErrorServerBusy"
            or self.status == 429
            or (self.status == 503 and self.retry_after is not None)
        )

    @property
    def may_pass(self) -> bool:
        """Asking again in a moment may help."""
        return self.code in _PASSING or self.status in _BUSY_STATUS
