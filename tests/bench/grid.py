"""What a grid of what-ifs costs in CPU against solving its points from scratch: a table to read, never a test of time.

    python tests/bench/grid.py [--points N] [--sample N] [--cap SECONDS]

The grid is `planner whatif examples/startup.yaml --set workloads.assistant.tokens_per_day=... --set discount_rate=...`, in one
process; the sample of its points is solved in the same process as `planner solve --no-baselines` does it.
"""

import argparse
import time
from pathlib import Path

from planner.analysis.answer import answer
from planner.analysis.compare.what_if import Variant, what_if
from planner.domain.answers.what_if import Axis, Setting
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import load_scenario

EXAMPLE = str(Path(__file__).resolve().parents[2] / "examples" / "startup.yaml")
DEMAND, RATE = "workloads.assistant.tokens_per_day", "discount_rate"


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU seconds of a grid, and of its points from scratch.")
    parser.add_argument("--points", type=int, default=10, help="values on each of the two axes")
    parser.add_argument("--sample", type=int, default=10, help="points that are also solved from scratch")
    parser.add_argument("--cap", type=float, default=120.0, help="time limit of a point from scratch, seconds")
    options = parser.parse_args()
    catalog = load_catalog()
    base = load_scenario(EXAMPLE, catalog=catalog).scenario
    demands = [f"{6.1 + 1.8 * i / max(options.points - 1, 1):.2f}B" for i in range(options.points)]
    rates = [f"{12 + 4.5 * i / max(options.points - 1, 1):.2f}%" for i in range(options.points)]
    variants = []
    for demand in demands:
        for rate in rates:
            sets = [f"{DEMAND}={demand}", f"{RATE}={rate}"]
            scenario = load_scenario(EXAMPLE, catalog=catalog, overrides=sets).scenario
            settings = (Setting(path=DEMAND, value=demand), Setting(path=RATE, value=rate))
            variants.append(Variant(" ".join(sets), settings, scenario))
    axes = (Axis(path=DEMAND, values=tuple(demands)), Axis(path=RATE, values=tuple(rates)))

    started = time.process_time()
    found = what_if(base, variants, axes, catalog)
    grid = time.process_time() - started
    gaps = [p.figures.gap for p in found.points if p.figures is not None]
    agree = sum(bool(p.audit_agrees) for p in found.points)
    print(
        f"grid of {len(variants)} points: {grid:.1f} CPU s, {grid / (len(variants) + 1):.2f} a point; plans {len(gaps)}, largest "
        f"gap {max(gaps):.4%}, audits that agree {agree}",
        flush=True,
    )
    step = max(len(variants) // max(options.sample, 1), 1)
    spent, worst, count = 0.0, 0.0, 0
    for variant in variants[step // 2 :: step][: options.sample]:
        started = time.process_time()
        alone = answer(variant.scenario, catalog, time_limit=options.cap, baselines=False)
        spent += time.process_time() - started
        worst = max(worst, alone.plan.gap if alone.plan is not None else float("inf"))
        count += 1
    if count:
        mean = spent / count
        print(f"{count} of them from scratch: {mean:.2f} CPU s a point, largest gap {worst:.4%}")
        print(f"the grid takes {mean * len(variants) / grid:.1f} times less CPU")


if __name__ == "__main__":
    main()
