"""Answers in English are the same commands."""

from datetime import time

import pytest

from mailbot.domain.commands import Command, NotUnderstood, Verb, read_commands


def _only(text: str) -> Command:
    said = read_commands(text)
    assert isinstance(said, tuple)
    (command,) = said
    return command


@pytest.mark.parametrize(
    ("text", "verb", "numbers"),
    [
        ("done", Verb.DONE, ()),
        ("Done, thanks", Verb.DONE, ()),
        ("I have replied", Verb.DONE, ()),
        ("It's been handled", Verb.DONE, ()),
        ("answered the client", Verb.DONE, ()),
        ("2 done", Verb.DONE, (2,)),
        ("done 2", Verb.DONE, (2,)),
        ("1 and 3 seen", Verb.SEEN, (1, 3)),
        ("1 to 3: noted", Verb.SEEN, (1, 2, 3)),
        ("Hi mailbot,\nseen, thanks\n\nBest regards\nRosa", Verb.SEEN, ()),
        ("not a complaint", Verb.NOT_COMPLAINT, ()),
        ("It's not a complaint", Verb.NOT_COMPLAINT, ()),
        ("3: it is a complaint", Verb.IS_COMPLAINT, (3,)),
        ("yes", Verb.YES, ()),
        ("Yes, please", Verb.YES, ()),
        ("none of them", Verb.NONE, ()),
    ],
)
def test_english_words_are_commands(text: str, verb: Verb, numbers: tuple[int, ...]) -> None:
    command = _only(text)

    assert (command.verb, command.numbers, command.is_english) == (verb, numbers, True)


@pytest.mark.parametrize(
    ("text", "verb", "name"),
    [
        ("reassign to KV", Verb.REASSIGN, "kv"),
        ("2 reassign KV", Verb.REASSIGN, "kv"),
        ("order 2026-004512", Verb.ORDER, "2026-004512"),
        ("2: it is shipment 2026-004512", Verb.ORDER, "2026-004512"),
        ("client 20131312955", Verb.CLIENT, "20131312955"),
    ],
)
def test_english_commands_name_people_and_orders(text: str, verb: Verb, name: str) -> None:
    command = _only(text)

    assert (command.verb, command.name) == (verb, name)


def test_english_times_are_understood() -> None:
    hours, tomorrow = _only("snooze 4 hours"), _only("remind me tomorrow at 10:00")

    assert hours.delay is not None
    assert hours.delay.span is not None
    assert hours.delay.span.total_seconds() == 4 * 3600
    assert tomorrow.delay is not None
    assert (tomorrow.delay.near, tomorrow.delay.clock) == (1, time(10))


@pytest.mark.parametrize(
    "text",
    [
        "not done",
        "will be done",
        "to be done",
        "is it done?",
        "done but still missing the BL",
        "done, but not yet for the second container",
        "we will answer later",
        "I will read it later",
        "please read the file",
        "please call me. done deal",
    ],
)
def test_doubtful_english_is_no_command(text: str) -> None:
    assert isinstance(read_commands(text), NotUnderstood)


@pytest.mark.parametrize("text", ["atendido", "visto", "2 no es reclamo", "no", "posponer 4h", "reasignar KV"])
def test_spanish_stays_spanish(text: str) -> None:
    assert not _only(text).is_english
