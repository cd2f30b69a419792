"""One round of a folder's synchronisation over EWS: which mails are new in it since the last one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.ews.answers import EwsItem
from mailbot.ews.client import EwsClient
from mailbot.ews.failure import EwsFailure
from mailbot.mailboxes.graph_progress import Progress


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One mail that is to be handed out."""

    id: str
    received_at: datetime
    size: int


@dataclass(frozen=True, kw_only=True)
class Round:
    """What is new in a folder, in order of arrival, and the state that the next round goes on from."""

    mails: tuple[Listed, ...]
    state: str


class EwsRounds:
    """Asks for the rounds of one mailbox."""

    def __init__(self, client: EwsClient) -> None:
        self._client = client

    def after(self, progress: Progress, *, folder: str) -> Round:
        """The round that follows; an `EwsFailure` that has lost sync when the state no longer holds."""
        told: dict[str, Listed] = {}
        state = progress.link
        while True:
            page = self._client.changes(folder, state)
            told.update((mail.id, mail) for mail in _listed(page.items, progress))
            # Some servers give the same state again though there is more to come.
            is_stuck = page.state == state
            state = page.state
            if page.is_last or is_stuck:
                break
        fresh = progress.unseen(told)
        return Round(mails=_in_order(mail for mail in told.values() if mail.id in fresh), state=state)

    def arrived(self, progress: Progress, *, folder: str, since: datetime) -> tuple[Listed, ...]:
        """Every mail that lies in the folder and arrived since, in order of arrival."""
        return _in_order(_listed(self._client.arrived(folder, since), progress))

    def with_missed(self, found: Round, missed: Iterable[Listed], *, progress: Progress) -> Round:
        """The round with mails that lie there and that no round told of."""
        told = {mail.id for mail in found.mails}
        left = {mail.id: mail for mail in missed if mail.id not in told}
        fresh = progress.unseen(left)
        return replace(found, mails=_in_order([*found.mails, *(left[id_] for id_ in left if id_ in fresh)]))

    def has_news(self, folder: str, state: str) -> bool:
        """Whether anything came or was changed since; a lost state counts as news."""
        try:
            return bool(self._client.changes(folder, state).items)
        except EwsFailure as failure:
            if failure.has_lost_sync or failure.is_missing:
                return True
            raise


def _listed(items: Iterable[EwsItem], progress: Progress) -> Iterable[Listed]:
    """The mails among the items; a contact or an appointment never arrived."""
    for item in items:
        at = item.received_at
        if item.id and at is not None and (progress.since is None or at >= progress.since):
            yield Listed(id=item.id, received_at=at, size=item.size)


def _in_order(mails: Iterable[Listed]) -> tuple[Listed, ...]:
    # Of those that arrived together the server knows the order.
    return tuple(sorted(mails, key=lambda mail: mail.received_at))
