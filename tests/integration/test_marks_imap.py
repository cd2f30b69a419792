"""Marks over plain IMAP: what the office sees as keywords and flags, and what its clicks do."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

import pytest
from imapclient import IMAPClient

from mailbot.demo.servers import EmbeddedMailServer
from mailbot.domain.errors import MailboxUnavailable
from mailbot.domain.labels import Category
from mailbot.domain.marks import Switch
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.login import Security
from mailbot.mailboxes.imap import ImapAccount, ImapMailSource
from mailbot.mailboxes.imap_marks import ImapMarks
from mailbot.ports.stored import MessageFilter
from mailbot.services.desk import Desk
from mailbot.services.hear import HEARD
from mailbot.services.mark import Tended, tend_marks
from mailbot.services.outlook import Outlook
from mailbot.services.poll import poll
from tests.builders import COMPLAINT, ESC, REQUIREMENT, lima, raw_mail
from tests.servers.cut_line import cut_line
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.imap_client import mail_program
from tests.unit.services.world import BOX, World

NINE = lima("2026-11-16 09:00")
MINUTE = timedelta(minutes=1)
OURS = {"Reclamo", "Contingencia", "Requerimiento", "Documentos", "Revisar", "\\Flagged"}


@dataclass(kw_only=True)
class ImapWorld(World):
    """The small office with its inbox on an IMAP server."""

    account: ImapAccount
    switches: frozenset[Switch] = frozenset({Switch.CATEGORIES, Switch.FLAGS})

    @cached_property
    def desk(self) -> Desk:
        whole = World.desk.func(self)  # type: ignore[attr-defined]
        return replace(whole, boxes={"rq": replace(BOX, switches=self.switches, sent_folder=None)})

    @cached_property
    def outlook(self) -> Outlook:
        return Outlook(box=self.desk.box("rq"), marks=ImapMarks(self.account))

    def come(self, subject: str) -> None:
        """A client's mail arrives and is read, as the service reads."""
        with self.program() as client:
            client.append("INBOX", raw_mail(subject=subject, at=NINE), msg_time=NINE)
        source = ImapMailSource(self.account)
        poll(self.desk, source, self.outlook.box, now=NINE, since=NINE - timedelta(days=1))
        source.close()

    def tend(self, minutes: int) -> Tended:
        return tend_marks(self.desk, self.outlook, now=NINE + minutes * MINUTE)

    def program(self) -> AbstractContextManager[IMAPClient]:
        """The owner's mail program."""
        return mail_program(self.account.port, self.account.username, self.account.password or "")

    def flags(self, folder: str = "INBOX") -> set[str]:
        """What the owner sees on the one mail."""
        with self.program() as client:
            client.select_folder(folder, readonly=True)
            (found,) = client.get_flags(client.search()).values()
        return {flag.decode() for flag in found} - {"\\Recent"}

    def click(self, *, on: tuple[str, ...] = (), off: tuple[str, ...] = ()) -> None:
        """The owner puts flags on the one mail and takes others off."""
        with self.program() as client:
            client.select_folder("INBOX")
            client.add_flags(client.search(), on)
            client.remove_flags(client.search(), off)

    def said(self, action: str) -> list[str]:
        """Who said it."""
        with self.desk.store.begin() as uow:
            return [line.who for line in uow.audit_lines() if line.action == action]


def _account(port: int, user: str, password: str) -> ImapAccount:
    return ImapAccount(
        name="rq",
        host="127.0.0.1",
        port=port,
        security=Security.PLAIN,
        username=user,
        password=password,
        sent_folder="Enviados",
    )


@pytest.fixture
def office(dovecot: Dovecot) -> Iterator[ImapWorld]:
    """On a Dovecot, which keeps keywords and counts changes."""
    account = _account(dovecot.imap_port, dovecot.new_user(), PASSWORD)
    world = ImapWorld(verdicts={"Reclamo": COMPLAINT, "Estado": REQUIREMENT}, account=account)
    yield world
    world.outlook.close()


@pytest.fixture
def poor() -> Iterator[ImapWorld]:
    """On a server without keywords, CONDSTORE and SPECIAL-USE, as Exchange Online over IMAP."""
    with EmbeddedMailServer([ESC], folders=("Enviados",)) as server:
        account = _account(server.imap_port, ESC, server.password)
        world = ImapWorld(verdicts={"Reclamo": COMPLAINT, "Estado": REQUIREMENT}, account=account)
        yield world
        world.outlook.close()


