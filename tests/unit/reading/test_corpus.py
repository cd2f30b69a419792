"""The labelled corpus is read, and what senders wrote is told from the rest as its labels say."""

import json
from pathlib import Path

import pytest

from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.message import MessageKind
from mailbot.reading.corpus import read_corpus_record

RECORDS = [
    json.loads(line)
    for path in sorted((Path(__file__).parents[3] / "models" / "corpus").glob("t*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
RECORD: dict[str, object] = {
    "id": "a1",
    "from": "Milagros Ccopa <mccopa@textilesandes.example>",
    "to": ["rquispe@agencia.example"],
    "cc": [],
    "date": "2026-03-04T09:41:00-05:00",
    "subject": "RE: levante",
    "body": "Rosa, ¿ya hay levante?\n\nSaludos\nMilagros Ccopa\n\nEl mar, 3 mar 2026, Rosa escribió:\n> Hola",
    "attachments": [{"name": "FACTURA.pdf", "type": "application/pdf"}],
}


def test_new_text_agrees_with_at_least_97_percent_of_the_labels() -> None:
    right = sum(
        "".join(read_corpus_record(record).new_text.split()) == "".join(record["labels"]["new_text"].split())
        for record in RECORDS
    )
    assert right >= 0.97 * len(RECORDS)


def test_almost_no_person_is_taken_for_a_program() -> None:
    people = [
        record
        for record in RECORDS
        if not {"auto_reply", "marketing", "internal_alert"} & set(record["labels"]["topics"])
    ]
    wrong = [
        record["id"]
        for record in people
        if read_corpus_record(record).kind in {MessageKind.AUTO_REPLY, MessageKind.BOUNCE}
    ]
    assert len(wrong) < 0.005 * len(people)


def test_a_record_becomes_a_message() -> None:
    message = read_corpus_record(RECORD)
    assert message.sender.name == "Milagros Ccopa"
    assert message.received_at is not None
    assert message.received_at.isoformat() == "2026-03-04T14:41:00+00:00"
    assert (message.new_text, message.signature) == ("Rosa, ¿ya hay levante?", "Saludos\nMilagros Ccopa")
    assert message.quoted.startswith("El mar")
    assert [file.name for file in message.attachments] == ["FACTURA.pdf"]
    assert read_corpus_record(RECORD).message_id == message.message_id


@pytest.mark.parametrize("change", [{"body": 5}, {"to": 5}, {"attachments": "x"}, {"attachments": ["x"]}], ids=str)
def test_a_record_without_sense_is_unreadable(change: dict[str, object]) -> None:
    with pytest.raises(MessageUnreadable):
        read_corpus_record(RECORD | change)
