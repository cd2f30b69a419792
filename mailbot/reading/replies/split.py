"""What a sender wrote in this message alone, told from signature and quoted mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.reading.html.anchors import MARKS
from mailbot.reading.replies.attributions import attribution_length
from mailbot.reading.replies.closings import goes_on_warning, is_banner
from mailbot.reading.replies.header_blocks import header_block_length
from mailbot.reading.replies.inline import inline_answers
from mailbot.reading.replies.marks import Line, marked_lines
from mailbot.reading.replies.names import Signer
from mailbot.reading.replies.quotations import Announcement, next_written, quoted_end
from mailbot.reading.replies.separators import (
    is_marker,
    ruled_block_start,
)
from mailbot.reading.replies.signature import signature_start

_LINES = 3000
_MANY_BREAKS = re.compile(r"\n{3,}")
_ARMOUR_TOP = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Z][\w-]*: .*\n)*\n?", re.MULTILINE)
_ARMOUR_END = re.compile(r"^-----BEGIN PGP SIGNATURE-----\n[\s\S]*?(?:^-----END PGP SIGNATURE-----|\Z)", re.MULTILINE)


def without_armour(text: str) -> str:
    """A text signed with PGP in the line without the armour around it (RFC 9580 section 7)."""
    if "-----BEGIN PGP SIGN" not in text:
        return text
    return _ARMOUR_END.sub("", _ARMOUR_TOP.sub("", text))


@dataclass(frozen=True, kw_only=True)
class Split:
    """The three layers of a body."""

    new_text: str
    signature: str
    quoted: str


@dataclass(slots=True)
class _Layers:
    """Lines sorted so far; `tail` is where unmarked earlier mail begins, if it does."""

    own: list[list[str]]
    quoted: list[str]
    signature: list[str]
    tail: int | None = None

    def keep(self, line: str) -> None:
        """Add a line of the sender's own to the current run."""
        self.own[-1].append(line)

    @property
    def has_own(self) -> bool:
        """Whether anything of the sender's own was found so far."""
        return any(line.strip() for run in self.own for line in run)

    def quote(self, lines: Sequence[str]) -> None:
        """Add quoted lines; what follows begins a new run."""
        self.quoted += lines
        if self.own[-1]:
            self.own.append([])


def split_reply(text: str, *, sender: str = "") -> Split:
    """Split a body; `sender` is the writer's mailbox as `Name <address>`, whose words signatures repeat."""
    lines = marked_lines(without_armour(text))
    lines, rest = lines[:_LINES], lines[_LINES:]
    plain = [line.text for line in lines]
    layers = _sort(lines, plain)
    signer = Signer.of(sender)
    own = _own_text(layers, signer)
    if layers.tail is not None:
        answers = inline_answers(own, plain[layers.tail :], signer)
        while answers and own and not own[-1].strip():
            own.pop()
        own += answers
    # Nobody types that many lines: what lies beyond is a list or a log, and belongs to what it follows.
    (layers.quoted if layers.tail is not None else own).extend(line.text for line in rest)
    new_text = _joined(own)
    is_marked_only = layers.tail is None or lines[layers.tail].is_tail
    if not new_text and is_marked_only and not _has_quotation(plain):
        # Only the markup called it a quotation: rather too much than a lost word.
        new_text = _joined(plain[: signature_start(plain, signer)])
    return Split(new_text=new_text, signature=_joined(layers.signature), quoted=_joined(layers.quoted))


def _has_quotation(plain: Sequence[str]) -> bool:
    """Whether the words themselves show that earlier mail stands there."""
    return any(
        line.lstrip().startswith(">")
        or is_marker(line)
        or attribution_length(plain, index)
        or _heads_earlier_mail(plain, index)
        for index, line in enumerate(plain)
    )


def split_by_twin(text: str, twin: str, *, sender: str = "") -> Split | None:
    """Split plain text where the marked text of its HTML twin says that earlier mail begins."""
    if MARKS.search(twin) is None:
        return None
    lines = marked_lines(twin)
    start = next((index for index, line in enumerate(lines) if line.is_tail or line.is_quoted), None)
    if start is None or not any(line.text.strip() for line in lines[:start]):
        return None
    first = next((_key(line.text) for line in lines[start:] if _key(line.text)), "")
    plain = text.split("\n")
    cut = next((index for index, line in enumerate(plain) if first and _key(line).startswith(first[:40])), None)
    if cut is None:
        return None
    head = split_reply("\n".join(plain[:cut]), sender=sender)
    return Split(new_text=head.new_text, signature=head.signature, quoted=_joined(plain[cut:]))


def _key(line: str) -> str:
    """A line's letters and digits alone: plain text and HTML differ in blanks and signs."""
    return "".join(character for character in line if character.isalnum())


def _sort(lines: Sequence[Line], plain: Sequence[str]) -> _Layers:
    """Own lines in runs between quotations, quoted lines, and the tail that is all earlier mail."""
    layers = _Layers(own=[[]], quoted=[], signature=[])
    position = _banner_end(plain)
    while position < len(lines):
        line = lines[position]
        is_drawn = not line.is_code and (line.is_tail or is_marker(line.text))
        attribution = 0
        if line.is_code:
            layers.keep(line.text)
        elif line.is_signature and not is_drawn:
            layers.signature.append(line.text)
        elif line.is_quoted and not is_drawn:
            layers.quote([line.text])
        elif is_drawn or (attribution := attribution_length(plain, position)) or _heads_earlier_mail(plain, position):
            above = Announcement(position=position, attribution=attribution, is_answered=not layers.has_own)
            end = 0 if line.is_tail else quoted_end(lines, plain, above)
            if not end:
                return _with_tail(layers, plain, position)
            layers.quote(plain[position:end])
            position = end
            continue
        else:
            layers.keep(line.text)
        position += 1
    return layers


def _heads_earlier_mail(plain: Sequence[str], position: int) -> bool:
    """Whether a header block or a rule above one begins here."""
    return header_block_length(plain, position) > 0 or ruled_block_start(plain, position)


def _with_tail(layers: _Layers, plain: Sequence[str], position: int) -> _Layers:
    layers.tail = position
    layers.quoted += plain[position:]
    return layers


def _banner_end(plain: Sequence[str]) -> int:
    """Where the sender's text begins below the warnings of gateways."""
    position = next_written(plain, 0)
    start = 0
    while position < len(plain) and is_banner(plain[position]):
        position += 1
        while (
            position < len(plain) and plain[position].strip() and goes_on_warning(plain[position - 1], plain[position])
        ):
            position += 1
        start = position = next_written(plain, position)
    return start if start < len(plain) else 0


def _own_text(layers: _Layers, signer: Signer) -> list[str]:
    """The runs of own lines without the signatures at their ends."""
    runs = [run for run in layers.own if any(line.strip() for line in run)]
    text: list[str] = []
    for run in runs:
        # Someone who only forwards may leave nothing above the name.
        may_be_empty = layers.tail is not None or len(runs) > 1
        cut = signature_start(run, signer, may_be_empty=may_be_empty)
        if text and text[-1].strip():
            text.append("")
        text += run[:cut]
        layers.signature += run[cut:]
    return text


def _joined(lines: Sequence[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines).strip()
    return _MANY_BREAKS.sub("\n\n", text) if "\n\n\n" in text else text
