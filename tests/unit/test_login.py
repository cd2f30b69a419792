"""Tokens and TLS contexts, and what is told when there are none."""

import os
import ssl
import sys
from pathlib import Path

import pytest

from mailbot.domain.errors import Permanent, Transient
from mailbot.login import access_token, oauthbearer, tls_context, xoauth2
from tests.servers.tls import make_certificates

SECRET = "s3cr3t0"


def test_a_token_is_what_the_command_prints() -> None:
    assert access_token("echo abc.def") == "abc.def"


def test_no_shell_reads_the_command() -> None:
    # A shell would have cut it at the semicolon.
    assert access_token("echo abc;def") == "abc;def"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (f"false {SECRET}", Transient),
        (f"{sys.executable} -c 'print(\"{SECRET} x\")'", Transient),
        (f"/nowhere/program {SECRET}", Permanent),
        (f"echo '{SECRET}", Permanent),
        ("", Permanent),
    ],
    ids=["fails", "prints two words", "is not there", "quotes unclosed", "empty"],
)
def test_a_command_without_token_is_told_without_its_words(command: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="TOKEN_COMMAND") as told:
        access_token(command)
    assert SECRET not in str(told.value)
    assert told.value.__cause__ is None


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.login.TOKEN_TIMEOUT", 0.2)
    with pytest.raises(Transient, match="no terminó"):
        access_token("sleep 30")


def test_a_context_verifies_name_and_chain() -> None:
    context = tls_context(None)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "no certificate"])
def test_an_authority_that_cannot_be_used_is_told_by_its_path(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Permanent, match=r"ca\.pem"):
        tls_context(path)


def test_mailboxes_share_a_context_until_the_authority_changes(tmp_path: Path) -> None:
    first = make_certificates(tmp_path / "one").ca_file
    shared = tls_context(first)
    assert tls_context(first) is shared
    first.write_bytes(make_certificates(tmp_path / "two").ca_file.read_bytes())
    os.utime(first, ns=(1, 1))
    assert tls_context(first) is not shared
    assert tls_context(None) is tls_context(None)


def test_the_words_of_xoauth2() -> None:
    assert xoauth2("ana@broker.example", "t") == "user=ana@broker.example\x01auth=Bearer t\x01\x01"


def test_the_words_of_oauthbearer_escape_the_name() -> None:
    assert oauthbearer("a,b=c", "t") == "n,a=a=2Cb=3Dc,\x01auth=Bearer t\x01\x01"
