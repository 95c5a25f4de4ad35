"""Ordinary situations, each with an answer that is worked out by hand: what a sensible person would buy, and what it costs."""

from typing import Any

import pytest

from planner.analysis.answer import answer
from planner.domain.inputs.catalog import Catalog
from planner.domain.records import Plan
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.report.plan.render import render_plan

YEAR, MONTH = 8760, 730
Json = dict[str, Any]


def od(usd: float, **more: Any) -> Json:
    return {"kind": "on_demand", "usd_per_hour": usd} | more


def term(usd: float, months: int, **more: Any) -> Json:
    return {"kind": "commitment", "usd_per_hour": usd, "term_months": months} | more


def node(*contracts: Json, name: str = "n", work: dict[str, float] | None = None, **more: Any) -> Json:
    return {"name": name, "throughput": {"w": 1} if work is None else work, "contracts": list(contracts)} | more


def h100s(*contracts: Json) -> Json:
    return {"name": "p5", "accelerator": "h100-sxm-80gb", "accelerators_per_node": 8, "contracts": list(contracts)}


def online(demand: Any, name: str = "w", **more: Any) -> Json:
    return {"name": name, "kind": "inference", "unit": "n", "demand_per_hour": demand} | more


def training(name: str, hours: float) -> Json:
    return {
        "name": name,
        "kind": "training",
        "accelerator_hours_per_month": hours,
        "reference_accelerator": "h100-sxm-80gb",
    }


def run(hours: float, *sizes: int) -> Json:
    return {
        "name": "run", "kind": "training_run", "accelerator_hours": hours, "reference_accelerator": "h100-sxm-80gb",
        "cluster_sizes": list(sizes), "failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0,
    }  # fmt: skip


def api(usd: float, model: str, unit: str) -> Json:
    return {"kind": "hosted_api", "name": "api", "provider": "o", "model": model, "usd_per_unit": usd, "unit": unit}


def minutes(a_month: float) -> Json:
    return {
        "workloads": [
            {"name": "w", "kind": "inference", "unit": "minute", "model": "heard", "requests_per_day": a_month * 12 / 365}
        ],
        "offers": [node(od(0.7), work={"w": 3000}), api(0.006, "heard", "minute")],
    }  # fmt: skip


COLO: Json = {
    "name": "colo", "kind": "colocation", "country": "DE", "term_months": 36, "usd_per_kwh": 0.1, "pue": 1,
    "rent_usd_per_kw_month": 100, "fit_out_usd_per_kw": 0, "lead_months": 0, "team_usd_per_year": 0,
    "tax_and_insurance_fraction_per_year": 0, "rent_rise_per_year": 0,
}  # fmt: skip
BOX: Json = {
    "name": "box", "throughput": {"w": 1}, "price_usd": 100_000, "nameplate_kw": 10, "lead_months": 0,
    "accelerators_per_server": 1, "network_fraction": 0, "storage_fraction": 0, "draw_fraction": 1,
    "maintenance_fraction_per_year": 0, "spare_fraction": 0, "staff_usd_per_server_year": 0, "life_months": 36,
    "residual_curve": [[0, 1], [36, 0]],
}  # fmt: skip
RISING = [3e6 / YEAR] * 4 + [4.5e6 / YEAR] * 4 + [6e6 / YEAR] * 4
TIERS = [{"spend_per_year_usd": 2e6, "discount": 0.05}, {"spend_per_year_usd": 4e6, "discount": 0.12}]
SPENT: Json = {
    "months": None, "years": 3, "period": "quarter", "workloads": [online(RISING)],
    "offers": [node(od(1), provider="aws", delivery="container")],
}  # fmt: skip
LARGE: Json = {
    "months": None, "years": 2, "workloads": [online(3e6 / YEAR)],
    "offers": [node(od(1000), provider="aws", delivery="container")],
    "spend_agreements": [{"provider": "aws", "tiers": [{"spend_per_year_usd": 2e9, "discount": 0.1}]}],
}  # fmt: skip
TWO_REGIONS: Json = {
    "workloads": [online(10)],
    "offers": [node(od(3), name="x", region="r1", provider="p"), node(od(3.1), name="y", region="r2", provider="p")],
}
UPFRONT = {"kind": "commitment", "upfront_usd": 50_000, "term_months": 12}

