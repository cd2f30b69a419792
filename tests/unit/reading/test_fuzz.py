"""Mutated mails: a short fixed run each time, a long coverage-guided one on demand."""

import importlib.util
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.reading.fuzz_reading import read_one

FOLDER = Path(__file__).parents[2] / "mail"
_TOKENS = (
    *(
        b"\n",
        b"\r\n",
        b"\r",
        b"\x00",
        b"\xff",
        b"--",
        b"=_b1",
        b"Content-Type: multipart/mixed; boundary=",
        b"=?utf-8?b?",
        b"?=",
    ),
    *(
        b"Content-Type: message/rfc822\n\n",
        b"Content-Transfer-Encoding: base64\n",
        b"<table>",
        b"</div>",
        b"\x1b$B",
        b"begin 644 a\n",
    ),
)


def _mutations(seed: int, count: int) -> Iterator[bytes]:
    chance = random.Random(seed)  # noqa: S311
    mails = [path.read_bytes() for path in sorted(FOLDER.glob("*.eml"))]
    for _ in range(count):
        raw = bytearray(chance.choice(mails))
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(raw) + 1)
            action = chance.randrange(4)
            if action == 0:
                raw[place:place] = chance.choice(_TOKENS)
            elif action == 1:
                del raw[place : place + chance.randint(1, 200)]
            elif action == 2 and place < len(raw):
                raw[place] = chance.randrange(256)
            else:
                other = chance.choice(mails)
                raw[place:place] = other[chance.randrange(len(other)) :][: chance.randint(1, 500)]
        yield bytes(raw)


def test_mutated_mails_are_read_or_refused() -> None:
    for raw in _mutations(20261124, 300):
        read_one(raw)


@pytest.mark.long
def test_many_mutated_mails_are_read_or_refused() -> None:
    for raw in _mutations(1, 20_000):
        read_one(raw)


@pytest.mark.long
def test_coverage_guided_fuzzing_finds_nothing(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("pip install atheris")
    corpus = tmp_path / "corpus"
    shutil.copytree(FOLDER, corpus, ignore=shutil.ignore_patterns("*.json", "*.py", "__pycache__"))
    command = [
        sys.executable,
        "-m",
        "tests.unit.reading.fuzz_reading",
        "-max_total_time=60",
        "-timeout=20",
        str(corpus),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr[-3000:]
