"""The small office with a mailbox in memory that takes drafts."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from functools import cached_property

from mailbot.domain.drafting import DraftKind, KeptAnswer
from mailbot.domain.labels import Category, DocumentType, Topic
from mailbot.domain.verdict import DocumentVerdict, Verdict
from mailbot.mailboxes.memory_drafts import MemoryDrafts
from mailbot.ports.drafts import ReplyDraft
from mailbot.services.desk import Desk
from mailbot.services.offer import Offered, offer_answers
from tests.builders import dispatch, raw_mail, verdict
from tests.unit.services.world import World

ORDER = "2026-004512"
PAPERS = f"Documentos orden {ORDER}"
MORE_PAPERS = f"Más documentos orden {ORDER}"
STATUS = f"Consulta orden {ORDER}"
ADVICE = f"Pregunta orden {ORDER}"
BOTH = f"Documentos y consulta orden {ORDER}"


def bringing(*types: DocumentType, asks: bool = False) -> Verdict:
    """The verdict on a mail with a paper of each type."""
    categories = (Category.REQUIREMENT, Category.DOCUMENTS) if asks else (Category.DOCUMENTS,)
    documents = tuple(DocumentVerdict(name=f"{kind}.pdf", type=kind, confidence=0.9) for kind in types)
    return replace(verdict(*categories), documents=documents)


VERDICTS = {
    PAPERS: bringing(DocumentType.COMMERCIAL_INVOICE),
    MORE_PAPERS: bringing(DocumentType.PACKING_LIST),
    BOTH: bringing(DocumentType.COMMERCIAL_INVOICE, asks=True),
    STATUS: verdict(Category.REQUIREMENT, topics=[Topic.STATUS_QUERY]),
    ADVICE: verdict(Category.REQUIREMENT),
}


@dataclass(kw_only=True)
class OfferingWorld(World):
    """Mails come in with their papers; `offer` is what the service does after it."""

    switches: Collection[DraftKind] = tuple(DraftKind)
    drafts: MemoryDrafts = field(default_factory=lambda: MemoryDrafts("rq"))

    def __post_init__(self) -> None:
        self.verdicts = {**VERDICTS, **self.verdicts}

    @cached_property
    def desk(self) -> Desk:
        whole = World.desk.func(self)  # type: ignore[attr-defined]
        return replace(whole, drafts=frozenset(self.switches))

    def come(self, subject: str, at: datetime, text: str = "Buenos días.", **headers: str) -> str:
        """A mail arrives with the papers of its verdict; its Message-ID."""
        number = f"<{subject.encode().hex()[-30:]}@textiles.example>"
        raw = raw_mail(subject=subject, text=text, at=at, message_id=number, **headers)
        mail = message_from_bytes(raw, policy=default)
        for document in self.verdicts[subject].documents:
            content = f"%PDF-1.4 {document.name}".encode()
            mail.add_attachment(content, maintype="application", subtype="pdf", filename=document.name)
        self.receive(mail.as_bytes(), at)
        return number

    def offer(self, at: datetime) -> Offered:
        """One look of the schedule."""
        return offer_answers(self.desk, {"rq": self.drafts}, now=at)

    def change_dispatch(self, **changes: object) -> None:
        """A newer row of the dispatch is imported."""
        with self.desk.store.begin() as uow:
            uow.office.save_dispatches([dispatch(ORDER, **changes)])
            uow.commit()

    @property
    def only_draft(self) -> ReplyDraft:
        """The draft as its owner sees it."""
        (draft,) = self.drafts.drafts.values()
        return draft

    @property
    def answers(self) -> list[KeptAnswer]:
        """What is kept of the answers that may still change."""
        with self.desk.store.begin() as uow:
            return list(uow.answers.open())
