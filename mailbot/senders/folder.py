"""Writes what would be sent into a folder, one `.eml` and one `.html` a mail, for people to open.

The default until an office says otherwise, so that nobody mails clients by accident.
"""

import os
import re
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from email.parser import BytesHeaderParser
from pathlib import Path

from mailbot.domain.errors import DeliveryDeferred
from mailbot.domain.mail import OutgoingMail
from mailbot.senders.mime import envelope_address, to_bytes

_NUMBERED = re.compile(r"(\d{3,})-.+\.eml")
_HEADER_BYTES = 16_384


class FolderSender:
    """The `MailSender` into a folder; a mail whose Message-ID is already there is not written again."""

    def __init__(self, path: Path, *, instance: str = "mailbot") -> None:
        self._path = path
        self._instance = instance
        self._message_ids: dict[str, str] = {}
        self._lock = threading.Lock()

    def send(self, mail: OutgoingMail) -> None:
        """Write the mail under the next number; its `.eml` appears last and whole."""
        raw = to_bytes(mail, instance=self._instance)
        try:
            with self._lock:
                self._path.mkdir(parents=True, exist_ok=True)
                if mail.message_id not in self._known().values():
                    self._write(mail, raw)
        except OSError as error:
            raise DeliveryDeferred(
                f"No se puede escribir en «{self._path}» ({error.strerror}): revise permisos y espacio en disco."
            ) from error

    def check(self) -> Sequence[str]:
        """Try to write into the folder."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._path):
                pass
        except OSError as error:
            raise DeliveryDeferred(
                f"No se puede escribir en «{self._path}» ({error.strerror}): revise permisos y espacio en disco."
            ) from error
        return [f"No se envía nada: los correos se guardan en «{self._path}»."]

    def _known(self) -> dict[str, str]:
        """File names with the Message-IDs in them; only new files are read."""
        names = {entry.name for entry in self._path.iterdir() if _NUMBERED.fullmatch(entry.name)}
        for name in names - self._message_ids.keys():
            self._message_ids[name] = _message_id(self._path / name)
        for name in self._message_ids.keys() - names:
            del self._message_ids[name]
        return self._message_ids

    def _write(self, mail: OutgoingMail, raw: bytes) -> None:
        number = max((int(name.partition("-")[0]) for name in self._message_ids), default=0) + 1
        while True:
            base = f"{number:03d}-{mail.purpose.value}-{_safe(envelope_address(mail.to[0]) if mail.to else 'nadie')}"
            if _create(self._path / f"{base}.eml", raw):
                break
            # Another process took the number.
            number += 1
        self._message_ids[f"{base}.eml"] = mail.message_id
        _replace(self._path / f"{base}.html", mail.html.encode("utf-8"))


def _safe(text: str) -> str:
    return re.sub(r"[^a-z0-9._@-]+", "_", text.lower()).strip(".")[:80] or "nadie"


def _message_id(path: Path) -> str:
    with path.open("rb") as file:
        headers = BytesHeaderParser().parsebytes(file.read(_HEADER_BYTES))
    return str(headers.get("Message-ID", "")).strip()


def _create(path: Path, content: bytes) -> bool:
    """Let a whole file appear under that name; False when the name is taken."""
    written = _written_beside(path, content)
    try:
        os.link(written, path)
    except FileExistsError:
        return False
    except OSError:
        # A file system without hard links (a memory stick, some network shares).
        if path.exists():
            return False
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)
    return True


def _replace(path: Path, content: bytes) -> None:
    _written_beside(path, content).replace(path)


def _written_beside(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o640)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)
