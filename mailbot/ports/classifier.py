"""Who says what a message is. One implementation is the trained model; tests use a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from mailbot.domain.message import Message
from mailbot.domain.verdict import Verdict


class SenderRole(StrEnum):
    """What the office knows of a sender before reading a word."""

    # A listed contact or the domain of a client.
    CLIENT = "client"
    # A person or mailbox of the broker itself.
    OFFICE = "office"
    # The Archivo mailbox of the broker.
    ARCHIVE = "archive"
    # The broker's own alert system.
    ALERTS = "alerts"
    # Nobody the office knows: a forwarder, line, depot, supplier or stranger.
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class ClassifierInput:
    """A message with what is known of its sender."""

    message: Message
    sender: SenderRole = SenderRole.UNKNOWN
    # What could be read inside attachments, by attachment path; it helps to tell their types.
    texts: Mapping[str, str] = field(default_factory=dict)


class Classifier(Protocol):
    """Gives verdicts; pure after loading, safe to call from several threads."""

    def classify(self, inputs: Sequence[ClassifierInput]) -> Sequence[Verdict]:
        """One verdict for each input, in order. Never raises for any message."""
        ...
