"""What each part of the search is worth: gap and CPU seconds with one part off, a process for each. A table to read.

    PYTHONPATH=. python tests/bench/ablation.py [SCENARIO ...] [--gap SHARE] [--seconds S] [--part NAME ...] [--case O P W SEED]

A scenario is a file; without any the examples are taken that are searched and not solved at once. A part that changes nothing in a
wide choice of scenarios should be deleted.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from math import inf, isfinite
from pathlib import Path
from typing import Any

from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario
from planner.inputs import load_scenario
from planner.inputs.catalog import load_catalog
from planner.pipeline import prepare, solving
from planner.search import search
from planner.search.options import DEFAULT
from planner.solver import Watch

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ("startup", "inference_api", "scaleup", "batch_research", "sovereign")
OFF: dict[str, dict[str, Any]] = {
    "nothing": {},
    "rounding and knapsack cuts": {"cut_rounds": 0},
    "knapsack cuts": {"knapsack_nodes": 0},
    "small signings left out": {"small_shares": ()},
    "designs decided by a program": {"design_nodes": 0, "design_seconds": 0.0},
    "other roundings of designs": {"upwards": (0.5,)},
    "limits exceeded for a while": {"soft_rounds": 0},
    "slices one by one": {"efforts": tuple(effort for effort in DEFAULT.efforts if not effort[2])},
    "slices priced": {"pricing": False},
    "tree over signings": {"tree_nodes": 0, "redesigns": 0},
    "branch and bound at the end": {"small_integers": 0, "medium_integers": 0},
    "few classes first": {},
}
"""Part → what is set otherwise without it."""


def main() -> None:
    options = _arguments()
    if options.one:
        scenario, part = options.one
        print(json.dumps(measured(scenario, part, options.gap, options.seconds)))
        return
    names = options.scenario or [f"examples/{name}.yaml" for name in EXAMPLES]
    names += [":".join(case) for case in options.case or ()]
    parts = ["nothing", *options.part] if options.part else list(OFF)
    print("| off | " + " | ".join(f"{Path(name).stem}: gap | CPU s" for name in names) + " |")
    print("|---|" + "---:|---:|" * len(names), flush=True)
    for part in parts:
        cells = [_cell(name, part, options) for name in names]
        print(f"| {part} | " + " | ".join(cells) + " |", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Gap and CPU seconds with one part of the search off.")
    parser.add_argument("scenario", nargs="*", help="files; default: the examples")
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit of each")
    parser.add_argument("--part", action="append", choices=sorted(OFF), help="only this part off; may be repeated")
    parser.add_argument(
        "--case",
        nargs=4,
        action="append",
        metavar=("OFFERS", "PERIODS", "WORKLOADS", "SEED"),
        help="also a drawn case (`tests/helpers/scaling.py`); may be repeated",
    )
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def _cell(name: str, part: str, options: argparse.Namespace) -> str:
    limits = ["--gap", str(options.gap), "--seconds", str(options.seconds)]
    command = [sys.executable, __file__, *limits, "--one", name, part]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found = json.loads(done.stdout)
    gap = "no plan" if not found["plan"] else "no bound" if found["gap"] is None else f"{found['gap']:.2%}"
    return f"{gap} | {found['cpu']:.1f}"


def measured(name: str, part: str, gap: float, seconds: float) -> dict[str, Any]:
    """Gap and CPU seconds of a search without one part; what comes before and after the search does not count."""
    scenario, catalog = _read(name)
    question = prepare(scenario, catalog)
    if part == "few classes first":
        solving.LARGE = sys.maxsize
    own = partial(search, options=replace(DEFAULT, **OFF[part]))
    began = cpu_seconds()
    solution = solving.solve_by(question, gap, Watch(time.monotonic() + seconds), own)
    outcome = solution.outcome
    return {
        "plan": outcome.x is not None,
        "gap": outcome.gap if outcome.objective < inf and isfinite(outcome.bound) else None,
        "cpu": cpu_seconds() - began,
    }


def cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def _read(name: str) -> tuple[Scenario, Catalog]:
    if ":" not in name:
        catalog = load_catalog()
        return load_scenario(name, catalog=catalog).scenario, catalog
    sys.path += [str(ROOT / "tests" / folder) for folder in ("helpers", "cases")]
    from scaling import scaled_case
    from to_scenario import scenario_of

    return Scenario.model_validate(scenario_of(scaled_case(*map(int, name.split(":"))))), Catalog()


if __name__ == "__main__":
    main()
