"""How the loopback EWS server behaves, by script."""

from collections.abc import Sequence
from dataclasses import dataclass, field

SERVICE = "servicio@broker.example"
PASSWORD = "clave-buena"  # noqa: S105 - the server's own
TOKEN = "token-bueno"  # noqa: S105 - the server's own
_KNOWN_VERSIONS = ("Exchange2013", "Exchange2013_SP1", "Exchange2016")


@dataclass(kw_only=True)
class EwsFault:
    """What happens to the next requests of an operation that matches.

    One of: `status`, an HTTP answer that is none of EWS's (None cuts the connection); `fault`, a fault of
    SOAP with that code; `code`, that ResponseCode for every item, empty for an answer without one.
    """

    match: str
    status: int | None = None
    fault: str = ""
    code: str | None = None
    back_off: int | None = None
    retry_after: int | None = None
    times: int = 1
    # The request is carried out first.
    after: bool = False
    # Nothing is answered for so long.
    delay: float = 0.0
    # Where a redirect leads.
    location: str = ""


@dataclass(kw_only=True)
class EwsScript:
    """How the server behaves; may be changed while it runs."""

    # How a login is made: basic, bearer, ntlm (whose users stand in the file of NTLM_USER_FILE) or none.
    auth: str = "basic"
    token: str = TOKEN
    faults: list[EwsFault] = field(default_factory=list)
    # Who has the role ApplicationImpersonation.
    impersonators: set[str] = field(default_factory=lambda: {SERVICE})
    # By mailbox: who else has full access.
    delegates: dict[str, set[str]] = field(default_factory=dict)
    # By mailbox, or by mailbox and folder (`ana@x.example/calendar`): which of them may only read there.
    readers: dict[str, set[str]] = field(default_factory=dict)
    # By address: through which other mailboxes mail from it may leave.
    send_as: dict[str, set[str]] = field(default_factory=dict)
    # How long a minute of a streaming connection lasts, and how often the server says that it is there.
    minute: float = 60.0
    heartbeat: float = 30.0
    version: tuple[int, int, int, int] = (15, 2, 2562, 17)
    versions: Sequence[str] = _KNOWN_VERSIONS
    largest_request: int = 64 * 1024 * 1024
    # The most subscriptions of one mailbox.
    subscriptions: int = 20
