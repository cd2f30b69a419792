"""What an answer to one of our mails tells us to do, read from the sender's own words. Pure.

Spanish as people write it from a phone: any case, with or without accents, thanks and greetings; and
English, which is put into the same words. A clause counts only when it is a command from its first
word to its last; what is doubtful is not understood, since an obligation that ends too early hides a
missed limit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailbot.domain.answers import fold
from mailbot.domain.command_words import (
    ACCENTED_YES,
    ALL,
    AND_NUMBER,
    BARE_ORDER,
    BETWEEN,
    CHOICE,
    CLIENT,
    COMPILED,
    COURTESY,
    DOUBT,
    END,
    FIRST_ITEMS,
    FIRST_ORDER,
    LAST_ITEMS,
    LAST_ORDER,
    LEADING,
    LIST,
    MOST_ITEMS,
    NAMED_CLIENT,
    NOUN,
    NUMBER_LIST,
    NUMBERED,
    ORDER,
    ORDINALS,
    PAIR,
    POSTPONE,
    REASSIGN,
    REMIND,
    TRAILING,
)
from mailbot.domain.command_words import Verb as Verb
from mailbot.domain.delays import Delay, read_delay
from mailbot.domain.english_commands import to_spanish

# What is said of obligations, so that it can be said of those of one order.
ON_LINES = frozenset({Verb.SEEN, Verb.DONE, Verb.POSTPONE, Verb.REASSIGN})
# What a person says in a line or two stands at the top; the rest of a long mail is no command.
_MOST_LINES = 60
_LONGEST_LINE = 400


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command; `numbers` are the items it is about, none means all of the mail that was answered."""

    verb: Verb
    # The clause as it was written.
    said: str
    numbers: tuple[int, ...] = ()
    # Whether "todos" was said aloud.
    is_for_all: bool = False
    # For `posponer`; None when no time was named that could be read.
    delay: Delay | None = None
    # For `reasignar` the code or name, for `orden` the number, for `cliente` the RUC or name.
    name: str = ""
    # The order whose lines alone are meant ("orden 2026-004512 atendido").
    order: str = ""
    # Whether it was said in English, in which it is then answered.
    is_english: bool = False


@dataclass(frozen=True, kw_only=True)
class NotUnderstood:
    """No command, or none that is beyond doubt."""

    # Nothing but thanks and greetings: nobody expects an answer to it.
    is_courtesy: bool = False


def read_commands(text: str) -> tuple[Command, ...] | NotUnderstood:
    """The commands of an answer's own words, in order."""
    commands: list[Command] = []
    remarks: list[str] = []
    for line in _lines(text):
        found, rest = _read_line(line)
        commands += found
        remarks += rest
    settled = _settled(commands)
    if not settled or _is_doubtful(settled, remarks):
        is_courtesy = not commands and not remarks
        return NotUnderstood(is_courtesy=is_courtesy)
    return settled


def _lines(text: str) -> Iterator[str]:
    """The lines up to the signature, in the form in which they are compared."""
    has_begun = False
    for raw in text.splitlines()[:_MOST_LINES]:
        line = _plain(raw[:_LONGEST_LINE])
        if has_begun and END.match(line):
            return
        if line and not line.startswith(">"):
            has_begun = True
            yield line


def _plain(line: str) -> str:
    folded = fold(ACCENTED_YES.sub("si,", line)).replace("º", "o")
    kept = re.sub(r"[^a-z0-9ñ.,;:!?()/#°'\-_> ]", " ", folded)
    return re.sub(r"^[\s\-*•]+(?!-)", "", " ".join(kept.split())).replace("¿", "")


def _read_line(line: str) -> tuple[list[Command], list[str]]:
    """The commands that a line begins with, and what else it says."""
    found: list[Command] = []
    clauses = list(_clauses(line))
    for place, clause in enumerate(clauses):
        read = _read_clause(clause)
        if read is not None:
            found.append(read)
        elif not COURTESY.fullmatch(clause):
            return found, clauses[place:]
    return found, []


def _clauses(line: str) -> Iterator[str]:
    line = NUMBERED.sub(r"\1 ", line)
    for part in BETWEEN.split(NUMBER_LIST.sub(" y ", line)):
        for half in AND_NUMBER.split(part):
            pair = PAIR.split(half, maxsplit=1)
            is_two = len(pair) == 2 and all(_read_clause(clause) for clause in pair)
            yield from (clause.strip(" :-") for clause in (pair if is_two else [half]) if clause.strip(" :-"))


def _read_clause(clause: str) -> Command | None:
    if "?" in clause:
        return None
    found = _read_spanish(clause)
    translated = to_spanish(clause) if found is None else None
    said = _read_spanish(translated) if translated else None
    return replace(said, said=clause, is_english=True) if said else found


def _read_spanish(clause: str) -> Command | None:
    core = clause.strip(" .:-()'")
    for _ in range(4):
        core = TRAILING.sub("", LEADING.sub("", core)).strip(" .:-'")
    return _with_name(core, clause) or _simple(core, clause) or _of_order(core, clause)


def _of_order(core: str, clause: str) -> Command | None:
    """A command on the lines of one order."""
    first, last = FIRST_ORDER.fullmatch(core), LAST_ORDER.fullmatch(core)
    if first:
        order, rest = first[1] or first[2], first[3]
    elif last:
        order, rest = last[2] or last[3], last[1]
    else:
        return None
    found = _with_name(rest, clause) or _simple(rest, clause)
    return replace(found, order=order) if found and found.verb in ON_LINES else None


