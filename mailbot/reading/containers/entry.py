"""What containers hold, and how much of it one mail may make us unpack."""

from dataclasses import dataclass, field

from mailbot.reading.limits import ReadingLimits


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file found inside a container; `content` is None when it could not be unpacked."""

    name: str
    type: str = "application/octet-stream"
    content: bytes | None = field(repr=False)
    # The size the container states, for what was not unpacked.
    stated_size: int = 0
    content_id: str | None = None
    inline: bool = False


@dataclass(slots=True)
class Budget:
    """What is left to unpack in one mail; shared by all its containers, so that many small ones cost no more."""

    entries: int
    bytes: int
    ratio: int
    nesting: int
    defects: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, limits: ReadingLimits) -> "Budget":
        """A fresh budget within the limits."""
        return cls(
            entries=limits.container_entries,
            bytes=limits.container_bytes,
            ratio=limits.container_ratio,
            nesting=limits.container_nesting,
        )

    def note(self, defect: str) -> None:
        """Record once what was left out."""
        if defect not in self.defects:
            self.defects.append(defect)

    def take_entry(self) -> bool:
        """Whether one more file may be listed."""
        self.entries -= 1
        if self.entries < 0:
            self.note("more files inside containers than the limit; the rest was left out")
        return self.entries >= 0

    def take_bytes(self, count: int) -> bool:
        """Whether that many unpacked bytes more may be read."""
        if count > self.bytes:
            self.note("more bytes inside containers than the limit; the rest was not unpacked")
            return False
        self.bytes -= count
        return True
