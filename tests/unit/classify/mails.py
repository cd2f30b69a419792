"""Small mails and a small labelled corpus for the classifier's tests."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mailbot.classify.corpus import LabelledMail, read_corpus_file
from mailbot.domain.message import Address, Attachment, Message, MessageKind
from mailbot.ports.classifier import ClassifierInput, SenderRole

ESC = "rquispe@agencia.example"


def attachment(name: str, **changes: object) -> Attachment:
    """A file with that name and no content."""
    values: dict[str, object] = {
        "name": name, "type": "application/octet-stream", "size": 0, "sha256": name, "path": name
    }  # fmt: skip
    return Attachment(**(values | changes))  # type: ignore[arg-type]


def mail(
    text: str, *files: str, subject: str = "consulta", sender: str = "ana@textiles.example", **changes: object
) -> ClassifierInput:
    """A person's mail to the ESC."""
    role = changes.pop("role", SenderRole.UNKNOWN)
    values: dict[str, object] = {
        "message_id": "<1@textiles.example>", "sha256": "0", "content_digest": "0", "received_at": None, "date": None,
        "subject": subject, "sender": Address(address=sender), "to": (Address(address=ESC),),
        "text": text, "new_text": text, "attachments": tuple(map(attachment, files)), "kind": MessageKind.PERSON,
    }  # fmt: skip
    return ClassifierInput(message=Message(**(values | changes)), sender=role)  # type: ignore[arg-type]


_TEXTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "ask": (("requirement",), "¿Ya tenemos levante de la orden? Confírmame por favor"),
    "send": (("documents",), "Adjunto factura y packing list para su revisión"),
    "blame": (("complaint",), "Es inaceptable, por su error pagamos almacenaje otra vez"),
    "thank": ((), "Muchas gracias, todo conforme"),
}
_TURNS = ("", "Hola.", "Buen día.", "Estimada Rosa.", "Saludos.", "Como va.", "Rosa.", "Buenas tardes.")


def corpus_record(number: int, name: str, turn: str) -> dict[str, Any]:
    """One record in the format of `LABELS.md`."""
    categories, text = _TEXTS[name]
    body = f"{turn} {text} {number}".strip()
    files = [{"name": f"FACTURA F001-{number}.pdf", "type": "application/pdf"}] if name == "send" else []
    documents = [{"name": file["name"], "type": "commercial_invoice"} for file in files]
    return {
        "id": f"{name}-{number}", "from": "Ana <ana@textiles.example>", "to": [ESC], "cc": [],
        "date": "2026-03-04T09:41:00-05:00", "subject": "orden", "body": body, "attachments": files,
        "labels": {
            "categories": list(categories), "primary": categories[0] if categories else "other",
            "topics": ["acknowledgement"] if name == "thank" else [],
            "contingency": ["storage"] if name == "blame" else [],
            "needs_reply": name != "thank", "references": [], "documents": documents, "new_text": body,
        },
    }  # fmt: skip


def write_corpus(folder: Path) -> Path:
    """Three small files, as by three hands."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in range(3):
        records = [corpus_record(100 * file + at, name, turn) for at, turn in enumerate(_TURNS) for name in _TEXTS]
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (folder / f"h{file}.jsonl").write_text(lines, encoding="utf-8")
    return folder


@cache
def labelled(folder: Path) -> tuple[LabelledMail, ...]:
    """The mails of a corpus folder that a test wrote."""
    return tuple(one for path in sorted(folder.glob("*.jsonl")) for one in read_corpus_file(path))
