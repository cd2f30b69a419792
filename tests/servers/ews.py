"""An Exchange server's EWS on loopback: stateful, strict, and failing by script. Only what mail needs."""

import base64
import re
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tests.servers.ews_asked import Asked
from tests.servers.ews_fields import node
from tests.servers.ews_mail import Mailbox, Refusal, Subscription
from tests.servers.ews_operations import OPERATIONS, answer
from tests.servers.ews_schema import PREFIXES, SchemaViolation, check, long, short
from tests.servers.tls import Certificates

PATH = "/EWS/Exchange.asmx"
SERVICE = "servicio@broker.example"
PASSWORD = "clave-buena"
TOKEN = "token-bueno"
_KNOWN_VERSIONS = ("Exchange2013", "Exchange2013_SP1", "Exchange2016")

for _prefix, _space in PREFIXES.items():
    register_namespace(_prefix, _space)


@dataclass(kw_only=True)
class EwsFault:
    """What happens to the next requests of an operation that matches.

    One of: `status`, an HTTP answer that is none of EWS's (None cuts the connection); `fault`, a fault of
    SOAP with that code; `code`, that ResponseCode for every item, empty for an answer without one.
    """

    match: str
    status: int | None = None
    fault: str = ""
    code: str | None = None
    back_off: int | None = None
    retry_after: int | None = None
    times: int = 1
    # The request is carried out first.
    after: bool = False
    # Nothing is answered for so long.
    delay: float = 0.0
    # Where a redirect leads.
    location: str = ""


@dataclass(kw_only=True)
class EwsScript:
    """How the server behaves; may be changed while it runs."""

    # How a login is made: basic, bearer, ntlm (whose users stand in the file of NTLM_USER_FILE) or none.
    auth: str = "basic"
    token: str = TOKEN
    faults: list[EwsFault] = field(default_factory=list)
    # Who has the role ApplicationImpersonation.
    impersonators: set[str] = field(default_factory=lambda: {SERVICE})
    # By mailbox: who else has full access.
    delegates: dict[str, set[str]] = field(default_factory=dict)
    # By mailbox, or by mailbox and folder (`ana@x.example/calendar`): which of them may only read there.
    readers: dict[str, set[str]] = field(default_factory=dict)
    # By address: through which other mailboxes mail from it may leave.
    send_as: dict[str, set[str]] = field(default_factory=dict)
    # How long a minute of a streaming connection lasts, and how often the server says that it is there.
    minute: float = 60.0
    heartbeat: float = 30.0
    version: tuple[int, int, int, int] = (15, 2, 2562, 17)
    versions: Sequence[str] = _KNOWN_VERSIONS
    largest_request: int = 64 * 1024 * 1024
    # The most subscriptions of one mailbox.
    subscriptions: int = 20


