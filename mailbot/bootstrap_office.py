"""The part of bootstrap that reads the office's own rules: limits and steps, and the checklist of papers."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from mailbot.domain.checklist import Checklist, shipped_checklist
from mailbot.domain.checklist_file import read_checklist
from mailbot.domain.errors import OfficeFileRejected, SettingsError
from mailbot.domain.policy import Policy, load_policy
from mailbot.settings import Settings

Rules = TypeVar("Rules")


def office_policy(settings: Settings) -> Policy:
    """The office's policy on top of ours; raises `SettingsError` that names every fault of its file."""
    file = settings.policy_file
    return load_policy() if file is None else _read("MAILBOT_POLICY_FILE", file, load_policy)


def office_checklist(settings: Settings) -> Checklist:
    """The office's checklist, or ours; raises `SettingsError` that names every fault of its file."""
    file = settings.checklist_file
    if file is None:
        return shipped_checklist()
    return _read("MAILBOT_CHECKLIST_FILE", file, lambda text: read_checklist(text, name=file.name))


def _read(setting: str, file: Path, read: Callable[[str], Rules]) -> Rules:
    try:
        return read(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError([f"{setting}: no se puede leer {file} ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise SettingsError([f"{setting}: {file} no está en UTF-8; guárdelo así"]) from error
    except OfficeFileRejected as error:
        raise SettingsError([f"{setting}: {fault}" for fault in error.faults]) from error
