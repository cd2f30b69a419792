"""The small office with a mailbox in memory whose mails are marked."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from mailbot.domain.marks import Switch
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.mailboxes.memory_marks import MemoryMarks
from mailbot.ports.marks import Ability, MarkedMail
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.services.desk import Desk
from mailbot.services.ingest import Ingested
from mailbot.services.mark import Tended, tend_marks
from mailbot.services.outlook import Outlook
from mailbot.services.poll import poll
from tests.builders import raw_mail
from tests.unit.services.world import BOX, World

FOLDERS = ("INBOX", "Reclamo", "Documentos", "Archivo", "Sent")


@dataclass(kw_only=True)
class OutlookWorld(World):
    """Mails come in by a real poll; `tend` is what the service does after it."""

    switches: Collection[Switch] = (Switch.CATEGORIES, Switch.FLAGS)
    abilities: Collection[Ability] = tuple(Ability)
    source: MemoryMailSource = field(default_factory=lambda: MemoryMailSource("rq", folders=FOLDERS))

    @cached_property
    def desk(self) -> Desk:
        whole = World.desk.func(self)  # type: ignore[attr-defined]
        return replace(whole, boxes={"rq": replace(BOX, switches=frozenset(self.switches))})

    @cached_property
    def marks(self) -> MemoryMarks:
        return MemoryMarks(self.source, abilities=self.abilities)

    @property
    def outlook(self) -> Outlook:
        return Outlook(box=self.desk.box("rq"), marks=self.marks)

    def come(self, subject: str, at: datetime, text: str = "Buenos días.", **headers: str) -> str:
        """A client's mail arrives and is read; its Message-ID."""
        number = f"<{len(subject)}-{subject.encode().hex()[:24]}@textiles.example>"
        self.source.add(raw_mail(subject=subject, text=text, at=at, message_id=number, **headers), at=at)
        self.read(at)
        return number

    def read(self, at: datetime) -> Ingested:
        return poll(self.desk, self.source, self.desk.box("rq"), now=at, since=at - timedelta(days=3))

    def tend(self, at: datetime) -> Tended:
        return tend_marks(self.desk, self.outlook, now=at)

    def mail(self, message_id: str) -> MarkedMail:
        return self.marks.marks_of(message_id)

    def stored(self, message_id: str) -> StoredMessage:
        with self.desk.store.begin() as uow:
            return next(m for m in uow.messages.list(MessageFilter()) if m.message_id == message_id)

    def said(self, action: str) -> list[tuple[str, str]]:
        """Who said what, by the audit log."""
        with self.desk.store.begin() as uow:
            return [(line.who, line.detail) for line in uow.audit_lines() if line.action == action]
