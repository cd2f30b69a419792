"""Sends mail from a mailbox in Microsoft 365 over Graph; Exchange files the copy in Sent.

A mail becomes a draft first, under its own Message-ID, and leaves from there. A draft can leave once only:
whatever breaks, the Message-ID tells later where the mail is, and nothing is sent twice. It is written as
MIME, since Graph takes no `Auto-Submitted` and no `References` in any other way.
"""

import base64
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from urllib.parse import quote

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, MailbotError
from mailbot.domain.mail import MailFile, OutgoingMail
from mailbot.graph.answers import GraphFailure, JsonObject, text
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
    """The `MailSender` over Graph; connections a mail, so it may be used from several threads."""

    def __init__(self, client: GraphClient, *, address: str, instance: str = "mailbot") -> None:
        self._client = client
        self._address = address
        self._instance = instance

    def send(self, mail: OutgoingMail) -> None:
        """Make the draft, or take the one an earlier attempt left, and let it leave; nothing when it left already."""
        sender = envelope_address(mail.sender)
        _check_limits(mail)
        is_large = sum(len(file.content) for file in mail.files) > _FILES_BYTES
        shown = tuple(file for file in mail.files if file.content_id)
        apart = tuple(file for file in mail.files if is_large and not file.content_id)
        raw = to_bytes(replace(mail, files=shown) if is_large else mail, instance=self._instance)
        with closing(self._client.fresh()) as client:
            _Leaving(client, sender).send(mail, raw, files=apart)

    def check(self) -> Sequence[str]:
        """Try for real what a mail needs, each in a way that cannot succeed: a draft of nothing, a mail to nobody."""
        nobody = {"message": {"subject": "mailbot", "toRecipients": []}, "saveToSentItems": False}
        root = _root(self._address)
        tries = {
            "Mail.ReadWrite": Call(method="PATCH", path=f"{root}/messages/mailbot-check", json={"subject": "mailbot"}),
            "Mail.Send": Call(method="POST", path=f"{root}/sendMail", json=nobody),
        }
        with closing(self._client.fresh()) as client:
            refusals = [no for needs, call in tries.items() if (no := self._refusal(client, call, needs=needs))]
        if refusals:
            # All at once: what is granted takes two hours to hold.
            raise DeliveryRefused(" ".join(dict.fromkeys(map(str, refusals))))
        return [f"Graph deja enviar desde {self._address}; la copia queda en su carpeta de enviados."]

    def _refusal(self, client: GraphClient, call: Call, *, needs: str) -> DeliveryRefused | None:
        """What a person has to mend; None when it may be done. Raises what may pass by itself."""
        try:
            client.ask(call)
        except GraphFailure as failure:
            # That nothing is no draft, and nobody no recipient, is said to whoever may.
            if failure.status == 400 or failure.code == "ErrorItemNotFound":
                return None
            reason = advice(failure, self._address, needs=needs)
            if reason is not None and failure.status is not None:
                return DeliveryRefused(reason)
            raise DeliveryDeferred(f"Envío por Graph: {failure}", retry_at=failure.retry_at) from failure
        return None


class _Leaving:
    """One mail on its way out of one mailbox."""

    def __init__(self, client: GraphClient, sender: str) -> None:
        self._client = client
        self._root = _root(sender)
        self._sender = sender

    def send(self, mail: OutgoingMail, raw: bytes, *, files: Sequence[MailFile]) -> None:
        with _translated(self._sender):
            known = self._named(mail.message_id)
            if any(item.get("isDraft") is False for item in known):
                self._check_outbox(known)
                return
            item = known[0] if known else self._made(mail, raw)
        draft = self._path(item)
        try:
            with _translated(self._sender):
                self._fill(draft, item, message_id=mail.message_id, files=files)
            with _translated(self._sender, is_last=True):
                self._client.ask(Call(method="POST", path=f"{draft}/send"))
        except DeliveryUncertain:
            if not self._has_left(draft):
                raise
        except MailbotError:
            # Nothing was sent: a retry makes another draft; meanwhile nobody is to stumble over this one.
            with suppress(GraphFailure):
                self._client.ask(Call(method="DELETE", path=draft))
            raise

    def _named(self, message_id: str) -> Sequence[JsonObject]:
        """Every mail of the mailbox with that Message-ID."""
        wanted = message_id.replace("'", "''")
        params = {
            "$filter": f"internetMessageId eq '{wanted}'",
            "$select": "id,isDraft,parentFolderId,internetMessageId",
            "$top": "10",
        }
        return self._client.read(Call(method="GET", path=f"{self._root}/messages", params=params)).items

    def _check_outbox(self, known: Sequence[JsonObject]) -> None:
        """Raises `DeliveryUncertain` when an earlier attempt let it go, and the server has not sent it yet."""
        outbox = self._client.read(Call(method="GET", path=f"{self._root}/mailFolders/outbox")).body
        if all(text(item, "parentFolderId") == text(outbox, "id") for item in known):
            raise DeliveryUncertain("El correo está en la bandeja de salida de Exchange: todavía no salió.")

    def _made(self, mail: OutgoingMail, raw: bytes) -> JsonObject:
        """A draft of it: a reply where the mail that it answers lies in the mailbox, so that it stands beside that."""
        answered = self._named(mail.in_reply_to) if mail.in_reply_to else ()
        for item in answered:
            if item.get("isDraft") is False:
                with _unless_missing():
                    return self._client.ask(_with_mime(f"{self._path(item)}/createReply", raw)).body
        return self._client.ask(_with_mime(f"{self._root}/messages", raw)).body

    def _fill(self, draft: str, item: JsonObject, *, message_id: str, files: Sequence[MailFile]) -> None:
        """Give the draft our Message-ID, where Graph gave it another, and the files that it does not have yet."""
        if text(item, "internetMessageId") != message_id:
            self._client.ask(Call(method="PATCH", path=draft, json={"internetMessageId": message_id}))
        if not files:
            return
        listed = self._client.read(Call(method="GET", path=f"{draft}/attachments", params={"$select": "name"}))
        there = [text(attached, "name") for attached in listed.items]
        for file in files:
            if file.name in there:
                there.remove(file.name)
            else:
                self._attach(draft, file)

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

    def _path(self, item: JsonObject) -> str:
        return f"{self._root}/messages/{quote(text(item, 'id'), safe='')}"

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


@contextmanager
def _unless_missing() -> Iterator[None]:
    """What is not there any more is no failure."""
    try:
        yield
    except GraphFailure as failure:
        if not failure.is_missing:
            raise
