"""Finds a mailbox's folders on an Exchange server by the names that people see."""

from mailbot.domain.errors import MailboxRefused
from mailbot.ews.client import EwsClient, EwsFolder, EwsFolders
from mailbot.mailboxes.ews_account import EwsAccount
from mailbot.mailboxes.ews_errors import translated

# The inbox goes by this name in settings and keys, whatever the mailbox's language.
INBOX = "INBOX"


class EwsFolderNames:
    """The folders of one mailbox by name; asks when a name is not known yet."""

    def __init__(self, client: EwsClient, account: EwsAccount) -> None:
        self._client = client
        self._account = account
        self._found: EwsFolders | None = None
        self._by_name: dict[str, EwsFolder] = {}

    def find(self, name: str) -> EwsFolder:
        """The folder of that name.

        Raises `MailboxRefused` with the names that exist when there is none.
        """
        if name not in self._by_name:
            self._learn()
        if name not in self._by_name:
            there = ", ".join(f"«{found}»" for found in self._by_name)
            raise MailboxRefused(
                f"Buzón «{self._account.name}»: no se puede abrir la carpeta «{name}». "
                f"Las carpetas que hay son: {there}."
            )
        return self._by_name[name]

    def all(self) -> tuple[EwsFolder, ...]:
        """Every folder as it is called now."""
        self._learn()
        return tuple(self._by_name.values())

    @property
    def sent(self) -> str:
        """The name of the folder that Exchange itself files sent mail in."""
        found = self._found or self._learn()
        return self.name_of(found.sent)

    def id_of(self, name: str) -> str:
        """The id of the folder of that name; empty when there is none."""
        if name not in self._by_name:
            self._learn()
        folder = self._by_name.get(name)
        return folder.id if folder else ""

    def name_of(self, id: str) -> str:
        """The name of the folder with that id; empty when it is not known."""
        return next((name for name, folder in self._by_name.items() if folder.id == id), "")

    def forget(self) -> None:
        """Ask again next time: a folder was renamed, deleted or made."""
        self._found, self._by_name = None, {}

    def _learn(self) -> EwsFolders:
        with translated(self._account, "listar las carpetas"):
            found = self._client.folders()
        inbox = next(folder for folder in found.all if folder.id == found.inbox)
        others = {folder.name: folder for folder in found.all if folder.id != found.inbox}
        self._by_name = {INBOX: EwsFolder(id=inbox.id, name=INBOX, count=inbox.count), **others}
        self._found = found
        return found
