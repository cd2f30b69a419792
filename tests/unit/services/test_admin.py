from dataclasses import dataclass, replace
from datetime import timedelta

from mailbot.domain.message import Address
from mailbot.services.admin import queue_admin_mail
from mailbot.services.deliver import BREAKER, deliver
from mailbot.services.desk import Desk
from tests.builders import lima
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
