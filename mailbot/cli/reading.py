"""`parse`, `triage` and `due`: read and reckon; keep nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_json, print_jsonl, print_table, progress, say, told_at

if TYPE_CHECKING:
    from mailbot.domain.message import Message
    from mailbot.services.desk import Desk
    from mailbot.services.triage import Triaged

_BATCH = 64

PATHS = typer.Argument(
    ..., help="Un .eml o .msg, un Maildir, un mbox, una carpeta, un corpus .jsonl, o - para la entrada estándar."
)
BOOK = typer.Option(None, "--office", help="Libro de la oficina (.xlsx o carpeta de CSV).")
JSON = typer.Option(False, "--json", help="Un solo documento JSON.")
JSONL = typer.Option(False, "--jsonl", help="Un objeto JSON por línea.")


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.command("parse")(parse)
    app.command("triage")(triage)
    app.command("due")(due)


def parse(paths: list[str] = PATHS, as_json: bool = JSON, as_jsonl: bool = JSONL) -> int:
    """Leer correos: sin base de datos, sin modelo."""
    from mailbot.cli.shapes import parsed

    faults: list[str] = []
    found = _messages(paths, faults)
    if as_json:
        print_json([parsed(item.path, item.message, id=item.id) for item in found])
    elif as_jsonl:
        print_jsonl(parsed(item.path, item.message, id=item.id) for item in found)
    else:
        rows = (
            [
                item.path,
                item.message.sender.key,
                item.message.subject,
                item.message.kind,
                str(len(item.message.attachments)),
                _first_line(item.message.new_text),
            ]
            for item in found
        )
        print_table(("archivo", "de", "asunto", "tipo", "adjuntos", "texto"), rows)
    return _told(faults)


def triage(paths: list[str] = PATHS, book: Path | None = BOOK, as_json: bool = JSON, as_jsonl: bool = JSONL) -> int:
    """Leer, clasificar y vincular correos y decir qué plazos abrirían; no guarda nada."""
    from mailbot.cli.workshop import reading_desk

    faults: list[str] = []
    desk = reading_desk(book)
    shapes = _triaged(paths, desk, faults)
    if as_json:
        print_json([shape for _, shape in shapes])
    elif as_jsonl:
        print_jsonl(shape for _, shape in shapes)
    else:
        _print_triage(shapes)
    return _told(faults)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A mail that was read, with where it lies and the id that a corpus record has."""

    path: str
    message: "Message"
    id: str | None = None


def _messages(paths: Sequence[str], faults: list[str]) -> Iterator[_Found]:
    """Every readable mail with its path; what cannot be read is named in `faults`."""
    from mailbot.domain.errors import MessageUnreadable
    from mailbot.mailboxes.files import open_mails
    from mailbot.reading.corpus import read_corpus_record
    from mailbot.reading.parse import read_message

    for path in paths:
        for file in open_mails(path):
            try:
                if file.error is not None:
                    faults.append(file.error)
                elif file.record is not None:
                    named = file.record.get("id")
                    message = read_corpus_record(file.record)
                    yield _Found(path=file.path, message=message, id=None if named is None else str(named))
                else:
                    yield _Found(path=file.path, message=read_message(file.raw or b""))
            except MessageUnreadable as error:
                faults.append(f"{file.path}: {error}")


def _triaged(paths: Sequence[str], desk: "Desk", faults: list[str]) -> Iterator[tuple["Triaged", dict[str, Any]]]:
    from mailbot.cli.workshop import now

    batch: list[_Found] = []
    for item in _messages(paths, faults):
        batch.append(item)
        if len(batch) == _BATCH:
            yield from _triaged_batch(batch, desk, now())
            batch = []
    yield from _triaged_batch(batch, desk, now())


def _triaged_batch(batch: Sequence[_Found], desk: "Desk", now: datetime) -> Iterator[tuple["Triaged", dict[str, Any]]]:
    from mailbot.cli.shapes import parsed, triaged
    from mailbot.services.triage import triage as triage_all

    results = triage_all(desk, [item.message for item in batch], now=now)
    for item, result in zip(batch, results, strict=True):
        # What the files in it hid came out only when they were opened.
        message = replace(item.message, defects=result.message.defects)
        shape = triaged(
            parsed(item.path, message, id=item.id),
            result.verdict,
            references=result.references,
            linkage=result.linkage,
            missing=[kind.value for kind in result.missing],
            obligations=result.obligations,
        )
        yield result, shape


def _print_triage(shapes: Iterator[tuple["Triaged", dict[str, Any]]]) -> None:
    from mailbot.domain.words import word

    rows = []
    for result, shape in shapes:
        dispatch = ", ".join(result.linkage.orders) or ("¿?" if result.linkage.question else "-")
        due = "\n".join(map(_due_line, shape["obligations"])) or "-"
        because = result.verdict.reasons[0].because if result.verdict.reasons else ""
        verdict = result.verdict
        labels = [word(verdict.primary), *map(word, verdict.topics), *map(word, verdict.contingency)]
        rows.append([result.message.subject, "\n".join(labels), dispatch, due, because])
    print_table(("asunto", "etiquetas", "despacho", "plazos", "porque"), rows)


def _due_line(obligation: Mapping[str, Any]) -> str:
    from mailbot.domain.obligation import ObligationKind
    from mailbot.domain.words import word

    return f"{word(ObligationKind(obligation['kind']))} → {told_at(obligation['due_at'])}"


def due(
    kind: str = typer.Argument(..., help="La obligación, por ejemplo reply o document_review."),
    received: str = typer.Option(..., "--received", help="Cuándo llegó, por ejemplo 2026-07-24T16:30."),
    client: str | None = typer.Option(None, "--client", help="RUC del cliente."),
    dispatch: str | None = typer.Option(None, "--dispatch", help="Orden del despacho."),
    book: Path | None = BOOK,
    as_json: bool = JSON,
) -> int:
    """Calcular un plazo y explicarlo paso a paso."""
    from mailbot.cli.shapes import instant
    from mailbot.cli.workshop import reading_desk
    from mailbot.services.reckon import Asked, reckon_due

    desk = reading_desk(book)
    answer = reckon_due(desk, Asked(kind=kind, received=received, client=client, dispatch=dispatch))
    if as_json:
        print_json(
            {
                "kind": answer.deadline.kind.value,
                "starts_at": instant(answer.deadline.starts_at, desk.zone),
                "due_at": instant(answer.deadline.due_at, desk.zone),
                "limit": answer.deadline.limit,
                "source": answer.deadline.source,
                "owner": answer.owner,
                "reckoning": list(answer.deadline.reckoning),
                "received_at": instant(answer.received_at, desk.zone),
                "client": answer.client,
                "dispatch": answer.dispatch,
            }
        )
        return Exit.DONE
    rule = desk.policy.rule(answer.deadline.kind)
    say(f"{rule.title} (Anexo 01, fila {rule.annex_row})")
    say(f"vence {answer.deadline.due_at.astimezone(desk.zone):%d/%m/%Y %H:%M}")
    for line in answer.deadline.reckoning:
        say(f"  {line}")
    return Exit.DONE


def _first_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def _told(faults: Sequence[str]) -> int:
    for fault in faults:
        progress(f"no se pudo leer: {fault}")
    return Exit.NEEDS_PERSON if faults else Exit.DONE
