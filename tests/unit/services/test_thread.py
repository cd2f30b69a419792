"""The rules by which a message finds its conversation."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailbot.domain.linkage import Linkage
from mailbot.domain.message import Address, Bounce, Direction, Message, MessageKind
from mailbot.ports.stored import StoredMessage
from mailbot.reading.subjects import subject_key
from mailbot.services.thread import Placement, ancestor_ids, conversation_id, place, reference_ids, thread_index_id
from mailbot.store.memory import MemoryStore
from tests.builders import lima

START = lima("2026-11-16 09:00")
ROSA, KARINA, ANA, LUIS = "rosa@textiles.example", "karina@agencia.example", "ana@textiles.example", "luis@otra.example"
INDEX = base64.b64encode(b"\x01" + b"guid-and-time-of-21b." * 1).decode()


class Inbox:
    """Places and stores messages in the order in which they arrive."""

    def __init__(self) -> None:
        self.work = MemoryStore().begin()
        self.arrived = 0

    def get(self, message: Message, client: str | None = None) -> Placement:
        messages = self.work.messages
        placement = place(message, client=client, messages=messages)
        for old in placement.joined:
            messages.move_conversation(old, placement.conversation)
        self.arrived += 1
        messages.add(_stored(message, placement, self.arrived, client), raw=b"raw")
        return placement

    def conversation(self, message: Message) -> str:
        (found,) = [
            m for m in self.work.messages.by_message_ids([message.message_id]) if m.message_id == message.message_id
        ]
        return found.conversation


def _stored(message: Message, placement: Placement, number: int, client: str | None) -> StoredMessage:
    return StoredMessage(
        id=f"M{number}",
        message_id=message.message_id,
        sha256=message.sha256,
        content_digest=message.content_digest,
        received_at=message.received_at or START,
        date=message.date,
        subject=message.subject,
        subject_key=subject_key(message.subject),
        sender=message.sender.key,
        sender_name="",
        recipients=tuple(address.key for address in message.recipients),
        in_reply_to=message.in_reply_to,
        reference_ids=reference_ids(message),
        kind=message.kind,
        direction=Direction.INCOMING,
        conversation=placement.conversation,
        client=client,
        orders=(),
        new_text="",
        verdict=None,
        linkage=Linkage(),
    )


def mail(
    name: str, *, sender: str = ROSA, to: str = KARINA, subject: str = "Canal", hours: float = 0, **changes: object
) -> Message:
    at: datetime = START + timedelta(hours=hours)
    message = Message(
        message_id=f"<{name}@x.example>",
        sha256=name,
        content_digest=name,
        received_at=at,
        date=at,
        subject=subject,
        sender=Address(address=sender),
        to=(Address(address=to),),
    )
    return replace(message, **changes)  # type: ignore[arg-type]


def answer(name: str, *parents: str, **changes: object) -> Message:
    ids = tuple(f"<{parent}@x.example>" for parent in parents)
    values: dict[str, object] = {"sender": KARINA, "to": ROSA, "subject": "RE: Canal", "hours": 1}
    return mail(name, **(values | {"in_reply_to": ids[-1], "references": ids} | changes))  # type: ignore[arg-type]


def test_an_answer_joins_the_conversation_of_what_it_answers() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a"))
    second = inbox.get(answer("b", "a"))
    assert (second.conversation, second.how) == (first.conversation, "in_reply_to")
    assert second.parent is not None
    assert second.parent.message_id == "<a@x.example>"


def test_an_answer_that_arrives_before_its_parent_is_in_the_same_conversation() -> None:
    inbox = Inbox()
    early = inbox.get(answer("b", "a"))
    late = inbox.get(mail("a"))
    assert late.conversation == early.conversation


def test_two_answers_to_a_mail_nobody_saw_are_one_conversation() -> None:
    inbox = Inbox()
    assert inbox.get(answer("b", "unseen")).conversation == inbox.get(answer("c", "unseen")).conversation


def test_a_missing_link_mends_a_split() -> None:
    inbox = Inbox()
    root = inbox.get(mail("a"))
    apart = inbox.get(
        mail("c", subject="Otra cosa", in_reply_to="<b@x.example>", references=("<b@x.example>",), hours=2)
    )
    assert apart.conversation != root.conversation
    link = inbox.get(answer("b", "a"))
    assert {link.conversation, *link.joined} == {root.conversation, apart.conversation}
    assert inbox.conversation(mail("a")) == inbox.conversation(mail("c"))


def test_an_answer_without_headers_joins_the_same_subject_between_the_same_parties() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a"))
    second = inbox.get(mail("b", sender=KARINA, to=ROSA, subject="Re: CANAL", hours=5))
    assert (second.conversation, second.how) == (first.conversation, "subject")


def test_a_headerless_answer_of_a_colleague_joins_by_the_client() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a"), client="20131312955")
    assert (
        inbox.get(mail("b", sender=ANA, subject="RE: Canal", hours=5), client="20131312955").conversation
        == first.conversation
    )


def test_a_colleague_s_headerless_answer_joins_under_a_subject_of_its_own() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a", subject="Orden 2026-004512"))
    second = inbox.get(
        mail("b", sender="otra.persona@agencia.example", to=ROSA, subject="RE: Orden 2026-004512", hours=3)
    )
    assert second.conversation == first.conversation


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(mail("b", sender=LUIS, to=KARINA, subject="RE: Consulta", hours=1), id="other-party"),
        pytest.param(mail("b", subject="Consulta", hours=1), id="no-answer"),
        pytest.param(mail("b", subject="RE: Consulta", hours=24 * 15), id="after-14-days"),
        pytest.param(mail("b", subject="RE:", hours=1), id="empty-subject"),
    ],
)
def test_an_equal_subject_alone_joins_nothing(second: Message) -> None:
    inbox = Inbox()
    first = inbox.get(mail("a", subject="Consulta"))
    assert inbox.get(second).conversation != first.conversation


def test_an_answer_to_an_unseen_mail_does_not_choose_between_two_conversations() -> None:
    inbox = Inbox()
    first, second = inbox.get(mail("a", subject="Status")), inbox.get(mail("b", subject="Status", hours=1))
    assert first.conversation != second.conversation
    third = inbox.get(answer("c", "unseen", subject="RE: Status", hours=2))
    assert third.conversation not in {first.conversation, second.conversation}


def test_a_headerless_answer_does_not_choose_between_two_conversations_that_wait_for_its_sender() -> None:
    inbox = Inbox()
    first, second = inbox.get(mail("a", subject="Status")), inbox.get(mail("b", subject="Status", hours=1))
    third = inbox.get(mail("c", sender=KARINA, to=ROSA, subject="RE: Status", hours=2))
    assert third.conversation not in {first.conversation, second.conversation}


@pytest.mark.parametrize(
    ("sender", "to", "joins"),
    [(KARINA, ROSA, True), ("otra.persona@agencia.example", ANA, False)],
    ids=["the-same-two", "two-colleagues"],
)
def test_an_answer_to_an_unseen_mail_joins_a_subject_between_the_same_two_alone(
    sender: str, to: str, joins: bool
) -> None:
    inbox = Inbox()
    subject = "Liquidación de gastos de noviembre"
    first = inbox.get(mail("a", subject=subject), client="20131312955")
    second = answer("b", "unseen", sender=sender, to=to, subject=f"RE: {subject}", hours=50)
    assert (inbox.get(second, client="20131312955").conversation == first.conversation) is joins


def test_another_dispatch_in_the_subject_is_a_new_matter_linked_to_the_old() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a", subject="Orden 2026-004512"))
    second = inbox.get(answer("b", "a", subject="RE: Orden 2026-004999"))
    assert second.conversation != first.conversation
    assert second.how == "new_matter"
    assert second.parent is not None
    assert second.parent.conversation == first.conversation


def test_an_answer_to_a_new_matter_does_not_merge_it_with_the_old() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a", subject="Orden 2026-004512"))
    second = inbox.get(answer("b", "a", subject="RE: Orden 2026-004999"))
    third = inbox.get(answer("c", "a", "b", subject="RE: Orden 2026-004999", hours=3))
    assert (third.conversation, third.joined) == (second.conversation, ())
    assert third.conversation != first.conversation


def test_a_changed_subject_without_another_dispatch_stays() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a", subject="Orden 2026-004512"))
    assert inbox.get(answer("b", "a", subject="RE: Orden 2026-004512 - urgente")).conversation == first.conversation


def test_outlook_s_thread_index_joins_when_the_headers_are_gone() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a", thread_index=INDEX))
    second = inbox.get(mail("b", sender=KARINA, to=LUIS, subject="RV: Canal", thread_index=INDEX, hours=2))
    assert second.conversation == first.conversation


def test_a_thread_index_under_another_subject_proves_nothing() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a", thread_index=INDEX))
    assert inbox.get(mail("b", subject="Otro tema", thread_index=INDEX, hours=2)).conversation != first.conversation


def test_a_bounce_joins_the_mail_that_failed() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a"))
    report = mail("b", sender="mailer-daemon@x.example", subject="Undelivered", hours=1, kind=MessageKind.BOUNCE)
    report = replace(report, bounce=Bounce(original_message_id="<a@x.example>"))
    assert inbox.get(report).conversation == first.conversation


def test_mailbot_s_own_id_in_the_quotation_joins() -> None:
    own = "mb." + "a" * 32 + "." + "b" * 32 + "@agencia.example"
    inbox = Inbox()
    first = inbox.get(replace(mail("a", sender=KARINA, to=ROSA), message_id=f"<{own}>"))
    second = inbox.get(mail("b", subject="sin asunto", text=f"Visto\n\n> Ref. <{own.upper()}>", hours=1))
    assert (second.conversation, second.how) == (first.conversation, "body")


def test_a_reused_message_id_on_another_matter_is_another_conversation() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a", subject="Uno"))
    assert inbox.get(replace(mail("a", subject="Dos", hours=1), content_digest="z")).conversation != first.conversation


def test_conversation_ids_derive_from_the_root() -> None:
    assert Inbox().get(mail("a")).conversation == conversation_id("<a@x.example>")


def test_ancestors_are_bounded_and_the_nearest_come_first() -> None:
    message = answer("z", *(f"p{number}" for number in range(500)))
    ids = ancestor_ids(message)
    assert len(ids) == 50
    assert ids[:2] == ("<p499@x.example>", "<p498@x.example>")


@pytest.mark.parametrize("value", [None, "", "no base64 !", base64.b64encode(b"short").decode()])
def test_an_unusable_thread_index_says_nothing(value: str | None) -> None:
    assert thread_index_id(value) is None


def test_one_colleague_s_words_to_two_clients_under_one_subject_stay_two_conversations() -> None:
    inbox = Inbox()
    first = inbox.get(mail("a", sender=KARINA, to=ROSA, subject="Documentos de embarque para el lunes 9"))
    second = inbox.get(mail("b", sender=KARINA, to=LUIS, subject="RE: Documentos de embarque para el lunes 9", hours=2))
    assert second.conversation != first.conversation
