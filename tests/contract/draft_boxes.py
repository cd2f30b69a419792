"""One mailbox each on every kind of server that keeps drafts, behind the same handles."""

import abc
import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from mailbot.demo.servers import EmbeddedMailServer
from mailbot.demo.servers.ews import EwsScript, EwsServer
from mailbot.demo.servers.graph import GraphScript, GraphServer
from mailbot.domain.errors import MailboxUnavailable
from mailbot.domain.message import MailKey
from mailbot.ews.client import EwsClient
from mailbot.graph.app import GraphApp
from mailbot.graph.client import GraphClient
from mailbot.login import Security
from mailbot.mailboxes.ews import EwsAccount
from mailbot.mailboxes.ews_drafts import EwsDrafts
from mailbot.mailboxes.graph_account import GraphAccount
from mailbot.mailboxes.graph_drafts import GraphDrafts
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_drafts import ImapDrafts
from mailbot.mailboxes.memory_drafts import MemoryDrafts
from mailbot.ports.drafts import MailDrafts
from mailbot.ports.marks import Wanted
from tests.contract.ews_box import ADDRESS as EWS_ADDRESS
from tests.contract.ews_box import endpoint_of
from tests.contract.graph_box import ADDRESS, StaticTokens
from tests.contract.mark_boxes import MORNING, letter, message_id
from tests.servers.dovecot import PASSWORD, Dovecot

DRAFT_BOXES = [
    pytest.param("memory", id="memory"),
    pytest.param("embedded", id="imap"),
    pytest.param("dovecot", id="dovecot", marks=pytest.mark.needs_dovecot),
    pytest.param("graph", id="graph"),
    pytest.param("ews", id="ews"),
]


@dataclass(frozen=True, kw_only=True)
class SeenDraft:
    """A draft as its owner sees it; `text` with all white space folded."""

    subject: str
    to: tuple[str, ...]
    text: str
    # The Message-ID that it answers, by header or by what the server knows.
    answers: str


class DraftBox(abc.ABC):
    """A mailbox as its owner sees it, and what puts drafts there. One mail of a client lies in its inbox."""

    drafts: MailDrafts

    @abc.abstractmethod
    def seen(self) -> list[SeenDraft]:
        """Every draft in the mailbox."""

    @abc.abstractmethod
    def person_edits(self, text: str) -> None:
        """The owner writes something else into the only draft."""

    @abc.abstractmethod
    def person_deletes(self) -> None:
        """The owner deletes the only draft."""

    @abc.abstractmethod
    def inbox(self) -> list[bytes]:
        """The mails of the inbox as they lie there."""

    @abc.abstractmethod
    def break_off(self) -> None:
        """Let the server go away."""

    def close(self) -> None:
        """Clean up."""
        self.drafts.close()


def wanted() -> Wanted:
    """The client's mail."""
    key = MailKey(mailbox="ana", folder="INBOX", validity=1, uid=1)
    return Wanted(message_id=message_id(1), key=key)


