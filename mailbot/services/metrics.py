"""The state of the service as Prometheus reads it: counts and instants, no name but those of settings."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from mailbot.services.health import Health, MailboxHealth

# prometheus.io/docs/instrumenting/exposition_formats, text format.
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(state: Health, *, problems: int) -> str:
    """All metrics as one page; what never happened is left out."""
    return "".join(f"{line}\n" for line in _lines(state, problems))


def _lines(state: Health, problems: int) -> Iterator[str]:
    tally = state.tally
    yield from _gauge("problems", "What needs a person now.", {"": problems})
    yield from _gauge("messages", "Messages stored.", {"": tally.messages})
    yield from _gauge("obligations_open", "Obligations not yet met.", {"": tally.open})
    yield from _gauge("obligations_overdue", "Open obligations past their limit.", {"": tally.overdue})
    yield from _gauge("quarantined", "Mails that could not be read.", {"": tally.quarantined})
    mails = {f'{{state="{mail_state.value}"}}': count for mail_state, count in tally.mails.items()}
    yield from _gauge("mails", "Outgoing mails by state.", mails)
    yield from _gauge("heartbeat_timestamp_seconds", "The last tick of the schedule.", {"": state.heartbeat_at})
    yield from _gauge("oldest_due_timestamp_seconds", "The earliest open limit.", {"": tally.oldest_due_at})
    yield from _gauge(
        "oldest_waiting_timestamp_seconds", "The earliest mail that waits to leave.", {"": state.oldest_waiting_at}
    )
    read = {_mailbox(box): box.last_read_at for box in state.mailboxes}
    yield from _gauge("mailbox_read_timestamp_seconds", "When a mailbox was last read without fault.", read)
    missing = {_mailbox(box): _missing(box) for box in state.mailboxes}
    yield from _gauge("mailbox_missing", "Mails on the server that the last comparison left unread.", missing)


def _gauge(name: str, what: str, values: Mapping[str, int | datetime | None]) -> Iterator[str]:
    known = {labels: value for labels, value in values.items() if value is not None}
    if not known:
        return
    yield f"# HELP mailbot_{name} {what}"
    yield f"# TYPE mailbot_{name} gauge"
    for labels, value in known.items():
        number = value.timestamp() if isinstance(value, datetime) else value
        yield f"mailbot_{name}{labels} {number}"


def _mailbox(box: MailboxHealth) -> str:
    name = box.name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{{mailbox="{name}"}}'


def _missing(box: MailboxHealth) -> int:
    return sum(found.missing - found.healed for found in box.reconciled)
