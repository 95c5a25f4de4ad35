"""What a plan costs in CPU and memory: a table to read, never a test of time. `make bench`.

    python tests/bench/run.py [--quick] [--gap SHARE] [--cap SECONDS] [--plain SECONDS]

Every line runs in a process of its own, one at a time. The drawn cases are those of `tests/helpers/scaling.py`: offers x
periods x workloads, seed 1, whole nodes. "HiGHS alone" is branch and bound on the same program, as it is handed to the search.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = "examples/startup.yaml"
CASES = ((20, 12, 3), (60, 12, 5), (200, 12, 5), (200, 36, 10), (600, 36, 10))
QUICK = CASES[:3]
GAP = 0.01
SEED = 1
CAP_SECONDS = 120.0
PLAIN_SECONDS = 60.0


def main() -> None:
    options = _arguments()
    if options.case:
        print(json.dumps(measured_case(*options.case, gap=options.gap, cap=options.cap, plain=options.plain)))
        return
    print("Whole process, CPU seconds and peak memory\n")
    print("| command | plan, USD M | gap | CPU s | peak MB |\n|---|---:|---:|---:|---:|", flush=True)
    print(_process_line(), flush=True)
    print(
        f"\nDrawn cases, gap {options.gap:g}: CPU seconds of the parts; HiGHS alone stops after {options.plain:g} s\n"
    )
    print(
        "| offers x periods x workloads | columns | whole | plan, USD k | bound, USD k | gap | prepare | build | search "
        "| peak MB | HiGHS alone: plan, USD k | gap | CPU s | its CPU / search |"
    )
    print("|---|" + "---:|" * 13, flush=True)
    for size in QUICK if options.quick else CASES:
        print(_case_line(size, options), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="CPU seconds and peak memory of plans.")
    parser.add_argument("--quick", action="store_true", help="only the three smallest drawn cases")
    parser.add_argument("--gap", type=float, default=GAP, help="relative gap asked for in the drawn cases")
    parser.add_argument("--cap", type=float, default=CAP_SECONDS, help="time limit of the search, seconds")
    parser.add_argument("--plain", type=float, default=PLAIN_SECONDS, help="time limit of HiGHS alone, seconds")
    parser.add_argument("--case", type=int, nargs=3, metavar=("OFFERS", "PERIODS", "WORKLOADS"), help=argparse.SUPPRESS)
    return parser.parse_args()


# --- a whole process ----------------------------------------------------------------------------


def _process_line() -> str:
    command = [sys.executable, "-m", "planner", "solve", EXAMPLE, "--format", "json"]
    answer, used = _run(command)
    plan = json.loads(answer)
    usd, gap = plan["npv_usd"], plan["gap"]
    return (
        f"| `planner solve {EXAMPLE} --format json` | {usd / 1e6:.3f} | {gap:.2%} | {_seconds(used)} | {_peak(used)} |"
    )


def _run(command: list[str]) -> tuple[str, resource.struct_rusage]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answer = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return answer, used


def _seconds(used: resource.struct_rusage) -> str:
    return f"{used.ru_utime + used.ru_stime:.1f}"


def _peak(used: resource.struct_rusage) -> str:
    """`ru_maxrss` is in kilobytes, on macOS in bytes."""
    return f"{used.ru_maxrss / (1e6 if sys.platform == 'darwin' else 1e3):.0f}"


# --- a drawn case -------------------------------------------------------------------------------


def _case_line(size: tuple[int, int, int], options: argparse.Namespace) -> str:
    case = [str(number) for number in size]
    limits = ["--gap", str(options.gap), "--cap", str(options.cap), "--plain", str(options.plain)]
    answer, used = _run([sys.executable, __file__, *limits, "--case", *case])
    found = json.loads(answer)
    mine, alone = found["search"], found["alone"]
    ratio = f"{alone['cpu'] / max(mine['cpu'], 1e-3):.1f}"
    if not _reached(alone, options.gap):
        ratio = f"> {ratio}"
    if not _reached(mine, options.gap):
        ratio = "search short of the gap"
    cells = (
        " x ".join(case),
        f"{found['columns']:,}",
        f"{found['whole']:,}",
        _thousands(mine["plan"]),
        _thousands(mine["bound"]),
        _share(mine["gap"]),
        f"{found['prepare']:.1f}",
        f"{found['build']:.1f}",
        f"{mine['cpu']:.1f}",
        _peak(used),
        _thousands(alone["plan"]),
        _share(alone["gap"]),
        f"{alone['cpu']:.1f}",
        ratio,
    )
    return "| " + " | ".join(cells) + " |"


def _reached(line: dict[str, Any], gap: float) -> bool:
    return line["gap"] is not None and line["gap"] <= gap + 1e-12


def _thousands(usd: float | None) -> str:
    return "none" if usd is None else f"{usd:,.0f}"


def _share(gap: float | None) -> str:
    return "none" if gap is None else f"{gap:.2%}"


def measured_case(offers: int, periods: int, workloads: int, *, gap: float, cap: float, plain: float) -> dict[str, Any]:
    """Plan, bound and CPU seconds of one drawn case, by the search and by HiGHS alone."""
    sys.path += [str(ROOT / "tests" / folder) for folder in ("helpers", "cases")]
    from scaling import scaled_case
    from to_scenario import scenario_of

    from planner.domain.inputs.catalog import Catalog
    from planner.domain.scenario.scenario import Scenario
    from planner.formulation.build import build
    from planner.pipeline import prepare
    from planner.search.routing import search
    from planner.solver import solve_mip
    from planner.solver.matrix import matrix_of
    from planner.solver.watch import Watch

    scenario = Scenario.model_validate(scenario_of(scaled_case(offers, periods, workloads, SEED)))
    marks = [time.process_time()]
    p = prepare(scenario, Catalog()).parameters
    marks.append(time.process_time())
    built = build(p)
    marks.append(time.process_time())
    outcome = search(built, p, gap, Watch(time.monotonic() + cap))
    marks.append(time.process_time())
    prepared, building, searching = (after - before for before, after in pairwise(marks))
    matrix = matrix_of(built.program.problem, built.columns)
    found = {
        "columns": matrix.columns,
        "whole": int(matrix.integer.sum()),
        "prepare": prepared,
        "build": building,
        "search": _line(outcome.x is not None, outcome.objective, outcome.bound, searching),
    }
    began = time.process_time()
    alone = solve_mip(matrix, Watch(time.monotonic() + plain), gap=gap)
    found["alone"] = _line(alone.x is not None, alone.objective, alone.bound, time.process_time() - began)
    return found


def _line(exists: bool, plan: float, bound: float, cpu: float) -> dict[str, float | None]:
    gap = (plan - bound) / abs(plan) if exists and bound > float("-inf") else None
    return {
        "plan": plan if exists else None,
        "bound": bound if bound > float("-inf") else None,
        "gap": gap,
        "cpu": cpu,
    }


if __name__ == "__main__":
    main()
