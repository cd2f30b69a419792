"""The mail program of a mailbox's owner, with every right."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient import IMAPClient


@contextmanager
def mail_program(port: int, user: str, password: str) -> Iterator[IMAPClient]:
    """Logged in on a loopback server while the block lasts."""
    client = IMAPClient("127.0.0.1", port, ssl=False, timeout=20)
    # imaplib sends in pieces; without this each waits for the one before to be acknowledged.
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        if password.isascii():
            client.login(user, password)
        else:
            client.plain_login(user, password)
        yield client
    finally:
        client.logout()