@pytest.mark.needs_dovecot
class TestKeywords:
    def test_labels_are_keywords_and_what_is_owed_is_a_flag_and_nothing_else_is_touched(
        self, office: ImapWorld
    ) -> None:
        office.come("Reclamo")
        office.tend(0)
        assert office.flags() == {"Reclamo", "Contingencia", "\\Flagged"}

    def test_reading_and_marking_leave_the_mail_unread_and_repeating_is_heard_as_nothing(
        self, office: ImapWorld
    ) -> None:
        office.come("Estado")
        assert [office.tend(minute).heard for minute in range(4)] == [0, 0, 0, 0]
        assert office.flags() == {"Requerimiento", "\\Flagged"}
        assert office.said(HEARD) == []

    def test_a_keyword_that_its_owner_takes_off_corrects_the_label(self, office: ImapWorld) -> None:
        office.come("Reclamo")
        office.tend(0)
        office.click(off=("Reclamo", "Contingencia"), on=("requerimiento",))
        assert office.tend(5).heard == 1
        with office.desk.store.begin() as uow:
            (message,) = uow.messages.list(MessageFilter())
        assert message.verdict is not None
        assert message.verdict.categories == (Category.REQUIREMENT,)
        assert office.said("correction") == ["RQ"]

    def test_a_flag_that_its_owner_takes_off_ends_the_obligation_then(self, office: ImapWorld) -> None:
        office.come("Estado")
        office.tend(0)
        office.click(off=("\\Flagged",))
        office.tend(5)
        (ended,) = office.owed(kind=ObligationKind.REPLY)
        assert ended.state is ObligationState.MET
        assert ended.evidence.startswith("dado por hecho por RQ")
        assert ended.ended_at == NINE + 5 * MINUTE
        assert office.flags() == {"Requerimiento"}

    def test_reading_a_mail_is_no_word(self, office: ImapWorld) -> None:
        office.come("Estado")
        office.tend(0)
        office.click(on=("\\Seen", "\\Answered", "NonJunk"))
        assert office.tend(5).heard == 0
        assert office.flags() == {"Requerimiento", "\\Flagged", "\\Seen", "\\Answered", "NonJunk"}

    def test_a_restart_between_announcing_and_setting_hears_nothing(self, office: ImapWorld) -> None:
        office.come("Reclamo")
        office.tend(0)
        office.outlook.close()
        del office.__dict__["outlook"]
        assert office.tend(1).heard == 0
        assert office.said(HEARD) == []


@pytest.mark.needs_dovecot
class TestBrokenLine:
    """Whatever a run of ours had done when the line broke is never taken for a person's doing."""

    @pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
    @pytest.mark.parametrize("at", [b"SELECT", b"STORE", b"MOVE", b"UID FETCH"], ids=bytes.decode)
    def test_the_next_run_finishes_and_nothing_is_heard(self, dovecot: Dovecot, at: bytes, is_after: bool) -> None:
        user = dovecot.new_user()
        with dovecot.client(user) as client:
            client.create_folder("Reclamos")
        with cut_line(dovecot.imap_port) as line:
            switches = frozenset({Switch.CATEGORIES, Switch.FLAGS, Switch.FOLDERS})
            account = _account(line.port, user, PASSWORD)
            office = ImapWorld(verdicts={"Reclamo": COMPLAINT}, account=account, switches=switches)
            office.come("Reclamo")
            office.outlook.marks.abilities()
            line.at, line.is_after = at, is_after
            for minute in range(4):
                with suppress(MailboxUnavailable):
                    office.tend(minute)
            assert line.cuts == 1
            assert office.said(HEARD) == []
            assert office.flags("Reclamos") == {"Reclamo", "Contingencia", "\\Flagged"}
            office.outlook.close()


class TestFlagAlone:
    def test_without_keywords_the_flag_stands_in_and_its_end_is_heard(self, poor: ImapWorld) -> None:
        poor.switches = frozenset({Switch.CATEGORIES})
        poor.come("Estado")
        poor.tend(0)
        assert poor.flags() == {"\\Flagged"}
        poor.click(off=("\\Flagged",))
        poor.tend(5)
        (ended,) = poor.owed(kind=ObligationKind.REPLY)
        assert (ended.state, ended.ended_at) == (ObligationState.MET, NINE + 5 * MINUTE)

    def test_a_flag_that_is_put_up_again_takes_that_back(self, poor: ImapWorld) -> None:
        poor.come("Estado")
        poor.tend(0)
        poor.click(off=("\\Flagged",))
        poor.tend(5)
        poor.click(on=("\\Flagged",))
        poor.tend(6)
        (owed,) = poor.owed(kind=ObligationKind.REPLY)
        assert owed.state is ObligationState.OPEN

    def test_what_was_clicked_while_mailbot_was_down_is_heard(self, poor: ImapWorld) -> None:
        poor.come("Estado")
        poor.tend(0)
        poor.outlook.close()
        del poor.__dict__["outlook"]
        poor.click(off=("\\Flagged",))
        assert poor.tend(60).heard == 1
