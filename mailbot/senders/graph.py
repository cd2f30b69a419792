"""Sends mail from a mailbox in Microsoft 365 over Graph; Exchange files the copy in Sent."""

import base64
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from urllib.parse import quote

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, MailbotError
from mailbot.domain.mail import MailFile, OutgoingMail
from mailbot.graph.answers import GraphFailure, text
from mailbot.graph.client import Call, GraphClient
from mailbot.senders.graph_errors import advice, before_sending, while_sending
from mailbot.senders.mime import envelope_address, to_bytes

# A request may have 4 MB; MIME writes the files in base64, and the request writes the MIME in base64 again.
_FILES_BYTES = 2_000_000
# Above this a file goes up in pieces, which are multiples of 320 KiB: what is under 3 MB may not, and in base64 this
# just fits into a request.
_FILE_BYTES = 3_140_000
_PIECE_BYTES = 12 * 320 * 1024
# What a mailbox of Exchange takes at most.
_LARGEST_FILE = 150 * 1024 * 1024
_MIME = {"Content-Type": "text/plain"}


class GraphSender:
    """The `MailSender` over Graph; connections a mail, so it may be used from several threads.

    MIME goes out as it is written, so our Message-ID stays.
    """

    def __init__(self, client: GraphClient, *, address: str, instance: str = "mailbot") -> None:
        self._client = client
        self._address = address
        self._instance = instance

    def send(self, mail: OutgoingMail) -> None:
        """Hand the mail over whole, or a large one as a draft that is filled first."""
        sender = envelope_address(mail.sender)
        _check_limits(mail)
        is_large = sum(len(file.content) for file in mail.files) > _FILES_BYTES
        raw = to_bytes(replace(mail, files=()) if is_large else mail, instance=self._instance)
        with closing(self._client.fresh()) as client:
            if is_large:
                _LargeMail(client, sender).send(raw, mail.files)
                return
            with _translated(sender, is_last=True):
                client.ask(_with_mime(f"{_root(sender)}/sendMail", raw))

    def check(self) -> Sequence[str]:
        """Ask for a mail to nobody to be sent: whoever may send is told that nobody is a bad recipient."""
        nobody = {"message": {"subject": "mailbot", "toRecipients": []}, "saveToSentItems": False}
        try:
            with closing(self._client.fresh()) as client:
                client.ask(Call(method="POST", path=f"{_root(self._address)}/sendMail", json=nobody))
        except GraphFailure as failure:
            if failure.status != 400:
                raise _for_a_person(failure, self._address) from failure
        return [f"Graph deja enviar desde {self._address}; la copia queda en su carpeta de enviados."]


class _LargeMail:
    """One mail that does not fit into a request: a draft, filled file by file, then sent."""

    def __init__(self, client: GraphClient, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, bare: bytes, files: Sequence[MailFile]) -> None:
        with _translated(self._sender):
            created = self._client.ask(_with_mime(f"{_root(self._sender)}/messages", bare))
        draft = f"{_root(self._sender)}/messages/{quote(text(created.body, 'id'), safe='')}"
        try:
            with _translated(self._sender):
                for file in files:
                    self._attach(draft, file)
            with _translated(self._sender, is_last=True):
                self._client.ask(Call(method="POST", path=f"{draft}/send"))
        except DeliveryUncertain:
            if not self._has_left(draft):
                raise
        except MailbotError:
            # Nothing was sent: a retry makes another draft.
            with suppress(GraphFailure):
                self._client.ask(Call(method="DELETE", path=draft))
            raise

    def _attach(self, draft: str, file: MailFile) -> None:
        if len(file.content) <= _FILE_BYTES:
            content = base64.b64encode(file.content).decode("ascii")
            kind = "#microsoft.graph.fileAttachment"
            given = {"@odata.type": kind, "name": file.name, "contentType": file.type, "contentBytes": content}
            self._client.ask(Call(method="POST", path=f"{draft}/attachments", json=given))
            return
        size = len(file.content)
        item = {"attachmentType": "file", "name": file.name, "contentType": file.type, "size": size}
        path = f"{draft}/attachments/createUploadSession"
        session = self._client.ask(Call(method="POST", path=path, json={"AttachmentItem": item}))
        for piece in _pieces(text(session.body, "uploadUrl"), file.content):
            # A piece that was lost may be put again.
            self._client.read(piece)

    def _has_left(self, draft: str) -> bool:
        """Whether the draft is none any more: its id stays the same in Sent."""
        with suppress(GraphFailure):
            found = self._client.read(Call(method="GET", path=draft, params={"$select": "isDraft"}))
            return found.body.get("isDraft") is False
        return False


def _check_limits(mail: OutgoingMail) -> None:
    if not mail.to + mail.cc:
        raise DeliveryRefused("El correo no tiene destinatario.")
    for file in mail.files:
        if len(file.content) > _LARGEST_FILE:
            raise DeliveryRefused(f"El adjunto «{file.name}» pasa de {_LARGEST_FILE // 2**20} MB.")


def _root(address: str) -> str:
    return f"users/{quote(address, safe='@')}"


def _with_mime(path: str, raw: bytes) -> Call:
    return Call(method="POST", path=path, headers=_MIME, content=base64.b64encode(raw))


def _pieces(url: str, content: bytes) -> Iterator[Call]:
    size = len(content)
    for start in range(0, size, _PIECE_BYTES):
        piece = content[start : start + _PIECE_BYTES]
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {start}-{start + len(piece) - 1}/{size}",
        }
        yield Call(method="PUT", path=url, headers=headers, content=piece, is_foreign=True)


@contextmanager
def _translated(address: str, *, is_last: bool = False) -> Iterator[None]:
    """A `GraphFailure` inside comes out as what it means for the mail; `is_last` is the request that sends."""
    try:
        yield
    except GraphFailure as failure:
        raise (while_sending if is_last else before_sending)(failure, address) from failure


def _for_a_person(failure: GraphFailure, address: str) -> MailbotError:
    """Here a person waits for the truth: what somebody has to mend is a no."""
    reason = advice(failure, address)
    if reason is not None and failure.status is not None:
        return DeliveryRefused(reason)
    return DeliveryDeferred(f"Envío por Graph: {failure}", retry_at=failure.retry_at)
