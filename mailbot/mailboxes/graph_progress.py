"""How far a folder of Graph was read, as a text that the store keeps beside the cursor.

Graph numbers nothing: a delta link says where to go on, and tells of mails again when somebody reads
or flags them. So besides the link stand short fingerprints of the mails that were handed out last.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

# More than an office changes in a mailbox between two looks; one that falls out is at worst read twice.
_KEPT = 4000
_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One folder's place in its delta; without a link the folder is listed from its beginning."""

    link: str = field(default="", repr=False)
    # What had arrived before is not mailbot's business, whoever reads or moves it now.
    since: datetime | None = None
    seen: tuple[str, ...] = field(default=(), repr=False)

    def unseen(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of the mails that were not handed out yet."""
        seen = frozenset(self.seen)
        return frozenset(mail for mail in ids if _fingerprint(mail) not in seen)

    def handed_out_since(self, ids: Iterable[str]) -> dict[str, int]:
        """Of those that were handed out, how many came after each."""
        last = len(self.seen) - 1
        places = {print_: last - number for number, print_ in enumerate(self.seen)}
        return {mail: places[_fingerprint(mail)] for mail in ids if _fingerprint(mail) in places}

    def past(self, id: str) -> "Progress":
        """The same place with one more mail handed out."""
        return replace(self, seen=(*self.seen, _fingerprint(id))[-_KEPT:])

    def at(self, link: str) -> "Progress":
        """The place where a round ended."""
        return replace(self, link=link)

    @property
    def token(self) -> str:
        """What the store keeps."""
        since = self.since.isoformat() if self.since else ""
        return json.dumps({"v": _VERSION, "link": self.link, "since": since, "seen": "".join(self.seen)})


def read_progress(token: str) -> Progress | None:
    """The place that a token tells of; None when it is none."""
    try:
        kept = json.loads(token)
        if kept["v"] != _VERSION:
            return None
        since = datetime.fromisoformat(kept["since"]).astimezone(UTC) if kept["since"] else None
        seen = str(kept["seen"])
        return Progress(
            link=str(kept["link"]), since=since, seen=tuple(seen[at : at + 8] for at in range(0, len(seen), 8))
        )
    except (ValueError, TypeError, KeyError):
        return None


def _fingerprint(id: str) -> str:
    return base64.urlsafe_b64encode(hashlib.blake2b(id.encode(), digest_size=6).digest()).decode("ascii")
