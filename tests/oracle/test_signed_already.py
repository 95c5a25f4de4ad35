"""What is signed already is sunk, used first, and stands apart from what is to be signed."""

import csv
import io
import random

import pytest

from planner.analysis.answer import answer
from planner.audit import audit
from planner.domain.inputs.catalog import Catalog
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import parse_scenario
from planner.report.plan.render import render_plan

MONTH = 730.0


def solved(scenario: Scenario, catalog: Catalog | None = None) -> Plan:
    found = answer(scenario, catalog or Catalog(), gap=0, baselines=False).plan
    assert found is not None
    assert found.audit.agrees, found.audit.discrepancies
    return found


def month(months: int) -> str:
    return f"{2027 + months // 12}-{months % 12 + 1:02d}"


def a_scenario(months: int, demand: float, contracts: list[dict], held: list[dict], **fields) -> Scenario:
    load = {"name": "jobs", "kind": "batch", "unit": "node-hour", "demand_per_hour": demand}
    offer = {
        "name": "vm",
        "provider": "aws",
        "delivery": "container",
        "throughput": {"jobs": 1},
        "contracts": contracts,
    }
    return Scenario.model_validate(
        {
            "start": "2027-01",
            "months": months,
            "discount_rate": 0,
            "catalog": "none",
            "workloads": [load],
            "offers": [offer],
            "held": held,
            **fields,
        }
    )


# --- savings plans -----------------------------------------------------------------------------------------------------


def test_a_signed_savings_plan_is_filled_before_spot():
    contracts = [
        {"kind": "on_demand", "usd_per_hour": 2.712},
        {"kind": "spot", "usd_per_hour": 1.56, "interruptions_per_month": 0},
    ]
    plan_held = {
        "name": "compute savings plan",
        "provider": "aws",
        "kind": "savings_plan",
        "usd_per_hour": 5,
        "until": "2028-01",
        "rates": [{"discount": "40%"}],
    }
    plan = solved(a_scenario(12, 6, contracts, [plan_held]))
    nodes = 5 / (2.712 * 0.6)  # 3.07 under the plan for nothing more
    assert plan.covered[0].nodes == pytest.approx(nodes)
    assert plan.npv_usd == pytest.approx(5 * 8760 + (6 - nodes) * 1.56 * 8760)
    assert plan.cost.by_kind == pytest.approx({"held": 43_800, "spot": (6 - nodes) * 1.56 * 8760})


@pytest.mark.parametrize("seed", range(16))
def test_drawn_savings_plans_cost_what_is_owed_and_the_rest_of_the_work(seed):
    r = random.Random(seed)
    months, demand, price = r.randint(2, 8), r.randint(1, 9), r.randint(2, 9) / 2
    spot = r.choice([None, price * r.choice([0.4, 0.7, 0.9])])
    contracts = [{"kind": "on_demand", "usd_per_hour": price}]
    if spot is not None:
        contracts.append({"kind": "spot", "usd_per_hour": spot, "interruptions_per_month": 0})
    held, expected = [], [demand * 1.0] * months
    owed = 0.0
    first, last = sorted(r.sample(range(months + 3), 2))
    dollars, discount, paid = r.randint(1, 20) / 2, r.choice([0.2, 0.5]), r.choice([0.0, 0.5, 1.0])
    held = [
        {
            "name": "plan",
            "provider": "aws",
            "kind": "savings_plan",
            "usd_per_hour": dollars,
            "upfront_fraction": paid,
            "until": month(last),
            "rates": [{"discount": 0.01, "region": "elsewhere"}, {"discount": discount}],
        }
    ]
    if first or r.random() < 0.5:
        held[0]["from"] = month(first)
    for t in range(months):
        if first <= t < last:
            owed += dollars * (1 - paid) * MONTH
            expected[t] -= min(demand, dollars / ((1 - discount) * price))
    rest = sum(expected) * MONTH * min(price, spot or price)
    beyond = dollars * (1 - paid) * MONTH * max(last - max(months, first), 0) if first < months else 0.0
    plan = solved(a_scenario(months, demand, contracts, held))
    assert plan.total_usd == pytest.approx(owed + rest)
    assert plan.npv_usd == pytest.approx(owed + rest + beyond)


# --- nodes -------------------------------------------------------------------------------------------------------------


def test_prepaid_nodes_leave_nothing_to_sign():
    held = {
        "name": "prepaid",
        "provider": "aws",
        "throughput": {"jobs": 1},
        "nodes": 3,
        "until": "2027-07",
        "usd_per_hour": 0,
    }
    plan = solved(a_scenario(12, 5, [{"kind": "on_demand", "usd_per_hour": 1}], [held]))
    assert plan.npv_usd == pytest.approx(30_660)  # 2 × 4,380 h, then 5 × 4,380 h
    head = render_plan(plan, "table").split("What to sign")[0]
    assert "sign nothing" in head
    assert "Signed already: 1 contract, all of it paid for" in head
    assert {line.option: line.held for line in plan.lines} == {"held:prepaid": True, "offer:vm": False}
    rows = list(csv.DictReader(io.StringIO(render_plan(plan, "csv"))))
    assert {row["option"]: row["held"] for row in rows} == {"held:prepaid": "True", "offer:vm": "False"}
    table = render_plan(plan, "table")
    assert table.index("Signed already, used first") < table.index("On demand, to use")