@contextmanager
def draft_box(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[DraftBox]:
    """One while the block lasts."""
    if kind == "dovecot":
        box: DraftBox = DovecotDraftBox(request.getfixturevalue("dovecot"))
    else:
        kinds: dict[str, type[DraftBox]] = {
            "memory": MemoryDraftBox,
            "embedded": EmbeddedDraftBox,
            "graph": GraphDraftBox,
            "ews": EwsDraftBox,
        }
        box = kinds[kind]()
    try:
        yield box
    finally:
        box.close()


class MemoryDraftBox(DraftBox):
    """In memory."""

    def __init__(self) -> None:
        self.drafts = self._drafts = MemoryDrafts("ana")

    def seen(self) -> list[SeenDraft]:
        return [
            SeenDraft(
                subject=draft.subject,
                to=tuple(address.address for address in draft.to),
                text=_folded(draft.text),
                answers=draft.in_reply_to,
            )
            for draft in self._drafts.drafts.values()
        ]

    def person_edits(self, text: str) -> None:
        self._drafts.person_edits(text)

    def person_deletes(self) -> None:
        self._drafts.person_deletes()

    def inbox(self) -> list[bytes]:
        return []

    def break_off(self) -> None:
        self._drafts.fail_with(MailboxUnavailable("gone"))


class ImapDraftBox(DraftBox):
    """On an IMAP server; the owner's own mail program is a second client."""

    def __init__(self, account: ImapAccount, folder: str) -> None:
        self.account, self.folder = account, folder
        self.drafts = ImapDrafts(account)
        with self.client() as client:
            client.append("INBOX", letter(1), msg_time=MORNING)

    @contextmanager
    def client(self) -> Iterator[Any]:
        """The owner's mail program."""
        with IMAPClient("127.0.0.1", self.account.port, ssl=False, timeout=10) as client:
            client.plain_login(self.account.username, self.account.password)
            yield client

    def seen(self) -> list[SeenDraft]:
        with self.client() as client:
            client.select_folder(self.folder, readonly=True)
            found = client.fetch(client.search("UNDELETED"), ["BODY.PEEK[]", "FLAGS"])
        assert all(b"\\Draft" in mail[b"FLAGS"] for mail in found.values())
        return [_seen(mail[b"BODY[]"]) for _, mail in sorted(found.items())]

    def person_edits(self, text: str) -> None:
        """As mail programs do: another mail without the headers they do not know, and the old one deleted."""
        with self.client() as client:
            client.select_folder(self.folder)
            (uid,) = client.search("UNDELETED")
            mail = email.message_from_bytes(client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"], policy=_POLICY)
            changed = EmailMessage(policy=email.policy.SMTP)
            for name in ("From", "To", "Subject", "In-Reply-To", "References"):
                changed[name] = str(mail[name])
            changed.set_content(text)
            client.append(self.folder, changed.as_bytes(), flags=["\\Draft"])
            client.delete_messages([uid])
            client.expunge()

    def person_deletes(self) -> None:
        with self.client() as client:
            client.select_folder(self.folder)
            client.delete_messages(client.search("UNDELETED"))
            client.expunge()

    def inbox(self) -> list[bytes]:
        with self.client() as client:
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS"])
        return [mail[b"BODY[]"] for mail in found.values() if b"\\Seen" not in mail[b"FLAGS"]]


class EmbeddedDraftBox(ImapDraftBox):
    """On the server of the demo: folders have names, and nothing else tells what they are for."""

    def __init__(self) -> None:
        self._server = EmbeddedMailServer([ADDRESS], folders=("Borradores",)).__enter__()
        self._runs = True
        super().__init__(_account(ADDRESS, "demo", self._server.imap_port), "Borradores")

    def break_off(self) -> None:
        self._server.__exit__(None, None, None)
        self._runs = False

    def close(self) -> None:
        super().close()
        if self._runs:
            self.break_off()


class DovecotDraftBox(ImapDraftBox):
    """On a real Dovecot."""

    def __init__(self, server: Dovecot) -> None:
        self._server = server
        account = _account(server.new_user(), PASSWORD, server.imap_port)
        with server.client(account.username) as client:
            client.create_folder("Drafts")
        super().__init__(account, "Drafts")

        self._runs = True

    def break_off(self) -> None:
        self._server.stop()
        self._runs = False

    def close(self) -> None:
        super().close()
        if not self._runs:
            self._server.start()


class GraphDraftBox(DraftBox):
    """In the cloud."""

    def __init__(self) -> None:
        self.server = GraphServer(GraphScript())
        self.server.start()
        self.server.now = MORNING + timedelta(hours=1)
        self.mailbox = self.server.add_mailbox(ADDRESS)
        app = GraphApp(url=self.server.url, client_id=str(self.server.port), timeout=timedelta(seconds=5))
        client = GraphClient(app, tokens=StaticTokens(), sleep=lambda seconds: None)
        self.drafts = GraphDrafts(GraphAccount(name="ana", address=ADDRESS, app=app), client=client)
        with self.server.lock:
            self.mailbox.add(letter(1), at=MORNING, folder=self.mailbox.folders["inbox"])

    def seen(self) -> list[SeenDraft]:
        return [
            SeenDraft(
                subject=mail.header("Subject"),
                to=tuple(mail.recipients),
                text=_words(mail.content),
                answers=mail.header("In-Reply-To"),
            )
            for mail in self.mailbox.mails.values()
            if mail.is_draft
        ]

    def person_edits(self, text: str) -> None:
        with self.server.lock:
            self.mailbox.patch(self._draft(), {"body": {"contentType": "html", "content": text}})

    def person_deletes(self) -> None:
        with self.server.lock:
            self.mailbox.remove(self._draft())

    def inbox(self) -> list[bytes]:
        inbox = self.mailbox.folders["inbox"].id
        return [mail.whole for mail in self.mailbox.mails.values() if mail.folder == inbox and not mail.is_read]

    def break_off(self) -> None:
        self.server.stop()

    def close(self) -> None:
        super().close()
        self.server.stop()

    def _draft(self) -> Any:
        return next(mail for mail in self.mailbox.mails.values() if mail.is_draft)


class EwsDraftBox(DraftBox):
    """On the office's own Exchange server."""

    def __init__(self) -> None:
        self.server = EwsServer(EwsScript())
        self.server.start()
        self.mailbox = self.server.add_mailbox(EWS_ADDRESS)
        endpoint = endpoint_of(self.server)
        self.client = EwsClient(endpoint, EWS_ADDRESS, sleep=lambda seconds: None)
        account = EwsAccount(name="ana", address=EWS_ADDRESS, endpoint=endpoint)
        self.drafts = EwsDrafts(account, client=self.client)
        with self.server.lock:
            self.mailbox.now = MORNING + timedelta(hours=1)
            self.mailbox.add(letter(1), at=MORNING, folder=self.mailbox.known["inbox"])

    def seen(self) -> list[SeenDraft]:
        found = []
        for item in self._drafts():
            mail = item.message
            html = item.body[1] if item.body else str(mail.get_content())
            found.append(
                SeenDraft(
                    subject=str(mail["Subject"]),
                    to=tuple(address.addr_spec for address in mail["To"].addresses),
                    text=_words(html),
                    answers=str(mail["In-Reply-To"]),
                )
            )
        return found

    def person_edits(self, text: str) -> None:
        with self.server.lock:
            (item,) = self._drafts()
            item.body = ("HTML", text)
            item.rewrite()
            self.mailbox.touch(item)

    def person_deletes(self) -> None:
        with self.server.lock:
            (item,) = self._drafts()
            self.mailbox.remove(item)

    def inbox(self) -> list[bytes]:
        return [item.raw for item in self.mailbox.in_folder(self.mailbox.known["inbox"]) if not item.is_read]

    def break_off(self) -> None:
        self.server.stop()

    def close(self) -> None:
        super().close()
        self.server.stop()

    def _drafts(self) -> list[Any]:
        return list(self.mailbox.in_folder(self.mailbox.known["drafts"]))


_POLICY = email.policy.SMTP


def _account(user: str, password: str, port: int) -> ImapAccount:
    return ImapAccount(
        name="ana",
        host="127.0.0.1",
        port=port,
        security=Security.PLAIN,
        username=user,
        password=password,
        timeout=timedelta(seconds=10),
    )


def _seen(raw: bytes) -> SeenDraft:
    mail = email.message_from_bytes(raw, policy=_POLICY)
    body = mail.get_body(("plain",))
    return SeenDraft(
        subject=str(mail["Subject"]),
        to=tuple(address.addr_spec for address in mail["To"].addresses),
        text=_folded(str(body.get_content()) if body is not None else ""),
        answers=str(mail["In-Reply-To"]),
    )


def _folded(text: str) -> str:
    return " ".join(text.split())


def _words(html: str) -> str:
    """What stands in a body, without elements."""
    kept, is_element = [], False
    for sign in html:
        is_element = sign == "<" or (is_element and sign != ">")
        kept.append(" " if is_element or sign == ">" else sign)
    return _folded("".join(kept))
