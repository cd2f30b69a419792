"""Every mail under `tests/mail/` is read as the file beside it says."""

import json
from pathlib import Path

import pytest

from mailbot.domain.message import Address, Message
from mailbot.reading.parse import read_message

FOLDER = Path(__file__).parents[2] / "mail"
SHAPES = sorted(path.stem for path in FOLDER.glob("*.eml"))


def _pair(address: Address) -> list[str]:
    return [address.name, address.address]


def _reading(message: Message) -> dict[str, object]:
    """A message in the terms of the expectation files."""
    bounce = message.bounce
    return {
        "subject": message.subject,
        "from": _pair(message.sender),
        "to": [_pair(address) for address in message.to],
        "date": message.date.isoformat() if message.date else None,
        "received_at": message.received_at.isoformat() if message.received_at else None,
        "message_id": message.message_id,
        "message_id_derived": message.message_id.endswith("@derived.invalid>"),
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "text": message.text,
        "new_text": message.new_text,
        "new_text_words": message.new_text.split(),
        "signature": message.signature,
        "quoted": message.quoted,
        "attachments": [[file.name, file.path] for file in message.attachments],
        "inline": [file.name for file in message.attachments if file.inline],
        "kind": message.kind.value,
        "forwarded": [[mail.sender, mail.subject, mail.text] for mail in message.forwarded],
        "bounce": [list(bounce.recipients), bounce.status, bounce.original_message_id] if bounce else None,
        "recipients": list(bounce.recipients) if bounce else None,
        "status": bounce.status if bounce else None,
        "original": bounce.original_message_id if bounce else None,
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_a_mail_is_read_as_a_person_would(shape: str) -> None:
    expected = json.loads((FOLDER / f"{shape}.json").read_text(encoding="utf-8"))
    message = read_message((FOLDER / f"{shape}.eml").read_bytes())

    defect = expected.pop("defect", None)
    reading = _reading(message)
    assert {name: reading[name] for name in expected} == expected
    assert defect is None or any(defect in found for found in message.defects)


def test_there_are_enough_shapes() -> None:
    assert len(SHAPES) >= 120
