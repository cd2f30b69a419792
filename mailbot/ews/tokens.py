"""Access tokens for EWS, as a command prints them. No token is ever logged."""

import threading

from mailbot.domain.errors import Permanent, Transient
from mailbot.ews.failure import EwsFailure
from mailbot.login import access_token


class CommandTokens:
    """What a command prints, kept until it is refused."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._token = ""

    def get(self) -> str:
        """The kept token, or a new one; an `EwsFailure` when there is none."""
        with self._lock:
            if not self._token:
                try:
                    self._token = access_token(self._command)
                except Transient as error:
                    raise EwsFailure(str(error), code="NoToken", is_unsent=True) from error
                except Permanent as error:
                    raise EwsFailure(str(error), code="NoToken", status=401, is_unsent=True) from error
            return self._token

    def forget(self) -> None:
        """The last one was refused."""
        with self._lock:
            self._token = ""
