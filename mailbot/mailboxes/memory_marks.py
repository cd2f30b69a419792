"""Marks of a mailbox in memory: keeps the contract whole, and lets people act in it."""

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.parser import BytesHeaderParser

from mailbot.domain.clock import to_utc
from mailbot.domain.errors import MailChanged, MarkRefused
from mailbot.domain.marks import NO_FLAG, Colour, Flag, FlagState, Switch
from mailbot.domain.message import MailKey
from mailbot.mailboxes.alike import closest
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.ports.mailbox import FetchedMail
from mailbot.ports.marks import Ability, Look, MarkChange, MarkedMail, Wanted

_ALL = frozenset(Ability)


@dataclass(frozen=True, kw_only=True)
class _Bears:
    """What one mail bears, and the number of the last change in it."""

    categories: tuple[str, ...] = ()
    flag: Flag = NO_FLAG
    stamp: tuple[str, ...] = ()
    change: int = 0


class MemoryMarks:
    """The `MailMarks` over a `MemoryMailSource`."""

    def __init__(self, source: MemoryMailSource, *, abilities: Collection[Ability] = _ALL) -> None:
        self._source = source
        self._abilities = frozenset(abilities)
        self._bears: dict[MailKey, _Bears] = {}
        self._numbers = itertools.count(1)
        # The master list: people's own colours are kept.
        self.colours: dict[str, Colour] = {}
        # Categories that the mailbox cannot keep any more.
        self.full_for: Collection[str] = ()
        # How often something was really changed.
        self.changes = 0

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._source.name

    def abilities(self) -> frozenset[Ability]:
        """Those it was made with."""
        self._source.check()
        return self._abilities

    def prepare(self, colours: Mapping[str, Colour]) -> None:
        """Add what is not in the master list."""
        self._source.check()
        if Ability.CATEGORIES in self._abilities:
            self.colours = {**colours, **self.colours}

    def find(self, wanted: Wanted) -> MarkedMail | None:
        """By key, else by Message-ID."""
        there = {mail.key: mail for mail in self._mails()}
        known = next((mail for mail in there.values() if wanted.item == _item(mail.key)), there.get(wanted.key))
        if known is not None:
            return self._seen(known)
        named = (mail for mail in there.values() if _message_id(mail) == wanted.message_id)
        return closest(map(self._seen, named), wanted)

    def set(self, mail: MarkedMail, change: MarkChange) -> MarkedMail | None:
        """Change what is named, unless it changed meanwhile."""
        found = self._lying(mail.item)
        if found is None:
            return None
        before = self._seen(found)
        if before.version != mail.version:
            raise MailChanged(f"Buzón «{self.name}»: alguien cambió el correo entretanto.")
        after = self._changed(before, change)
        if after != before:
            self.changes += 1
            self._bear(found.key, after)
        if set(change.add) & set(self.full_for):
            raise MarkRefused(f"Buzón «{self.name}»: no caben más categorías.")
        return self._seen(found)

    def move(self, mail: MarkedMail, folder: str) -> MarkedMail | None:
        """Out of one folder and into the other, with what it bears."""
        found = self._lying(mail.item)
        own_name = {path.rpartition("/")[2].casefold(): path for path in self._source.folders}
        target = folder if folder in self._source.folders else own_name.get(folder.casefold())
        return None if found is None or target is None else self._seen(self._moved(found, target))

    def look(self, folders: Collection[str], *, named: Collection[str], token: str, since: datetime) -> Look:
        """What changed after the number in the token."""
        last = int(token) if token.isdigit() else -1
        wanted = {name.casefold() for name in named}
        mails = [
            self._seen(mail)
            for mail in self._mails()
            if (mail.key.folder in folders or mail.key.folder.rpartition("/")[2].casefold() in wanted)
            and (self._of(mail.key).change > last if last >= 0 else mail.received_at >= to_utc(since))
        ]
        return Look(mails=tuple(mails), token=str(next(self._numbers)))

    def check(self, switches: Collection[Switch]) -> list[str]:
        """Say what it may do."""
        self._source.check()
        return [f"Buzón «{self.name}»: puede marcar ({', '.join(sorted(switches))})."]

    def close(self) -> None:
        """Nothing to let go."""

    def person_sets(
        self, message_id: str, *, categories: tuple[str, ...] | None = None, flag: Flag | None = None
    ) -> None:
        """The owner gives a mail other categories or another flag."""
        mail = self._by_id(message_id)
        seen = self._seen(mail)
        kept = seen.categories if categories is None else categories
        self._bear(mail.key, replace(seen, categories=kept, flag=flag or seen.flag))

    def person_moves(self, message_id: str, folder: str) -> None:
        """The owner drags a mail into a folder."""
        self._moved(self._by_id(message_id), folder)

    def person_deletes(self, message_id: str) -> None:
        """The owner deletes a mail."""
        self._source.remove(self._by_id(message_id).key)

    def marks_of(self, message_id: str) -> MarkedMail:
        """A mail as its owner sees it."""
        return self._seen(self._by_id(message_id))

    def raw_of(self, message_id: str) -> bytes | None:
        """Its bytes."""
        return self._by_id(message_id).raw

    def _changed(self, mail: MarkedMail, change: MarkChange) -> MarkedMail:
        can = self._abilities
        gone = {name.casefold() for name in change.remove}
        kept = tuple(name for name in mail.categories if name.casefold() not in gone)
        held = {name.casefold() for name in kept}
        added = tuple(name for name in change.add if name.casefold() not in held and name not in self.full_for)
        has_flag, has_stamp = change.flag is not None and Ability.FLAGS in can, change.stamp is not None
        return replace(
            mail,
            categories=kept + added if Ability.CATEGORIES in can else mail.categories,
            flag=_possible(change.flag or NO_FLAG, can) if has_flag else mail.flag,
            stamp=change.stamp or () if has_stamp and Ability.STAMPS in can else mail.stamp,
        )

    def _bear(self, key: MailKey, mail: MarkedMail) -> None:
        self._bears[key] = _Bears(
            categories=mail.categories, flag=mail.flag, stamp=mail.stamp, change=next(self._numbers)
        )

    def _moved(self, mail: FetchedMail, folder: str) -> FetchedMail:
        borne = self._of(mail.key)
        self._source.remove(mail.key)
        key = self._source.add(mail.raw or b"", at=mail.received_at, folder=folder)
        self._bears[key] = replace(borne, change=next(self._numbers))
        return replace(mail, key=key)

    def _mails(self) -> Iterator[FetchedMail]:
        for folder in self._source.folders:
            for batch in self._source.fetch(folder, None):
                yield from batch

    def _lying(self, item: str) -> FetchedMail | None:
        return next((mail for mail in self._mails() if _item(mail.key) == item), None)

    def _by_id(self, message_id: str) -> FetchedMail:
        return next(mail for mail in self._mails() if _message_id(mail) == message_id)

    def _of(self, key: MailKey) -> _Bears:
        return self._bears.get(key, _Bears())

    def _seen(self, mail: FetchedMail) -> MarkedMail:
        borne = self._of(mail.key)
        return MarkedMail(
            item=_item(mail.key),
            folder=mail.key.folder,
            message_id=_message_id(mail),
            version=str(borne.change),
            received_at=mail.received_at,
            categories=borne.categories,
            flag=borne.flag,
            stamp=borne.stamp,
        )


def _possible(flag: Flag, can: frozenset[Ability]) -> Flag:
    if flag.state is FlagState.COMPLETE and Ability.COMPLETION not in can:
        return NO_FLAG
    return flag if Ability.DUE_DATES in can else Flag(state=flag.state)


def _item(key: MailKey) -> str:
    return f"{key.folder}|{key.validity}:{key.uid}"


def _message_id(mail: FetchedMail) -> str:
    return str(BytesHeaderParser().parsebytes(mail.raw or b"").get("Message-ID", "")).strip()
