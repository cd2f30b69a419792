"""Shows marks on the mails of a mailbox in Microsoft 365: categories, follow-up flag, our own property.

Nothing but `categories`, `flag` and that property is ever written; from 2027 on Exchange Online lets an
application with Mail.ReadWrite change no more of a mail that came in.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from mailbot.domain.clock import to_utc
from mailbot.domain.errors import MailChanged, MarkRefused
from mailbot.domain.marks import NO_FLAG, Colour, Flag, FlagState, MarkName, Switch
from mailbot.graph.answers import GraphFailure, JsonObject, moment, text
from mailbot.graph.client import Call, GraphClient
from mailbot.mailboxes.alike import closest
from mailbot.mailboxes.graph_account import GraphAccount
from mailbot.mailboxes.graph_errors import translated
from mailbot.mailboxes.graph_folders import GraphFolder, GraphFolders
from mailbot.ports.marks import Ability, Look, MarkChange, MarkedMail, Wanted

# In PS_PUBLIC_STRINGS, where any program of the office may read it.
STAMP = "String {00020329-0000-0000-C000-000000000046} Name mailbot-dispatch"
_SELECT = "id,internetMessageId,receivedDateTime,parentFolderId,categories,flag,lastModifiedDateTime,changeKey"
_EXPAND = f"singleValueExtendedProperties($filter=id eq '{STAMP}')"
_FIELDS = {"$select": _SELECT, "$expand": _EXPAND}
# Outlook's palette; a preset is a place in it.
_PRESETS = {
    Colour.RED: "preset0",
    Colour.ORANGE: "preset1",
    Colour.YELLOW: "preset3",
    Colour.GREEN: "preset4",
    Colour.BLUE: "preset7",
}
_STATES = {"notFlagged": FlagState.NONE, "flagged": FlagState.FLAGGED, "complete": FlagState.COMPLETE}
_WORDS = {state: word for word, state in _STATES.items()}
# What changed between the two questions of the last look is looked at once more.
_OVERLAP = timedelta(minutes=1)
# The permissions for it.
_MARKING, _COLOURING = "Mail.ReadWrite", "MailboxSettings.ReadWrite"
# What Graph answers to a change of a mail that somebody else changed first.
_CONFLICT = 412
# And to one that this very mail does not take.
_THE_MAILS_OWN = frozenset({400, 422})


class GraphMarks:
    """The `MailMarks` over Graph; safe to use from several threads."""

    def __init__(self, account: GraphAccount, *, client: GraphClient | None = None) -> None:
        self._account = account
        self._client = client or GraphClient(account.app)
        self._folders = GraphFolders(self._client, account)

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._account.name

    def abilities(self) -> frozenset[Ability]:
        """All of them."""
        return frozenset(Ability)

    def prepare(self, colours: Mapping[str, Colour]) -> None:
        """Add what the master list lacks."""
        path = f"{self._account.root}/outlook/masterCategories"
        with translated(self._account, "preparar las categorías", needs=_COLOURING):
            there = {text(item, "displayName").casefold() for item in self._listed(path, {"$top": "200"})}
            for name, colour in colours.items():
                if name.casefold() not in there:
                    self._add_category(path, name, colour)

    def find(self, wanted: Wanted) -> MarkedMail | None:
        """By its immutable id, which outlives a move; at first by Message-ID."""
        with translated(self._account, "buscar el correo"):
            known = self._get(wanted.item) if wanted.item else None
            if known is not None:
                return known
            named = wanted.message_id.replace("'", "''")
            params = {**_FIELDS, "$filter": f"internetMessageId eq '{named}'", "$top": "10"}
            found = [self._seen(item) for item in self._listed(f"{self._account.root}/messages", params)]
        return closest(found, wanted)

    def set(self, mail: MarkedMail, change: MarkChange) -> MarkedMail | None:
        """One PATCH with what differs, on condition that nobody changed the mail meanwhile."""
        body = _patch(mail, change)
        if not body:
            return mail
        with translated(self._account, "marcar el correo", needs=_MARKING):
            try:
                self._change(mail, body)
            except GraphFailure as failure:
                if failure.is_missing:
                    return None
                if failure.status not in _THE_MAILS_OWN:
                    raise
                self._change_apart(mail.item, body, failure)
            return self._get(mail.item)

    def move(self, mail: MarkedMail, folder: str) -> MarkedMail | None:
        """Into the folder of that path or name."""
        target = self._folder_called(folder)
        if target is None:
            return None
        call = Call(method="POST", path=f"{self._path(mail.item)}/move", json={"destinationId": target.id})
        with translated(self._account, "mover el correo", needs=_MARKING):
            try:
                self._client.ask(call)
            except GraphFailure as failure:
                if failure.is_missing:
                    return None
                raise
            return self._get(mail.item)

    def look(self, folders: Collection[str], *, named: Collection[str], token: str, since: datetime) -> Look:
        """All mails modified since the newest that was seen, whatever their folder, and those in named folders."""
        last = _instant(token)
        field = "receivedDateTime" if last is None else "lastModifiedDateTime"
        start = to_utc(since) if last is None else last - _OVERLAP
        call = {**_FIELDS, "$filter": f"{field} ge {start.strftime('%Y-%m-%dT%H:%M:%SZ')}", "$top": "100"}
        with translated(self._account, "ver qué cambió"):
            found = {mail.item: mail for mail in map(self._seen, self._listed(f"{self._account.root}/messages", call))}
            for folder in self._folders.all():
                if folder.leaf.casefold() in {name.casefold() for name in named}:
                    found |= {mail.item: mail for mail in self._lying_in(folder, since)}
        newest = max((mail.changed_at for mail in found.values() if mail.changed_at), default=last)
        mails = [mail for mail in found.values() if mail.folder in folders or _leaf(mail.folder) in _folded(named)]
        return Look(mails=tuple(mails), token=newest.isoformat() if newest else "")

    def check(self, switches: Collection[Switch]) -> Sequence[str]:
        """Ask for a change of a mail that is not there: whoever may change mails is told that it is missing."""
        lines = []
        with translated(self._account, "marcar los correos", needs=_MARKING):
            try:
                self._client.ask(Call(method="PATCH", path=self._path("mailbot-check"), json={"categories": []}))
            except GraphFailure as failure:
                if failure.status not in (400, 404):
                    raise
        lines.append("Marcas: Graph deja cambiar categorías y seguimiento.")
        if Switch.CATEGORIES in switches:
            with translated(self._account, "preparar las categorías", needs=_COLOURING):
                path = f"{self._account.root}/outlook/masterCategories"
                there = {text(item, "displayName") for item in self._listed(path, {"$top": "200"})}
            lacking = [mark.value for mark in MarkName if mark.value not in there]
            lines.append(f"Categorías por crear: {', '.join(lacking)}." if lacking else "Categorías: están todas.")
        return lines

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _change(self, mail: MarkedMail, body: Mapping[str, object]) -> None:
        headers = {"If-Match": f'W/"{mail.version}"'}
        try:
            self._client.ask(Call(method="PATCH", path=self._path(mail.item), json=body, headers=headers))
        except GraphFailure as failure:
            if failure.status == _CONFLICT:
                raise MailChanged(f"Buzón «{self.name}»: alguien cambió el correo entretanto.") from failure
            raise

    def _change_apart(self, item: str, body: Mapping[str, object], whole: GraphFailure) -> None:
        """Each mark by itself, since Graph takes all of a change or nothing; raises `MarkRefused` in the end."""
        for name, value in body.items():
            mail = self._get(item)
            try:
                if mail is not None and len(body) > 1:
                    self._change(mail, {name: value})
            except GraphFailure as failure:
                if failure.status not in _THE_MAILS_OWN:
                    raise
        raise MarkRefused(f"Buzón «{self.name}»: Microsoft no admite estas marcas en un correo ({whole}).") from whole

    def _add_category(self, path: str, name: str, colour: Colour) -> None:
        try:
            self._client.ask(Call(method="POST", path=path, json={"displayName": name, "color": _PRESETS[colour]}))
        except GraphFailure as failure:
            # Somebody made it at the same moment.
            if failure.status != 409:
                raise

    def _get(self, item: str) -> MarkedMail | None:
        try:
            return self._seen(self._client.read(Call(method="GET", path=self._path(item), params=_FIELDS)).body)
        except GraphFailure as failure:
            if failure.is_missing:
                return None
            raise

    def _lying_in(self, folder: GraphFolder, since: datetime) -> Iterator[MarkedMail]:
        path = f"{self._account.root}/mailFolders/{folder.id}/messages"
        start = to_utc(since).strftime("%Y-%m-%dT%H:%M:%SZ")
        params = {**_FIELDS, "$filter": f"receivedDateTime ge {start}", "$top": "100"}
        return map(self._seen, self._listed(path, params))

    def _listed(self, path: str, params: Mapping[str, str]) -> Iterator[JsonObject]:
        call = Call(method="GET", path=path, params=params)
        while True:
            answer = self._client.read(call)
            yield from answer.items
            following = text(answer.body, "@odata.nextLink")
            if not following:
                return
            call = Call(method="GET", path=following)

    def _folder_called(self, name: str) -> GraphFolder | None:
        there = self._folders.all()
        whole = (folder for folder in there if folder.name == name)
        own = (folder for folder in there if folder.leaf.casefold() == name.casefold())
        return next(whole, None) or next(own, None)

    def _path(self, item: str) -> str:
        return f"{self._account.root}/messages/{quote(item, safe='')}"

    def _seen(self, item: JsonObject) -> MarkedMail:
        names = item.get("categories")
        return MarkedMail(
            item=text(item, "id"),
            folder=self._folders.name_of(text(item, "parentFolderId")),
            message_id=text(item, "internetMessageId"),
            version=text(item, "changeKey"),
            categories=tuple(str(name) for name in names) if isinstance(names, list) else (),
            flag=_flag(item.get("flag")),
            stamp=_stamp(item.get("singleValueExtendedProperties")),
            received_at=moment(item, "receivedDateTime"),
            changed_at=moment(item, "lastModifiedDateTime"),
        )


def _patch(mail: MarkedMail, change: MarkChange) -> dict[str, object]:
    """Only what differs; categories as a whole list, since Graph knows no other way."""
    body: dict[str, object] = {}
    gone = _folded(change.remove)
    kept = [name for name in mail.categories if name.casefold() not in gone]
    held = _folded(kept)
    names = [*kept, *(name for name in change.add if name.casefold() not in held)]
    if names != list(mail.categories):
        body["categories"] = names
    if change.flag is not None and change.flag != mail.flag:
        body["flag"] = _flag_body(change.flag)
    if change.stamp is not None and change.stamp != mail.stamp:
        body["singleValueExtendedProperties"] = [{"id": STAMP, "value": ";".join(change.stamp)}]
    return body


def _flag_body(flag: Flag) -> dict[str, object]:
    body: dict[str, object] = {"flagStatus": _WORDS[flag.state]}
    if flag.state is FlagState.FLAGGED and flag.due_at is not None:
        # A due date without a start is refused.
        body["startDateTime"] = _zoned(flag.starts_at or flag.due_at)
        body["dueDateTime"] = _zoned(flag.due_at)
    return body


def _zoned(instant: datetime) -> dict[str, str]:
    return {"dateTime": to_utc(instant).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"}


def _flag(value: object) -> Flag:
    if not isinstance(value, dict):
        return NO_FLAG
    state = _STATES.get(text(value, "flagStatus"), FlagState.NONE)
    flag = Flag(state=state)
    if state is not FlagState.FLAGGED:
        return flag
    return replace(flag, starts_at=_unzoned(value.get("startDateTime")), due_at=_unzoned(value.get("dueDateTime")))


def _unzoned(value: object) -> datetime | None:
    if not isinstance(value, dict):
        return None
    return _instant(text(value, "dateTime"))


def _instant(words: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _stamp(value: object) -> tuple[str, ...]:
    found = value if isinstance(value, list) else []
    words = next((text(item, "value") for item in found if text(item, "id").casefold() == STAMP.casefold()), "")
    return tuple(filter(None, words.split(";")))


def _leaf(folder: str) -> str:
    return folder.rpartition("/")[2].casefold()


def _folded(names: Collection[str]) -> set[str]:
    return {name.casefold() for name in names}
