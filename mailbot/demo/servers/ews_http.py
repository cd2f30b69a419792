"""HTTP for the loopback EWS server: logins, envelopes, faults by script, and streams of notifications."""

import base64
import time
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mailbot.demo.servers.ews_asked import Asked, Office
from mailbot.demo.servers.ews_fields import node
from mailbot.demo.servers.ews_mail import Refusal, Subscription
from mailbot.demo.servers.ews_operations import OPERATIONS, answer
from mailbot.demo.servers.ews_schema import SchemaViolation, check, long, short
from mailbot.demo.servers.ews_script import SERVICE, EwsFault


class EwsHandler(BaseHTTPRequestHandler):
    """One connection."""

    ews: Office
    protocol_version = "HTTP/1.1"
    # Headers and body in one go: else each waits for the one before to be acknowledged.
    wbufsize = -1

    # What NTLM knows of this connection, and who it let in.
    ntlm: Any = None
    ntlm_login: str | None = None

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        """One request: who asks, then what."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        header = self.headers.get("Authorization", "")
        if self.ews.script.auth == "ntlm" and self.ntlm_login is None:
            challenge = self._ntlm_step(header)
            if self.ntlm_login is None:
                self._answer(401, b"", {"WWW-Authenticate": challenge})
                return
        login = self.ntlm_login or self.ews.login_of(header)
        if login is None:
            self._answer(401, b"", {"WWW-Authenticate": 'Basic realm="ews"'})
        elif length > self.ews.script.largest_request:
            self._answer(413, b"")
        else:
            self._serve(body, login)

    def _ntlm_step(self, header: str) -> str:
        """One step of the login, which belongs to the connection; what to answer while it is not done."""
        import spnego

        kind, _, value = header.partition(" ")
        if kind != "NTLM":
            return "NTLM"
        if self.ntlm is None:
            self.ntlm = spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
        try:
            token = self.ntlm.step(base64.b64decode(value))
        except spnego.exceptions.SpnegoError:
            self.ntlm = None
            return "NTLM"
        if self.ntlm.complete:
            self.ntlm_login = SERVICE
        return f"NTLM {base64.b64encode(token or b'').decode()}"

    def _serve(self, body: bytes, login: str) -> None:
        try:
            asked = self._read(body, login)
        except Refusal as no:
            self._fault(no.code, no.text)
            return
        fault = self.ews.fault_for(asked.name)
        if fault is not None and not fault.after:
            self._fail(fault, asked)
            return
        if asked.name == "GetStreamingEvents":
            self._stream(asked)
            return
        told = self._carried_out(asked)
        if fault is not None:
            self._fail(fault, asked)
        elif isinstance(told, Refusal):
            self._fault(told.code, told.text)
        else:
            self._answer(200, self._envelope(told))

    def _carried_out(self, asked: Asked) -> Element | Refusal:
        with self.ews.lock:
            self.ews.requests.append(asked.name)
            try:
                return answer(asked)
            except Refusal as no:
                if no.is_fault or asked.name in ("Subscribe", "SyncFolderItems", "MoveItem", "CreateFolder"):
                    return no if no.is_fault else node(f"m:{asked.name}Response", None, _messages(asked.bad(no)))
                return no

    def _read(self, body: bytes, login: str) -> Asked:
        """The request as it should be; raises `Refusal` for a fault."""
        try:
            envelope = fromstring(body)
            check(envelope)
        except (ParseError, DefusedXmlException) as error:
            raise Refusal("ErrorInvalidRequest", str(error), is_fault=True) from error
        except SchemaViolation as error:
            raise Refusal("ErrorSchemaValidation", str(error), is_fault=True) from error
        operation = next(iter(envelope.find(long("s:Body"))))
        name = short(operation.tag).partition(":")[2]
        version = envelope.find(f".//{long('t:RequestServerVersion')}")
        if version is not None and version.attrib["Version"] not in self.ews.script.versions:
            raise Refusal("ErrorInvalidServerVersion", "The specified server version is invalid.", is_fault=True)
        if name not in OPERATIONS and name != "GetStreamingEvents":
            raise Refusal("ErrorInvalidRequest", name, is_fault=True)
        return Asked(office=self.ews, body=operation, login=login, acting=self._acting(envelope, login), name=name)

    def _acting(self, envelope: Element, login: str) -> str | None:
        asked = envelope.find(f".//{long('t:ConnectingSID')}")
        if asked is None:
            return None
        address = (asked[0].text or "").lower()
        if login not in self.ews.script.impersonators:
            raise Refusal("ErrorImpersonateUserDenied", "The account does not have permission to impersonate.")
        if address not in self.ews.mailboxes:
            raise Refusal("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
        return address

    def _fail(self, fault: EwsFault, asked: Asked) -> None:
        time.sleep(fault.delay)
        if fault.fault:
            self._fault(fault.fault, "scripted", back_off=fault.back_off)
        elif fault.code is not None:
            self._answer(200, self._envelope(node(f"m:{asked.name}Response", None, _messages(_scripted(asked, fault)))))
        elif fault.status is None:
            self.close_connection = True
        else:
            asks = {"Retry-After": str(fault.retry_after or ""), "Location": fault.location}
            told = {name: value for name, value in asks.items() if value}
            self._answer(fault.status, b"<html>scripted</html>", {"Content-Type": "text/html", **told})

    def _fault(self, code: str, text: str, *, back_off: int | None = None) -> None:
        detail = [node("e:ResponseCode", code), node("e:Message", text)]
        if back_off is not None:
            detail.append(node("t:MessageXml", None, node("t:Value", str(back_off), Name="BackOffMilliseconds")))
        fault = node("s:Fault")
        for name, value in (("faultcode", f"a:{code}"), ("faultstring", text)):
            part = Element(name)
            part.text = value
            fault.append(part)
        told = Element("detail")
        told.extend(detail)
        fault.append(told)
        self._answer(500, self._envelope(fault))

    def _envelope(self, inner: Element) -> bytes:
        major, minor, build, revision = self.ews.script.version
        version = node(
            "t:ServerVersionInfo",
            MajorVersion=str(major),
            MinorVersion=str(minor),
            MajorBuildNumber=str(build),
            MinorBuildNumber=str(revision),
            Version="V2017_07_11",
        )
        envelope = node("s:Envelope", None, node("s:Header", None, version), node("s:Body", None, inner))
        told: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
        return told

    def _answer(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.ews.now, usegmt=True))
        for name, value in {"Content-Type": "text/xml; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _stream(self, asked: Asked) -> None:
        """Tell of events until the connection has lasted as long as was asked, or the server stops."""
        wanted = [element.text or "" for element in asked.body.iter(long("t:SubscriptionId"))]
        minutes = int(asked.body.findtext(long("m:ConnectionTimeout")) or 1)
        with self.ews.lock:
            self.ews.requests.append(asked.name)
            subscriptions = [
                mailbox.subscriptions[id_]
                for mailbox in self.ews.all_mailboxes(asked.login, asked.acting)
                for id_ in wanted
                if id_ in mailbox.subscriptions
            ]
        if not subscriptions:
            bad = asked.bad(Refusal("ErrorSubscriptionNotFound"), _error_ids(wanted))
            self._answer(200, self._envelope(node("m:GetStreamingEventsResponse", None, _messages(bad))))
            return
        self._begin_stream()
        self.ews.streams += 1
        try:
            self._tell(asked, subscriptions, until=time.monotonic() + minutes * self.ews.script.minute)
        finally:
            self.ews.streams -= 1

    def _begin_stream(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _tell(self, asked: Asked, subscriptions: Sequence[Subscription], *, until: float) -> None:
        self._chunk(asked, node("m:ConnectionStatus", "OK"))
        beat = time.monotonic() + self.ews.script.heartbeat
        while time.monotonic() < until and self.ews.is_running:
            with self.ews.lock:
                told = [(item, item.waiting[:]) for item in subscriptions if item.waiting]
                for item in subscriptions:
                    item.waiting.clear()
            for subscription, events in told:
                self._chunk(asked, node("m:Notifications", None, _notification(subscription, events, self.ews.now)))
            if time.monotonic() > beat:
                self._chunk(asked, node("m:ConnectionStatus", "OK"))
                beat = time.monotonic() + self.ews.script.heartbeat
            time.sleep(0.02)
        self._chunk(asked, node("m:ConnectionStatus", "Closed"))
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _chunk(self, asked: Asked, inner: Element) -> None:
        told = node("m:GetStreamingEventsResponse", None, _messages(asked.good(inner)))
        content = self._envelope(told)
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()


def _messages(*told: Element) -> Element:
    return node("m:ResponseMessages", None, *told)


def _scripted(asked: Asked, fault: EwsFault) -> Element:
    if fault.code:
        return asked.bad(Refusal(fault.code, "scripted"))
    # Seen on real servers: an error without a code, though the mail went out.
    return node(f"m:{asked.name}ResponseMessage", None, ResponseClass="Error")


def _error_ids(ids: Sequence[str]) -> Element:
    return node("m:ErrorSubscriptionIds", None, *(node("m:SubscriptionId", id_) for id_ in ids))


def _notification(subscription: Subscription, events: Sequence[tuple[str, str, str]], now: datetime) -> Element:
    told = [
        node(
            f"t:{kind}",
            None,
            node("t:TimeStamp", now.strftime("%Y-%m-%dT%H:%M:%SZ")),
            node("t:ItemId", Id=item, ChangeKey="key"),
            node("t:ParentFolderId", Id=folder, ChangeKey="key"),
        )
        for kind, item, folder in events
    ]
    return node("m:Notification", None, node("t:SubscriptionId", subscription.id), *told)
