"""What settings make of the parts that are built from them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from mailbot.bootstrap import build_renderer, build_sender, build_watched
from mailbot.domain.contexts import Item, ReminderContext
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.domain.obligation import ObligationKind
from mailbot.settings import MailboxSettings, Settings

NOON = datetime(2026, 11, 16, 17, tzinfo=UTC)
MAIL = OutgoingMail(
    key="notice:1",
    purpose=MailPurpose.NOTICE,
    message_id="<1@agencia.example>",
    sender=Address(address="mailbot@agencia.example"),
    to=(Address(address="jefa@agencia.example"),),
    subject="Aviso",
    text="Texto",
    html="<p>Texto</p>",
    created_at=NOON,
    not_before=NOON,
)


def _settings(*addresses: str, **changes: object) -> Settings:
    boxes = {f"b{number}": MailboxSettings(address=address) for number, address in enumerate(addresses)}
    values = {"mailbox": boxes, "imap_host": "127.0.0.1", "imap_password": SecretStr("clave del buzón")}
    return Settings(_env_file=None, **(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("addresses", "sender", "invites"),
    [
        (("rquispe@agencia.example", "Mailbot@agencia.example"), "mailbot@agencia.example", True),
        (("rquispe@agencia.example", "mailbot@agencia.example"), "", True),
        (("rquispe@agencia.example",), "mailbot@agencia.example", False),
        ((), "", False),
    ],
    ids=["watched", "watched by its default name", "not watched", "no mailbox"],
)
def test_mails_invite_to_answer_where_the_answers_are_read(
    addresses: tuple[str, ...], sender: str, invites: bool
) -> None:
    item = Item(obligation="1", kind=ObligationKind.REPLY, received_at=NOON, due_at=NOON)
    context = ReminderContext(recipient="Rosa Quispe", now=NOON, items=(item,))

    written = build_renderer(_settings(*addresses, sender=sender)).render(context)

    assert ("RESPONDA A ESTE CORREO" in written.text) is invites
    assert ("posponer 4h" in written.html) is invites


def test_the_instance_of_the_settings_stands_in_the_header(tmp_path: Path) -> None:
    sender = build_sender(_settings(instance="mailbot Callao", outbox_folder=tmp_path))
    assert sender is not None
    sender.send(MAIL)

    (file,) = tmp_path.glob("*.eml")
    assert b"\r\nX-Mailbot: mailbot Callao\r\n" in file.read_bytes()


def test_the_mailbox_of_blind_copies_is_known_among_the_watched() -> None:
    settings = _settings("rquispe@agencia.example", "copias@agencia.example", blind_copy="Copias@agencia.example")

    kept = {item.box.address: item.box.keeps_copies for item in build_watched(settings)}

    assert kept == {"rquispe@agencia.example": False, "copias@agencia.example": True}
