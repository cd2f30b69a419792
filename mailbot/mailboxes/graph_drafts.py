"""Puts answers as drafts into a mailbox in Microsoft 365: createReply, then PATCH. Nothing is ever sent.

A draft is born with our stamp in a property, so one that was cut off between the two is found again; the
second property says that it was filled.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from mailbot.domain.errors import MailboxRefused, MailChanged
from mailbot.domain.message import Address
from mailbot.graph.answers import GraphFailure, JsonObject, text
from mailbot.graph.client import Call, GraphClient
from mailbot.mailboxes.graph_account import GraphAccount
from mailbot.mailboxes.graph_errors import translated
from mailbot.ports.drafts import KeptDraft, ReplyDraft
from mailbot.ports.marks import Wanted

_SET = "{00020329-0000-0000-C000-000000000046}"
STAMP = f"String {_SET} Name mailbot-draft"
FILLED = f"String {_SET} Name mailbot-draft-filled"
_FIELDS = {
    "$select": "id,isDraft,subject,body,toRecipients,changeKey",
    "$expand": f"singleValueExtendedProperties($filter=id eq '{STAMP}' or id eq '{FILLED}')",
}
# Between our answer and the quoted mail; an element, since Exchange throws comments away.
_BELOW = '<hr id="mailbot">'
# What Graph answers to a change of a mail that somebody else changed first.
_CONFLICT = 412
_FORBIDDEN = 403


class GraphDrafts:
    """The `MailDrafts` over Graph; safe to use from several threads."""

    def __init__(self, account: GraphAccount, *, client: GraphClient | None = None) -> None:
        self._account = account
        self._client = client or GraphClient(account.app)

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._account.name

    def write(self, draft: ReplyDraft, *, to: Wanted) -> KeptDraft | None:
        """One reply of each stamp; the quoted mail that Exchange puts into it stays below the answer."""
        with translated(self._account, "dejar un borrador (Mail.ReadWrite)"):
            there = self._stamped(draft.stamp)
            if there is not None and FILLED in _properties(there):
                return replace(_kept(there), is_as_given=_says(there, draft))
            if there is None:
                there = self._created(draft, to)
            if there is None:
                return None
            filled = self._filled(there, draft)
        return None if filled is None else replace(filled, is_new=True, is_as_given=True)

    def find(self, item: str) -> KeptDraft | None:
        """The draft as it is now; one that was sent has the same id and is none."""
        with translated(self._account, "ver un borrador"):
            found = self._get(item)
        return None if found is None else _kept(found)

    def update(self, kept: KeptDraft, draft: ReplyDraft) -> KeptDraft | None:
        """Another text in its place, on condition that nobody changed it."""
        with translated(self._account, "cambiar un borrador (Mail.ReadWrite)"):
            found = self._get(kept.item)
            if found is None or _says(found, draft):
                return None if found is None else _kept(found)
            self._need_untouched(found, kept)
            return self._filled(found, draft)

    def discard(self, kept: KeptDraft) -> bool:
        """Into the deleted items, on condition that nobody changed it."""
        with translated(self._account, "retirar un borrador (Mail.ReadWrite)"):
            found = self._get(kept.item)
            if found is None:
                return False
            self._need_untouched(found, kept)
            return self._changed(Call(method="DELETE", path=self._path(kept.item), headers=_if(kept.version)))

    def check(self) -> Sequence[str]:
        """Ask for a change of a draft that is not there: whoever may write is told that it is missing."""
        with translated(self._account, "dejar borradores (Mail.ReadWrite)"):
            try:
                self._client.ask(Call(method="PATCH", path=self._path("mailbot-check"), json={"subject": ""}))
            except GraphFailure as failure:
                if failure.status == _FORBIDDEN:
                    raise MailboxRefused(
                        f"Buzón «{self.name}»: falta el permiso Mail.ReadWrite para dejar borradores en "
                        f"{self._account.address}; los pasos están en docs/graph.md ({failure.code})."
                    ) from failure
                if failure.status not in (400, 404):
                    raise
        return ("Graph deja poner respuestas entre los borradores.",)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _answered(self, to: Wanted) -> str | None:
        """What Graph calls the mail that is answered."""
        named = to.message_id.replace("'", "''")
        params = {"$select": "id", "$filter": f"internetMessageId eq '{named}'", "$top": "1"}
        found = self._client.read(Call(method="GET", path=f"{self._account.root}/messages", params=params)).items
        return text(found[0], "id") if found else None

    def _stamped(self, stamp: str) -> JsonObject | None:
        condition = f"singleValueExtendedProperties/Any(ep: ep/id eq '{STAMP}' and ep/value eq '{stamp}')"
        params = {**_FIELDS, "$filter": condition, "$top": "1"}
        found = self._client.read(Call(method="GET", path=f"{self._account.root}/messages", params=params)).items
        return found[0] if found else None

    def _created(self, draft: ReplyDraft, to: Wanted) -> JsonObject | None:
        item = self._answered(to)
        if item is None:
            return None
        born = {"message": {"singleValueExtendedProperties": [{"id": STAMP, "value": draft.stamp}]}}
        try:
            made = self._client.ask(Call(method="POST", path=f"{self._path(item)}/createReply", json=born))
        except GraphFailure as failure:
            if failure.is_missing:
                return None
            raise
        return self._get(text(made.body, "id"))

    def _filled(self, there: JsonObject, draft: ReplyDraft) -> KeptDraft | None:
        content = f"{draft.html}{_BELOW}{_quoted(there)}"
        body = {
            "body": {"contentType": "html", "content": content},
            "toRecipients": [_recipient(address) for address in draft.to],
            "singleValueExtendedProperties": [{"id": FILLED, "value": draft.stamp}],
        }
        item, version = text(there, "id"), text(there, "changeKey")
        is_there = self._changed(Call(method="PATCH", path=self._path(item), json=body, headers=_if(version)))
        found = self._get(item) if is_there else None
        return None if found is None else _kept(found)

    def _changed(self, call: Call) -> bool:
        """Make a change on a condition; False when there is nothing to change any more."""
        try:
            self._client.ask(call)
        except GraphFailure as failure:
            if failure.is_missing:
                return False
            if failure.status == _CONFLICT:
                raise MailChanged(f"Buzón «{self.name}»: alguien cambió el borrador.") from failure
            raise
        return True

    def _need_untouched(self, found: JsonObject, kept: KeptDraft) -> None:
        if _kept(found).fingerprint != kept.fingerprint:
            raise MailChanged(f"Buzón «{self.name}»: alguien cambió el borrador.")

    def _get(self, item: str) -> JsonObject | None:
        try:
            found = self._client.read(Call(method="GET", path=self._path(item), params=_FIELDS)).body
        except GraphFailure as failure:
            if failure.is_missing:
                return None
            raise
        return found if found.get("isDraft") else None

    def _path(self, item: str) -> str:
        return f"{self._account.root}/messages/{quote(item, safe='')}"


def _if(version: str) -> Mapping[str, str]:
    return {"If-Match": f'W/"{version}"'}


def _recipient(address: Address) -> JsonObject:
    return {"emailAddress": {"address": address.address, "name": address.name or address.address}}


def _properties(item: JsonObject) -> dict[str, str]:
    found = item.get("singleValueExtendedProperties")
    rows = found if isinstance(found, list) else []
    return {text(row, "id"): text(row, "value") for row in rows}


def _content(item: JsonObject) -> str:
    body = item.get("body")
    return text(body, "content") if isinstance(body, dict) else ""


def _quoted(item: JsonObject) -> str:
    """What Exchange quoted; of a draft that was filled before, what stands below our answer."""
    content = _content(item)
    if FILLED not in _properties(item):
        return content
    return content.partition(_BELOW)[2]


def _says(item: JsonObject, draft: ReplyDraft) -> bool:
    """Whether its owner reads what the draft says, and the quoted mail below."""
    above, line, _ = _content(item).partition("<hr")
    return bool(line) and " ".join(above.split()) == " ".join(draft.html.split())


def _kept(item: JsonObject) -> KeptDraft:
    people = item.get("toRecipients")
    seen = "\x1f".join((text(item, "subject"), str(people), " ".join(_content(item).split())))
    fingerprint = hashlib.sha256(seen.encode()).hexdigest()
    return KeptDraft(item=text(item, "id"), version=text(item, "changeKey"), fingerprint=fingerprint)