SITUATIONS: dict[str, tuple[float, Json]] = {
    # 820 of 5,840 accelerator-hours a month: 102.5 node-hours at 40
    "two-small-trainings": (
        49_200,
        {"workloads": [training("a", 320), training("b", 500)], "offers": [h100s(od(40), term(25, 12))]},
    ),
    # 500 node-hours a month by the hour are 20,000; a node for the year is 18,250
    "one-busy-training": (219_000, {"workloads": [training("a", 4000)], "offers": [h100s(od(40), term(25, 12))]}),
    # 1,250 node-hours: two nodes for the year against one and 520 hours at 40
    "two-nodes-of-training": (438_000, {"workloads": [training("a", 10_000)], "offers": [h100s(od(40), term(25, 12))]}),
    # a year at 6, then two months at 10
    "fourteen-months": (
        67_160,
        {"months": 14, "workloads": [online(1)], "offers": [node(od(10), term(6, 12), term(4, 36))]},
    ),
    # 3 an hour cover one node at 4 less 25% until July, which then pays 4; the other is signed for the year
    "savings-plan-that-ends-in-july": (
        4380 * 3 + 4380 * 4 + YEAR * 2.2,
        {
            "workloads": [online(2)],
            "offers": [node(od(4), name="v", provider="gcp"), node(term(2.2, 12), name="r", provider="gcp")],
            "held": [
                {"name": "csp", "provider": "gcp", "kind": "savings_plan", "usd_per_hour": 3, "until": "2027-07",
                 "rates": [{"discount": 0.25}]}
            ],
        },
    ),
    # one tier for all years: 2M at 5% (12.825M) beats 4M at 12%, of which the first year misses a million (12.88M)
    "one-tier-for-three-years": (
        12_825_000,
        SPENT | {"spend_agreements": [{"provider": "aws", "level": "horizon", "tiers": TIERS}]},
    ),
    # a tier a year: 3M less 5%, then 4.5M and 6M less 12%
    "a-tier-a-year": (12_090_000, SPENT | {"spend_agreements": [{"provider": "aws", "tiers": TIERS}]}),
    # 3 billion a year less 10%
    "agreement-of-billions": (5.4e9, LARGE),
    # 156.25 hours on 16 nodes fit into 7 days at 38; 312.5 hours on 8 need 14 days at 40
    "block-of-seven-days": (
        16 * 168 * 38,
        {
            "months": 3,
            "workloads": [run(20_000, 64, 128)],
            "offers": [
                h100s(od(98), {"kind": "block", "usd_per_hour": 40, "days": 14}, {"kind": "block", "usd_per_hour": 38, "days": 7})
            ],
        },
    ),
    # cash lets one node be paid upfront in January and one in February (by the hour until then); two are paid by the month
    "cash-that-must-last": (
        50_000 + 8760 + 50_000 + 2 * 61_320,
        {
            "workloads": [online(4)],
            "cash": {"at_hand_usd": 100_000, "income_per_month_usd": 20_000, "minimum_usd": 10_000},
            "offers": [node(od(12), term(7, 12), UPFRONT)],
        },
    ),
    # ten nodes until July, six from May on: six are worth a year, the others are not
    "one-product-follows-another": (
        6 * YEAR * 6 + (4 * 6 + 6 * 2) * MONTH * 10,
        {
            "workloads": [online(10, "a", end="2027-07"), online(6, "b", start="2027-05")],
            "offers": [node(od(10), term(6, 12), work={"a": 1, "b": 1})],
        },
    ),
    # what is held is owed, dear as it is
    "held-and-dear": (
        2 * 3 * MONTH * 5 + (12 + 2 * 9) * MONTH * 3,
        {
            "workloads": [online(3)],
            "offers": [node(od(3))],
            "held": [{"name": "old", "nodes": 2, "until": "2027-04", "usd_per_hour": 5, "throughput": {"w": 1}}],
        },
    ),
    "minutes-of-speech-on-a-node": (0.7 * YEAR, minutes(2_000_000)),
    "minutes-of-speech-by-api": (20_000 * 12 * 0.006, minutes(20_000)),
    "part-of-the-work-in-one-country": (
        (6 * 5 + 4 * 3) * YEAR,
        {
            "workloads": [online(10, residency=[{"share": 0.6, "countries": ["DE"]}])],
            "offers": [node(od(5), name="de", country="DE"), node(od(3), name="us", country="US")],
        },
    ),
    "spot-up-to-its-cap": (
        (6 * 1 + 4 * 2) * YEAR,
        {
            "workloads": [{"name": "w", "kind": "batch", "unit": "n", "demand_per_hour": 10}],
            "offers": [
                node(od(3), {"kind": "spot", "usd_per_hour": 1, "max_nodes": 6, "interruptions_per_month": 0}, term(2, 12))
            ],
        },
    ),
    # 50,000 pay for six node-months at 7,300 and most of a seventh, instead of 5,840 each
    "credits-until-july": (
        17 * 8 * MONTH + 7 * 10 * MONTH - 50_000,
        {
            "workloads": [online(2)],
            "offers": [node(od(10), name="a", provider="aws"), node(od(8), name="b", provider="other")],
            "credits": [{"provider": "aws", "usd": 50_000, "expires": "2027-07"}],
        },
    ),
    # a year at a time: 8, 6.4, 5.12
    "prices-that-fall": (
        (8 + 6.4 + 5.12) * YEAR,
        {
            "months": None,
            "years": 3,
            "workloads": [online(1)],
            "price_changes": [{"per_year": "-20%"}],
            "offers": [node(od(10), term(8, 12), term(7, 36))],
        },
    ),
    # three months by the hour until what was signed in January is there
    "three-months-of-delivery": (
        5 * (3 * MONTH * 10 + YEAR * 5),
        {"workloads": [online(5)], "offers": [node(od(10), term(5, 12, lead_months=3))]},
    ),
    "a-reserve-of-a-fifth": (12 * YEAR, {"standing_reserve": 0.2, "workloads": [online(10)], "offers": [node(od(1))]}),
    "a-region-may-fail": (30 * YEAR, TWO_REGIONS | {"availability": {"failure": "region", "survive": 0.5}}),
    "a-region-may-fail-without-standby": (
        (15 + 15.5) * YEAR,
        TWO_REGIONS | {"availability": {"failure": "region", "survive": 0.5, "standby": []}},
    ),
    "december": (
        4 * YEAR * 6 + (2 + 8) * MONTH * 10,
        {"workloads": [online([4] * 10 + [6, 12])], "offers": [node(od(10), term(6, 12))]},
    ),
    # 6.2 by the month is worth less than 6.0 at once, at 12% a year
    "upfront-or-by-the-month": (
        sum(6.2 * MONTH * 1.12 ** (-(m + 0.5) / 12) for m in range(12)),
        {
            "discount_rate": 0.12,
            "workloads": [online(1)],
            "offers": [node(od(10), term(6.2, 12), term(6.0, 12, upfront_fraction=1))],
        },
    ),
    # 50 GB an hour at 9 cents are 4.50
    "data-that-leaves": (
        2.5 * YEAR,
        {
            "egress_usd_per_gb": {"aws": 0.09, "other": 0},
            "workloads": [online(100, egress_gb_per_unit=0.5)],
            "offers": [
                node(od(2), name="a", provider="aws", work={"w": 100}),
                node(od(2.5), name="b", provider="other", work={"w": 100}),
            ],
        },
    ),
    "support-plan": (
        3.2 * YEAR,
        {
            "support": {"aws": 0.1},
            "workloads": [online(1)],
            "offers": [node(od(3), name="a", provider="aws"), node(od(3.2), name="b", provider="other")],
        },
    ),
    # 100,000 for the box, 36,000 of rent, 26,280 of electricity, against 262,800 of rent by the hour
    "own-or-rent": (
        162_280,
        {
            "months": None,
            "years": 3,
            "workloads": [online(1)],
            "offers": [node(od(10))],
            "own": {"sites": [COLO], "servers": [BOX]},
        },
    ),
    # 30,000 pay for work that is cheapest there anyway, 19,710 for three dearer node-months that cost 17,520 elsewhere
    "credits-of-two-sellers": (
        3 * 8 * YEAR - 30_000 - 17_520,
        {
            "workloads": [online(3)],
            "offers": [node(od(8), name="a", provider="aws"), node(od(9), name="g", provider="gcp")],
            "credits": [{"provider": "aws", "usd": 30_000}, {"provider": "gcp", "usd": 20_000}],
        },
    ),
    "half-at-most-from-one-seller": (
        (5 * 1 + 3 * 1.2 + 2 * 1.5) * YEAR,
        {
            "workloads": [online(10)],
            "max_share_per_provider": 0.5,
            "offers": [
                node(contract, name=seller, provider=seller)
                for seller, contract in (("a", od(1)), ("b", od(1.2, max_nodes=3)), ("c", od(1.5)))
            ],
        },
    ),
    "prices-that-rise": (
        2 * YEAR * 8,
        {"months": None, "years": 2, "workloads": [online(1)], "price_changes": [{"per_year": "20%"}],
         "offers": [node(od(10), term(8, 12), term(8, 24))]},
    ),
    # the run needs eight nodes for the one month it has, whatever their number costs by the hour
    "a-run-of-one-month": (
        46_720 / 8 * 100,
        {"months": 3, "workloads": [run(46_720, 32, 64) | {"deadline": "2027-01"}], "offers": [h100s(od(100))]},
    ),
    # what is held comes too late for the run and is owed all the same
    "a-reservation-too-late": (
        23_360 / 8 * 98 + 4 * 2 * MONTH * 40,
        {
            "months": 6,
            "workloads": [run(23_360, 32) | {"deadline": "2027-02"}],
            "offers": [h100s(od(98))],
            "held": [{"name": "r", "accelerator": "h100-sxm-80gb", "accelerators_per_node": 8, "nodes": 4, "from": "2027-03",
                      "until": "2027-05", "usd_per_hour": 40}],
        },
    ),
    # nine nodes by day, three by night: what idles is the four nodes that jobs need on average
    "jobs-at-night": (
        9 * YEAR,
        {
            "slices": 3,
            "workloads": [
                online(5, "chat", profile=[1] * 8 + [3] * 8 + [1] * 8),
                {"name": "jobs", "kind": "batch", "unit": "n", "demand_per_hour": 4, "interruptible": False},
            ],
            "offers": [node(od(3), term(1, 12), work={"chat": 1, "jobs": 1})],
        },
    ),
    "a-tenth-may-be-refused": (
        YEAR * (1 + 0.1 * 2),
        {"workloads": [online(1.1, unserved={"usd_per_unit": 2, "max_fraction": 0.1})], "offers": [node(od(1))]},
    ),
    "a-faster-node-from-july": (
        6 * MONTH * (3 * 10 + 2 * 9),
        {"workloads": [online(3)], "offers": [node(od(10)), node(od(9), name="new", work={"w": 1.5}, available_from="2027-07")]},
    ),
    "five-of-a-smallest-lot-of-eight": (
        8 * 6 * YEAR,
        {"workloads": [online(5)], "offers": [node(od(10), term(6, 12, min_nodes=8))]},
    ),
    "four-of-a-smallest-lot-of-eight": (
        4 * 10 * YEAR,
        {"workloads": [online(4)], "offers": [node(od(10), term(6, 12, min_nodes=8))]},
    ),
    # 30% off whatever runs beats 40% off one node type for a year of which half is used
    "a-savings-plan-moves-along": (
        4 * 4 * 0.7 * YEAR,
        {
            "workloads": [online(4, "a", end="2027-07"), online(4, "b", start="2027-07")],
            "offers": [node(od(4), term(2.4, 12), name=n, work={w: 1}, provider="aws") for n, w in (("x", "a"), ("y", "b"))],
            "savings_plans": [{"name": "sp", "provider": "aws", "term_months": 12, "rates": [{"discount": 0.3}]}],
        },
    ),
    # 100 dollars a tonne at 400 and 50 g/kWh: 3.08 + 0.04 against 3.10 + 0.005
    "a-price-of-carbon": (
        (3.1 + 0.005) * YEAR,
        {
            "carbon": {"usd_per_tonne": 100, "intensity_g_per_kwh": {"DE": 400, "FR": 50}},
            "workloads": [online(1)],
            "offers": [node(od(usd), name=c, country=c, kw_per_node=1) for usd, c in ((3.08, "DE"), (3.1, "FR"))],
        },
    ),
    # six nodes are needed for 9 months or more; the others for 7, 6, 4, 3, 2 and 1: in threes, the rest by the hour
    "growth-of-a-tenth-a-month": (
        6 * 12 * MONTH * 6 + (2 + 2 + 1 + 1) * 3 * MONTH * 8 + (1 + 1 + 2 + 1) * MONTH * 10,
        {"workloads": [online(4, growth_per_month="10%")], "offers": [node(od(10), term(6, 12), term(8, 3))]},
    ),
}  # fmt: skip


