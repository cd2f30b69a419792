"""Commands, output and exit codes; no decisions."""

from mailbot.cli.app import main

__all__ = ["main"]
