"""Shells complete commands, options and their values."""

import subprocess
import sys

import pytest

from planner.cli import run


def asked(words: str, position: int) -> list[str]:
    """What bash would be told."""
    around = {"COMP_WORDS": words, "COMP_CWORD": str(position), "_PLANNER_COMPLETE": "complete_bash"}
    done = subprocess.run([sys.executable, "-m", "planner"], env=around, capture_output=True, text=True)
    return done.stdout.split()


def test_what_may_follow_is_told() -> None:
    assert asked("planner so", 1) == ["solve"]
    assert {"--format", "--set"} <= set(asked("planner solve --", 2))
    assert asked("planner solve --format x", 3) == ["xlsx"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_has_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert "_PLANNER_COMPLETE" in said
    assert "planner" in said
