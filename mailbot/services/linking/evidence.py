"""What speaks for a dispatch, how strongly, and in which words that is told.

Each clue is a probability that the mail is about the dispatch; clues that agree are combined as
independent ones, so that more evidence never lowers a score.
"""

from collections.abc import Iterable, Sequence

from mailbot.domain.carried import carries, carries_nearly
from mailbot.domain.identifiers import is_full
from mailbot.domain.labels import ReferenceKind, ReferencePlace
from mailbot.domain.linkage import DispatchMatch, Reference
from mailbot.domain.office import Dispatch
from mailbot.services.linking.parties import Sender

_OF_KIND = {
    ReferenceKind.ORDER: 0.95,
    ReferenceKind.DAM: 0.95,
    ReferenceKind.BL: 0.93,
    ReferenceKind.AWB: 0.93,
    ReferenceKind.CONTAINER: 0.9,
    ReferenceKind.INVOICE: 0.8,
    ReferenceKind.PO: 0.75,
    ReferenceKind.VESSEL: 0.4,
}
_OF_PLACE = {
    ReferencePlace.TEXT: 1.0,
    ReferencePlace.ATTACHMENT_NAME: 0.98,
    ReferencePlace.SUBJECT: 0.98,
    ReferencePlace.ATTACHMENT: 0.9,
    ReferencePlace.QUOTED: 0.7,
    ReferencePlace.SIGNATURE: 0.5,
}
_PARTIAL, _SLIP = 0.8, 0.5
_OF_SENDER = {"contact": 0.5, "learnt": 0.45, "domain": 0.4, "office": 0.3}
_THREAD, _ONLY_OPEN, _IN_COPY = 0.75, 0.5, 0.4
_SENDER_WORDS = {
    "contact": "listed contact",
    "learnt": "sender known from an earlier answer",
    "domain": "sender's domain",
    "office": "sender of the office",
}
SAME_CONVERSATION = "same conversation"
ONLY_OPEN = "only open dispatch that fits"


def matched(
    dispatch: Dispatch, references: Iterable[Reference], sender: Sender, *, also: Sequence[str] = ()
) -> DispatchMatch:
    """A dispatch with everything that speaks for it; `also` names evidence that is no reference."""
    told = [clue for reference in references if (clue := _clue(dispatch, reference)) is not None]
    told += [_besides(words) for words in also]
    told += _of_sender(dispatch, sender)
    doubt = 1.0
    for weight, _ in told:
        doubt *= 1.0 - weight
    how = tuple(dict.fromkeys(words for _, words in told))
    return DispatchMatch(order=dispatch.order, ruc=dispatch.ruc, score=round(1.0 - doubt, 2), how=how)


def _clue(dispatch: Dispatch, reference: Reference) -> tuple[float, str] | None:
    kind, canonical = reference.kind, reference.canonical
    weight = _OF_KIND.get(kind)
    if weight is None:
        return None
    where = f"{kind} in {reference.where.replace('_', ' ')}"
    if carries(dispatch, kind, canonical):
        weight, where = (weight, where) if is_full(kind, canonical) else (_PARTIAL, f"partial {where}")
    elif carries_nearly(dispatch, kind, canonical):
        weight, where = _SLIP, f"{where}, one typing error"
    else:
        return None
    return weight * _OF_PLACE[reference.where], where


def _besides(words: str) -> tuple[float, str]:
    return (_THREAD if words == SAME_CONVERSATION else _ONLY_OPEN), words


def _of_sender(dispatch: Dispatch, sender: Sender) -> list[tuple[float, str]]:
    if sender.is_office or dispatch.ruc in sender.rucs:
        return [(_OF_SENDER[sender.how], _SENDER_WORDS[sender.how])]
    if dispatch.ruc in sender.recipients:
        return [(_IN_COPY, "client in copy")]
    return []
