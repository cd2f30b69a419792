"""One round of a folder's delta: which mails are new in it since the last one.

A round is listed to its end before anything is handed out, since the same mail may stand on several
of its pages and the last word counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from mailbot.graph.answers import GraphFailure, JsonObject, moment, text
from mailbot.graph.client import Call, GraphClient
from mailbot.mailboxes.graph_account import GraphAccount
from mailbot.mailboxes.graph_progress import Progress

_FIELDS = "id,receivedDateTime,parentFolderId"
# How far back the newest mails are compared, reckoned from the newest of all.
_COMPARED = timedelta(days=2)
# How many mails stand on a page; only ids travel.
_PAGE = {"Prefer": "odata.maxpagesize=200"}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One mail that is to be handed out."""

    id: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class Round:
    """What is new in a folder, in order of arrival, and where the next round goes on."""

    mails: tuple[Listed, ...]
    link: str


class GraphRounds:
    """Asks for the rounds of one mailbox."""

    def __init__(self, client: GraphClient, account: GraphAccount) -> None:
        self._client = client
        self._account = account

    def after(self, progress: Progress, *, folder: str) -> Round:
        """The round that follows; a `GraphFailure` that has lost sync when the link no longer holds."""
        told: dict[str, JsonObject] = {}
        path = progress.link or self._first_path(folder)
        while True:
            page = self._client.read(Call(method="GET", path=path, headers=_PAGE))
            told.update((text(item, "id"), item) for item in page.items)
            link = text(page.body, "@odata.deltaLink")
            if link:
                break
            path = text(page.body, "@odata.nextLink")
            if not path:
                raise GraphFailure("Graph no dijo cómo seguir la lista.", code="NoLink")
        fresh = progress.unseen(told)
        mails = self._still_there((item for mail, item in told.items() if mail in fresh), folder=folder)
        wanted = [mail for mail in mails if progress.since is None or mail.received_at >= progress.since]
        return Round(mails=_in_order(wanted), link=link)

    def left_out(self, progress: Progress, found: Round, *, folder: str) -> Round:
        """The round with the mails of the last days that neither it nor an earlier one told of."""
        return self.with_missed(found, self._recent(folder), progress=progress)

    def arrived(self, progress: Progress, *, folder: str, since: datetime) -> tuple[Listed, ...]:
        """Every mail that lies in the folder and arrived since, in order of arrival."""
        path = f"{self._account.root}/mailFolders/{folder}/messages"
        start = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        params = {"$select": _FIELDS, "$filter": f"receivedDateTime ge {start}", "$top": "100"}
        mails = self._listed(Call(method="GET", path=path, params=params))
        bound = max(since, progress.since) if progress.since is not None else since
        return _in_order(mail for mail in mails if mail.received_at >= bound)

    def with_missed(self, found: Round, missed: Iterable[Listed], *, progress: Progress) -> Round:
        """The round with mails that lie there and that no round told of."""
        told = {mail.id for mail in found.mails}
        left = {mail.id: mail for mail in missed if mail.id not in told}
        fresh = [left[id_] for id_ in progress.unseen(left)]
        wanted = [mail for mail in fresh if progress.since is None or mail.received_at >= progress.since]
        return replace(found, mails=_in_order([*found.mails, *wanted]))

    def _recent(self, folder: str) -> Iterator[Listed]:
        path = f"{self._account.root}/mailFolders/{folder}/messages"
        params = {"$select": _FIELDS, "$orderby": "receivedDateTime desc", "$top": "100"}
        newest: datetime | None = None
        for mail in self._listed(Call(method="GET", path=path, params=params)):
            newest = newest or mail.received_at
            if mail.received_at < newest - _COMPARED:
                return
            yield mail

    def _listed(self, call: Call) -> Iterator[Listed]:
        """The mails of a list, page by page; a draft has not arrived."""
        while True:
            answer = self._client.read(call)
            for item in answer.items:
                received_at = moment(item, "receivedDateTime")
                if received_at is not None:
                    yield Listed(id=text(item, "id"), received_at=received_at)
            following = text(answer.body, "@odata.nextLink")
            if not following:
                return
            call = Call(method="GET", path=following)

    def has_news(self, link: str) -> bool:
        """Whether a round would tell of anything at all; a lost link counts as news."""
        try:
            page = self._client.read(Call(method="GET", path=link, headers=_PAGE))
        except GraphFailure as failure:
            if failure.has_lost_sync:
                return True
            raise
        return bool(page.items) or bool(text(page.body, "@odata.nextLink"))

    def _first_path(self, folder: str) -> str:
        # No filter by date: Graph would stop at 5,000 mails then, and hide what is moved in later.
        return f"{self._account.root}/mailFolders/{folder}/messages/delta?$select={_FIELDS}"

    def _still_there(self, items: Iterable[JsonObject], *, folder: str) -> Iterator[Listed]:
        for item in items:
            received_at = moment(item, "receivedDateTime")
            # With immutable ids a mail that went to another folder and came back between two rounds is told
            # of as removed alone (microsoft-graph-docs-contrib issue 72); and a changed mail may come bare.
            if "@removed" in item or received_at is None:
                listed = self._look(text(item, "id"), folder=folder)
            else:
                listed = Listed(id=text(item, "id"), received_at=received_at)
            if listed is not None:
                yield listed

    def _look(self, id: str, *, folder: str) -> Listed | None:
        path = f"{self._account.root}/messages/{quote(id, safe='')}"
        try:
            item = self._client.read(Call(method="GET", path=path, params={"$select": _FIELDS})).body
        except GraphFailure as failure:
            if failure.is_missing:
                return None
            raise
        received_at = moment(item, "receivedDateTime")
        is_here = text(item, "parentFolderId") == folder
        return Listed(id=id, received_at=received_at) if is_here and received_at is not None else None


def _in_order(mails: Iterable[Listed]) -> tuple[Listed, ...]:
    return tuple(sorted(mails, key=lambda mail: (mail.received_at, mail.id)))
