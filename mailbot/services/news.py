"""What a newer dispatch row tells that the client has to hear (Annex 01 row 1): a channel, a release, a new ETA.

The first look at a client tells nothing: what its rows show then is how things stand, not news. A row
that comes later tells what is still fresh in it, and what mail of the dispatch said already is no news.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.domain.answers import fold
from mailbot.domain.deadlines import reckon
from mailbot.domain.milestones import Milestone, find_milestones
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind
from mailbot.domain.office import Dispatch
from mailbot.domain.plan import Rules, obligation_id
from mailbot.domain.wording import say_moment
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter, ObligationFilter
from mailbot.services.scheduling import MAILBOT, scheduled

# How far back a mail may have brought what the row tells now.
_STILL_KNOWN = timedelta(days=7)
# A dispatch begins with a vessel; only another one is a change.
_CHANGES = frozenset({Milestone.VESSEL})
# The clients whose rows were looked at before: what stood in the first look is no news.
_KNOWN_CLIENTS = "milestones:clients"
# A release or delivery in a row that is seen for the first time is news for so long.
_FRESH = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class News:
    """One milestone of a row, with what it was and what it is."""

    milestone: Milestone
    before: str
    after: str


def tell_news(dispatches: Iterable[Dispatch], uow: UnitOfWork, *, rules: Rules, now: datetime) -> int:
    """Open what is owed for every row that changed since it was last seen; returns how many were opened."""
    known = _known_clients(uow)
    return sum(_of_row(dispatch, uow, rules=rules, known=known, now=now) for dispatch in dispatches)


def _known_clients(uow: UnitOfWork) -> frozenset[str]:
    """The clients that the office had at the last look; from now on it has those of today."""
    kept = json.loads(uow.facts.get(_KNOWN_CLIENTS) or "[]")
    today = sorted(client.ruc for client in uow.records.clients())
    if kept != today:
        uow.facts.set(_KNOWN_CLIENTS, json.dumps(today))
    return frozenset(kept)


def row_news(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[News]:
    """What a row tells that it did not tell before."""
    for milestone in Milestone:
        old, new = before.get(milestone, ""), after.get(milestone, "")
        if new and new != old and (old or milestone not in _CHANGES):
            yield News(milestone=milestone, before=old, after=new)


def _of_row(dispatch: Dispatch, uow: UnitOfWork, *, rules: Rules, known: frozenset[str], now: datetime) -> int:
    fact = f"milestones:{dispatch.order}"
    kept, shown = uow.facts.get(fact), _shown(dispatch, rules)
    if kept == (text := json.dumps(shown, ensure_ascii=False)):
        return 0
    uow.facts.set(fact, text)
    if kept is None and dispatch.ruc not in known:
        return 0
    told = row_news(json.loads(kept), shown) if kept is not None else _news_of_new(dispatch, shown, rules, now)
    news = [item for item in told if not _is_known(item, dispatch, uow, now)]
    return sum(_open(item, dispatch, uow, rules=rules, now=now) for item in news)


def _news_of_new(dispatch: Dispatch, shown: Mapping[str, str], rules: Rules, now: datetime) -> Iterator[News]:
    """What a row tells that is seen for the first time: an arrival that lies ahead, and what happened just now."""
    today = now.astimezone(rules.zone).date()
    happened = {
        Milestone.CHANNEL: dispatch.released_on or dispatch.numbered_on or today,
        Milestone.RELEASE: dispatch.released_on,
        Milestone.OBSERVATION: today,
        Milestone.DELIVERY: dispatch.delivered_on,
    }
    for news in row_news({}, shown):
        on = happened.get(news.milestone)
        is_ahead = news.milestone is Milestone.ETA and dispatch.eta is not None and dispatch.eta > now
        if is_ahead or (on is not None and today - on <= _FRESH):
            yield news


def _shown(dispatch: Dispatch, rules: Rules) -> dict[str, str]:
    """The milestones that a row shows, in words."""
    state = fold(dispatch.status)
    is_observed = ("aforo" in state and "observad" in state) or "notificad" in state
    return {
        Milestone.CHANNEL.value: dispatch.channel,
        Milestone.RELEASE.value: f"{dispatch.released_on:%d/%m/%Y}" if dispatch.released_on else "",
        Milestone.OBSERVATION.value: dispatch.status if is_observed else "",
        Milestone.ETA.value: say_moment(dispatch.eta, rules.zone) if dispatch.eta else "",
        Milestone.VESSEL.value: " ".join(filter(None, (dispatch.vessel, dispatch.voyage))),
        Milestone.DELIVERY.value: f"{dispatch.delivered_on:%d/%m/%Y}" if dispatch.delivered_on else "",
    }


def _is_known(news: News, dispatch: Dispatch, uow: UnitOfWork, now: datetime) -> bool:
    """Whether mail of the dispatch announced it: then the client told us, was told, or is owed word already."""
    query = MessageFilter(order=dispatch.order, since=now - _STILL_KNOWN, until=now)
    return any(
        news.milestone in find_milestones(message.new_text, subject=message.subject)
        for message in uow.messages.list(query)
    )


def _open(news: News, dispatch: Dispatch, uow: UnitOfWork, *, rules: Rules, now: datetime) -> bool:
    kind = ObligationKind.MILESTONE_NOTICE
    if any(f"{news.milestone}:" in line for item in _owed(dispatch, uow) for line in item.reckoning[:1]):
        # The client hears the newest value in the one mail that is owed anyway.
        return False
    agreements = uow.records.agreements(dispatch.ruc, kind, now.astimezone(rules.zone).date())
    deadline = reckon(
        kind,
        received_at=now,
        calendar=rules.calendar,
        policy=rules.policy,
        agreement=next(iter(agreements), None),
        is_urgent=rules.policy.is_urgent_milestone([news.milestone]),
    )
    client = uow.records.client(dispatch.ruc)
    told = f"{news.milestone}: {news.after}" + (f" (antes {news.before})" if news.before else "")
    obligation = Obligation(
        id=obligation_id(kind, dispatch.order, mark=f"{news.milestone}:{news.after}:{now.isoformat()}"),
        kind=kind,
        owner=client.esc if client else "",
        client=dispatch.ruc,
        order=dispatch.order,
        conversation=None,
        message=None,
        message_id=None,
        received_at=now,
        starts_at=deadline.starts_at,
        due_at=deadline.due_at,
        limit=deadline.limit,
        source=deadline.source,
        clock=deadline.clock,
        reckoning=(told, *deadline.reckoning),
    )
    event = ObligationEvent(obligation=obligation.id, at=now, name=EventName.OPENED, who=MAILBOT, evidence=told)
    return uow.obligations.add(scheduled(obligation, rules), event)


def _owed(dispatch: Dispatch, uow: UnitOfWork) -> Iterable[Obligation]:
    query = ObligationFilter(order=dispatch.order, kind=ObligationKind.MILESTONE_NOTICE, is_open=True)
    return uow.obligations.list(query)
