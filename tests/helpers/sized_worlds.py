"""The worlds of `wide_worlds` with work that is sized by its FLOP per unit in place of measured throughput."""

import random
from typing import Any

from wide_worlds import CHIPS, PATH, draw_wide, scenario_fields

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog, PricePath
from planner.domain.scenario.scenario import Scenario
from planner.sizing.constants import SizingConstants

TFLOPS = {"gen-a": 100, "gen-b": 160, "other": 70}
CATALOG = Catalog(
    accelerators={
        name: Accelerator(
            id=name, vendor=vendor, name=name, memory_gb=80, memory_bandwidth_gb_per_s=2000, bf16_tflops=TFLOPS[name],
            source="test", checked_on="2026-01",
        )
        for name, vendor in CHIPS.items()
    },
    price_paths={"p": PricePath("p", PATH, "test", "2026-01")},
)  # fmt: skip
A_NODE_HOUR = 3600 * TFLOPS["gen-a"] * 1e12 * SizingConstants().e_pf
"""FLOP that one `gen-a` does in an hour."""


def draw_sized(seed: int) -> Scenario:
    """Most online work of a world sized; some of it in batches, or free to stay unserved at a price."""
    r = random.Random(seed)
    fields = scenario_fields(draw_wide(seed))
    names = {work["name"] for work in fields["workloads"] if work["kind"] == "inference" and r.random() < 0.85}
    fields["workloads"] = [_sized(r, work) if work["name"] in names else work for work in fields["workloads"]]
    for offer in fields["offers"]:
        if "throughput" in offer:
            offer["throughput"] = {name: rate for name, rate in offer["throughput"].items() if name not in names}
    stack = {"vendors": None, "derating": r.choice([1.0, 0.8]), "maturity": r.choice([{}, {"N": 0.9}])}
    return Scenario.model_validate(fields | stack)


def _sized(r: random.Random, work: dict[str, Any]) -> dict[str, Any]:
    sized = {name: value for name, value in work.items() if name != "model"}
    sized |= {
        "unit": "picture",
        "flop_per_unit": A_NODE_HOUR / r.uniform(3, 8),
        "target_utilisation": r.choice([1, 0.7]),
    }
    if r.random() < 0.4 and not sized.keys() & {"fallback", "spike", "survive"}:
        rows = [row[0] if isinstance(row, list) else row for row in sized["demand_per_hour"]]
        return sized | {"kind": "batch", "demand_per_hour": rows}
    if r.random() < 0.3:
        sized["unserved"] = {"usd_per_unit": r.uniform(0.1, 3), "max_fraction": r.choice([0.3, 1.0])}
    return sized
