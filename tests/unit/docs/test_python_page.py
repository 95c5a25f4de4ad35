"""The page on Python does what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import planner

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def test_the_page_runs_from_top_to_bottom(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 6
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    run = subprocess.run([sys.executable, "-c", "\n".join(blocks)], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "<Plan 'Two nodes': optimal, npv_usd=8691, gap=0.0000, 1 lines>" in run.stdout


def test_every_name_of_the_api_is_there_and_the_page_names_it() -> None:
    assert dir(planner) == sorted(planner.__all__)
    for name in planner.__all__:
        assert getattr(planner, name) is not None
        assert f"planner.{name}" in PAGE or name in PAGE


def test_audit_is_a_function_before_and_after_its_package_is_imported() -> None:
    code = (
        "import planner; assert callable(planner.audit)\n"
        "import planner.audit.checks; assert callable(planner.audit)\n"
        "from planner import audit; assert callable(audit)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_what_is_shown_is_short() -> None:
    catalog = planner.load_catalog()
    scenario = planner.read_scenario(ROOT / "examples" / "startup.yaml")
    assert len(repr(catalog)) < 100
    assert len(repr(scenario)) < 200
