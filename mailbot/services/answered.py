"""Which of mailbot's mails a message answers: by its headers, and by the identifier it quotes when they are gone."""

from collections.abc import Iterator

from mailbot.domain.message import Message
from mailbot.domain.outgoing import named_in
from mailbot.services.desk import Desk


def answered_ids(message: Message, desk: Desk) -> Iterator[str]:
    """What it answers, nearest first.

    An identifier that stands only in the text counts when the message is sent to mailbot itself: who sends
    a notice on to a colleague quotes it too, and speaks to the colleague.
    """
    named = [found for found in (message.in_reply_to, *reversed(message.references)) if found]
    yield from named
    if not named and desk.sender.key in {address.key for address in message.recipients}:
        yield from named_in(message.text)
