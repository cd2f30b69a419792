"""Drafts of a mailbox in memory: keeps the contract whole, and lets its owner act in it."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from mailbot.domain.errors import MailboxRefused, MailboxUnavailable, MailChanged
from mailbot.ports.drafts import KeptDraft, ReplyDraft
from mailbot.ports.marks import Wanted


class MemoryDrafts:
    """The `MailDrafts` of a mailbox in memory."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._numbers = itertools.count(1)
        self._fault: MailboxUnavailable | MailboxRefused | None = None
        self._versions: dict[str, int] = {}
        # By item: the answer as its owner sees it.
        self.drafts: dict[str, ReplyDraft] = {}
        # How often anything was put or changed.
        self.writes = 0

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        return self._name

    def write(self, draft: ReplyDraft, *, to: Wanted) -> KeptDraft | None:
        """One of each stamp."""
        self._reached()
        for item, kept in self.drafts.items():
            if kept.stamp == draft.stamp:
                there = self.find(item)
                return there and replace(there, is_as_given=kept == draft)
        item = f"draft-{next(self._numbers)}"
        self._put(item, draft)
        found = self.find(item)
        return found and replace(found, is_new=True, is_as_given=True)

    def find(self, item: str) -> KeptDraft | None:
        """The draft as it is now."""
        self._reached()
        draft = self.drafts.get(item)
        if draft is None:
            return None
        return KeptDraft(item=item, version=str(self._versions[item]), fingerprint=f"{draft.subject}\n{draft.text}")

    def update(self, kept: KeptDraft, draft: ReplyDraft) -> KeptDraft | None:
        """Another text, unless somebody changed it."""
        if self.drafts.get(kept.item) == draft:
            return self.find(kept.item)
        if not self._is_untouched(kept):
            return None
        self._put(kept.item, draft)
        return self.find(kept.item)

    def discard(self, kept: KeptDraft) -> bool:
        """Take it away, unless somebody changed it."""
        return self._is_untouched(kept) and self.drafts.pop(kept.item) is not None

    def check(self) -> Sequence[str]:
        """Nothing has to be reached."""
        self._reached()
        return ("borradores en memoria.",)

    def close(self) -> None:
        """Nothing to let go."""

    def fail_with(self, fault: MailboxUnavailable | MailboxRefused | None) -> None:
        """Let every call fail so; None mends it."""
        self._fault = fault

    def person_edits(self, text: str) -> None:
        """The owner writes something else into the only draft."""
        (item,) = self.drafts
        self.drafts[item] = replace(self.drafts[item], text=text)

    def person_deletes(self) -> None:
        """The owner sends or deletes the only draft."""
        self.drafts.clear()

    def _reached(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _put(self, item: str, draft: ReplyDraft) -> None:
        self.writes += 1
        self.drafts[item] = draft
        self._versions[item] = next(self._numbers)

    def _is_untouched(self, kept: KeptDraft) -> bool:
        found = self.find(kept.item)
        if found is not None and found.fingerprint != kept.fingerprint:
            raise MailChanged(f"Buzón «{self.name}»: alguien cambió el borrador.")
        return found is not None
