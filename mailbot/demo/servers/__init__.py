"""Servers on loopback, for the demo and the tests: none is for real mail."""

from mailbot.demo.servers.embedded import LOOPBACK, AcceptedMail, EmbeddedMailServer

__all__ = ["LOOPBACK", "AcceptedMail", "EmbeddedMailServer"]
