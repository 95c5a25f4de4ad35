"""What cutting the week into slices costs in accuracy: cost of plans with few slices against all 168 hours.

    python tests/bench/slices.py

Each workload has a node type that serves it best and serves the others at 0.7 of that; every node type can be had by the hour,
or committed for 36 months at `ratio` times that price, or for 12 months at 0.1 more. One year, demand growing by 30%, no
discounting, fractional nodes: the error left is that of the slices. Solved to 1e-9.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.pipeline import prepare, solve
from planner.solver.watch import Watch

CASES: dict[str, tuple[str, ...]] = {
    "chat_llm_azure": ("chat_llm_azure",),
    "coding_llm_azure": ("coding_llm_azure",),
    "business_hours_chat_burstgpt": ("business_hours_chat_burstgpt",),
    "consumer_app_taxi": ("consumer_app_taxi",),
    "api_llm_alibaba_small_w1": ("api_llm_alibaba_small_w1",),
    "chat + coding": ("chat_llm_azure", "coding_llm_azure"),
    "consumer + business hours": ("consumer_app_taxi", "business_hours_chat_burstgpt"),
    "chat + coding + consumer": ("chat_llm_azure", "coding_llm_azure", "consumer_app_taxi"),
}
SLICES = (4, 8, 12, 16)
RATIOS = (0.4, 0.5, 0.6, 0.7, 0.8)
EXACT = 1e-9
ALL_HOURS = 168


def main() -> None:
    began = time.process_time()
    print(f"| load shapes | ratio | {' | '.join(f'{count} slices' for count in SLICES)} |")
    print("|---|---:|" + "---:|" * len(SLICES))
    worst: dict[int, dict[int, float]] = {}
    for name, profiles in CASES.items():
        for ratio in RATIOS:
            true = least_cost(profiles, ratio, ALL_HOURS)
            errors = {count: least_cost(profiles, ratio, count) / true - 1 for count in SLICES}
            before = worst.get(len(profiles), {})
            worst[len(profiles)] = {count: max(abs(error), before.get(count, 0.0)) for count, error in errors.items()}
            print(f"| {name} | {ratio:.1f} | " + " | ".join(_percent(error) for error in errors.values()) + " |")
    for count, errors in worst.items():
        print(f"| **largest, {count} shape(s)** | | " + " | ".join(f"{error:.2%}" for error in errors.values()) + " |")
    print(f"\n{time.process_time() - began:.0f} CPU seconds")


def _percent(error: float) -> str:
    return "0.00%" if abs(error) < 5e-5 else f"{error:+.2%}"


def least_cost(profiles: tuple[str, ...], ratio: float, slices: int) -> float:
    """Cost of the best plan with so many slices, USD."""
    solution = solve(prepare(scenario_of(profiles, ratio, slices), CATALOG), EXACT, Watch())
    assert solution.outcome.status == "optimal", solution.outcome.status
    return solution.outcome.objective


def scenario_of(profiles: tuple[str, ...], ratio: float, slices: int) -> Scenario:
    names = [f"w{number}" for number in range(len(profiles))]
    contracts = [
        {"kind": "on_demand", "usd_per_hour": 1.0},
        {"kind": "commitment", "usd_per_hour": min(ratio + 0.1, 0.95), "term_months": 12},
        {"kind": "commitment", "usd_per_hour": ratio, "term_months": 36},
    ]
    return Scenario.model_validate(
        {
            "catalog": "none",
            "hosted_apis": "none",
            "years": 1,
            "period": "quarter",
            "slices": slices,
            "discount_rate": 0,
            "terminal": "annuity",
            "integers": "relaxed",
            "replicas": "pooled",
            "workloads": [
                {
                    "name": name,
                    "kind": "inference",
                    "unit": "unit",
                    "demand_per_hour": 100.0 / (1 + number),
                    "growth_per_year": 0.3,
                    "profile": profile,
                }
                for number, (name, profile) in enumerate(zip(names, profiles, strict=True))
            ],
            "offers": [
                {
                    "name": f"for-{best}",
                    "throughput": {name: 1.0 if name == best else 0.7 for name in names},
                    "contracts": contracts,
                }
                for best in names
            ],
        }
    )


CATALOG = load_catalog()

if __name__ == "__main__":
    main()
