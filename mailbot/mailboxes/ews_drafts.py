"""Puts answers as drafts into a mailbox on an Exchange server: ReplyToItem, saved only. Nothing is ever sent.

The server makes the reply in one call and takes no property of ours with it, so the draft bears its stamp
in the line between our answer and the quoted mail: one that a call was cut off from is found by that.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from mailbot.domain.errors import MailChanged
from mailbot.ews import drafts as ews
from mailbot.ews.client import EwsClient
from mailbot.ews.drafts import EwsDraft
from mailbot.ews.failure import EwsFailure
from mailbot.mailboxes.ews_account import EwsAccount
from mailbot.mailboxes.ews_errors import translated
from mailbot.ports.drafts import KeptDraft, ReplyDraft
from mailbot.ports.marks import Wanted

# The clocks of two servers differ by less.
_SLACK = timedelta(hours=1)
_CONFLICTS = frozenset({"ErrorIrresolvableConflict", "ErrorStaleObject", "ErrorChangeKeyRequiredForWriteOperations"})


class EwsDrafts:
    """The `MailDrafts` over EWS; safe to use from several threads."""

    def __init__(self, account: EwsAccount, *, client: EwsClient | None = None) -> None:
        self._account = account
        self._client = client or EwsClient(account.endpoint, account.address)

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._account.name

    def write(self, draft: ReplyDraft, *, to: Wanted) -> KeptDraft | None:
        """One reply of each stamp; the quoted mail that Exchange puts into it stays below the answer."""
        with translated(self._account, "dejar un borrador"):
            there = self._stamped(draft)
            if there is not None:
                return replace(_kept(there), is_as_given=_says(there, draft))
            places = [folder.id for folder in self._client.folders().all]
            asked = next(iter(self._client.find(to.message_id, places)), None)
            if asked is None:
                return None
            ews.reply(self._client, asked, html=_above(draft), to=draft.to)
            made = self._stamped(draft)
        return None if made is None else replace(_kept(made), is_new=True, is_as_given=True)

    def find(self, item: str) -> KeptDraft | None:
        """The draft as it is now; one that was sent has another id and is none."""
        with translated(self._account, "ver un borrador"):
            found = self._get(item)
        return None if found is None else _kept(found)

    def update(self, kept: KeptDraft, draft: ReplyDraft) -> KeptDraft | None:
        """Another text above the quoted mail, on condition that nobody changed it."""
        with translated(self._account, "cambiar un borrador"):
            there = self._get(kept.item)
            if there is None or _says(there, draft):
                return None if there is None else _kept(there)
            self._need_untouched(there, kept)
            html = f"{_above(draft)}{_below(there, draft.stamp)}"
            try:
                ews.rewrite(self._client, there, html=html, to=draft.to)
            except EwsFailure as failure:
                if failure.code in _CONFLICTS:
                    raise self._changed() from failure
                if failure.is_missing:
                    return None
                raise
            found = self._get(kept.item)
        return None if found is None else _kept(found)

    def discard(self, kept: KeptDraft) -> bool:
        """Into the deleted items, if nobody changed it."""
        with translated(self._account, "retirar un borrador"):
            there = self._get(kept.item)
            if there is not None:
                self._need_untouched(there, kept)
                ews.throw_away(self._client, there)
        return there is not None

    def check(self) -> Sequence[str]:
        """Open the folders; who may do that by impersonation or full access may put drafts too."""
        with translated(self._account, "ver la carpeta de borradores"):
            folders = self._client.folders()
        name = next((folder.name for folder in folders.all if folder.id == folders.drafts), "Drafts")
        return (f"borradores en «{name}».",)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _stamped(self, draft: ReplyDraft) -> EwsDraft | None:
        since = draft.created_at - _SLACK
        return next((one for one in ews.drafts_since(self._client, since) if draft.stamp in one.html), None)

    def _need_untouched(self, there: EwsDraft, kept: KeptDraft) -> None:
        if _kept(there).fingerprint != kept.fingerprint:
            raise self._changed()

    def _changed(self) -> MailChanged:
        return MailChanged(f"Buzón «{self.name}»: alguien cambió el borrador.")

    def _get(self, item: str) -> EwsDraft | None:
        try:
            (found,) = ews.read(self._client, [item])
        except EwsFailure as failure:
            if failure.is_missing:
                return None
            raise
        return found if found.is_draft else None


def _line(stamp: str) -> str:
    # An element, since Exchange throws comments away.
    return f'<hr id="mailbot-{stamp}">'


def _above(draft: ReplyDraft) -> str:
    return f"{draft.html}{_line(draft.stamp)}"


def _below(there: EwsDraft, stamp: str) -> str:
    """What Exchange quoted, whatever it made of our line."""
    return re.split(rf"<hr[^>]*{re.escape(stamp)}[^>]*>", there.html, maxsplit=1)[-1]


def _kept(draft: EwsDraft) -> KeptDraft:
    seen = "\x1f".join((draft.subject, *draft.to, _folded(draft.html)))
    return KeptDraft(item=draft.id, version=draft.change_key, fingerprint=hashlib.sha256(seen.encode()).hexdigest())


def _says(there: EwsDraft, draft: ReplyDraft) -> bool:
    """Whether its owner reads what the draft says, and the quoted mail below."""
    above, line, _ = there.html.partition("<hr")
    return bool(line) and _folded(above) == _folded(draft.html)


def _folded(html: str) -> str:
    return " ".join(html.split())
