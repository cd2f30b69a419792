"""A coverage-guided fuzz target: any bytes are read or refused, quickly, and the same way twice.

`python -m tests.unit.reading.fuzz_reading -max_total_time=60 CORPUS_FOLDER` (needs `atheris`).
"""

import sys
import time
from contextlib import suppress

from mailbot.domain.errors import MessageUnreadable
from mailbot.reading.parse import read_message

_SECONDS = 5.0


def read_one(raw: bytes) -> None:
    """Raises when a mail breaks a promise of the reading."""
    begin = time.process_time()
    with suppress(MessageUnreadable):
        first = read_message(raw)
        if first != read_message(raw):
            raise AssertionError("two readings of the same bytes differ")
        for file in first.attachments:
            if file.sha256 and len(file.read()) != file.size:
                raise AssertionError(f"bytes of {file.name!r} were lost")
    if time.process_time() - begin > _SECONDS:
        raise AssertionError("a small mail took too long")


def main() -> None:
    """Run until the limits given on the command line."""
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv, read_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