def _simple(core: str, clause: str) -> Command | None:
    choice = CHOICE.fullmatch(core)
    if choice or core.removeprefix("la ").removeprefix("el ") in ORDINALS:
        name = choice[1] if choice else str(ORDINALS[core.removeprefix("la ").removeprefix("el ")])
        return Command(verb=Verb.CHOICE, said=clause, name=name)
    words, numbers, is_for_all = _items(core)
    verb = next((verb for verb, pattern in COMPILED if pattern.fullmatch(words)), None)
    return Command(verb=verb, said=clause, numbers=numbers, is_for_all=is_for_all) if verb else None


def _with_name(core: str, clause: str) -> Command | None:
    """The commands that name a time, a person or an order."""
    numbers: tuple[int, ...] = ()
    if first := FIRST_ITEMS.match(core):
        numbers, core = _numbers(first[1]), first[2].strip()
    is_for_all = bool(re.match(r"tod[oa]s? ", core))
    core = re.sub(r"^tod[oa]s? ", "", core)
    if found := POSTPONE.fullmatch(core) or REMIND.fullmatch(core):
        rest, later, everything = _items_after(found[1])
        delay = read_delay(rest)
        if delay is None and not POSTPONE.match(core):
            return None
        items, is_all = numbers or later, is_for_all or everything
        return Command(verb=Verb.POSTPONE, said=clause, numbers=items, is_for_all=is_all, delay=delay, name=rest)
    if (found := REASSIGN.fullmatch(core)) and len(found[1].split()) <= (4 if "asign" in core else 2):
        rest, later, everything = _items_before(found[1])
        items, is_all = numbers or later, is_for_all or everything
        return Command(verb=Verb.REASSIGN, said=clause, numbers=items, is_for_all=is_all, name=rest)
    if found := ORDER.fullmatch(core) or BARE_ORDER.fullmatch(core):
        return Command(verb=Verb.ORDER, said=clause, numbers=numbers, is_for_all=is_for_all, name=found[1].strip())
    if found := CLIENT.fullmatch(core) or (NAMED_CLIENT.fullmatch(core) if numbers else None):
        return Command(verb=Verb.CLIENT, said=clause, numbers=numbers, name=next(filter(None, found.groups())))
    return None


def _items(words: str) -> tuple[str, tuple[int, ...], bool]:
    """The words without the items they name."""
    if found := FIRST_ITEMS.match(words):
        return found[2].strip(), _numbers(found[1]), False
    if found := LAST_ITEMS.match(words):
        return found[1].strip(), _numbers(found[2]), False
    without = ALL.sub("", words).strip()
    return without, (), without != words


def _items_after(text: str) -> tuple[str, tuple[int, ...], bool]:
    """ "el 2 hasta mañana" or "todo 4h": the items stand before the time."""
    if read_delay(text) is not None:
        return text, (), False
    found = re.match(rf"^(?:{NOUN})?({LIST}) (.+)$", text)
    if found and read_delay(found[2]) is not None:
        return found[2], _numbers(found[1]), False
    without = re.sub(r"^tod[oa]s? ", "", text)
    return without, (), without != text


def _items_before(text: str) -> tuple[str, tuple[int, ...], bool]:
    """ "el 2 a KV" or "todo a KV": the items stand before the person."""
    if found := re.match(rf"^(?:{NOUN})?({LIST}) (?:a|al|para) (.+)$", text):
        return found[2].strip(" .:"), _numbers(found[1]), False
    without = re.sub(r"^tod[oa]s? (?:a |al |para )?", "", text)
    return without.strip(" .:"), (), without != text


def _numbers(text: str) -> tuple[int, ...]:
    """ "1 y 3" or "1-3" as numbers."""
    if found := re.fullmatch(r"(\d+)(?: al | a | ?- ?)(\d+)", text):
        first, last = int(found[1]), int(found[2])
        return tuple(range(first, min(last, first + MOST_ITEMS) + 1))
    return tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", text)))


def _settled(commands: Sequence[Command]) -> tuple[Command, ...]:
    """Without a "sí" that only introduces another command; nothing where "no" contradicts the rest."""
    loose = [command for command in commands if command.verb in (Verb.YES, Verb.NO) and not command.numbers]
    rest = tuple(command for command in commands if command not in loose)
    says_no = any(command.verb is Verb.NO for command in loose)
    if not rest:
        return tuple(loose[:1]) if len({command.verb for command in loose}) == 1 else ()
    if says_no and any(command.verb is not Verb.NOT_COMPLAINT for command in rest):
        return ()
    if {Verb.IS_COMPLAINT, Verb.NOT_COMPLAINT} <= {command.verb for command in rest if not command.numbers}:
        return ()
    return tuple(dict.fromkeys(_with_their_order(rest)))


def _with_their_order(commands: Sequence[Command]) -> Sequence[Command]:
    """ "Atendido, orden 2026-004512" names the line that was attended to and links nothing."""
    named = [command for command in commands if command.verb is Verb.ORDER and not command.numbers]
    others = [command for command in commands if command not in named]
    is_naming = len(named) == 1 and all(command.verb in ON_LINES and not command.numbers for command in others)
    if not others or not is_naming:
        return commands
    return [replace(command, order=command.order or named[0].name) for command in others]


def _is_doubtful(commands: Sequence[Command], remarks: Sequence[str]) -> bool:
    """Whether what else was said takes a command back or makes it a question or a condition."""
    if any("?" in remark for remark in remarks):
        return True
    is_end = any(command.verb is Verb.DONE for command in commands)
    is_condition = any(command.said.startswith("si es") for command in commands)
    return bool(remarks) and (is_condition or (is_end and any(DOUBT.search(remark) for remark in remarks)))
