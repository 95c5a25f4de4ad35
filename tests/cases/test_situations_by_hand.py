"""More ordinary situations worked out by hand before they were solved: quotas, launches, credits and cash, blocks, shares, lots."""

from math import ceil
from typing import Any

import pytest
from test_ordinary_situations import BOX, COLO, MONTH, YEAR, Json, node, od, online, plan_of, term

from planner.report.plan.render import render_plan

NONE: dict[str, Any] = {"start": None, "months": None}


def upfront(usd: float, months: int) -> Json:
    return {"kind": "commitment", "upfront_usd": usd, "term_months": months}


def batch(demand: float, **more: Any) -> Json:
    return {"name": "w", "kind": "batch", "unit": "n", "demand_per_hour": demand} | more


def on_a100(name: str, usd: float) -> Json:
    chips = {"accelerator": "a100-sxm-80gb", "accelerators_per_node": 8}
    return {"name": name, "provider": name, "contracts": [od(usd)]} | chips


def run(**more: Any) -> Json:
    return {
        "name": "run", "kind": "training_run", "accelerator_hours": 16_384, "reference_accelerator": "h100-sxm-80gb",
        "failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0, "earliest": "2027-03", "deadline": "2027-04",
    } | more  # fmt: skip


BLOCKS: Json = {
    "name": "p5", "accelerator": "h100-sxm-80gb", "accelerators_per_node": 8,
    "contracts": [od(98), {"kind": "block", "usd_per_hour": 39, "days": 14}, {"kind": "block", "usd_per_hour": 42, "days": 30}],
}  # fmt: skip


def chat(mtok_a_day: float, name: str = "chat", kind: str = "inference") -> Json:
    whole = {"model": "gpt-4o", "target_utilisation": 1}
    return {"name": name, "kind": kind, "tokens_per_day": mtok_a_day * 1e6} | whole


PAYG = {
    "kind": "hosted_api", "name": "payg", "provider": "azure", "model": "gpt-4o", "usd_per_mtok_input": 2.5,
    "usd_per_mtok_output": 2.5, "usd_per_mtok_input_batch": 1.25, "usd_per_mtok_output_batch": 1.25,
}  # fmt: skip


def reserved(replicas: str) -> Json:
    units = {
        "name": "units",
        "provider": "azure",
        "throughput": {"chat": 7.5, "docs": 7.5},
        "contracts": [term(17.808, 1)],
    }
    return {"replicas": replicas, "workloads": [chat(170), chat(60, "docs", "batch")], "offers": [units, PAYG]}


def by_levels(need: list[int], hourly: float, signed: float, months: int) -> float:
    """Least cost of each level of demand by itself, by the month or under contracts: dollars an hour times months."""
    total = 0.0
    for level in range(1, max(need) + 1):
        best = [0.0] * (len(need) + months + 1)
        for t in reversed(range(len(need))):
            best[t] = best[t + 1] if need[t] < level else min(hourly + best[t + 1], signed * months + best[t + months])
        total += best[0]
    return total


DOUBLING = [ceil(4 * 2 ** (k / 12) - 1e-9) for k in range(18)]
SPENT = [1.2e6 / YEAR, 1.8e6 / YEAR, 3.5e6 / YEAR]
RISING: Json = {
    "provider": "aws",
    "level": "horizon",
    "tiers": [{"spend_per_year_usd": [1e6, 2e6, 3e6], "discount": 0.12}],
}

