"""Counting what is stored, by the database itself."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy import text as sql

from mailbot.domain.mail import MailState
from mailbot.ports.tally import Tally
from mailbot.store.schema import table_of
from mailbot.store.tables import MessageRow, ObligationRow, OutboxRow, QuarantineRow
from mailbot.store.transaction import Transaction

_OBLIGATIONS = table_of(ObligationRow)
_OUTBOX = table_of(OutboxRow)
_IS_OPEN = sql("is_open")
_COUNT = func.count().label("count")
_MESSAGES = select(_COUNT).select_from(table_of(MessageRow))
_QUARANTINED = select(_COUNT).select_from(table_of(QuarantineRow))
_OWED = select(_COUNT, func.min(_OBLIGATIONS.c.due_at).label("oldest")).where(_IS_OPEN)
_STATES = select(_OUTBOX.c.state, _COUNT).group_by(_OUTBOX.c.state)


def tally(transaction: Transaction, now: datetime) -> Tally:
    """How much of everything is stored."""
    transaction.flush()
    (owed,) = transaction.rows(_OWED)
    (overdue,) = transaction.rows(select(_COUNT).where(_IS_OPEN, _OBLIGATIONS.c.due_at < now))
    states = {row["state"]: row["count"] for row in transaction.rows(_STATES)}
    return Tally(
        messages=transaction.rows(_MESSAGES)[0]["count"],
        open=owed["count"],
        overdue=overdue["count"],
        oldest_due_at=owed["oldest"],
        mails={state: states.get(state, 0) for state in MailState},
        quarantined=transaction.rows(_QUARANTINED)[0]["count"],
    )
