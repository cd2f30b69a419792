"""Sends mail from a mailbox on an Exchange server over EWS; Exchange files the copy in Sent.

A mail is put into the drafts first, under its own Message-ID, and leaves from there. A draft can leave
once only: whatever breaks, the Message-ID tells later where the mail is, and nothing is sent twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain
from mailbot.domain.mail import OutgoingMail
from mailbot.ews.answers import EwsItem
from mailbot.ews.client import EwsClient, EwsFolders
from mailbot.ews.failure import EwsFailure
from mailbot.senders.ews_errors import advice, before_sending, is_undone, uncertain
from mailbot.senders.mime import envelope_address, to_bytes


class EwsSender:
    """The `MailSender` over EWS; connections a mail, so it may be used from several threads."""

    def __init__(self, client: EwsClient, *, address: str, instance: str = "mailbot") -> None:
        self._client = client
        self._address = address
        self._instance = instance

    def send(self, mail: OutgoingMail) -> None:
        """Make the draft, or take the one an earlier attempt left, and let it leave; nothing when it left already."""
        sender = envelope_address(mail.sender)
        if not mail.to + mail.cc:
            raise DeliveryRefused("El correo no tiene destinatario.")
        raw = to_bytes(mail, instance=self._instance)
        with closing(self._client.fresh(sender)) as client:
            _Leaving(client, sender).send(raw, mail.message_id)

    def check(self) -> Sequence[str]:
        """Open the sender's drafts and Sent for real; nothing is written."""
        try:
            with closing(self._client.fresh(self._address)) as client:
                folders = client.folders()
                client.find("<prueba@mailbot>", [folders.drafts, folders.sent])
        except EwsFailure as failure:
            reason = advice(failure, self._address)
            if reason is not None:
                raise DeliveryRefused(reason) from failure
            raise DeliveryDeferred(f"Envío por EWS: {failure}.", retry_at=failure.retry_at) from failure
        return [f"EWS abre los borradores y enviados de {self._address}; la copia queda en su carpeta de enviados."]


class _Leaving:
    """One mail on its way out of one mailbox."""

    def __init__(self, client: EwsClient, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, raw: bytes, message_id: str) -> None:
        with _translated(self._sender):
            folders = self._client.folders()
            known = self._client.find(message_id, [folders.sent, folders.drafts, folders.outbox])
            if _in(known, folders.sent):
                return
            if _in(known, folders.outbox):
                # An earlier attempt let it go, and the server has not sent it yet.
                raise DeliveryUncertain("El correo está en la bandeja de salida de Exchange: todavía no salió.")
            draft = next(iter(_in(known, folders.drafts)), None) or self._client.create(raw, folders.drafts)
        self._let_leave(draft, folders, message_id)

    def _let_leave(self, draft: EwsItem, folders: EwsFolders, message_id: str) -> None:
        try:
            self._client.send(draft, folders.sent)
        except EwsFailure as failure:
            if is_undone(failure, self._sender):
                # A retry makes another draft; meanwhile nobody is to stumble over this one.
                with suppress(EwsFailure):
                    self._client.delete(draft)
                raise before_sending(failure, self._sender) from failure
            if not self._has_left(folders, message_id):
                raise uncertain(failure) from failure

    def _has_left(self, folders: EwsFolders, message_id: str) -> bool:
        """Whether it lies in Sent, as far as can be seen."""
        with suppress(EwsFailure):
            return bool(self._client.find(message_id, [folders.sent]))
        return False


def _in(items: Sequence[EwsItem], folder: str) -> Sequence[EwsItem]:
    return [item for item in items if item.folder == folder]


@contextmanager
def _translated(address: str) -> Iterator[None]:
    """An `EwsFailure` inside comes out as what it means for a mail that was not sent yet."""
    try:
        yield
    except EwsFailure as failure:
        raise before_sending(failure, address) from failure