SITUATIONS: dict[str, tuple[float, Json]] = {
    # 24 accelerators on average, of which the quota has two nodes of eight
    "a-quota": (
        (2 * 20 + 30) * YEAR,
        {
            "caps": {"aws": {"a100-sxm-80gb": 20}},
            "workloads": [
                {"name": "w", "kind": "training", "accelerator_hours_per_month": 17_520, "reference_accelerator": "a100-sxm-80gb"}
            ],
            "offers": [on_a100("aws", 20), on_a100("lab", 30)],
        },
    ),
    "a-launch-in-mid-year": (
        by_levels(DOUBLING, 10, 6, 12) * MONTH,
        {"months": 24, "workloads": [online(4, start="2027-07", growth_per_year="100%")], "offers": [node(od(10), term(6, 12))]},
    ),
    # 4 an hour, half of it paid, cover 2.5 nodes until September; the rest is on spot
    "a-savings-plan-half-paid": (
        ((2 + 2.5 * 1.2) * 8 + 5 * 1.2 * 4) * MONTH,
        {
            "workloads": [batch(5)],
            "offers": [node(od(2), {"kind": "spot", "usd_per_hour": 1.2, "interruptions_per_month": 0}, provider="aws")],
            "held": [
                {"kind": "savings_plan", "name": "csp", "provider": "aws", "usd_per_hour": 4, "until": "2027-09",
                 "upfront_fraction": 0.5, "rates": [{"discount": 0.2}]}
            ],
        },
    ),
    # half a year by the hour; then two boxes, 36 months of rent, 30 of power, a sixth of the price left
    "a-site-after-half-a-year": (
        2 * (60 * MONTH + 100_000 + 36_000 + 30 * MONTH - 100_000 / 6),
        {
            "months": 36, "workloads": [online(2)], "offers": [node(od(10))],
            "own": {"sites": [COLO | {"lead_months": 6}], "servers": [BOX | {"lead_months": 3}]},
        },
    ),
    # 35,000 pay for four node-months and most of a fifth; until March the cash cannot pay 55,000 at once
    "two-credits-and-little-cash": (
        55_000 + 1_500 + 9 * 8 * MONTH,
        {
            "workloads": [online(2)],
            "offers": [node(od(10), name="a", provider="a"), node(od(8), upfront(55_000, 12), name="b", provider="b")],
            "credits": [
                {"provider": "a", "usd": 20_000, "expires": "2027-04"}, {"provider": "a", "usd": 15_000, "expires": "2027-10"}
            ],
            "cash": {"at_hand_usd": 40_000, "income_per_month_usd": 6000},
        },
    ),
    "an-upfront-budget-that-doubles": (
        36_000 + 6 * YEAR + 72_000,
        {
            "months": 24, "budget_upfront_per_year_usd": [40_000, 80_000],
            "workloads": [online(2)], "offers": [node(od(6), upfront(36_000, 12))],
        },
    ),
    # what chat leaves of the units does a part of the batch: only together are they worth their price
    "units-shared-with-batch": ((17.808 + (2.5 - (7.5 - 170 / 24)) * 1.25) * YEAR, reserved("pooled")),
    "units-for-one": ((170 / 24 * 2.5 + 2.5 * 1.25) * YEAR, reserved("whole")),
    # two cards by day and the rest by the image; at night all by the image
    "images-by-day-and-night": (
        (2 + 200 * 0.002 + 300 * 0.002) * YEAR / 2,
        NONE | {
            "periods": [{"hours": YEAR, "slices": [{"name": "day", "hours": YEAR / 2}, {"name": "night", "hours": YEAR / 2}]}],
            "workloads": [online([[2000, 300]], unit="image", model="painter")],
            "offers": [
                node(od(1), work={"w": 900}),
                {"kind": "hosted_api", "name": "api", "provider": "p", "model": "painter", "usd_per_unit": 0.002, "unit": "image"},
            ],
        },
    ),
    # the first level is signed for 4,000 hours; what is asked for 1,500 or 500 hours is not
    "periods-of-three-lengths": (
        4000 * 3 + 500 * 5 + 1500 * 5 + 500 * 5,
        NONE | {
            "periods": [{"hours": 1000}, {"hours": 3000}, {"hours": 500}], "workloads": [online([2, 1, 3])],
            "offers": [node(od(5), {"kind": "commitment", "usd_per_hour": 3, "term_periods": 2})],
        },
    ),
    "a-spike-and-a-reserve": (
        12 * 1.2 * YEAR + 24 * 2 * 87.6,
        {
            "standing_reserve": 0.2, "workloads": [online(10, spike={"multiplier": 3, "hours_per_year": 87.6})],
            "offers": [node(od(2), term(1.2, 12))],
        },
    ),
    "two-places-and-a-share": (
        (4 * 4 + 2 * 5 + 4 * 3) * YEAR,
        {
            "max_share_per_provider": 0.4, "workloads": [online(10, residency=[{"share": 0.6, "countries": ["DE", "FR"]}])],
            "offers": [
                node(od(usd, **most), name=c, provider=c, country=c)
                for c, usd, most in (("DE", 4, {}), ("FR", 5, {"max_nodes": 4}), ("US", 3, {}))
            ],
        },
    ),
    "an-agreement-that-rises-too-fast-once": (
        sum(SPENT) * YEAR * 0.88 + 200_000,
        {
            "months": 36, "period": "quarter", "workloads": [online(SPENT)],
            "offers": [node(od(1), provider="aws", delivery="container")], "spend_agreements": [RISING],
        },
    ),
    # eight nodes in one block of 14 days, not four in one of 30
    "a-block-in-its-window": (8 * 336 * 39, {"months": 6, "workloads": [run(cluster_sizes=[32, 64])], "offers": [BLOCKS]}),
    # 2,048 node-hours: six nodes of 14 days, and 32 by the hour
    "blocks-for-what-may-stop": (
        6 * 336 * 39 + 32 * 98, {"months": 6, "workloads": [run(interruptible=True)], "offers": [BLOCKS]},
    ),
    "a-surge-of-four-weeks": (
        10 * MONTH * (1 + 1.1 ** (MONTH / 2 / 168) + 1.1**4),
        {
            "months": 3, "workloads": [batch(100, surges=[{"after_months": 1, "weeks": 4, "growth_per_week": "10%"}])],
            "offers": [node(od(1), work={"w": 10})],
        },
    ),
    "spend-after-the-discount": (
        1e6,
        {
            "workloads": [online(1e6 / YEAR)], "offers": [node(od(1), provider="aws", delivery="container")],
            "spend_agreements": [
                {"provider": "aws", "take_or_pay": False, "spend_counts": "after_discount",
                 "tiers": [{"spend_per_year_usd": 950_000, "discount": 0.1}]}
            ],
        },
    ),
    "a-savings-plan-that-outlives-the-work": (
        7 * YEAR,
        {
            "months": 9, "workloads": [online(1)], "offers": [node(od(10), provider="aws")],
            "savings_plans": [{"name": "sp", "provider": "aws", "term_months": 12, "rates": [{"discount": 0.3}]}],
        },
    ),
    # two nodes signed at once, though one would do until May: signing in January and in May is once too often
    "one-signing-a-year": (
        (2 * 72 + 4 * 10) * MONTH,
        {"max_signings_per_year": 1, "workloads": [online([1] * 4 + [2] * 4 + [3] * 4)], "offers": [node(od(10), term(6, 12))]},
    ),
    # a cheaper node at a second seller would keep the data twice
    "data-in-one-place": (
        9 * YEAR + 240,
        {
            "storage_usd_per_gb_month": {"default": 0.02}, "workloads": [online(3, storage_gb=1000)],
            "offers": [node(od(3), name="x", provider="p"), node(od(2.99, max_nodes=1), name="y", provider="q")],
        },
    ),
}  # fmt: skip


SAID = {
    "two-credits-and-little-cash": (
        "cash.at_hand_usd: $3,000 more saves $5,840; without it the plan costs $11,680 less",
        "Not in these, as it belongs to no workload: what credits pay (-$35,000).",
    ),
    "an-agreement-that-rises-too-fast-once": (
        "discounts of agreements (-$780,000) and what is missing to a minimum ($200,000).",
    ),
    "an-upfront-budget-that-doubles": ("budget_upfront_per_year_usd (plan-year 1): $32,000 more saves $16,560",),
    "a-site-after-half-a-year": ("lead_months (own.sites.0): without it the plan costs $22,753 less",),
    "data-in-one-place": ("max_nodes (offer:y): 2 more nodes saves $262.80",),
}


@pytest.mark.parametrize("name", sorted(SITUATIONS.keys() - SAID.keys()))
def test_it_costs_what_it_costs_by_hand(name: str) -> None:
    plan_of(name, SITUATIONS)


@pytest.mark.parametrize("name", sorted(SAID))
def test_it_says_what_was_worked_out_by_hand(name: str) -> None:
    said = " ".join(render_plan(plan_of(name, SITUATIONS), "table").split())
    for words in SAID[name]:
        assert words in said
