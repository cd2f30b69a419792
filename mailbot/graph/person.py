"""A person's own login at Microsoft: by a code that is typed into any browser, kept in a file of ours.

The file holds what renews the login, so only its owner may read it. Nothing in here is ever logged.
"""

import json
import os
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailbot.domain.errors import Permanent
from mailbot.graph.app import GraphApp
from mailbot.graph.tokens import asking, checked_token, connection_of

# The mailboxes of one process share the file.
_LOCK = threading.Lock()
_TOO_LATE = {"expired_token", "authorization_pending", "code_expired"}


@dataclass(frozen=True, kw_only=True)
class DeviceCode:
    """What a person is told to type, and where."""

    url: str
    code: str
    # What msal wants back to wait for the person.
    flow: Mapping[str, Any] = field(repr=False)


class PersonTokens:
    """The tokens of who logged in with `mailbot login`, renewed from the file."""

    def __init__(
        self, app: GraphApp, *, file: Path, scope: str = "", username: str = "", http_client: Any = None
    ) -> None:
        self._app = app
        self._scope = scope or app.scope
        self._username = username
        self._http_client = http_client
        self._logins = LoginFile(file)
        self._client: Any = None

    def get(self, *, renew: bool = False) -> str:
        """The kept token while it holds, else another by the kept login."""
        with _LOCK, asking():
            client = self._opened()
            account = self._account(client)
            answer = client.acquire_token_silent_with_error([self._scope], account=account, force_refresh=renew)
            self._logins.save()
        if not answer or answer.get("error") in {"invalid_grant", "interaction_required"}:
            raise Permanent(f"La sesión de {account['username']} en Microsoft ya no vale: ejecute «mailbot login».")
        return checked_token(answer)

    def begin(self) -> DeviceCode:
        """Ask Microsoft for a code to be typed by the person."""
        with _LOCK, asking():
            flow = self._opened().initiate_device_flow(scopes=[self._scope])
        if "user_code" not in flow:
            checked_token(flow)
        return DeviceCode(url=str(flow["verification_uri"]), code=str(flow["user_code"]), flow=flow)

    def finish(self, code: DeviceCode) -> str:
        """Wait until the person typed it; who that was. Raises `Permanent` when nobody did in time."""
        with _LOCK, asking():
            answer = self._opened().acquire_token_by_device_flow(dict(code.flow))
            self._logins.save()
        if answer.get("error") in _TOO_LATE:
            raise Permanent("Nadie escribió el código a tiempo: ejecute «mailbot login» otra vez.")
        checked_token(answer)
        return str(answer.get("id_token_claims", {}).get("preferred_username", ""))

    def _opened(self) -> Any:
        """The client over what the file holds now."""
        import msal  # type: ignore[import-untyped]

        cache = self._logins.read()
        if self._client is None:
            connection = connection_of(self._app, self._http_client)
            self._client = msal.PublicClientApplication(self._app.client_id, token_cache=cache, **connection)
        return self._client

    def _account(self, client: Any) -> Any:
        """Who the mailbox belongs to, or the only one that logged in: a shared mailbox has no login of its own."""
        accounts = client.get_accounts()
        own = [one for one in accounts if str(one.get("username", "")).lower() == self._username.lower()]
        if own or len(accounts) == 1:
            return (own or accounts)[0]
        whom = f" como {self._username}" if self._username else ""
        raise Permanent(f"Nadie ha entrado en Microsoft{whom}: ejecute «mailbot login».")


class LoginFile:
    """The file in which logins are kept, as msal writes them; only its owner may read it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._cache: Any = None
        # When the file was as the cache is.
        self._changed_at = 0

    def read(self) -> Any:
        """The cache, as the file stands now: another process may have renewed a login."""
        import msal

        if self._cache is None:
            self._cache = msal.SerializableTokenCache()
        changed_at = self._file.stat().st_mtime_ns if self._file.exists() else 0
        if changed_at != self._changed_at:
            self._cache.deserialize(self._text())
            self._changed_at = changed_at
        return self._cache

    def save(self) -> None:
        """Replace the file in one step where something changed; nobody else can read it at any moment."""
        if not self._cache.has_state_changed:
            return
        try:
            handle, name = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}-")
            with os.fdopen(handle, "w", encoding="utf-8") as draft:
                draft.write(self._cache.serialize())
            Path(name).replace(self._file)
            self._changed_at = self._file.stat().st_mtime_ns
        except OSError as error:
            raise Permanent(f"No se puede escribir «{self._file}» (MAILBOT_GRAPH_TOKEN_FILE).") from error

    def _text(self) -> str:
        try:
            if self._file.stat().st_mode & 0o077:
                raise Permanent(f"«{self._file}» guarda inicios de sesión y otros lo pueden leer: póngale «chmod 600».")
            text = self._file.read_text(encoding="utf-8")
            json.loads(text)
        except (OSError, ValueError) as error:
            # What is no text is a ValueError too.
            raise Permanent(f"No se puede leer «{self._file}» (MAILBOT_GRAPH_TOKEN_FILE).") from error
        return text
