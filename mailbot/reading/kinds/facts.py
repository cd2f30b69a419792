"""What the rules of this package look at: gathered once a mail, cheap where nothing is special."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailbot.domain.message import Address
from mailbot.reading.mime.tree import Part


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A mail as the rules see it; `headers` holds the first value by name in lower case."""

    sender: Address
    subject: str
    text: str
    headers: Mapping[str, str]
    # None for a record that never was a mail on the wire.
    root: Part | None = None

    def value(self, name: str) -> str:
        """A header's value in lower case; empty where there is none."""
        return self.headers.get(name, "").strip().lower()

    @property
    def local_part(self) -> str:
        """The sender's name before the @, in lower case."""
        return self.sender.key.partition("@")[0]

    @property
    def has_null_return_path(self) -> bool:
        """An empty envelope sender: reports and automatic answers have it (RFC 5321 section 4.5.5)."""
        return "return-path" in self.headers and self.headers["return-path"].strip() in {"<>", ""}