class EwsServer:
    """A running server."""

    def __init__(self, script: EwsScript, *, port: int = 0, certificates: Certificates | None = None) -> None:
        self.script = script
        self.mailboxes: dict[str, Mailbox] = {}
        self.now = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
        self.lock = threading.RLock()
        # What was accepted for sending: from which mailbox, and the bytes.
        self.sent: list[tuple[str, bytes]] = []
        # Every field of every item that somebody changed by a request.
        self.updates: list[tuple[str, str]] = []
        # The operation of every request that was carried out, and where from.
        self.requests: list[str] = []
        self.streams = 0
        self._port = port
        self._certificates = certificates
        self._http: _Http | None = None

    @property
    def port(self) -> int:
        """Where it listens; the same one after a restart."""
        return self._port

    @property
    def url(self) -> str:
        """Its endpoint."""
        scheme = "http" if self._certificates is None else "https"
        return f"{scheme}://localhost:{self._port}{PATH}"

    def add_mailbox(self, address: str, *, folders: tuple[str, ...] = ()) -> Mailbox:
        """Somebody gets a mailbox."""
        self.mailboxes[address.lower()] = Mailbox(address.lower(), folders=folders, now=self.now)
        return self.mailboxes[address.lower()]

    def advance(self, by: timedelta) -> None:
        """Let time pass on the server."""
        self.now += by
        for mailbox in self.mailboxes.values():
            mailbox.now = self.now

    def mailbox(self, address: str, login: str, acting: str | None) -> Mailbox:
        """Somebody's mailbox, if the login may open it."""
        found = self.mailboxes.get(address.lower())
        if found is None:
            raise Refusal("ErrorNonExistentMailbox")
        if not self._may_open(found, login, acting):
            raise Refusal("ErrorAccessDenied")
        return found

    def all_mailboxes(self, login: str, acting: str | None) -> Sequence[Mailbox]:
        """Every mailbox that the login may open now."""
        return [mailbox for mailbox in self.mailboxes.values() if self._may_open(mailbox, login, acting)]

    def may_change(self, mailbox: Mailbox, folder: str, login: str, acting: str | None) -> bool:
        """Everybody but those who may only read."""
        places = (mailbox.address, f"{mailbox.address}/{mailbox.folders[folder].distinguished}")
        return acting is not None or not any(login in self.script.readers.get(place, ()) for place in places)

    def may_send_as(self, address: str, mailbox: Mailbox) -> bool:
        """From its own address, or with the right to send as another."""
        return address.lower() == mailbox.address or mailbox.address in self.script.send_as.get(address.lower(), ())

    def deliver(self, raw: bytes, recipients: Sequence[str]) -> None:
        """Into the inbox of every recipient who has a mailbox here."""
        for address in recipients:
            mailbox = self.mailboxes.get(address.lower())
            if mailbox is not None:
                mailbox.add(raw, folder=mailbox.known["inbox"])

    def _may_open(self, mailbox: Mailbox, login: str, acting: str | None) -> bool:
        if acting is not None:
            return mailbox.address == acting.lower()
        return mailbox.address == login or login in self.script.delegates.get(mailbox.address, ())

    def start(self) -> None:
        """Listen."""
        handler = type("Handler", (_Handler,), {"ews": self})
        self._http = _Http(("127.0.0.1", self._port), handler)
        if self._certificates is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificates.cert_file, self._certificates.key_file)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Stop listening and cut every connection."""
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http.cut()
        self._http = None

    @property
    def is_running(self) -> bool:
        """Whether it listens."""
        return self._http is not None

    def fault_for(self, operation: str) -> EwsFault | None:
        """The first fault that matches, used up by one."""
        with self.lock:
            for fault in self.script.faults:
                if fault.times > 0 and re.search(fault.match, operation):
                    fault.times -= 1
                    return fault
        return None

    def login_of(self, header: str) -> str | None:
        """Who logs in with that header; None when nobody does."""
        if self.script.auth == "none":
            return SERVICE
        kind, _, value = header.partition(" ")
        if self.script.auth == "bearer":
            return SERVICE if (kind, value) == ("Bearer", self.script.token) else None
        if kind != "Basic":
            return None
        name, _, password = base64.b64decode(value).decode().partition(":")
        return name.lower() if password == PASSWORD else None


@contextmanager
def ews_server(script: EwsScript | None = None, *, certificates: Certificates | None = None) -> Iterator[EwsServer]:
    """Run a server while the block lasts."""
    server = EwsServer(script or EwsScript(), certificates=certificates)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *words: Any) -> None:
        self._open: set[Any] = set()
        super().__init__(*words)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of ours."""

    def cut(self) -> None:
        for request in list(self._open):
            self.shutdown_request(request)


class _Handler(BaseHTTPRequestHandler):
    ews: EwsServer
    protocol_version = "HTTP/1.1"
    # Headers and body in one go: else each waits for the one before to be acknowledged.
    wbufsize = -1

    # What NTLM knows of this connection, and who it let in.
    ntlm: Any = None
    ntlm_login: str | None = None

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def do_POST(self) -> None:
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
        return tostring(envelope, encoding="utf-8", xml_declaration=True)

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
