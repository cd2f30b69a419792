"""Why: for each label that holds, the sentence that spoke loudest for it, or how the mail was sent.

That is the one that most surely carries the label by itself, as people marked it in the corpus. Weights are what a
mail of that sentence alone gains in log-odds by the label's own figures, against an empty one.
"""

from __future__ import annotations

from collections.abc import Iterable

from mailbot.classify.draft import Case
from mailbot.classify.layers import Network, Scores
from mailbot.domain.labels import Category
from mailbot.domain.verdict import Reason

_LONGEST = 160


def reasons_for(labels: Iterable[str], case: Case, network: Network, scores: Scores) -> tuple[Reason, ...]:
    """One reason for each label, the strongest first."""
    found = [_reason(label, case, network, scores) for label in labels]
    return tuple(sorted((reason for reason in found if reason), key=lambda reason: -reason.weight))


def _reason(label: str, case: Case, network: Network, scores: Scores) -> Reason | None:
    if label not in network.labels:
        return None
    if label == Category.DOCUMENTS.value and case.documents:
        names = ", ".join(file.name for file in case.documents[:3])
        return Reason(label=label, because=f"adjuntos: {names}", weight=_gain(label, network, scores))
    if not case.text.sentences:
        return Reason(label=label, because=f"asunto: «{case.message.subject}»", weight=_gain(label, network, scores))
    best = int(scores.sentences[:, len(network.labels) + network.labels.index(label)].argmax())
    weight = _gain(label, network, scores, at=best)
    return Reason(label=label, because=shorten(case.text.sentences[best].text), weight=weight)


def _gain(label: str, network: Network, scores: Scores, *, at: int | None = None) -> float:
    return round(network.gain(label, scores, at), 2)


def shorten(sentence: str) -> str:
    """A sentence on one line, cut at a word when it is long."""
    line = " ".join(sentence.split())
    if len(line) <= _LONGEST:
        return line
    return line[:_LONGEST].rpartition(" ")[0] + "…"