@pytest.mark.parametrize("seed", range(12))
def test_drawn_holdings_serve_from_their_month_until_theirs(seed):
    r = random.Random(seed)
    months, demand, price = r.randint(2, 8), r.randint(1, 9), r.randint(2, 9)
    held, there, owed = [], [0] * months, 0.0
    for i in range(r.randint(1, 3)):
        first, last = sorted(r.sample(range(months + 2), 2))
        nodes, usd = r.randint(1, 5), r.randint(0, 12)
        dates = r.choice([{"from": month(first), "until": month(last)}, {"from_period": first, "periods": last}])
        held.append({"name": f"h{i}", "throughput": {"jobs": 1}, "nodes": nodes, "usd_per_hour": usd, **dates})
        for t in range(max(first, 0), min(last, months)):
            there[t] += nodes
            owed += nodes * usd * MONTH
    plan = solved(a_scenario(months, demand, [{"kind": "on_demand", "usd_per_hour": price}], held))
    assert plan.total_usd == pytest.approx(owed + sum(max(demand - n, 0) for n in there) * price * MONTH)


RESERVATION = """
start: 2027-01
months: 6
discount_rate: 0
catalog: none
workloads:
  - name: finetune
    kind: training_run
    accelerator_hours: 23360
    reference_accelerator: h100-sxm-80gb
    cluster_sizes: [32]
    failures_per_accelerator_year: 0
    checkpoint_write_minutes: 0
offers:
  - name: p5.48xlarge
    provider: aws
    region: us-east-1
    accelerator: h100-sxm-80gb
    accelerators_per_node: 8
    contracts: [{kind: on_demand, usd_per_hour: 98.32}]
held:
  - {name: reservation, provider: aws, region: us-east-1, accelerator: h100-sxm-80gb, accelerators_per_node: 8, nodes: 4, from: FROM, until: 2027-06, usd_per_hour: 39.33}
"""  # noqa: E501


@pytest.mark.parametrize(("since", "deadline"), [(3, None), (4, None), (5, 4), (2, 2)])
def test_a_run_waits_for_its_reservation_unless_it_comes_too_late(since, deadline):
    text = RESERVATION.replace("FROM", f"2027-{since:02d}")
    if deadline is not None:
        text = text.replace("    cluster_sizes", f"    deadline: 2027-{deadline:02d}\n    cluster_sizes")
    catalog = load_catalog()
    plan = solved(parse_scenario(text, "reservation.yaml", catalog=catalog), catalog)
    owed = 4 * 39.33 * MONTH * (6 - since)
    in_time = deadline is None or since <= deadline
    assert plan.npv_usd == pytest.approx(owed + (0 if in_time else 4 * 98.32 * MONTH))
    (run,) = plan.runs
    if in_time:
        assert run.start >= f"2027-{since:02d}"
        assert {share.option for share in run.shares} == {"held:reservation"}


# --- the second accountant ---------------------------------------------------------------------------------------------


def rules_of(plan: Plan, change) -> set[str]:
    value = plan.to_json_value()
    change(value)
    return {rule for rule, *_ in audit(plan_from_json_value(value)).discrepancies}


def test_the_audit_knows_what_is_signed_and_how_much():
    held = [
        {
            "name": "plan",
            "provider": "aws",
            "kind": "savings_plan",
            "usd_per_hour": 2,
            "until": "2027-07",
            "rates": [{"discount": "50%"}],
        },
        {
            "name": "nodes",
            "throughput": {"jobs": 1},
            "nodes": 1,
            "from": "2027-02",
            "until": "2027-04",
            "usd_per_hour": 1,
        },
    ]
    plan = solved(a_scenario(4, 5, [{"kind": "on_demand", "usd_per_hour": 1}], held))

    def line(value, option):
        return next(one for one in value["lines"] if one["option"] == option)

    def record(value, option):
        return next(one for one in value["inputs"]["options"] if one["option"] == option)

    assert rules_of(plan, lambda v: None) == set()
    assert "line-facts" in rules_of(plan, lambda v: line(v, "held:plan").update(held=False))
    assert "line-facts" in rules_of(plan, lambda v: line(v, "offer:vm").update(held=True))
    assert "held" in rules_of(plan, lambda v: line(v, "held:plan").update(nodes=3.0))
    assert "savings-price" in rules_of(plan, lambda v: record(v, "held:plan").update(usd_per_hour=0.5))
    assert "held" in rules_of(plan, lambda v: line(v, "held:nodes").update(start_index=0, start="2027-01"))
    assert {"savings-committed", "savings-nodes"} & rules_of(plan, lambda v: v["covered"][0].update(nodes=6.0))
