"""A tiny IMAP server that misbehaves on request: for what no well-kept server can be made to do.

It knows just the commands the adapter uses, one user and one folder besides Sent. Faults are set on
`ScriptedImap.faults` by uid; each is used as often as its number says.
"""

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What happens when a mail's content is asked for."""

    # The connection is cut in the middle of the content.
    DROP = "drop"
    # "NO [SERVERBUG]" for the whole command.
    NO = "no"
    # The answer leaves this mail out.
    OMIT = "omit"
    # The answer is no IMAP.
    GARBAGE = "garbage"
    # Nothing comes until the client gives up.
    HANG = "hang"


ALWAYS = 1_000_000
_HEADER = "BODY[HEADER.FIELDS (MESSAGE-ID)]"


@dataclass(kw_only=True)
class ScriptedImap:
    """What the server holds and how it behaves; may be changed while it runs."""

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    capabilities: str = "IMAP4rev1 IDLE"
    next_uid_is_told: bool = True
    # uid → fault and how many times it strikes.
    faults: dict[int, tuple[Fault, int]] = field(default_factory=dict)
    login_answer: str = "OK done"
    # What SELECT says that may be changed for good, whether anything may, and what STORE is answered.
    permanent: str = "\\Flagged \\Seen \\*"
    is_read_only: bool = False
    store_answer: str = "OK done"
    flags: dict[int, set[str]] = field(default_factory=dict)
    # INTERNALDATE as the server writes it; None leaves it out.
    internal_date: str | None = "03-Nov-2026 09:00:00 -0500"
    # The command at which the server says goodbye, and how many times.
    says_bye_at: str | None = None
    byes: int = 1_000_000
    port: int = 0
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    hang: threading.Event = field(default_factory=threading.Event)

    def strikes(self, uid: int) -> Fault | None:
        """The fault that strikes now, counted down."""
        fault, left = self.faults.get(uid, (None, 0))
        if fault is None or left <= 0:
            return None
        self.faults[uid] = (fault, left - 1)
        return fault


class _Cut(Exception):
    """The connection ends here."""


