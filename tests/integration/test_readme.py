"""What the first page promises: its scenario is read, its commands exist."""

import re
from pathlib import Path

from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import parse_scenario

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_scenario_of_the_first_page_is_read() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    assert len(blocks) == 1
    scenario = parse_scenario(blocks[0], "README.md", catalog=load_catalog())
    assert [w.name for w in scenario.workloads] == ["chat", "finetune"]
    assert scenario.budget_per_year_usd == 6e6


def test_the_two_commands_are_there() -> None:
    assert "python -m pip install -e . && planner solve examples/startup.yaml" in README
    assert "python -m pip install -e '.[test]' && pytest" in README


def test_every_page_it_points_to_exists_in_the_sentence_read_on() -> None:
    root = Path(__file__).parents[2]
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert [link for link in links if not (root / link).exists()] == []
