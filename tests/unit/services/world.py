"""A small office that runs on memory, a table of verdicts and a clock that tests move."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property

from mailbot.domain.mail import OutgoingMail
from mailbot.domain.message import Address
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.office import Office
from mailbot.domain.policy import load_policy
from mailbot.domain.verdict import Verdict
from mailbot.ports.stored import ObligationFilter
from mailbot.rendering.templates import TemplateRenderer
from mailbot.senders.memory import MemorySender
from mailbot.services.climb import climb
from mailbot.services.deliver import Post, deliver
from mailbot.services.desk import Box, Desk
from mailbot.services.ingest import Ingested, ingest
from mailbot.shipped import templates_folder
from mailbot.store.memory import MemoryStore
from tests.builders import ESC, TableClassifier, fetched, office, raw_mail


@cache
def _renderer() -> TemplateRenderer:
    """One for all tests: compiling the templates is most of what a test would cost."""
    return TemplateRenderer([templates_folder()])


BOX = Box(name="rq", address=ESC, sent_folder="Sent")


@dataclass(kw_only=True)
class World:
    """Deliver mails, let time pass, look at what is owed and what was sent."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    book: Office = field(default_factory=office)
    policy: str | None = None
    uid: int = 0

    @cached_property
    def desk(self) -> Desk:
        store = MemoryStore()
        with store.begin() as uow:
            uow.office.save(self.book)
            uow.office.save_dispatches(self.book.dispatches)
            uow.commit()
        return Desk(
            store=store,
            classifier=TableClassifier(table=self.verdicts),
            renderer=_renderer(),
            policy=load_policy(self.policy),
            sender=Address(name="mailbot", address="mailbot@agencia.example"),
            secret="a secret of the tests",
            office="Agencia de prueba",
            boxes={"rq": BOX},
        )

    @cached_property
    def sender(self) -> MemorySender:
        return MemorySender()

    @property
    def post(self) -> Post:
        return Post(sender=self.sender, worker="test")

    def receive(self, raw: bytes | None, at: datetime, *, folder: str = "INBOX") -> Ingested:
        """Take in one mail that arrived at `at`, at that moment."""
        self.uid += 1
        return ingest(self.desk, [fetched(raw, uid=self.uid, at=at, folder=folder)], box=BOX, now=at)

    def write(self, subject: str, at: datetime, text: str = "Buenos días.", **headers: str) -> Ingested:
        """The client writes to the ESC."""
        return self.receive(raw_mail(subject=subject, text=text, at=at, **headers), at)

    def answer(self, subject: str, at: datetime, text: str, **headers: str) -> Ingested:
        """The ESC writes from Outlook; the mail is found in Sent."""
        values = {"sender": ESC, "to": "compras@textiles.example"} | headers
        return self.receive(raw_mail(subject=subject, text=text, at=at, **values), at, folder="Sent")

    def tick(self, now: datetime) -> tuple[OutgoingMail, ...]:
        """One look of the schedule; what was sent by it."""
        before = len(self.sender.sent)
        climb(self.desk, now=now)
        deliver(self.desk, self.post, now=now)
        return self.sender.sent[before:]

    def owed(self, kind: ObligationKind | None = None, *, is_open: bool | None = None) -> list[Obligation]:
        with self.desk.store.begin() as uow:
            return list(uow.obligations.list(ObligationFilter(kind=kind, is_open=is_open)))

    def only(self, kind: ObligationKind) -> Obligation:
        (found,) = self.owed(kind)
        return found
