"""Shows marks on the mails of any IMAP mailbox: a keyword per category, \\Flagged for what is owed.

IMAP knows no due date, no completed flag and no property of our own. The connection is this adapter's own: the
one that reads mail never opens a folder for writing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.errors import MailboxRefused, MailChanged, MarkRefused
from mailbot.domain.marking import is_order
from mailbot.domain.marks import Colour, Flag, FlagState, MarkName, Switch
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_finding import Lying, find_mail, lying, mail_at, mail_in, mails_named
from mailbot.mailboxes.imap_link import ImapLink
from mailbot.mailboxes.imap_looking import FlagHistory, looked_at
from mailbot.mailboxes.imap_marking import FLAGGED, MOST_KEYWORDS, Keeping, MarkingConnection, Selected
from mailbot.ports.marks import Ability, Look, MarkChange, MarkedMail, Wanted


@dataclass(frozen=True, kw_only=True)
class _Flags:
    """What a change comes to in flags, each in the server's own spelling where it has one."""

    come: tuple[str, ...]
    gone: tuple[str, ...]


class ImapMarks:
    """The `MailMarks` over IMAP. Connects when first asked; safe to use from several threads."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._link = ImapLink(account, MarkingConnection)
        self._history = FlagHistory()
        self._can: frozenset[Ability] | None = None

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._account.name

    def abilities(self) -> frozenset[Ability]:
        """What the first folder keeps for good; asks the server once."""
        if self._can is None:
            self._can = _abilities(self._link.run(self._first).keeping)
        return self._can

    def prepare(self, colours: Mapping[str, Colour]) -> None:
        """Nothing: IMAP has no list of keywords; a mail program gives them their colours."""

    def find(self, wanted: Wanted) -> MarkedMail | None:
        """By folder, UIDVALIDITY and UID; one that was moved by its Message-ID."""
        return self._link.run(lambda connection: find_mail(connection, wanted))

    def set(self, mail: MarkedMail, change: MarkChange) -> MarkedMail | None:
        """Keywords and \\Flagged that differ, on condition that nobody changed the mail meanwhile."""
        place, flags = lying(mail.item), _flags(mail, change, self.abilities())
        if place is None:
            return None
        if not (flags.come or flags.gone):
            return mail
        return self._link.run(lambda connection: self._write(connection, place, mail, flags))

    def move(self, mail: MarkedMail, folder: str) -> MarkedMail | None:
        """Into the folder of that path or name; not where the server could not without touching other mails."""
        place = lying(mail.item)
        if place is None:
            return None
        return self._link.run(lambda connection: self._moved(connection, place, mail, folder), again=False)

    def look(self, folders: Collection[str], *, named: Collection[str], token: str, since: datetime) -> Look:
        """By the server's number of the last change where it counts them, else by comparing all flags."""

        def look(connection: MarkingConnection) -> Look:
            watched = looked_at(connection, folders, named)
            return self._history.look(connection, watched, token=token, since=since)

        return self._link.run(look)

    def check(self, switches: Collection[Switch]) -> Sequence[str]:
        """Say what the server lets be kept."""
        return self._link.run(lambda connection: self._told(connection, switches))

    def close(self) -> None:
        """Let the connection go."""
        self._link.close()

    def _first(self, connection: MarkingConnection) -> Selected:
        folder = self._account.folders[0]
        return connection.select("INBOX" if folder.upper() == "INBOX" else folder)

    def _write(self, connection: MarkingConnection, place: Lying, mail: MarkedMail, flags: _Flags) -> MarkedMail | None:
        if connection.there(place.folder) is None:
            return None
        opened = connection.select(place.folder)
        now = mail_in(connection, opened.state, place)
        if now is None:
            return None
        if now.version != mail.version:
            raise self._changed()
        if not opened.keeping.is_writable:
            raise self._read_only(place.folder)
        come = kept_names(opened.keeping, flags.come)
        self._history.touched(place.folder, place.uid)
        self._store(connection, place, _Flags(come=come, gone=flags.gone), since=_modseq(opened, mail))
        after = mail_in(connection, opened.state, place)
        if after is not None:
            self._hold(flags.come, after, place.folder)
        return after

    def _store(self, connection: MarkingConnection, place: Lying, flags: _Flags, *, since: int | None) -> None:
        """Take off, then put on; only the first is conditional, since it changes what it is held against."""
        condition = since
        for sign, names in (("-", flags.gone), ("+", flags.come)):
            if not names:
                continue
            if not connection.store(place.uid, sign, names, unless_after=condition):
                raise self._changed()
            condition = None

    def _hold(self, wanted: Sequence[str], after: MarkedMail, folder: str) -> None:
        """Raise where the server kept less than it was asked for."""
        kept = {name.casefold() for name in after.categories}
        lacking = [name for name in wanted if name != FLAGGED and name.casefold() not in kept]
        if FLAGGED in wanted and after.flag.state is not FlagState.FLAGGED:
            lacking.append(FLAGGED)
        if lacking:
            raise MarkRefused(
                f"Buzón «{self.name}»: la carpeta «{folder}» no guarda {', '.join(lacking)}. "
                f"Con Maildir, Dovecot conserva {MOST_KEYWORDS} palabras por carpeta: quite «dispatch» de "
                "MAILBOT_MARKS, o borre del servidor las que ya no se usan."
            )

    def _moved(self, connection: MarkingConnection, place: Lying, mail: MarkedMail, folder: str) -> MarkedMail | None:
        target = _folder_called(connection, folder)
        if target is None or not connection.can_move:
            return None
        if target == place.folder:
            return mail_at(connection, place)
        state = connection.there(target)
        if state is None or mail_at(connection, place) is None:
            return None
        if not connection.select(place.folder).keeping.is_writable:
            raise self._read_only(place.folder)
        connection.move(place.uid, target)
        # IMAPClient does not hand on the new uid.
        moved = mails_named(connection, mail.message_id, target, first=state.next_uid or 1)
        return max(moved, key=_uid_of, default=None)

    def _told(self, connection: MarkingConnection, switches: Collection[Switch]) -> list[str]:
        keeping = self._first(connection).keeping
        if not keeping.is_writable:
            raise self._read_only(self._account.folders[0])
        lines = [_told_keywords(keeping), _told_flag(keeping)]
        if Switch.DISPATCH in switches:
            room = MOST_KEYWORDS - len(keeping.keywords)
            lines.append(
                f"Despachos: cada orden ocupa una palabra de la carpeta, y a lo más se usan {MOST_KEYWORDS} "
                f"(quedan {max(room, 0)}); en IMAP conviene no poner «dispatch»."
            )
        if Switch.STAMP in switches:
            lines.append("Propiedad oculta («stamp»): no existe en IMAP.")
        if Switch.FOLDERS in switches:
            lines.append(f"Mover correos («folders»): {'sí' if connection.can_move else 'no, falta MOVE o UIDPLUS'}.")
        counts = "el servidor numera los cambios" if connection.can("CONDSTORE") else "se comparan todas las marcas"
        lines.append(f"Lo que cambian las personas: {counts}.")
        return lines

    def _changed(self) -> MailChanged:
        return MailChanged(f"Buzón «{self.name}»: alguien cambió el correo entretanto.")

    def _read_only(self, folder: str) -> MailboxRefused:
        return MailboxRefused(
            f"Buzón «{self.name}»: «{self._account.username}» solo puede leer «{folder}»; para marcar correos "
            "necesita permiso de escritura (ACL «w»), o quite MAILBOT_MARKS."
        )


