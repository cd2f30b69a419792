"""The sample mails of the demo as bytes (RFC 5322), the same every time, with where and when they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mailbot.demo.mails_bodies import add_body, as_quoted
from mailbot.demo.mails_files import PDF_TYPE, XLSX_TYPE, pdf, workbook
from mailbot.demo.mails_names import named, names
from mailbot.demo.mails_reports import fill_report
from mailbot.demo.story import OWN_DOMAIN, Expectation, SampleFile, Scene, scene, scenes
from mailbot.domain.clock import LIMA

INBOX = "INBOX"
# The name an Exchange or Outlook in Spanish gives it, and the demo's server.
SENT = "Enviados"


@dataclass(frozen=True, kw_only=True)
class SampleMail:
    """One mail in one mailbox; a mail that reaches two people stands here twice."""

    key: str
    raw: bytes = field(repr=False)
    # The address of the mailbox, and INBOX or SENT.
    mailbox: str
    folder: str
    arrives_at: datetime
    # Why it is part of the story, in Spanish, for the demo's table.
    note: str
    # With angle brackets; empty for the damaged mail.
    message_id: str
    expect: Expectation | None


def sample_mails() -> tuple[SampleMail, ...]:
    """All deliveries in order of arrival: what comes in, and what the office itself sends."""
    return tuple(_delivered(scene, box) for scene in scenes() for box in scene.boxes)


def mailboxes() -> tuple[str, ...]:
    """The addresses of the mailboxes that the story delivers to."""
    return tuple(sorted({box for scene in scenes() for box in scene.boxes}))


def _delivered(scene: Scene, box: str) -> SampleMail:
    return SampleMail(
        key=scene.key,
        raw=b"\r\n" if scene.is_damaged else _raw(scene, box),
        mailbox=box,
        folder=SENT if scene.is_sent else INBOX,
        arrives_at=scene.at,
        note=scene.note,
        message_id="" if scene.is_damaged else message_id(scene),
        expect=scene.expect,
    )


def message_id(scene_: Scene) -> str:
    """The Message-ID of a mail of the story."""
    source = scene(scene_.same_id_as) if scene_.same_id_as else scene_
    return f"<{source.key}.{source.at:%Y%m%d%H%M}@{_domain(source.sender)}>"


def _raw(scene: Scene, box: str) -> bytes:
    """The bytes as they lie in that mailbox: trace headers on top for what came from outside."""
    message = _message(scene)
    _fix_boundaries(message, scene.key)
    trace = "" if scene.is_sent else _trace(scene, box)
    return trace.encode("ascii") + message.as_bytes(policy=SMTP.clone(max_line_length=998))


def _message(scene: Scene) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = named(scene.sender)
    message["To"] = ", ".join(map(named, recipients(scene)))
    if scene.cc:
        message["Cc"] = ", ".join(map(named, scene.cc))
    message["Subject"] = subject(scene)
    message["Date"] = _date(scene)
    message["Message-ID"] = message_id(scene)
    for name, value in (*_thread(scene), *scene.headers):
        message[name] = value
    if scene.bounces:
        _fill_report(message, scene)
    else:
        add_body(message, scene, quoted=_quoted(scene))
        for file in scene.files:
            _attach(message, file)
    return message


def _fill_report(message: EmailMessage, report: Scene) -> None:
    lost = scene(report.bounces or "")
    headers = f"From: {lost.sender}\nDate: {_date(lost)}\nMessage-ID: {message_id(lost)}\n"
    fill_report(message, report.text, recipient=recipients(lost)[0], headers=headers)


def _date(scene: Scene) -> str:
    return format_datetime(written_at(scene).astimezone(LIMA))


def written_at(scene: Scene) -> datetime:
    """The sender's own clock: a little before the arrival."""
    return scene.at if scene.is_sent else scene.at - timedelta(seconds=20)


def recipients(scene_: Scene) -> tuple[str, ...]:
    """Whom a mail is written to; an answer goes to whoever wrote."""
    if scene_.to:
        return scene_.to
    return (scene(scene_.answers).sender,) if scene_.answers else scene_.boxes


def subject(scene_: Scene) -> str:
    """The subject, with RE: before that of the mail it answers."""
    if scene_.subject is not None:
        return scene_.subject
    before = subject(scene(scene_.answers)) if scene_.answers else ""
    return before if before.startswith("RE: ") else f"RE: {before}"


def _thread(scene_: Scene) -> Sequence[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322 section 3.6.4)."""
    ancestors: list[str] = []
    at = scene_
    while at.answers:
        at = scene(at.answers)
        ancestors.insert(0, message_id(at))
    return (("In-Reply-To", ancestors[-1]), ("References", " ".join(ancestors))) if ancestors else ()


def _quoted(scene_: Scene) -> str:
    """What mail clients put below an answer: the office's Outlook one way, others another."""
    if not scene_.answers or not scene_.quotes:
        return ""
    before = scene(scene_.answers)
    people = ", ".join(names(recipients(before)))
    return as_quoted(before, people, subject(before), is_outlook=scene_.is_sent)


def _attach(message: EmailMessage, file: SampleFile) -> None:
    content, kind = (workbook(file.rows), XLSX_TYPE) if file.rows else (pdf(file.lines), PDF_TYPE)
    main, _, sub = kind.partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=file.name)


def _fix_boundaries(message: EmailMessage, key: str) -> None:
    """The same mail gives the same bytes only with boundaries of our own."""
    multiparts = [part for part in message.walk() if part.is_multipart() and part.get_content_maintype() == "multipart"]
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{key}_{number}")


def _trace(scene: Scene, box: str) -> str:
    """What the office's own server puts on top (RFC 5321 section 4.4, RFC 8601)."""
    domain, at = _domain(scene.sender), format_datetime(scene.at.astimezone(LIMA))
    server = f"mx.{OWN_DOMAIN}"
    return (
        f"Return-Path: <{'' if scene.bounces else _bare(scene.sender)}>\r\n"
        f"Received: from mail.{domain} (mail.{domain} [192.0.2.25])\r\n"
        f"\tby {server} with ESMTPS id {scene.key}\r\n"
        f"\tfor <{box}>; {at}\r\n"
        f"Authentication-Results: {server}; spf=pass smtp.mailfrom={domain};\r\n"
        f"\tdkim=pass header.d={domain}; dmarc=pass header.from={domain}\r\n"
    )


def _bare(address: str) -> str:
    return address.rpartition("<")[2].rstrip(">")


def _domain(address: str) -> str:
    return _bare(address).rpartition("@")[2]
