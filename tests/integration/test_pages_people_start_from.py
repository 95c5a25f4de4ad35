"""The pages people start from: every command on them runs, every link leads somewhere; and the workflow for pull requests."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from planner.cli import run

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = ("start", "reading", "cto", "cfo", "ml_engineer", "finops", "faq")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SCENARIO = ROOT / "examples" / "cookbook" / "01-reserve-the-base.yaml"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_does_what_the_page_says(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    lines = "".join(BLOCK.findall((DOCS / f"{page}.md").read_text(encoding="utf-8"))).splitlines()
    assert len(lines) >= 3
    for line in lines:
        command, _, comment = line.partition("#")
        wanted = re.match(r" exit (\d)", comment)
        name, *arguments = shlex.split(command)
        assert name == "planner"
        assert run(arguments) == (int(wanted[1]) if wanted else 0), (line, capsys.readouterr().err)


@pytest.mark.parametrize("page", [*PAGES, "cookbook", "serve"])
def test_every_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)", (DOCS / f"{page}.md").read_text(encoding="utf-8")):
        assert (DOCS / target).exists(), target


@pytest.mark.exhaustive
@pytest.mark.parametrize(("setting", "code"), [("8000", 0), ("9000", 5)])
def test_the_workflow_stops_what_is_dearer(setting: str, code: int, tmp_path: Path) -> None:
    """The steps of the workflow in a repository with a pull request, run as its runner does."""
    bash, git = shutil.which("bash"), shutil.which("git")
    if bash is None or git is None:
        pytest.skip("no bash or no git here")
    workflow = YAML(typ="safe").load((ROOT / "examples" / "github-action.yml").read_text(encoding="utf-8"))
    steps = {step["name"]: step["run"] for step in workflow["jobs"]["compare"]["steps"] if "run" in step}
    text = SCENARIO.read_text(encoding="utf-8")
    (tmp_path / "scenario.yaml").write_text(text)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "init.defaultBranch=main"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "before"]):
        subprocess.run([git, *identity, *arguments], cwd=tmp_path, check=True)
    base = subprocess.run(
        [git, "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.strip()
    (tmp_path / "scenario.yaml").write_text(text.replace("demand_per_hour: 8000", f"demand_per_hour: {setting}"))
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "planner"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m planner "$@"\n')
    program.chmod(0o755)
    summary = tmp_path / "summary.md"
    around = {
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "BASE": base,
        "GITHUB_STEP_SUMMARY": str(summary),
        "PYTHONPATH": str(ROOT),
    }
    for name, wanted in (("Check", 0), ("Compare", code)):
        done = subprocess.run([bash, "-e", "-c", steps[name]], cwd=tmp_path, env=around, capture_output=True, text=True)
        assert done.returncode == wanted, done.stderr
    assert summary.read_text().startswith("## ")
    assert ("FAILED" in summary.read_text()) == (code == 5)