def _abilities(keeping: Keeping) -> frozenset[Ability]:
    """Keywords where all of ours can be kept; there are no dates, no completion and no properties."""
    can = set()
    if keeping.is_writable and (keeping.takes_new or all(keeping.keeps(mark.value) for mark in MarkName)):
        can.add(Ability.CATEGORIES)
    if keeping.is_writable and keeping.keeps(FLAGGED):
        can.add(Ability.FLAGS)
    return frozenset(can)


def _flags(mail: MarkedMail, change: MarkChange, can: Collection[Ability]) -> _Flags:
    """Only what differs, as far as it can be kept."""
    leaving = {name.casefold() for name in change.remove}
    gone = [name for name in mail.categories if name.casefold() in leaving]
    held = {name.casefold() for name in mail.categories} - leaving
    come = [name for name in change.add if name.casefold() not in held and Ability.CATEGORIES in can]
    if change.flag is not None and Ability.FLAGS in can and _is_up(change.flag) != _is_up(mail.flag):
        (come if _is_up(change.flag) else gone).append(FLAGGED)
    return _Flags(come=tuple(come), gone=tuple(gone))


def _uid_of(mail: MarkedMail) -> int:
    place = lying(mail.item)
    return place.uid if place is not None else 0


def _is_up(flag: Flag) -> bool:
    """A flag that is complete is none here."""
    return flag.state is FlagState.FLAGGED


def kept_names(keeping: Keeping, names: Sequence[str]) -> tuple[str, ...]:
    """Those that the folder can keep; orders never take the room of our own few words."""
    ours = [mark.value for mark in MarkName if not keeping.keeps(mark.value)]
    room = MOST_KEYWORDS - len(keeping.keywords)
    kept = []
    for name in names:
        if keeping.keeps(name):
            kept.append(name)
        elif keeping.takes_new and not name.startswith("\\") and room > (len(ours) if is_order(name) else 0):
            kept.append(name)
            room -= 1
    return tuple(kept)


def _modseq(opened: Selected, mail: MarkedMail) -> int | None:
    """The change after which nothing may have come; None where the server counts none."""
    return int(mail.version) if opened.state.modseq is not None and mail.version.isdigit() else None


def _folder_called(connection: MarkingConnection, name: str) -> str | None:
    there = [folder for folder in connection.folders() if folder.is_selectable]
    whole = (folder.name for folder in there if folder.name == name)
    own = (folder.name for folder in there if folder.leaf.casefold() == name.casefold())
    return next(whole, None) or next(own, None)


def _told_keywords(keeping: Keeping) -> str:
    if keeping.takes_new:
        return "Categorías: el servidor guarda palabras clave (keywords); las ve quien las tenga por etiquetas."
    if all(keeping.keeps(mark.value) for mark in MarkName):
        return "Categorías: la carpeta ya tiene nuestras palabras clave (keywords)."
    return "Categorías: el servidor no guarda palabras clave (PERMANENTFLAGS); en su lugar se usa la bandera."


def _told_flag(keeping: Keeping) -> str:
    if keeping.keeps(FLAGGED):
        return "Seguimiento: bandera sin fecha (IMAP no tiene vencimientos); quitarla es darlo por hecho."
    return "Seguimiento: el servidor no guarda banderas (\\Flagged)."
