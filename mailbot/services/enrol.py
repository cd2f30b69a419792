"""Which mails of a mailbox are marked: those that came in since the office switched marks on."""

from mailbot.domain.marking import KeptMarks
from mailbot.domain.message import Direction, MailKey
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.desk import Desk


def enrol(stored: StoredMessage, key: MailKey, uow: UnitOfWork, *, desk: Desk) -> None:
    """Keep a mail that came in as one to mark, where its mailbox may be marked."""
    if desk.box(key.mailbox).switches and stored.direction is Direction.INCOMING:
        kept = KeptMarks(
            mailbox=key.mailbox,
            message=stored.id,
            message_id=stored.message_id,
            key=key,
            received_at=stored.received_at,
        )
        uow.marks.add(kept)
