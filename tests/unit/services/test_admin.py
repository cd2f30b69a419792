from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from mailbot.domain.mail import MailPurpose
from mailbot.domain.message import Address
from mailbot.rendering.templates import TemplateRenderer
from mailbot.services.admin import queue_admin_mail
from mailbot.services.deliver import BREAKER, deliver
from mailbot.services.desk import Desk
from mailbot.shipped import templates_folder
from tests.builders import REQUIREMENT, lima
from tests.unit.services.world import World

NOON = lima("2026-11-16 12:00")


@dataclass(frozen=True)
class FaultyTemplates:
    """A renderer whose office templates have faults."""

    inner: object
    faults: tuple[str, ...]

    def check(self) -> tuple[str, ...]:
        return self.faults

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def _desk(world: World, *faults: str) -> Desk:
    renderer = FaultyTemplates(world.desk.renderer, faults)
    return replace(world.desk, admin=Address(address="sistemas@agencia.example"), renderer=renderer)


def test_without_trouble_the_administrator_hears_nothing() -> None:
    assert queue_admin_mail(_desk(World()), now=NOON) is False


def test_a_broken_template_is_told_once() -> None:
    desk = _desk(World(), "digest/body.html: falta un cierre")

    assert queue_admin_mail(desk, now=NOON) is True
    assert queue_admin_mail(desk, now=NOON + timedelta(hours=1)) is False


def test_a_template_that_fails_only_with_a_mails_own_values_is_told_once(tmp_path: Path) -> None:
    world = World(verdicts={"levante": REQUIREMENT})
    (tmp_path / "reminder").mkdir()
    (tmp_path / "reminder" / "body.txt").write_text("{{ mail.items[0].nombre }}", encoding="utf-8")
    world.__dict__["desk"] = replace(
        world.desk,
        admin=Address(address="sistemas@agencia.example"),
        renderer=TemplateRenderer([tmp_path, templates_folder()]),
    )
    assert queue_admin_mail(world.desk, now=NOON) is False
    world.write("levante", lima("2026-11-16 09:00"))
    world.write("levante", lima("2026-11-16 11:00"), sender="otra@textiles.example")

    for at in ("10:36", "10:46", "11:00", "12:36", "12:46", "12:50"):
        world.tick(lima(f"2026-11-16 {at}"))
        queue_admin_mail(world.desk, now=lima(f"2026-11-16 {at}"))
    world.tick(lima("2026-11-16 12:51"))

    told = [mail for mail in world.sender.sent if mail.to[0].address == "sistemas@agencia.example"]
    reminders = [mail for mail in world.sender.sent if mail.purpose is MailPurpose.REMINDER]
    assert len(told) == 1
    assert "nombre" in told[0].text
    assert len(reminders) == 2, "the reminders left in our own words"
    assert all("está por vencer" in mail.text for mail in reminders)


def test_a_new_trouble_is_told_without_the_old_ones() -> None:
    world = World()
    queue_admin_mail(_desk(world, "digest/body.html: falta un cierre"), now=NOON)
    queue_admin_mail(
        _desk(world, "digest/body.html: falta un cierre", "ask/body.txt: otro"), now=NOON + timedelta(hours=1)
    )
    world.tick(NOON + timedelta(hours=1))

    assert ["falta un cierre" in mail.text for mail in world.sender.sent] == [True, False]


def test_sending_that_stops_again_is_told_again() -> None:
    world = World()
    desk = _desk(world)
    for at in (NOON, NOON + timedelta(days=2)):
        with desk.store.begin() as uow:
            uow.facts.set(BREAKER, f"tripped {at.isoformat()}")
            uow.commit()
        assert queue_admin_mail(desk, now=at) is True
        assert queue_admin_mail(desk, now=at + timedelta(minutes=15)) is False


def test_sending_that_was_stopped_is_told_although_it_is_stopped() -> None:
    world = World()
    desk = _desk(world)
    with desk.store.begin() as uow:
        uow.facts.set(BREAKER, f"tripped {NOON.isoformat()}")
        uow.commit()

    assert queue_admin_mail(desk, now=NOON) is True
    assert deliver(desk, world.post, now=NOON).sent == 1
    assert "deliver --resume" in world.sender.sent[0].text


def test_without_an_administrator_nothing_is_queued() -> None:
    world = World()
    desk = replace(_desk(world, "fault"), admin=None)

    assert queue_admin_mail(desk, now=NOON) is False
