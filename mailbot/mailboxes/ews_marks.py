"""Shows marks on the mails of a mailbox on an Exchange server: categories, follow-up flag, our own property."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from mailbot.domain.clock import to_utc
from mailbot.domain.errors import MailboxRefused, MailChanged, MarkRefused
from mailbot.domain.marks import Colour, MarkName, Switch
from mailbot.ews.categories import EwsCategories
from mailbot.ews.client import EwsClient, EwsFolder
from mailbot.ews.failure import EwsFailure
from mailbot.ews.marking import EwsMarking, MarkedItem, Values
from mailbot.mailboxes.alike import closest, is_alike
from mailbot.mailboxes.ews_account import EwsAccount
from mailbot.mailboxes.ews_errors import is_the_mails_own, translated
from mailbot.mailboxes.ews_flags import flag_of, flag_values
from mailbot.mailboxes.ews_folders import EwsFolderNames
from mailbot.ports.marks import Ability, Look, MarkChange, MarkedMail, Wanted

# Places in Outlook's palette.
_PALETTE = {Colour.RED: 0, Colour.ORANGE: 1, Colour.YELLOW: 3, Colour.GREEN: 4, Colour.BLUE: 7}
# What changed while the last look went from folder to folder is looked at once more.
_OVERLAP = timedelta(minutes=1)


class EwsMarks:
    """The `MailMarks` over EWS; safe to use from several threads."""

    def __init__(self, account: EwsAccount, *, client: EwsClient | None = None) -> None:
        self._account = account
        self._client = client or EwsClient(account.endpoint, account.address)
        self._marking = EwsMarking(self._client)
        self._categories = EwsCategories(self._client)
        self._known = EwsFolderNames(self._client, account)

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._account.name

    def abilities(self) -> frozenset[Ability]:
        """All of them."""
        return frozenset(Ability)

    def prepare(self, colours: Mapping[str, Colour]) -> None:
        """Add what the master list lacks."""
        with translated(self._account, "preparar las categorías"):
            self._categories.add({name: _PALETTE[colour] for name, colour in colours.items()})

    def find(self, wanted: Wanted) -> MarkedMail | None:
        """By its id, which is another after a move; then by Message-ID, where it was read first."""
        with translated(self._account, "buscar el correo"):
            known = self._marking.get(wanted.item) if wanted.item else None
            found = known or self._found(wanted)
        return self._seen(found) if found else None

    def set(self, mail: MarkedMail, change: MarkChange) -> MarkedMail | None:
        """One UpdateItem with what differs, on condition that the change key is still the same."""
        marks = self._differing(mail, change)
        if not marks:
            return mail
        with translated(self._account, "marcar el correo"):
            try:
                whole = {name: value for values in marks for name, value in values.items()}
                self._update(MarkedItem(id=mail.item, change_key=mail.version), whole)
            except EwsFailure as failure:
                if failure.is_missing:
                    return None
                if not is_the_mails_own(failure, self._account):
                    raise
                self._set_apart(mail.item, marks, failure)
            found = self._marking.get(mail.item)
        return self._seen(found) if found else None

    def move(self, mail: MarkedMail, folder: str) -> MarkedMail | None:
        """Into the folder of that path or name; the mail has another id there."""
        with translated(self._account, "mover el correo"):
            target = self._folder_called(folder)
            if target is None:
                return None
            try:
                moved = self._marking.move(mail.item, target.id)
            except EwsFailure as failure:
                if failure.is_missing:
                    return None
                raise
            found = self._marking.get(moved)
        return self._seen(found) if found else None

    def look(self, folders: Collection[str], *, named: Collection[str], token: str, since: datetime) -> Look:
        """The mails of these folders modified since the newest that was seen, and all in the named folders."""
        last, called = _instant(token), _folded(named)
        with translated(self._account, "ver qué cambió"):
            there = self._known.all()
            watched = [folder.id for folder in there if folder.name in folders]
            found = list(self._marking.arrived_since(to_utc(since), _ids(there, called)))
            if last is None:
                changed = self._marking.arrived_since(to_utc(since), watched)
            else:
                changed = self._marking.modified_since(last - _OVERLAP, watched)
        newest = max((item.modified_at for item in changed if item.modified_at), default=last)
        mails = {item.id: self._seen(item) for item in (*found, *changed)}
        return Look(mails=tuple(mails.values()), token=newest.isoformat() if newest else "")

    def check(self, switches: Collection[Switch]) -> Sequence[str]:
        """Ask what the account may do in the folders and with the list of categories."""
        with translated(self._account, "ver los permisos para marcar"):
            for folder in self._known.all():
                if folder.name in self._account.folders:
                    self._check_rights(folder, switches)
        lines = ["Marcas: Exchange deja cambiar categorías y seguimiento."]
        if Switch.CATEGORIES in switches:
            lines.append(self._check_categories())
        return lines

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _update(self, item: MarkedItem, values: Values) -> None:
        try:
            self._marking.update(item, values)
        except EwsFailure as failure:
            if failure.is_conflict:
                raise MailChanged(f"Buzón «{self.name}»: alguien cambió el correo entretanto.") from failure
            raise

    def _set_apart(self, id: str, marks: Sequence[Values], whole: EwsFailure) -> None:
        """Each mark by itself, since the server takes all of a change or nothing; raises `MarkRefused` in the end."""
        for values in marks:
            item = self._marking.get(id)
            try:
                if item is not None and len(marks) > 1:
                    self._update(item, values)
            except EwsFailure as failure:
                if not is_the_mails_own(failure, self._account):
                    raise
        raise MarkRefused(f"Buzón «{self.name}»: Exchange no admite estas marcas en un correo ({whole}).") from whole

    def _found(self, wanted: Wanted) -> MarkedItem | None:
        here = self._known.id_of(wanted.key.folder)
        found = self._lying_in([here], wanted) if here else []
        if not any(is_alike(mail, wanted) for mail in found):
            # Somebody moved it, perhaps into a folder made since the folders were listed.
            found += self._lying_in([folder.id for folder in self._known.all() if folder.id != here], wanted)
        meant = closest(found, wanted)
        # A search may cut long values short and give an older change key.
        return self._marking.get(meant.item) if meant else None

    def _lying_in(self, folders: Sequence[str], wanted: Wanted) -> list[MarkedMail]:
        try:
            return [self._seen(item) for item in self._marking.by_message_id(wanted.message_id, folders)]
        except EwsFailure as failure:
            # The folder itself is gone.
            if failure.is_missing and len(folders) == 1:
                return []
            raise

    def _folder_called(self, name: str) -> EwsFolder | None:
        there = self._known.all()
        whole = (folder for folder in there if folder.name == name)
        own = (folder for folder in there if _leaf(folder.name) == name.casefold())
        return next(whole, None) or next(own, None)

    def _check_rights(self, folder: EwsFolder, switches: Collection[Switch]) -> None:
        rights = self._marking.rights(folder.id)
        lacking = [] if rights.may_modify else ["modificar"]
        if Switch.FOLDERS in switches and not rights.may_delete:
            lacking.append("mover")
        if lacking:
            raise self._refused(f"{' ni '.join(lacking)} los correos de la carpeta «{folder.name}»")

    def _refused(self, doing: str) -> MailboxRefused:
        username, address = self._account.endpoint.username or "de mailbot", self._account.address
        return MailboxRefused(
            f"Buzón «{self.name}»: la cuenta {username} puede leer {address}, pero no puede {doing}: dele "
            "«Full Access» (Add-MailboxPermission) o el rol «ApplicationImpersonation»; los pasos están en docs/ews.md."
        )

    def _check_categories(self) -> str:
        with translated(self._account, "leer las categorías del calendario"):
            rights = self._marking.rights(self._categories.folder())
            there = self._categories.names()
        if not rights.may_modify:
            raise self._refused("cambiar el calendario, donde Outlook guarda la lista de categorías")
        if there is None:
            return "Categorías: la lista de Outlook no se entiende y se deja como está; se verán sin color."
        have = _folded(there)
        lacking = [mark.value for mark in MarkName if mark.value.casefold() not in have]
        return f"Categorías por crear: {', '.join(lacking)}." if lacking else "Categorías: están todas."

    def _differing(self, mail: MarkedMail, change: MarkChange) -> list[Values]:
        """Only what differs, one for each mark; categories as a whole list, since EWS knows no other way."""
        marks: list[Values] = []
        names = _names_after(mail, change)
        if names != mail.categories:
            marks.append({"categories": names})
        if change.flag is not None and change.flag != mail.flag:
            marks.append(flag_values(change.flag, self._account.zone))
        if change.stamp is not None and change.stamp != mail.stamp:
            marks.append({"mailbot_dispatch": ";".join(change.stamp) or None})
        return marks

    def _seen(self, item: MarkedItem) -> MarkedMail:
        return MarkedMail(
            item=item.id,
            folder=self._known.name_of(item.folder),
            message_id=item.message_id,
            version=item.change_key,
            categories=item.categories,
            flag=flag_of(item, self._account.zone),
            stamp=tuple(filter(None, item.dispatch.split(";"))),
            received_at=item.received_at,
            changed_at=item.modified_at,
        )


def _names_after(mail: MarkedMail, change: MarkChange) -> tuple[str, ...]:
    gone = _folded(change.remove)
    kept = [name for name in mail.categories if name.casefold() not in gone]
    held = _folded(kept)
    return (*kept, *(name for name in change.add if name.casefold() not in held))


def _ids(folders: Iterable[EwsFolder], leaves: Collection[str]) -> Sequence[str]:
    return [folder.id for folder in folders if _leaf(folder.name) in leaves]


def _instant(token: str) -> datetime | None:
    try:
        return to_utc(datetime.fromisoformat(token))
    except ValueError:
        return None


def _leaf(folder: str) -> str:
    return folder.rpartition("/")[2].casefold()


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}
