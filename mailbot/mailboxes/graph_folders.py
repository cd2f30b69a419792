"""Finds a mailbox's folders by the names that people see."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.domain.errors import MailboxRefused
from mailbot.graph.answers import GraphFailure, JsonObject, number, text
from mailbot.graph.client import Call, GraphClient
from mailbot.mailboxes.graph_account import GraphAccount
from mailbot.mailboxes.graph_errors import translated

# The inbox goes by this name in settings and keys, whatever the mailbox's language.
INBOX = "INBOX"
_FIELDS = {"$select": "id,displayName,childFolderCount,totalItemCount"}
# A tree deeper than this is a circle or a joke.
_DEEPEST = 10


@dataclass(frozen=True, kw_only=True)
class GraphFolder:
    """One folder; `name` is its path, with `/` between folder and folder inside."""

    id: str
    name: str
    count: int

    @property
    def leaf(self) -> str:
        """The last part of its path, by which people know it."""
        return self.name.rpartition("/")[2]


class GraphFolders:
    """The folders of one mailbox; asks when a name is not known yet."""

    def __init__(self, client: GraphClient, account: GraphAccount) -> None:
        self._client = client
        self._account = account
        self._known: dict[str, GraphFolder] = {}
        self._sent: GraphFolder | None = None

    def find(self, name: str) -> GraphFolder:
        """The folder of that name.

        Raises `MailboxRefused` with the names that exist when there is none.
        """
        if name not in self._known:
            self._learn()
        if name not in self._known:
            there = ", ".join(f"«{found}»" for found in self._known)
            raise MailboxRefused(
                f"Buzón «{self._account.name}»: no se puede abrir la carpeta «{name}». "
                f"Las carpetas que hay son: {there}."
            )
        return self._known[name]

    def sent(self) -> GraphFolder:
        """The folder that Graph itself files sent mail in."""
        if self._sent is None:
            self._learn()
        if self._sent is None:
            raise MailboxRefused(f"Buzón «{self._account.name}»: no tiene carpeta de enviados.")
        return self._sent

    def all(self) -> tuple[GraphFolder, ...]:
        """Every folder; asks the server once."""
        if not self._known:
            self._learn()
        return tuple(self._known.values())

    def name_of(self, id: str) -> str:
        """The path of the folder with that id, asked for again when it is new; its id when nobody knows it."""
        found = {folder.id: folder.name for folder in self.all()}
        if id not in found:
            self._learn()
            found = {folder.id: folder.name for folder in self.all()}
        return found.get(id, id)

    def forget(self) -> None:
        """Ask again next time: a folder was renamed or deleted."""
        self._known, self._sent = {}, None

    def _learn(self) -> None:
        with translated(self._account, "listar las carpetas"):
            inbox, sent = self._well_known("inbox"), self._well_known("sentitems")
            found = list(self._below("mailFolders", prefix="", depth=0))
        self._known = {folder.name: folder for folder in found if folder.id != inbox.id}
        self._known = {INBOX: GraphFolder(id=inbox.id, name=INBOX, count=inbox.count), **self._known}
        self._sent = next((folder for folder in found if folder.id == sent.id), sent)

    def _well_known(self, name: str) -> GraphFolder:
        path = f"{self._account.root}/mailFolders/{name}"
        return _folder(self._client.read(Call(method="GET", path=path, params=_FIELDS)).body, prefix="")

    def _below(self, path: str, *, prefix: str, depth: int) -> Iterator[GraphFolder]:
        for item in self._listed(f"{self._account.root}/{path}"):
            folder = _folder(item, prefix=prefix)
            yield folder
            if number(item, "childFolderCount") and depth < _DEEPEST:
                below = f"mailFolders/{folder.id}/childFolders"
                yield from self._below(below, prefix=f"{folder.name}/", depth=depth + 1)

    def _listed(self, path: str) -> Iterator[JsonObject]:
        call = Call(method="GET", path=path, params={**_FIELDS, "$top": "100"})
        while True:
            answer = self._client.read(call)
            yield from answer.items
            following = text(answer.body, "@odata.nextLink")
            if not following:
                return
            call = Call(method="GET", path=following)


def _folder(item: JsonObject, *, prefix: str) -> GraphFolder:
    found = text(item, "id")
    if not found:
        raise GraphFailure("Graph no dio el identificador de una carpeta.", code="NoId")
    return GraphFolder(id=found, name=f"{prefix}{text(item, 'displayName')}", count=number(item, "totalItemCount"))
