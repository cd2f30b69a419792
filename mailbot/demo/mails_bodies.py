"""The bodies of the sample mails: plain, HTML alone, both, or an invitation; and quoted mail below."""

import html
from datetime import datetime
from email.message import EmailMessage

from mailbot.demo.mails_names import names
from mailbot.demo.story import OWN_DOMAIN, Scene
from mailbot.domain.clock import LIMA

_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "set", "oct", "nov", "dic")
# These write with a client that sends text and HTML side by side.
_BOTH = ("electrolima.example", "labqori.example", "nordwind.example")


def add_body(message: EmailMessage, scene: Scene, *, quoted: str) -> None:
    """Put the text of a scene into its mail, in the form its sender's program gives it."""
    text = f"{scene.text}\n\n{quoted}" if quoted else scene.text
    if scene.is_html:
        message.set_content(_as_html(text), subtype="html", charset=scene.charset, cte="quoted-printable")
        return
    message.set_content(text + "\n", charset=scene.charset, cte=scene.encoding)
    if scene.sender.endswith(_BOTH):
        message.add_alternative(_as_html(text), subtype="html", cte="quoted-printable")
    if scene.invite:
        message.add_alternative(_calendar(scene), subtype="calendar", params={"method": "REQUEST"})


def as_quoted(before: Scene, people: str, subject: str, *, is_outlook: bool) -> str:
    """A mail as it stands quoted below its answer."""
    (author,) = names([before.sender])
    at = before.at.astimezone(LIMA)
    if is_outlook:
        head = f"De: {author}\nEnviado el: {_long(at)}\nPara: {people}\nAsunto: {subject}"
        return f"{head}\n\n{before.text}"
    head = f"El {_DAYS[at.weekday()][:3]}, {at.day} {_MONTHS[at.month - 1]} {at.year} a las {at:%H:%M}, {author}"
    lines = "\n".join(f"> {line}".rstrip() for line in before.text.splitlines())
    return f"{head} (<{before.sender}>) escribió:\n{lines}"


def _long(at: datetime) -> str:
    return f"{_DAYS[at.weekday()]}, {at.day} de noviembre de {at.year} {at:%H:%M}"


def _as_html(text: str) -> str:
    blocks = "".join(f"<p>{html.escape(block).replace(chr(10), '<br>')}</p>\n" for block in text.split("\n\n"))
    style = "font-family:Calibri,sans-serif;font-size:11pt"
    return f'<html><head><meta charset="utf-8"></head><body style="{style}">\n{blocks}</body></html>\n'


def _calendar(scene: Scene) -> str:
    """A meeting request (RFC 5546 section 3.2.2)."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//mailbot//demo//ES",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{scene.key}@{OWN_DOMAIN}",
        f"DTSTAMP:{scene.at:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{scene.invite}",
        "DURATION:PT1H",
        f"ORGANIZER:mailto:{scene.sender}",
        f"ATTENDEE:mailto:{scene.boxes[0]}",
        f"SUMMARY:{scene.subject}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "\r\n".join(lines) + "\r\n"
