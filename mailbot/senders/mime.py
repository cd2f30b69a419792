"""Turns an outgoing mail into the bytes that travel. Pure: the same mail always gives the same bytes.

Headers are written here line by line, since the standard library folds long Message-IDs into encoded
words, which breaks threading, and would let a line break in a subject start a new header.
"""

import hashlib
import mimetypes
import re
from collections.abc import Sequence
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from mailbot.domain.clock import to_utc
from mailbot.domain.errors import DeliveryRefused
from mailbot.domain.mail import MailFile, OutgoingMail
from mailbot.domain.message import Address
from mailbot.domain.outgoing import mark_for

# Tells our own mail from all other, to keep two mailbots from answering each other.
INSTANCE_HEADER = "X-Mailbot"

# Everything but NDR: Exchange would keep back the non-delivery report that we want to see.
_SUPPRESSED_ANSWERS = "DR, RN, NRN, OOF, AutoReply"
# Relays refuse mail whose References grow without end: first and latest ancestors are kept.
_REFERENCES_BYTES = 900
# No header line may pass 998 characters (RFC 5322 section 2.1.1), whatever it is folded to.
_LONGEST_TEXT = 400
_MARK_STYLE = "margin:8px 0 0;text-align:center;font-size:9px;color:#8a94a0"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[^\s<>]+>")
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


def to_bytes(mail: OutgoingMail, *, instance: str = "mailbot") -> bytes:
    """The whole message with CRLF line ends.

    Raises `DeliveryRefused` for an address or Message-ID that cannot be written.
    """
    lines = [_folded(name, values) for name, values in _headers(mail, instance)]
    return "".join(lines).encode("ascii") + _body(mail).as_bytes(policy=SMTP)


def envelope_address(address: Address) -> str:
    """The bare address as SMTP takes it, its domain in ASCII.

    Raises `DeliveryRefused` when it is none.
    """
    local, _, domain = address.address.strip().rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        plain = ""
    if not plain.isascii() or not _ADDRESS.fullmatch(plain):
        raise DeliveryRefused(f"«{address.address}» no es una dirección de correo válida: corríjala en el libro.")
    return plain


def _headers(mail: OutgoingMail, instance: str) -> Sequence[tuple[str, Sequence[str]]]:
    """Names with the pieces of their values; a line may only break between pieces."""
    # Reckoned from what was fixed when it was queued, so that a retry gives the same bytes.
    moment = max(to_utc(mail.created_at), to_utc(mail.not_before)).replace(microsecond=0)
    headers: list[tuple[str, Sequence[str]]] = [
        ("Date", [format_datetime(moment)]),
        ("Message-ID", [_message_id(mail.message_id)]),
        ("From", _addresses([mail.sender])),
        ("To", _addresses(mail.to)),
        ("Cc", _addresses(mail.cc)),
        ("Subject", [_words(mail.subject, "Subject")]),
        ("In-Reply-To", _ancestors([mail.in_reply_to] if mail.in_reply_to else [])),
        ("References", _ancestors(mail.references)),
        # RFC 3834 section 5, and Exchange's own header: nobody's machine is to answer.
        ("Auto-Submitted", ["auto-generated"]),
        ("X-Auto-Response-Suppress", [_SUPPRESSED_ANSWERS]),
        (INSTANCE_HEADER, [_words(instance, INSTANCE_HEADER)]),
        (f"{INSTANCE_HEADER}-Purpose", [mail.purpose.value]),
    ]
    return [(name, pieces) for name, pieces in headers if pieces]


def _folded(name: str, pieces: Sequence[str]) -> str:
    lines = [f"{name}:"]
    for piece in pieces:
        if len(lines[-1]) + len(piece.splitlines()[0] if piece else "") >= 76 and len(lines[-1]) > len(name) + 1:
            lines.append("")
        lines[-1] += f" {piece}"
    return "\r\n".join(lines) + "\r\n"


def _addresses(addresses: Sequence[Address]) -> Sequence[str]:
    written = [formataddr((_one_line(address.name)[:80], envelope_address(address))) for address in addresses]
    return [f"{text}," for text in written[:-1]] + written[-1:]


def _words(text: str, name: str) -> str:
    """Text as encoded words where it is not plain ASCII (RFC 2047)."""
    line = _one_line(text)[:_LONGEST_TEXT]
    # What only looks like an encoded word would be decoded by the reader: it is encoded itself.
    charset = "utf-8" if "=?" in line or not line.isascii() else "us-ascii"
    return Header(line, charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _message_id(message_id: str) -> str:
    if not message_id.isascii() or not _MESSAGE_ID.fullmatch(message_id):
        raise DeliveryRefused(f"«{message_id}» no sirve como Message-ID.")
    return message_id


def _ancestors(ids: Sequence[str]) -> Sequence[str]:
    """The first id and the latest that fit; what is no id is left out."""
    good = [found for found in ids if found.isascii() and len(found) <= 250 and _MESSAGE_ID.fullmatch(found)]
    latest: list[str] = []
    left = _REFERENCES_BYTES - len(good[0]) if good else 0
    for found in reversed(good[1:]):
        left -= len(found) + 1
        if left < 0:
            break
        latest.insert(0, found)
    return good[:1] + latest


def _body(mail: OutgoingMail) -> EmailMessage:
    body = EmailMessage(policy=SMTP)
    mark = mark_for(mail.message_id)
    text = f"{mail.text.rstrip()}\n\n{mark}" if mark else mail.text
    body.set_content(_lines(text), charset="utf-8", cte="quoted-printable")
    if mail.html:
        body.add_alternative(_lines(_marked(mail.html, mark)), subtype="html", charset="utf-8", cte="quoted-printable")
        _show(body, [file for file in mail.files if file.content_id])
    for file in mail.files:
        if not file.content_id:
            _attach(body, file)
    _set_boundaries(body, mail.message_id)
    return body


def _marked(markup: str, mark: str) -> str:
    """The page with the identifier as its last line, small and grey."""
    if not mark:
        return markup
    head, end, rest = markup.rpartition("</body>")
    line = f'<p style="{_MARK_STYLE}">{mark}</p>\n'
    return f"{head}{line}{end}{rest}" if end else f"{markup}\n{line}"


def _lines(text: str) -> str:
    return "\n".join(text.splitlines()) + "\n"


def _show(body: EmailMessage, pictures: Sequence[MailFile]) -> None:
    """Put the pictures beside the HTML that shows them (RFC 2387)."""
    page = body.get_body(("html",))
    if page is None:
        return
    for picture in pictures:
        maintype, _, subtype = picture.type.partition("/")
        page.add_related(
            picture.content,
            maintype=maintype,
            subtype=subtype,
            filename=picture.name,
            disposition="inline",
            cid=f"<{picture.content_id}>",
            cte="base64",
        )


def _attach(body: EmailMessage, file: MailFile) -> None:
    name = _one_line(file.name).replace("/", "_").replace("\\", "_") or "adjunto"
    given = file.type if _TYPE.fullmatch(file.type) else mimetypes.guess_type(name)[0]
    # A mail inside a mail may not be base64 (RFC 2046 section 5.2.1), and a file goes out as it is.
    if given is None or given.startswith(("message/", "multipart/")):
        given = "application/octet-stream"
    maintype, _, subtype = given.partition("/")
    body.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=name, cte="base64")


def _set_boundaries(body: EmailMessage, seed: str) -> None:
    # "=_" occurs in neither base64 nor quoted-printable, so no content can hold a boundary.
    for number, part in enumerate(body.walk()):
        if part.is_multipart():
            digest = hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()
            part.set_boundary(f"=_mailbot_{digest[:24]}")
