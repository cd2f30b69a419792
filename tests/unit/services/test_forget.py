from datetime import timedelta

from mailbot.ports.retention import ERASED
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.services.forget import erase_person, forget_expired
from tests.builders import CLIENT, lima
from tests.unit.services.world import World

MARCH = lima("2026-03-16 10:00")
NOON = lima("2026-11-16 12:00")
KEEP = timedelta(days=90)


def _messages(world: World) -> dict[str, StoredMessage]:
    with world.desk.store.begin() as uow:
        return {message.subject: message for message in uow.messages.list(MessageFilter())}


def _written(world: World) -> None:
    world.write("antiguo", MARCH, "Palabras de marzo.")
    world.write("nuevo", NOON - timedelta(days=1), "Palabras de noviembre.")


def test_words_are_forgotten_after_their_time_and_facts_stay() -> None:
    world = World()
    _written(world)

    forgotten = forget_expired(world.desk, keep=KEEP, now=NOON)

    assert forgotten is not None
    assert forgotten.messages == 1
    found = _messages(world)
    assert "Palabras" not in found["antiguo"].new_text
    assert found["antiguo"].sender == CLIENT
    assert "noviembre" in found["nuevo"].new_text
    with world.desk.store.begin() as uow:
        assert [line.action for line in uow.audit_lines(subject="retention")] == ["words_forgotten"]


def test_it_is_done_once_a_day() -> None:
    world = World()
    _written(world)

    assert forget_expired(world.desk, keep=KEEP, now=NOON) is not None
    assert forget_expired(world.desk, keep=KEEP, now=NOON + timedelta(hours=3)) is None
    assert forget_expired(world.desk, keep=KEEP, now=NOON + timedelta(days=1)) is not None


def test_a_person_is_erased_and_the_log_does_not_name_them() -> None:
    world = World()
    _written(world)

    done = erase_person(world.desk.store, CLIENT, who="admin", now=NOON)

    assert done.messages == 2
    assert {message.sender for message in _messages(world).values()} == {ERASED}
    with world.desk.store.begin() as uow:
        (line,) = uow.audit_lines(subject="retention")
    assert line.who == "admin"
    assert CLIENT not in line.detail
