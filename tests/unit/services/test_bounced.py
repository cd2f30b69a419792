from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from tests.builders import ESC, RUC, lima
from tests.unit.services.test_ingest import _bounce_of
from tests.unit.services.world import World

NOON = lima("2026-11-16 12:00")


def _sent(world: World, **changes: object) -> OutgoingMail:
    values: dict[str, object] = {
        "key": f"digest:{RUC}:2026-11-16",
        "purpose": MailPurpose.DIGEST,
        "message_id": "<mb.1@agencia.example>",
        "sender": Address(address="mailbot@agencia.example"),
        "to": (Address(address="compras@textiles.example"),),
        "subject": "Status de sus despachos",
        "text": "Texto",
        "html": "<p>Texto</p>",
        "created_at": NOON,
        "not_before": NOON,
    }
    mail = OutgoingMail(**(values | changes))  # type: ignore[arg-type]
    with world.desk.store.begin() as uow:
        uow.outbox.add(mail)
        uow.commit()
    return mail


def _words(world: World) -> list[OutgoingMail]:
    with world.desk.store.begin() as uow:
        return [mail for mail in uow.outbox.list() if mail.key.startswith("bounced:")]


def test_a_status_that_bounced_is_told_to_the_clients_esc_once() -> None:
    world = World()
    _sent(world)

    world.receive(_bounce_of("<mb.1@agencia.example>"), NOON)
    world.receive(_bounce_of("<mb.1@agencia.example>").replace(b"<bounce@", b"<bounce2@"), NOON)

    (word,) = _words(world)
    assert [address.address for address in word.to] == [ESC]
    assert "compras@textiles.example" in word.text
    with world.desk.store.begin() as uow:
        assert {line.action for line in uow.audit_lines(subject=f"digest:{RUC}:2026-11-16")} == {"mail_bounced"}


def test_a_notice_that_bounced_from_its_owner_is_told_to_the_head() -> None:
    world = World()
    _sent(world, key="notice:1", purpose=MailPurpose.NOTICE, to=(Address(address=ESC),))

    world.receive(_bounce_of("<mb.1@agencia.example>"), NOON)

    assert [address.address for address in _words(world)[0].to] == ["jsalas@agencia.example"]


def test_a_bounce_of_somebody_elses_mail_is_told_to_nobody() -> None:
    world = World()

    world.receive(_bounce_of("<other@agencia.example>"), NOON)

    assert _words(world) == []
