from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from mailbot.domain.errors import DeliveryUncertain, MailbotError, MailboxRefused, MailboxUnavailable, UnknownName
from mailbot.domain.mail import MailPurpose, MailState, OutgoingMail
from mailbot.domain.message import Address
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.outgoing import message_id_for
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.services.deliver import LEASE, RESTORED_AT, Delivered, Post, deliver
from mailbot.services.desk import Box
from mailbot.services.doubt import UNDERWAY, decide, settle_uncertain
from mailbot.store import backups
from tests.builders import COMPLAINT, ESC, lima
from tests.unit.services.world import World

NIGHT = lima("2026-11-15 20:00")
NOON = lima("2026-11-16 12:00")
MINUTE = timedelta(minutes=1)


@dataclass(kw_only=True)
class Doubt:
    """A mail whose fate is unknown since noon, queued the night before, and the mailbox it went to."""

    world: World = field(default_factory=World)
    box: MemoryMailSource = field(default_factory=lambda: MemoryMailSource("rq", folders=("INBOX", "Avisos")))
    addressee: str = ESC
    box_address: str = ESC

    def __post_init__(self) -> None:
        secret = self.world.desk.secret
        self.mail = OutgoingMail(
            key="notice:1",
            purpose=MailPurpose.NOTICE,
            message_id=message_id_for("notice:1", domain="agencia.example", secret=secret),
            sender=self.world.desk.sender,
            to=(Address(address=self.addressee),),
            subject="Aviso",
            text="Texto",
            html="<p>Texto</p>",
            created_at=NIGHT,
            not_before=NIGHT,
        )
        with self.world.desk.store.begin() as uow:
            uow.outbox.add(self.mail)
            uow.commit()
        self.world.sender.fail_with(DeliveryUncertain("se cortó después de DATA"))
        assert deliver(self.world.desk, self.post, now=NOON).uncertain == 1

    @property
    def post(self) -> Post:
        box = Box(name="rq", address=self.box_address, keeps_copies=self.box_address.startswith("copias@"))
        watched = ((box, self.box),)
        return Post(sender=self.world.sender, worker="test", watched=watched)

    @property
    def raw(self) -> bytes:
        return f"Message-ID: {self.mail.message_id}\r\nFrom: mailbot@agencia.example\r\n\r\nTexto".encode()

    def settle(self, now: datetime) -> Delivered:
        return settle_uncertain(self.world.desk, self.post, now=now)

    @property
    def now_stored(self) -> OutgoingMail:
        with self.world.desk.store.begin() as uow:
            found = uow.outbox.get("notice:1")
        assert found is not None
        return found


@pytest.mark.parametrize("folder", ["INBOX", "Avisos"])
def test_found_in_any_watched_folder_of_its_addressee_means_sent(folder: str) -> None:
    doubt = Doubt()
    doubt.box.add(doubt.raw, at=NOON, folder=folder)

    assert doubt.settle(NOON + MINUTE).sent == 1
    assert doubt.now_stored.state is MailState.SENT
    assert deliver(doubt.world.desk, doubt.post, now=NOON + timedelta(days=1)).sent == 0


def test_missing_it_is_tried_again_under_the_same_id_some_time_after_the_doubt_began() -> None:
    # It had been queued for hours when it was sent: that says nothing of how long it is under way.
    doubt = Doubt()

    assert doubt.settle(NOON + UNDERWAY - MINUTE) == Delivered(uncertain=1)
    assert doubt.settle(NOON + UNDERWAY).deferred == 1
    assert deliver(doubt.world.desk, doubt.post, now=NOON + UNDERWAY).sent == 1
    assert [mail.message_id for mail in doubt.world.sender.sent] == [doubt.mail.message_id]


def test_a_service_that_is_told_to_stop_looks_for_no_further_mail() -> None:
    doubt = Doubt()
    stopping = replace(doubt.post, is_stopping=lambda: True)

    assert settle_uncertain(doubt.world.desk, stopping, now=NOON + UNDERWAY) == Delivered()
    assert doubt.settle(NOON + UNDERWAY).deferred == 1


