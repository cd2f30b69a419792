"""A private Dovecot on loopback: TLS by a throw-away authority, passwords and OAuth tokens, many users.

Runs as the current user; started by root it runs as `nobody`, since Dovecot serves no mail as root.
"""

import base64
import grp
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from imapclient import IMAPClient

from tests.servers.imap_client import mail_program
from tests.servers.tls import Certificates, make_certificates

PASSWORD = "contraseña-de-prueba"
USERS = 400
_START_SECONDS = 20.0

_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
last_valid_uid = 0
first_valid_gid = 1
mail_location = maildir:{home}/mail/%u/Maildir
mail_home = {home}/mail/%u
mail_max_userip_connections = 100
mail_fsync = never
ssl = yes
ssl_cert = <{home}/tls/server.pem
ssl_key = <{home}/tls/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth2.ext
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Enviados {{
    special_use = \\Sent
    auto = subscribe
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap {{
  process_min_avail = 2
}}
service stats {{
  chroot =
}}
"""
_OAUTH = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={home}/keys/
username_attribute = upn
"""


@dataclass(kw_only=True)
class Dovecot:
    """A running server; `new_user` gives an empty mailbox."""

    home: Path
    imap_port: int
    imaps_port: int
    certificates: Certificates
    _signing_key: rsa.RSAPrivateKey
    _uid: int
    _gid: int
    _process: "subprocess.Popen[bytes] | None" = None
    _used: int = 0

    def new_user(self) -> str:
        """A user nobody used before; there is always one more."""
        self._used += 1
        assert self._used < USERS, "raise USERS in tests/servers/dovecot.py"
        return f"u{self._used:03d}@broker.example"

    def token(self, user: str, *, lasts: float = 3600.0) -> str:
        """An access token as the office's identity provider would sign it."""
        now = int(time.time())
        head = _encoded({"alg": "RS256", "typ": "JWT"})
        body = _encoded({"upn": user, "sub": user, "iat": now - 10, "nbf": now - 10, "exp": now + int(lasts)})
        signature = self._signing_key.sign(f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{head}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    def client(self, user: str) -> AbstractContextManager[IMAPClient]:
        """A colleague's mail program, with every right."""
        return mail_program(self.imap_port, user, PASSWORD)

    def mail_files(self, user: str) -> list[Path]:
        """The files of the user's inbox in order of arrival."""
        box = self.home / "mail" / user / "Maildir"
        return sorted([*(box / "new").iterdir(), *(box / "cur").iterdir()], key=_delivered)

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._process is not None

    def start(self) -> None:
        """Start the server and wait until it listens."""
        as_other = {} if os.getuid() else {"user": self._uid, "group": self._gid, "extra_groups": []}
        with (self.home / "stderr").open("wb") as complaints:
            self._process = subprocess.Popen(
                [_binary() or "", "-F", "-c", str(self.home / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                # A process group of its own, which can be ended as a whole.
                start_new_session=True,
                **as_other,
            )
        until = time.monotonic() + _START_SECONDS
        while not (_listens(self.imap_port) and _listens(self.imaps_port)):
            assert self._process.poll() is None, self._complaints()
            assert time.monotonic() < until, self._complaints()
            time.sleep(0.05)

    def stop(self) -> None:
        """Pull the plug: every process of the server ends at once, its clients are cut off."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
            self._process = None
            (self.home / "run" / "master.pid").unlink(missing_ok=True)

    def _complaints(self) -> str:
        files = [self.home / "stderr", self.home / "log"]
        return "\n".join(path.read_text(errors="replace") for path in files if path.exists())


def _delivered(file: Path) -> tuple[int, int]:
    """When the server wrote a file: its name begins with seconds and microseconds, which have no leading zeros."""
    (moment,) = re.findall(r"^(\d+)\.M(\d+)P", file.name)
    return int(moment[0]), int(moment[1])


def _binary() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def missing_dovecot() -> str | None:
    """Why no Dovecot can be run here, or None."""
    if _binary() is None:
        return "no Dovecot on this machine: apt install dovecot-imapd"
    try:
        _account()
    except KeyError as error:
        return f"Dovecot needs a named user and group to run as: {error}"
    return None


def _account() -> tuple[pwd.struct_passwd, grp.struct_group]:
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    return user, grp.getgrgid(user.pw_gid)


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _prepared(home: Path) -> Dovecot:
    user, group = _account()
    imap_port, imaps_port = _free_ports(2)
    certificates = make_certificates(home / "tls")
    signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key_file = home / "keys" / "default" / "RS256" / "default"
    key_file.parent.mkdir(parents=True)
    key_file.write_bytes(
        signing_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    (home / "users").write_text("".join(f"u{n:03d}@broker.example:{{PLAIN}}{PASSWORD}::::::\n" for n in range(USERS)))
    (home / "oauth2.ext").write_text(_OAUTH.format(home=home))
    (home / "dovecot.conf").write_text(
        _CONFIG.format(
            home=home,
            user=user.pw_name,
            group=group.gr_name,
            uid=user.pw_uid,
            gid=user.pw_gid,
            imap_port=imap_port,
            imaps_port=imaps_port,
        )
    )
    (home / "mail").mkdir()
    for path in [home, *home.rglob("*")]:
        os.chown(path, user.pw_uid, user.pw_gid)
    return Dovecot(
        home=home,
        imap_port=imap_port,
        imaps_port=imaps_port,
        certificates=certificates,
        _signing_key=signing_key,
        _uid=user.pw_uid,
        _gid=user.pw_gid,
    )


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One server for the whole run. Mark tests that use it with `needs_dovecot`."""
    # A path of its own: sockets below it may not exceed 108 characters, and `nobody` has to reach it.
    home = Path(tempfile.mkdtemp(prefix="mbd"))
    home.chmod(0o755)
    server = _prepared(home)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
