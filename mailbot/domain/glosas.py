"""Suggested entries for the broker's own system (Annex 01 row 5, `domain.md` 2.5).

The words are the sender's own, dated; what they mean for the file is for a person to judge.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from mailbot.domain.clock import LIMA
from mailbot.domain.labels import Topic
from mailbot.domain.milestones import find_milestones

# The status of the dispatch, current for the client and the support areas.
STATUS_GLOSA = "40025"
# Extra services to be invoiced: outside hours or outside the agreed scope.
EXTRA_SERVICE_GLOSA = "10110"
_LONGEST = 180
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def glosa_code(topics: Iterable[Topic]) -> str:
    """Which entry a message calls for."""
    return EXTRA_SERVICE_GLOSA if Topic.EXTRA_SERVICE in topics else STATUS_GLOSA


def glosa_text(text: str, *, received_at: datetime, subject: str = "") -> str:
    """The sentence that brings the news, with its date; else the first words, else the subject."""
    sentences = [" ".join(part.split()) for part in _SENTENCE.split(text) if part.strip()]
    news = [sentence for sentence in sentences if find_milestones(sentence)]
    words = " ".join(news) or " ".join(sentences) or " ".join(subject.split())
    if len(words) > _LONGEST:
        words = words[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
    return f"{received_at.astimezone(LIMA):%d/%m/%Y %H:%M} {words}".rstrip()
