"""Write the table of docs/cookbook.md from the scenarios of examples/cookbook: `make docs`.

The situation is the first comment of a scenario; NPV and cash are what the planner answers, the words are written by hand.
"""

import re
import sys
from pathlib import Path

from planner.analysis import answer
from planner.domain.inputs import Catalog
from planner.inputs import load_scenario
from planner.inputs.catalog import load_catalog
from planner.report.document import headline_money

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "examples" / "cookbook"
ROW = re.compile(r"^\| \[(\d\d-[\w-]+)\]\([^)]*\) \| .*? \| (.*) \| [^|]* \|$", re.MULTILINE)
"""File, and what comes out in words."""


def page(text: str, catalog: Catalog) -> str:
    """The page with a fresh table; the words of each row stay."""
    words = dict(ROW.findall(text))
    rows = [row(file, words.get(file.stem, ""), catalog) for file in sorted(FOLDER.glob("*.yaml"))]
    head = "| scenario | situation | what comes out | NPV |\n|---|---|---|---|\n"
    before, _, rest = text.partition("| scenario |")
    after = rest.split("\n\n", 1)[1] if "\n\n" in rest else ""
    return f"{before}{head}" + "\n".join(rows) + "\n\n" + after


def row(file: Path, words: str, catalog: Catalog) -> str:
    """One situation, answered."""
    situation = file.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
    plan = answer(load_scenario(file).scenario, catalog, baselines=False).plan
    cost = "no plan" if plan is None else headline_money(plan.npv_usd)
    return f"| [{file.stem}](../examples/cookbook/{file.name}) | {situation} | {words} | {cost} |"


def main() -> int:
    target = HERE / "cookbook.md"
    target.write_text(page(target.read_text(encoding="utf-8"), load_catalog()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