def test_where_nobody_can_look_it_stays_uncertain_until_a_person_decides() -> None:
    doubt = Doubt(addressee="compras@textiles.example")

    assert doubt.settle(NOON + timedelta(days=3)) == Delivered(uncertain=1)
    assert deliver(doubt.world.desk, doubt.post, now=NOON + timedelta(days=3)).sent == 0

    decide(doubt.world.desk, "notice:1", was_sent=False, who="admin", now=NOON + timedelta(days=3))
    assert deliver(doubt.world.desk, doubt.post, now=NOON + timedelta(days=3)).sent == 1


def test_a_person_can_say_that_it_was_sent() -> None:
    doubt = Doubt(addressee="compras@textiles.example")

    decide(doubt.world.desk, "notice:1", was_sent=True, who="admin", now=NOON + MINUTE)

    assert doubt.now_stored.state is MailState.SENT
    with pytest.raises(UnknownName):
        decide(doubt.world.desk, "notice:1", was_sent=False, who="admin", now=NOON + MINUTE)


class TestBlindCopies:
    """A client's mailbox is nobody's to look into, but the mailbox of blind copies is."""

    @pytest.fixture
    def doubt(self) -> Doubt:
        return Doubt(addressee="compras@textiles.example", box_address="copias@agencia.example")

    def sent_before(self, doubt: Doubt, *, has_copy: bool) -> None:
        """Another mail left an hour earlier."""
        earlier = replace(doubt.mail, key="notice:0", message_id="<mb.0@agencia.example>")
        with doubt.world.desk.store.begin() as uow:
            uow.outbox.add(earlier)
            uow.outbox.settle(earlier.key, MailState.SENT, at=NOON - timedelta(hours=1))
            uow.commit()
        if has_copy:
            doubt.box.add(b"Message-ID: <mb.0@agencia.example>\r\n\r\nTexto", at=NOON - timedelta(hours=1))

    def test_a_blind_copy_means_sent(self, doubt: Doubt) -> None:
        doubt.box.add(doubt.raw, at=NOON)

        assert doubt.settle(NOON + MINUTE).sent == 1

    def test_no_copy_where_others_arrive_means_that_it_may_be_tried_again(self, doubt: Doubt) -> None:
        self.sent_before(doubt, has_copy=True)

        assert doubt.settle(NOON + UNDERWAY - MINUTE) == Delivered(uncertain=1)
        assert doubt.settle(NOON + UNDERWAY).deferred == 1
        deliver(doubt.world.desk, doubt.post, now=NOON + UNDERWAY)
        assert [mail.message_id for mail in doubt.world.sender.sent] == [doubt.mail.message_id]

    @pytest.mark.parametrize("has_earlier", [True, False], ids=["no copy of another either", "no other mail"])
    def test_where_no_copy_is_known_to_arrive_its_absence_proves_nothing(self, doubt: Doubt, has_earlier: bool) -> None:
        if has_earlier:
            self.sent_before(doubt, has_copy=False)

        assert doubt.settle(NOON + timedelta(hours=5)) == Delivered(uncertain=1)


class TestSent:
    """Where the server files what it sent, the sender's own folder tells what became of a mail to a client."""

    @pytest.fixture
    def doubt(self) -> Doubt:
        own = MemoryMailSource("mailbot", folders=("INBOX", "Sent"))
        return Doubt(addressee="compras@textiles.example", box=own, box_address="mailbot@agencia.example")

    def test_a_copy_in_sent_means_sent(self, doubt: Doubt) -> None:
        doubt.box.add(doubt.raw, at=NOON, folder="Sent")

        assert doubt.settle(NOON + MINUTE).sent == 1
        assert doubt.now_stored.state is MailState.SENT
        assert deliver(doubt.world.desk, doubt.post, now=NOON + timedelta(days=1)).sent == 0

    def test_a_copy_elsewhere_in_it_is_none(self, doubt: Doubt) -> None:
        doubt.box.add(doubt.raw, at=NOON, folder="INBOX")

        assert doubt.settle(NOON + MINUTE) == Delivered(uncertain=1)

    def test_that_none_lies_there_proves_nothing(self, doubt: Doubt) -> None:
        assert doubt.settle(NOON + timedelta(hours=5)) == Delivered(uncertain=1)


