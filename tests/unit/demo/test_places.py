"""Every kind of server the demo can run on is reached by settings alone, and shows what was set on it."""

from datetime import UTC, datetime, timedelta

import pytest

from mailbot.bootstrap import build_sender, build_watched
from mailbot.demo.marked import flag_words
from mailbot.demo.places import PLACES
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.marks import NO_FLAG, Flag, FlagState
from mailbot.domain.message import Address
from mailbot.ports.marks import Ability, MarkChange, Wanted
from mailbot.settings import Settings
from tests.builders import raw_mail

NOON = datetime(2026, 11, 16, 17, tzinfo=UTC)
ANA, MAILBOT = "ana@agencia.example", "mailbot@agencia.example"
DUE = Flag(state=FlagState.FLAGGED, starts_at=NOON, due_at=NOON + timedelta(days=1))
NOTICE = OutgoingMail(
    key="notice:1",
    purpose=MailPurpose.NOTICE,
    message_id="<1@agencia.example>",
    sender=Address(address=MAILBOT),
    to=(Address(address=ANA),),
    subject="Aviso",
    text="Texto",
    html="<p>Texto</p>",
    created_at=NOON,
    not_before=NOON,
)


@pytest.mark.parametrize("kind", PLACES)
def test_a_mail_is_read_marked_and_shown_with_its_marks_and_mail_leaves(kind: str) -> None:
    with PLACES[kind]([ANA, MAILBOT], lambda: NOON) as place:
        place.turn(NOON)
        place.deliver(raw_mail(subject="¿Ya salió?", message_id="<7@cliente.example>"), ANA, is_sent=False, at=NOON)
        place.deliver(raw_mail(subject="RE: otra"), ANA, is_sent=True, at=NOON)
        values = {"marks": "categories,flags", "sender": MAILBOT, **place.settings([ANA, MAILBOT])}
        settings = Settings(_env_file=None, **values)  # type: ignore[arg-type]
        watched = build_watched(settings)
        own = next(item for item in watched if item.box.address == ANA)
        assert own.outlook is not None
        marks = own.outlook.marks

        (mail,) = (mail for batch in own.source.fetch("INBOX", None) for mail in batch)
        assert own.source.sent_folder in own.source.folders
        found = marks.find(Wanted(message_id="<7@cliente.example>", key=mail.key))
        assert found is not None
        marks.set(found, MarkChange(add=("Reclamo",), flag=DUE))
        sender = build_sender(settings)
        assert sender is not None
        sender.send(NOTICE)
        place.turn(NOON + timedelta(minutes=1))

        kept = DUE.due_at if Ability.DUE_DATES in marks.abilities() else None
        (shown,) = place.marked()
        assert (shown.mailbox, shown.subject, shown.categories) == (ANA, "¿Ya salió?", ("Reclamo",))
        assert (shown.flag.state, shown.flag.due_at) == (FlagState.FLAGGED, kept)
        assert [accepted.recipients for accepted in place.accepted] == [(ANA,)]
        assert len([mail for batch in own.source.fetch("INBOX", None) for mail in batch]) == 2
        for item in watched:
            item.close()


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        (DUE, "⚑ vence 17/11 12:00"),
        (Flag(state=FlagState.FLAGGED), "⚑ pendiente"),
        (Flag(state=FlagState.COMPLETE), "✔ completado"),
        (NO_FLAG, "—"),
    ],
)
def test_a_flag_is_told_in_words(flag: Flag, words: str) -> None:
    assert flag_words(flag) == words


def test_a_mail_that_bears_nothing_is_not_told() -> None:
    with PLACES["imap"]([ANA], lambda: NOON) as place:
        place.deliver(raw_mail(subject="Hola"), ANA, is_sent=False, at=NOON)
        assert place.marked() == []
