"""The systemd unit and the container file call what is there, and guard what they start."""

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from mailbot.cli.app import Exit, run
from mailbot.runner.service import STOP_WITHIN

ROOT = Path(__file__).parents[2]
UNIT = (ROOT / "docs" / "mailbot.service").read_text(encoding="utf-8")
CONTAINER = (ROOT / "docs" / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# What systemd itself makes of the unit, from 0 (safe) to 100.
_MOST_EXPOSED = 20


def _of_unit(name: str) -> str:
    (value,) = re.findall(rf"^{name}=(.*)$", UNIT, re.M)
    return str(value)


def _of_container(name: str) -> list[str]:
    return re.findall(rf"^{name}\s+(.*)$", CONTAINER, re.M)


def _is_understood(call: list[str], capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether the words after the program's name are a call that mailbot knows."""
    code = run([*call, "--help"])
    capsys.readouterr()
    return code == Exit.DONE


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that exists on every machine."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze on this machine (apt install systemd)")
    file = tmp_path / "mailbot.service"
    file.write_text(UNIT.replace("/opt/mailbot/bin/mailbot", "/bin/true"), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "check", [["verify"], ["security", "--offline=true", f"--threshold={_MOST_EXPOSED}"]], ids=["sound", "hardened"]
)
def test_systemd_finds_the_unit_sound_and_hardened(unit: Path, check: list[str]) -> None:
    judged = subprocess.run(
        ["systemd-analyze", "--no-pager", *check, str(unit)], capture_output=True, text=True, check=False
    )

    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert judged.stderr == ""


def test_the_unit_starts_reloads_and_ends_the_service_as_mailbot_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    program, *call = shlex.split(_of_unit("ExecStart"))

    assert Path(program).name in PROJECT["scripts"]
    assert call[-1] == "run"
    assert _is_understood(call, capsys)
    assert _of_unit("ExecReload").split()[1:] == ["-HUP", "$MAINPID"]
    assert int(_of_unit("RestartPreventExitStatus")) == Exit.SETTINGS
    assert int(_of_unit("TimeoutStopSec")) > 2 * STOP_WITHIN.total_seconds()


def test_the_container_holds_what_the_project_needs() -> None:
    versions = set(re.findall(r"^ARG BASE=.*python:([\d.]+)", CONTAINER, re.M))
    (wanted,) = re.findall(r"'/source\[([\w,]+)\]'", CONTAINER)

    assert {base.split()[0] for base in _of_container("FROM")} == {"${BASE}"}
    assert {f">={version}" for version in versions} == {PROJECT["requires-python"]}
    assert set(wanted.split(",")) <= PROJECT["optional-dependencies"].keys()


def test_the_container_starts_the_service_as_nobody_special(capsys: pytest.CaptureFixture[str]) -> None:
    entry, command = (json.loads(_of_container(name)[0]) for name in ("ENTRYPOINT", "CMD"))

    assert entry[0] in PROJECT["scripts"]
    assert _is_understood([*entry[1:], *command], capsys)
    assert _of_container("USER") == ["mailbot"]
    assert CONTAINER.index("\nUSER") < CONTAINER.index("\nENTRYPOINT")
    assert _of_container("STOPSIGNAL") == ["SIGTERM"]


@pytest.mark.parametrize(
    ("code", "is_healthy"),
    [(Exit.DONE, True), (Exit.NEEDS_PERSON, True), (Exit.SETTINGS, False), (Exit.OUT_OF_REACH, False)],
)
def test_a_container_is_healthy_while_the_service_works(
    code: Exit, is_healthy: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (check,) = re.findall(r"^HEALTHCHECK.*?CMD\s+(.*)$", CONTAINER, re.M)
    asked = tmp_path / "asked"
    stand_in = tmp_path / "mailbot"
    stand_in.write_text(f'#!/bin/sh\necho "$@" > {asked}\nexit {code:d}\n', encoding="utf-8")
    stand_in.chmod(0o755)

    found = subprocess.run(
        ["/bin/sh", "-c", check], env={"PATH": f"{tmp_path}:{os.environ['PATH']}"}, check=False
    ).returncode

    assert (found == 0) is is_healthy
    assert _is_understood(shlex.split(asked.read_text()), capsys)


@pytest.mark.parametrize(
    "requirement",
    [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)],
)
def test_every_dependency_has_a_lowest_and_a_highest_version(requirement: str) -> None:
    wanted = requirement.partition(";")[0]

    assert wanted.startswith("mailbot[") or (">=" in wanted and ",<" in wanted)