@pytest.mark.parametrize("fault", [MailboxUnavailable("sin red"), MailboxRefused("clave")], ids=["away", "refused"])
def test_a_mailbox_out_of_reach_settles_nothing(fault: MailbotError) -> None:
    doubt = Doubt()
    doubt.box.fail_with(fault)

    assert doubt.settle(NOON + timedelta(days=1)) == Delivered(uncertain=1)
    assert doubt.now_stored.state is MailState.UNCERTAIN


def test_a_copy_that_is_read_in_a_mailbox_ends_the_doubt() -> None:
    doubt = Doubt(addressee="csalazar@agencia.example")

    doubt.world.receive(doubt.raw, NOON + MINUTE)

    assert doubt.now_stored.state is MailState.SENT


def test_a_copy_that_comes_late_keeps_the_second_try_from_leaving() -> None:
    doubt = Doubt()
    assert doubt.settle(NOON + UNDERWAY).deferred == 1

    doubt.world.receive(doubt.raw, NOON + UNDERWAY)

    assert deliver(doubt.world.desk, doubt.post, now=NOON + UNDERWAY).sent == 0


def test_a_mail_that_never_arrives_is_given_up_and_shown_to_a_person() -> None:
    doubt = Doubt()
    now = NOON
    while doubt.now_stored.state is not MailState.REFUSED:
        now += UNDERWAY
        doubt.world.sender.fail_with(DeliveryUncertain("se cortó después de DATA"))
        deliver(doubt.world.desk, doubt.post, now=now)
        doubt.settle(now + UNDERWAY)
        assert now < NOON + timedelta(days=1)

    assert "no llega" in doubt.now_stored.last_error


def test_a_mail_that_a_dead_process_held_is_in_doubt_since_it_was_noticed() -> None:
    doubt = Doubt()
    assert doubt.settle(NOON + UNDERWAY).deferred == 1
    with doubt.world.desk.store.begin() as uow:
        assert uow.outbox.claim(NOON + UNDERWAY, worker="dead", lease=LEASE)
        uow.commit()
    noticed = NOON + UNDERWAY + LEASE
    deliver(doubt.world.desk, doubt.post, now=noticed)

    assert doubt.settle(noticed + UNDERWAY - MINUTE) == Delivered(uncertain=1)
    assert doubt.settle(noticed + UNDERWAY).deferred == 1


def test_after_a_restore_what_is_told_again_is_looked_for_before_it_is_sent() -> None:
    """The backup does not know of the notice that was sent after it was made."""
    world = World(verdicts={"reclamo": COMPLAINT})
    world.write("reclamo", NOON - MINUTE)
    with world.desk.store.begin() as uow:
        uow.facts.set(RESTORED_AT, NOON.isoformat())
        uow.commit()

    assert world.tick(NOON) == ()

    (report,) = world.owed(ObligationKind.MANAGEMENT_REPORT)
    with world.desk.store.begin() as uow:
        (notice,) = [mail for mail in uow.outbox.list() if report.id in mail.obligations]
    assert notice.state is MailState.UNCERTAIN


def test_after_a_restore_what_is_new_leaves_at_once() -> None:
    world = World(verdicts={"reclamo": COMPLAINT})
    with world.desk.store.begin() as uow:
        uow.facts.set(RESTORED_AT, (NOON - MINUTE).isoformat())
        uow.commit()
    world.write("reclamo", NOON)

    assert len(world.tick(NOON + MINUTE)) == 1


def test_store_and_services_mean_the_same_fact_by_a_restore() -> None:
    assert RESTORED_AT == backups.RESTORED_AT


def test_the_doubt_about_one_mail_holds_no_other_back() -> None:
    doubt = Doubt()
    other = replace(doubt.mail, key="notice:2", message_id="<mb.2@agencia.example>")
    with doubt.world.desk.store.begin() as uow:
        uow.outbox.add(other)
        uow.commit()

    assert deliver(doubt.world.desk, doubt.post, now=NOON + MINUTE).sent == 1
