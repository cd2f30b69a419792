"""Which client and dispatches a message speaks of, how sure that is, and why."""

from dataclasses import dataclass

from mailbot.domain.labels import ReferenceKind, ReferencePlace


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A business identifier in a message: as written, and in its normal form.

    `valid` is True or False where a check digit exists, else None; a mistyped number is still one.
    """

    kind: ReferenceKind
    value: str
    canonical: str
    where: ReferencePlace
    valid: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ClientMatch:
    """The client a sender writes for; `how` is contact, domain, number, thread or learnt."""

    ruc: str
    name: str
    how: str


@dataclass(frozen=True, kw_only=True)
class DispatchMatch:
    """A dispatch with a score between 0 and 1 and the evidence, shown to people."""

    order: str
    ruc: str
    score: float
    how: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Linkage:
    """The outcome: either `dispatches`, or `candidates` to ask about, or neither."""

    client: ClientMatch | None = None
    dispatches: tuple[DispatchMatch, ...] = ()
    candidates: tuple[DispatchMatch, ...] = ()
    # Why a person is asked, in Spanish; None when nothing is.
    question: str | None = None

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders of all linked dispatches."""
        return tuple(match.order for match in self.dispatches)
