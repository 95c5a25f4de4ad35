"""Whether more freedom ever makes a plan dearer: credits, an offer, looser limits added to ordinary scenarios.

    python tests/bench/looser.py FOLDER_OR_FILE... [--gap 0.02] [--seconds 60]

Every scenario file is solved as it is, and once for each freedom that can be added. What is more free has a bound that is at most
the cost of what is less free (else one of the two proofs is false), and its plan should not cost more beyond the two gaps.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from planner.analysis.answer import answer
from planner.domain.records import Plan
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import parse_scenario

LIMITS = (
    "budget_per_year_usd",
    "budget_total_usd",
    "cash",
    "max_share_per_provider",
    "availability",
    "max_term_months",
)
Json = dict[str, Any]


class Pair(NamedTuple):
    """What a freedom did."""

    freedom: str
    proofs_agree: bool
    dearer: float
    """Relative: above 0 the freer plan costs more."""
    allowed: float


def freedoms(scenario: Json, spend: float, catalog: Any) -> Iterator[tuple[str, Json]]:
    """(name, scenario with one freedom more)."""
    provider = (scenario.get("clouds") or ["aws"])[0]
    grants = [*scenario.get("credits", []), {"provider": provider, "usd": round(spend / 10) + 1}]
    yield "credits", scenario | {"credits": grants}
    if scenario.get("clouds"):
        yield "one cloud more", scenario | {"clouds": sorted({*scenario["clouds"], "lambda", "nebius"})}
    for limit in LIMITS:
        if limit in scenario:
            yield f"without {limit}", {key: value for key, value in scenario.items() if key != limit}
    offer = {"name": "new", "provider": "newcomer", "region": "x", "country": "US", "accelerator": "h100-sxm-80gb",
             "accelerators_per_node": 8, "contracts": [{"kind": "on_demand", "usd_per_hour": 24}]}  # fmt: skip
    yield "an offer", scenario | {"offers": [*scenario.get("offers", []), offer]}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("paths", nargs="+", type=Path)
    asked.add_argument("--gap", type=float, default=0.02)
    asked.add_argument("--seconds", type=float, default=60.0)
    options = asked.parse_args()
    catalog, pairs = load_catalog(), list[Pair]()

    def solved(scenario: Json) -> Plan | None:
        read = parse_scenario(json.dumps(scenario), "scenario.json", catalog=catalog)
        return answer(read, catalog, gap=options.gap, time_limit=options.seconds, baselines=False).plan

    files = [f for path in options.paths for f in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    for file in files:
        scenario = json.loads(file.read_text())
        base = solved(scenario)
        if base is None:
            print(f"{file.name}: no plan", flush=True)
            continue
        for name, freer in freedoms(scenario, base.npv_usd, catalog):
            plan = solved(freer)
            if plan is None:
                print(f"{file.name}: {name}: NO PLAN", flush=True)
                continue
            size = abs(base.npv_usd) or 1.0
            one = Pair(
                name,
                plan.bound_usd is None or plan.bound_usd <= base.npv_usd + 1e-6 * size,
                (plan.npv_usd - base.npv_usd) / size,
                base.gap + plan.gap + 1e-6,
            )
            pairs.append(one)
            said = "" if one.proofs_agree and one.dearer <= one.allowed else "  !!"
            print(
                f"{file.name}: {name}: {one.dearer:+.2%} (gaps {base.gap:.2%}, {plan.gap:.2%}), audit {plan.audit.agrees}{said}",
                flush=True,
            )
    wrong = sum(not p.proofs_agree for p in pairs)
    dearer = sum(p.dearer > p.allowed for p in pairs)
    above = sum(p.dearer > options.gap * 2 for p in pairs)
    print(
        f"{len(pairs)} pairs: {wrong} with proofs that disagree, {dearer} dearer beyond both gaps, {above} by more than two gaps"
    )


if __name__ == "__main__":
    main()
