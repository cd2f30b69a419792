"""The sample story through the real services on memory: every mail becomes what the story says."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest

from mailbot.demo.mails import SENT, sample_mails
from mailbot.demo.office import sample_office
from mailbot.demo.story import OWN_DOMAIN, STORY_BEGINS_AT, STORY_ENDS_AT, Expectation
from mailbot.demo.story_exports import sample_exports
from mailbot.domain.labels import Category, Primary
from mailbot.domain.message import Address, MailKey
from mailbot.domain.obligation import Obligation
from mailbot.domain.policy import load_policy
from mailbot.domain.verdict import Reason, Verdict
from mailbot.ports.classifier import ClassifierInput
from mailbot.ports.mailbox import FetchedMail
from mailbot.ports.stored import MessageFilter, ObligationFilter
from mailbot.records.workbook import read_dispatches
from mailbot.rendering.templates import TemplateRenderer
from mailbot.runner import simulate
from mailbot.senders.memory import MemorySender
from mailbot.services.deliver import Post
from mailbot.services.desk import Box, Desk
from mailbot.services.ingest import ingest
from mailbot.services.tick import jobs
from mailbot.shipped import templates_folder
from mailbot.store.memory import MemoryStore


class PerfectReader:
    """Labels every mail of the story as its author meant it."""

    def __init__(self) -> None:
        self._expected = {mail.message_id: mail.expect for mail in sample_mails() if mail.expect is not None}

    def classify(self, inputs: Sequence[ClassifierInput]) -> Sequence[Verdict]:
        return [_verdict(self._expected.get(item.message.message_id)) for item in inputs]


def _verdict(expect: Expectation | None) -> Verdict:
    if expect is None:
        return Verdict()
    order = (Category.COMPLAINT, Category.REQUIREMENT, Category.DOCUMENTS)
    return Verdict(
        categories=expect.categories,
        primary=next((Primary(category) for category in order if category in expect.categories), Primary.OTHER),
        topics=expect.topics,
        contingency=expect.contingency,
        needs_reply=expect.needs_reply,
        reasons=tuple(
            Reason(label=label, because="así lo dice", weight=1) for label in (*expect.categories, *expect.contingency)
        ),
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk after the three days."""
    folder = tmp_path_factory.mktemp("story")
    store = MemoryStore()
    office = sample_office()
    with store.begin() as uow:
        uow.office.save(office)
        uow.office.save_dispatches(office.dispatches)
        uow.commit()
    boxes = {mail.mailbox: Box(name=mail.mailbox, address=mail.mailbox, sent_folder=SENT) for mail in sample_mails()}
    desk = Desk(
        store=store,
        classifier=PerfectReader(),
        renderer=TemplateRenderer([templates_folder()]),
        policy=load_policy(),
        sender=Address(name="mailbot", address=f"mailbot@{OWN_DOMAIN}"),
        secret="a secret of the tests",
        boxes=boxes,
    )
    coming, exports, uid = list(sample_mails()), list(sample_exports()), iter(range(1, 10_000))

    def live(now: datetime) -> None:
        if exports and exports[0].arrives_at <= now:
            export = exports.pop(0)
            (folder / export.name).write_bytes(export.raw)
            with store.begin() as uow:
                uow.office.save_dispatches(read_dispatches(folder / export.name, office=uow.office.load()))
                uow.commit()
        while coming and coming[0].arrives_at <= now:
            mail = coming.pop(0)
            key = MailKey(mailbox=mail.mailbox, folder=mail.folder, validity=1, uid=next(uid))
            fetched = FetchedMail(key=key, raw=mail.raw, received_at=mail.arrives_at)
            ingest(desk, [fetched], box=boxes[mail.mailbox], now=now)

    post = Post(sender=MemorySender(), worker="test")
    for _ in simulate(jobs(desk, post), start=STORY_BEGINS_AT, until=STORY_ENDS_AT, before=live):
        pass
    yield desk
    store.close()


def _stories() -> list[object]:
    seen: dict[str, object] = {}
    for mail in sample_mails():
        if mail.expect is not None and mail.message_id and mail.folder != SENT:
            seen.setdefault(mail.key, pytest.param(mail, id=mail.key))
    return list(seen.values())


@pytest.mark.parametrize("mail", _stories())
def test_a_mail_of_the_story_becomes_what_the_story_says(desk: Desk, mail) -> None:
    with desk.store.begin() as uow:
        stored = [item for item in uow.messages.list(MessageFilter()) if item.message_id == mail.message_id]
        message = next(item for item in stored if item.received_at == mail.arrives_at)
        owed = [item for item in uow.obligations.list(ObligationFilter()) if item.message == message.id]

    assert message.kind.value == mail.expect.kind
    assert message.orders == mail.expect.orders
    assert _told(owed) == sorted((owed.kind, owed.due_at, owed.ends_at) for owed in mail.expect.owes)


def _told(owed: Sequence[Obligation]) -> list[tuple[object, ...]]:
    return sorted((item.kind, item.due_at, item.ended_at) for item in owed)


def test_no_mail_of_the_story_is_lost(desk: Desk) -> None:
    with desk.store.begin() as uow:
        stored = {item.message_id for item in uow.messages.list(MessageFilter())}
        shelved = uow.quarantine.list()

    assert stored == {mail.message_id for mail in sample_mails() if mail.message_id}
    assert len(shelved) == 1


def test_no_mail_leaves_twice(desk: Desk) -> None:
    with desk.store.begin() as uow:
        ids = [mail.message_id for mail in uow.outbox.list()]

    assert len(ids) == len(set(ids))


def test_a_client_sees_only_its_own_dispatches(desk: Desk) -> None:
    with desk.store.begin() as uow:
        owners = {dispatch.order: dispatch.ruc for dispatch in uow.office.load().dispatches}
        digests = [mail for mail in uow.outbox.list() if mail.purpose.value == "digest"]

    assert digests
    for mail in digests:
        ruc = mail.key.split(":")[1]
        foreign = [order for order, owner in owners.items() if owner != ruc and order in mail.text + mail.html]
        assert foreign == []
