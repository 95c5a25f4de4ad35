"""What sizing costs: ten workloads on every node type of the bundled catalog, CPU seconds. Part of `make bench`.

    python tests/bench/sizing.py

Each line is the best and the median of several runs in one process: `size_all` is memory, throughput and latency of every
(workload, accelerator, nodes) pair; `screen` is what a plan does with every option: rules first, then sizing.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from planner.domain.inputs.catalog import Catalog
from planner.domain.records.findings import Fit
from planner.domain.scenario.scenario import Scenario
from planner.domain.workloads.workload import Inference
from planner.inputs.catalog.load import load_catalog
from planner.market.options import market_of
from planner.pipeline import horizon_of
from planner.sizing.admission import size_all
from planner.sizing.constants import constants_from
from planner.sizing.screening import screen

MODELS = (
    "llama-3.1-70b", "llama-3.1-8b", "deepseek-v3", "qwen3-235b-a22b", "gpt-oss-120b", "mixtral-8x7b", "qwen2.5-72b",
    "llama-3.1-405b", "gemma-3-27b", "mistral-7b-v0.3",
)  # fmt: skip
RUNS = 5


def workloads() -> list[dict[str, object]]:
    """One online workload a model, at the interactive tier."""
    return [{"name": name, "kind": "inference", "model": name, "tokens_per_day": 1e9} for name in MODELS]


def main() -> None:
    catalog = load_catalog()
    print("| what | pairs | fit | CPU s, best | median |\n|---|---:|---:|---:|---:|")
    for name, measured in (("size_all, node types", _node_types), ("screen, options", _options)):
        run, pairs = measured(catalog)
        seconds = []
        for _ in range(RUNS):
            began = time.process_time()
            fits = run()
            seconds.append(time.process_time() - began)
        print(f"| {name} | {pairs:,} | {fits:,} | {min(seconds):.2f} | {statistics.median(seconds):.2f} |")


def _node_types(catalog: Catalog) -> tuple[Callable[[], int], int]:
    asked = [Inference.model_validate(fields) for fields in workloads()]
    nodes = sorted({(price.accelerator, price.count) for price in catalog.prices})
    constants = constants_from(catalog.constants)

    def run() -> int:
        known = {"accelerators": catalog.accelerators, "models": catalog.language_models}
        found = size_all(asked, nodes, constants=constants, **known)
        return sum(isinstance(verdict, Fit) for verdict in found.values())

    return run, len(asked) * len(nodes)


def _options(catalog: Catalog) -> tuple[Callable[[], int], int]:
    scenario = Scenario.model_validate({"years": 1, "start": "2027-01", "vendors": None, "workloads": workloads()})
    options = market_of(scenario, catalog, horizon_of(scenario)).options

    def run() -> int:
        return len(screen(scenario, options, catalog).fits)

    return run, len(scenario.workloads) * len(options)


if __name__ == "__main__":
    main()