def plan_of(name: str, situations: dict[str, tuple[float, Json]] | None = None) -> Plan:
    """The plan of a situation, which costs what was worked out for it; default: of those of this file."""
    right, fields = (SITUATIONS if situations is None else situations)[name]
    base = {"catalog": "none", "start": "2027-01", "months": 12, "discount_rate": 0, "name": name}
    scenario = Scenario.model_validate({key: value for key, value in (base | fields).items() if value is not None})
    catalog = load_catalog() if any("accelerator" in offer for offer in fields["offers"]) else Catalog()
    plan = answer(scenario, catalog, baselines=False).plan
    assert plan is not None
    assert plan.audit.agrees, plan.audit.discrepancies[:5]
    assert plan.npv_usd == pytest.approx(right, rel=1e-3)
    return plan


def head_of(plan: Plan) -> str:
    return " ".join(render_plan(plan, "table").split("Cost by plan-year")[0].split())


SAID = {"prices-that-fall", "three-months-of-delivery", "credits-until-july", "fourteen-months"}


@pytest.mark.parametrize("name", sorted(SITUATIONS.keys() - SAID))
def test_it_costs_what_it_costs_by_hand(name: str) -> None:
    plan_of(name)


def test_a_year_signed_while_prices_fall_is_compared_with_the_hours_of_that_year() -> None:
    said = head_of(plan_of("prices-that-fall"))
    assert "pays from 88% utilisation against paying by use" in said  # 8 against 10 × 0.8^(m/12), 9.05 on average
    assert "as far as it can be had" not in said


def test_the_head_does_not_say_that_the_end_decides_where_the_same_is_signed() -> None:
    said = head_of(plan_of("three-months-of-delivery"))
    assert "The end of the horizon decides" not in said
    assert "costs $273,750 NPV (-16.7%); it signs contracts worth as much in the first plan-year, $219,000." in said
    assert "The end of the horizon decides" in head_of(plan_of("fourteen-months"))


def test_the_head_says_what_credits_pay() -> None:
    assert "use on demand for $150,380; credits pay $50,000 of the bills." in head_of(plan_of("credits-until-july"))
