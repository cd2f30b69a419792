"""`documents`: the papers of one dispatch, held against the office's checklist."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from mailbot.domain.review import DispatchReview, ReviewedRow, Version

# What each state is called.
_STATES = {"present": "está", "replaced": "reemplazado", "missing": "FALTA", "to_decide": "por decidir"}


def add_to(app: typer.Typer) -> None:
    """Hang the command on the app."""
    app.command("documents")(documents)


def documents(
    order: str = typer.Argument(..., help="Orden del despacho."),
    as_json: bool = typer.Option(False, "--json", help="Un solo documento JSON."),
) -> int:
    """Los documentos de un despacho: los que están, desde cuándo, los que faltan y lo que conviene revisar."""
    from mailbot.bootstrap import build_desk
    from mailbot.cli.obligations import order_of
    from mailbot.cli.workshop import database, now, settings
    from mailbot.services.review import review_dispatch

    wanted = order_of(order) or order
    with database() as store:
        desk = build_desk(settings(), store)
        reviewed = review_dispatch(desk, wanted, on=desk.day_of(now()))
        if reviewed is None:
            with store.begin() as uow:
                raise _unknown(wanted, [row.order for row in uow.office.load().dispatches])
    if as_json:
        print_json(_shape(reviewed))
    else:
        _print(reviewed)
    return Exit.DONE


def _unknown(order: str, known: list[str]) -> Exception:
    from difflib import get_close_matches

    from mailbot.domain.errors import UnknownName

    return UnknownName(f"no hay un despacho «{order}».", nearest=get_close_matches(order, known, n=3, cutoff=0.5))


def _shape(reviewed: "DispatchReview") -> dict[str, Any]:
    dispatch = reviewed.dispatch
    return {
        "order": dispatch.order,
        "client": dispatch.ruc,
        "regime": dispatch.regime,
        "transport": dispatch.transport.value,
        "checklist": [_row_shape(row) for row in reviewed.rows],
        "others": [_version_shape(version) for version in reviewed.others],
        "missing_documents": [kind.value for kind in reviewed.missing],
        "hints": [
            {"kind": hint.kind.value, "document": hint.document, "message": hint.message, "line": hint.line or None}
            for hint in reviewed.hints
        ],
    }


def _row_shape(reviewed: "ReviewedRow") -> dict[str, Any]:
    from mailbot.cli.shapes import instant

    row = reviewed.row
    return {
        "key": row.key,
        "name": row.name_es,
        "types": [kind.value for kind in row.types],
        "need": row.need.value,
        "condition": row.condition or None,
        "source": row.source or None,
        "state": reviewed.state.value,
        "since": instant(reviewed.since),
        "versions": [_version_shape(version) for version in reviewed.versions],
    }


def _version_shape(version: "Version") -> dict[str, Any]:
    from mailbot.cli.shapes import instant

    document = version.document
    return {
        "name": document.name,
        "type": document.type.value,
        "number": document.number or None,
        "version": version.number,
        "is_current": version.is_current,
        "received_at": instant(document.received_at),
        "replaced_at": instant(version.replaced_at),
        "sha256": document.sha256,
        "from": document.sender or None,
        "message": document.message,
        "path": document.path or None,
        "is_scan": document.is_scan,
        "fault": document.fault,
    }


def _print(reviewed: "DispatchReview") -> None:
    from mailbot.domain.words import word

    dispatch = reviewed.dispatch
    say(f"Orden {dispatch.order} · régimen {dispatch.regime} · {word(dispatch.transport)}")
    rows = [line for row in reviewed.rows for line in _lines(row)]
    rows += [["(no pedido)", "", _day(version), _file(version), _remark(version)] for version in reviewed.others]
    print_table(("documento", "estado", "llegó", "archivo", "nota"), rows)
    for hint in reviewed.hints:
        say(f"Revise: {hint.told}")
    missing = ", ".join(word(kind) for kind in reviewed.missing)
    say(f"Falta: {missing}." if missing else "No falta ninguno de los obligatorios.")


def _lines(reviewed: "ReviewedRow") -> Iterator[list[str]]:
    row, state = reviewed.row, _STATES[reviewed.state.value]
    if not reviewed.versions:
        yield [row.name_es, state, "-", "-", row.condition]
    for version in reviewed.versions:
        yield [
            row.name_es,
            state if version.is_current else "anterior",
            _day(version),
            _file(version),
            _remark(version),
        ]


def _day(version: "Version") -> str:
    from mailbot.domain.clock import LIMA

    return f"{version.document.received_at.astimezone(LIMA):%d/%m/%Y %H:%M}"


def _file(version: "Version") -> str:
    return f"{version.document.name} (v{version.number})" if version.number > 1 else version.document.name


def _remark(version: "Version") -> str:
    document = version.document
    scan = "imagen sin texto" if document.is_scan else ""
    return ", ".join(filter(None, (scan, document.fault, f"de {document.sender}" if document.sender else "")))