class _Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    script: ScriptedImap

    def handle(self) -> None:
        self.script.connections += 1
        self._say(f"* OK [CAPABILITY {self.script.capabilities}] scripted server")
        try:
            while line := self.rfile.readline().decode().strip():
                self._obey(line)
        except (_Cut, OSError):
            return

    def _obey(self, line: str) -> None:
        tag, command, *rest = line.split(" ", 2)
        words = f"{command} {rest[0] if rest else ''}".strip().upper()
        self.script.commands.append(words)
        if self.script.says_bye_at and words.startswith(self.script.says_bye_at) and self.script.byes > 0:
            self.script.byes -= 1
            self._say("* BYE going down")
            raise _Cut
        for start, act in self._acts().items():
            if words.startswith(start):
                self._say(f"{tag} {act(words)}")
                if start == "LOGOUT":
                    raise _Cut
                return
        self._say(f"{tag} BAD unknown command")

    def _acts(self) -> dict[str, Callable[[str], str]]:
        return {
            "CAPABILITY": self._capability,
            "LOGIN": lambda _words: self.script.login_answer,
            "LIST": self._list,
            "EXAMINE": self._examine,
            "SELECT": self._select,
            "UID STORE": self._store,
            "UID SEARCH": self._search,
            "UID FETCH": self._fetch,
            "NOOP": lambda _words: "OK done",
            "IDLE": self._idle,
            "LOGOUT": self._logout,
        }

    def _capability(self, _words: str) -> str:
        self._say(f"* CAPABILITY {self.script.capabilities}")
        return "OK done"

    def _list(self, _words: str) -> str:
        self._say('* LIST (\\HasNoChildren) "/" INBOX')
        self._say('* LIST (\\HasNoChildren \\Sent) "/" "Sent"')
        return "OK done"

    def _examine(self, _words: str) -> str:
        self._say("* FLAGS (\\Seen)")
        self._say(f"* {len(self.script.mails)} EXISTS")
        self._say("* 0 RECENT")
        self._say(f"* OK [UIDVALIDITY {self.script.validity}] valid")
        if self.script.next_uid_is_told:
            self._say(f"* OK [UIDNEXT {max(self.script.mails, default=0) + 1}] next")
        return "OK [READ-ONLY] done"

    def _select(self, words: str) -> str:
        self._examine(words)
        self._say(f"* OK [PERMANENTFLAGS ({self.script.permanent})] kept")
        return "OK [READ-ONLY] done" if self.script.is_read_only else "OK [READ-WRITE] done"

    def _store(self, words: str) -> str:
        if self.script.store_answer.startswith("OK"):
            _, _, uid, sign, *names = words.replace("(", "").replace(")", "").split()
            there = self.script.flags.setdefault(int(uid), set())
            there.update(names) if sign.startswith("+") else there.difference_update(names)
        return self.script.store_answer

    def _search(self, words: str) -> str:
        match = re.search(r"UID (\d+)(?::(\d+|\*))?", words.removeprefix("UID SEARCH "))
        uids = sorted(self.script.mails)
        if match:
            low = int(match[1])
            high = low if match[2] is None else ALWAYS if match[2] == "*" else int(match[2])
            found = [uid for uid in uids if low <= uid <= high]
            # An open range always holds the last mail (RFC 3501 section 6.4.8).
            uids = found or uids[-1:] if match[2] == "*" else found
        self._say(f"* SEARCH {' '.join(map(str, uids))}".rstrip())
        return "OK done"

    def _fetch(self, words: str) -> str:
        uids = [int(uid) for uid in words.split()[2].split(",")]
        wants_content = "BODY" in words
        for uid in uids:
            fault = self.script.strikes(uid) if wants_content else None
            if uid not in self.script.mails or fault is Fault.OMIT:
                continue
            if fault is Fault.NO:
                return "NO [SERVERBUG] internal error"
            self._send_mail(uid, words, fault)
        return "OK done"

    def _send_mail(self, uid: int, words: str, fault: Fault | None) -> None:
        content = self.script.mails[uid]
        number = sorted(self.script.mails).index(uid) + 1
        date = "" if self.script.internal_date is None else f' INTERNALDATE "{self.script.internal_date}"'
        if "BODY" not in words:
            self._say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(content)}{date})")
            return
        if "HEADER.FIELDS" in words:
            flags = " ".join(sorted(self.script.flags.get(uid, ())))
            head = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            self._write(f"* {number} FETCH (UID {uid} FLAGS ({flags}) {_HEADER} {{{len(head)}}}\r\n".encode())
            self._write(head + b")\r\n")
            return
        if fault is Fault.HANG:
            self.script.hang.wait(30)
            raise _Cut
        if fault is Fault.GARBAGE:
            self._say(f"* {number} FETCH (UID {uid} BODY[] (((")
            return
        self._write(f"* {number} FETCH (UID {uid}{date} BODY[] {{{len(content)}}}\r\n".encode())
        if fault is Fault.DROP:
            self._write(content[: len(content) // 2])
            raise _Cut
        self._write(content + b")\r\n")

    def _idle(self, _words: str) -> str:
        self._say("+ idling")
        self.rfile.readline()
        return "OK done"

    def _logout(self, _words: str) -> str:
        self._say("* BYE see you")
        return "OK done"

    def _say(self, line: str) -> None:
        self._write(line.encode() + b"\r\n")

    def _write(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    # A session may still sit in a hang when a test ends.
    block_on_close = False


@contextmanager
def scripted_imap(script: ScriptedImap) -> Iterator[ScriptedImap]:
    """Run the script on a free port while the block lasts."""
    session = type("Session", (_Session,), {"script": script})
    with _Server(("127.0.0.1", script.port), session) as server:
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield script
        finally:
            script.hang.set()
            server.shutdown()
            thread.join(5)
