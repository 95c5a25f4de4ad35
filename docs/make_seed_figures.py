"""Writes docs/seed_figures.md: what the planner says about each figure this project was created from.

Every answer is computed by the planner's own formulas or read from its catalog when the page is made.
`tests/unit/docs/test_seed_figures.py` checks the figures against their tolerance and the page against this file.
"""

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from seed_answers import costs, serving, training
from seed_answers.world import Answer, World, the_world

HERE = Path(__file__).parent
FIGURES = HERE.parent / "datasets" / "seed_figures.csv"
PAGE = HERE / "seed_figures.md"

ANSWERS: dict[str, Callable[[World], Answer]] = {
    name.upper(): function
    for room in (costs, training, serving)
    for name, function in sorted(vars(room).items())
    if name[0] == "s" and name[1:].isdigit()
}


# --- the page --------------------------------------------------------------------------------------


def rows() -> list[dict[str, str]]:
    with FIGURES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(w: World) -> str:
    return "\n".join(_page(w)) + "\n"


def _page(w: World) -> Iterator[str]:
    yield "# The figures this project was created from"
    yield ""
    yield "What three public texts say about AI compute, and what the planner says about each. Written by"
    yield "`python docs/make_seed_figures.py` from `datasets/seed_figures.csv` and the planner's own formulas; a test holds"
    yield "every figure with a tolerance to it. Published arithmetic that is off is said to be off."
    yield "What no formula can reproduce has its place in the scenario, or a remark."
    yield ""
    yield "| | statement | from | published | tolerance | the planner |"
    yield "|---|---|---|---|---:|---|"
    for row in rows():
        published = " ".join(part for part in (row["published"], row["unit"]) if part) or "–"
        tolerance = f"{float(row['tolerance']):.1%}" if row["tolerance"] else "–"
        cells = (row["id"], row["statement"], row["inputs"] or "–", published, tolerance, ANSWERS[row["id"]](w).said)
        yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"
    yield ""
    yield "Sources: " + "; ".join(dict.fromkeys(row["source"] for row in rows())) + "."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(the_world()), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
