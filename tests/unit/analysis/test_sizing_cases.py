"""If the sizing errs: what the nodes of a plan still serve, what the demand would cost, and that the audit knows better."""

from typing import Any

import pytest
from planning import EXACT, a_scenario, an_offer, commitment, months, on_demand, online, planned

from planner.analysis.answer import answer
from planner.audit import audit
from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.domain.records.plan_records import SizedWorkload, SizingCase
from planner.domain.scenario.scenario import Scenario
from planner.report.plan.render import render_plan
from planner.sizing.constants import SizingConstants

C = SizingConstants()
CHIP = Accelerator(
    id="chip", vendor="any", name="chip", memory_gb=80, memory_bandwidth_gb_per_s=2000, bf16_tflops=1000, source="test",
    checked_on="2026-01",
)  # fmt: skip
CATALOG = Catalog(accelerators={"chip": CHIP})
ONE_AN_HOUR = 3600 * 1e15 * C.e_pf
"""FLOP per unit of which one chip does exactly one an hour."""
HOURS = 730.0


def pictures(demand: float = 10.0, **fields: Any) -> dict[str, Any]:
    work = {"unit": "picture", "flop_per_unit": ONE_AN_HOUR, "target_utilisation": 1.0}
    return online("pictures", demand, **work | fields)


def a_node(*contracts: dict[str, Any], name: str = "node", **fields: Any) -> dict[str, Any]:
    known = {"accelerator": "chip", "accelerators_per_node": 1}
    return an_offer(name, {}, *(contracts or (on_demand(1.0),)), **known | fields)


def a_case(*offers: dict[str, Any], **fields: Any) -> Scenario:
    """A month of ten pictures an hour on chips that do one each."""
    asked = {"periods": months(1), "workloads": [pictures()], "offers": list(offers or (a_node(),)), "derating": 1.0}
    return a_scenario(**asked | fields | {"vendors": None})


def plan_of(scenario: Scenario) -> Plan:
    found = answer(scenario, CATALOG, gap=EXACT)
    assert found.plan is not None, found
    assert found.plan.audit.agrees, found.plan.audit.discrepancies
    return found.plan


def cases(plan: Plan) -> dict[str, SizingCase]:
    assert plan.sizing is not None
    return {case.case: case for case in plan.sizing.cases}


def workload(plan: Plan, number: int = 0) -> SizedWorkload:
    assert plan.sizing is not None
    return plan.sizing.workloads[number]


# --- as it is bought -------------------------------------------------------------------------------


def test_nodes_that_are_all_busy_serve_the_low_share() -> None:
    one = workload(plan_of(a_case()))
    assert (one.sized_fraction, one.low_fraction, one.high_fraction) == (1.0, C.serve_low, C.serve_high)
    assert one.served_low_fraction == pytest.approx(C.serve_low)
    assert one.busy_low_fraction == pytest.approx(1 / C.serve_low)  # planned at 100%: they cannot serve it all


def test_idle_nodes_help() -> None:
    """Twelve nodes under contract, ten busy: 10 × 12/10 × the low rate."""
    held = a_node(commitment(1.0, 1, exact_nodes=12))
    assert workload(plan_of(a_case(held))).served_low_fraction == pytest.approx(1.2 * C.serve_low)
    many = a_node(commitment(1.0, 1, exact_nodes=14))
    assert workload(plan_of(a_case(many))).served_low_fraction == 1.0  # 14 × the low rate > 10


def test_the_reserve_of_target_utilisation_is_told() -> None:
    asked = a_case(workloads=[pictures(target_utilisation=0.7)])
    assert workload(plan_of(asked)).busy_low_fraction == pytest.approx(0.7 / C.serve_low)


def test_the_worst_period_is_named() -> None:
    """Ten nodes all along: ten pictures an hour in the first month, five in the second."""
    asked = a_case(
        a_node(commitment(1.0, 2, exact_nodes=10)),
        periods=months(2),
        workloads=[pictures(demand=[10.0, 5.0])],
    )
    one = workload(plan_of(asked))
    assert (one.worst_period, one.worst_low_fraction) == (0, pytest.approx(C.serve_low))
    assert one.served_low_fraction == pytest.approx((10 * C.serve_low + 5) / 15)


def test_measured_throughput_has_no_range() -> None:
    measured = an_offer("node", {"pictures": 1.0}, on_demand(1.0), accelerator="chip", accelerators_per_node=1)
    plan = plan_of(a_case(measured))
    assert plan.sizing is None
    assert [(f.rate_low_per_node_hour, f.rate_high_per_node_hour) for f in plan.inputs.fits] == [(1.0, 1.0)]


def test_maturity_scales_the_range_too() -> None:
    fit = plan_of(a_case(maturity={"any": 0.5})).inputs.fits[0]
    assert fit.rate_per_node_hour == pytest.approx(0.5)
    assert fit.rate_low_per_node_hour == pytest.approx(0.5 * C.serve_low)
    assert fit.rate_high_per_node_hour == pytest.approx(0.5 * C.serve_high)


# --- planned anew ----------------------------------------------------------------------------------


def test_the_cases_cost_the_nodes_that_they_take() -> None:
    plan = plan_of(a_case())
    assert plan.npv_usd == pytest.approx(10 * HOURS)
    assert cases(plan)["low"].npv_usd == pytest.approx(10 / C.serve_low * HOURS)
    assert cases(plan)["high"].npv_usd == pytest.approx(10 / C.serve_high * HOURS)
    assert cases(plan)["low"].change_fraction == pytest.approx(1 / C.serve_low - 1)


def test_the_low_case_is_the_plan_of_a_stack_that_much_slower() -> None:
    """Derating by serve_low is the low case, solved by the planner itself with fractional nodes."""
    menu = (a_node(on_demand(1.0, max_nodes=8)), a_node(on_demand(1.5), commitment(1.1, 2), name="dear"))
    asked = a_case(*menu, periods=months(2), workloads=[pictures(demand=[10.0, 13.0])])
    slower = asked.model_copy(update={"derating": C.serve_low, "integers": "relaxed"})
    assert cases(plan_of(asked))["low"].npv_usd == pytest.approx(planned(slower, catalog=CATALOG).npv_usd)


def test_low_rates_never_cost_less_than_the_plan() -> None:
    """A fifth of a picture an hour takes one whole node in either case."""
    plan = plan_of(a_case(workloads=[pictures(demand=0.2)]))
    assert (plan.npv_usd, cases(plan)["low"].npv_usd) == (HOURS, HOURS)


def test_a_budget_that_the_low_case_breaks_is_said() -> None:
    low = cases(plan_of(a_case(budget_total_usd=8000)))["low"]
    assert low.npv_usd == pytest.approx(10 / C.serve_low * HOURS)
    assert low.note.startswith("not within the limits on money")


def test_a_cap_that_the_low_case_breaks_is_said() -> None:
    low = cases(plan_of(a_case(a_node(on_demand(1.0, max_nodes=11)))))["low"]
    assert (low.npv_usd, low.change_fraction) == (None, None)
    assert "caps" in low.note


def test_without_comparisons_only_the_arithmetic_is_done() -> None:
    plan = planned(a_case(), catalog=CATALOG)
    assert plan.sizing is not None
    assert plan.sizing.cases == ()


# --- audit and report ------------------------------------------------------------------------------


CORRUPTIONS = [
    (("workloads", 0, "served_low_fraction"), 0.9, "sizing-risk"),
    (("workloads", 0, "worst_low_fraction"), 0.9, "sizing-risk"),
    (("workloads", 0, "low_fraction"), 0.9, "sizing-risk"),
    (("workloads", 0, "high_fraction"), 1.1, "sizing-risk"),
    (("workloads", 0, "sized_fraction"), 0.5, "sizing-risk"),
    (("workloads", 0, "busy_low_fraction"), 0.5, "sizing-risk"),
    (("workloads", 0, "busy_low_fraction"), None, "sizing-risk"),
    (("workloads", 0, "workload"), "statues", "sizing-risk"),
    (("cases", 0, "npv_usd"), 7000.0, "sizing-case"),
    (("cases", 0, "change_fraction"), 0.1, "sizing-case"),
    (("cases", 0, "npv_usd"), None, "sizing-case"),
    (("cases", 1, "npv_usd"), 7400.0, "sizing-case"),
]


@pytest.mark.parametrize(("path", "value", "rule"), CORRUPTIONS)
def test_the_second_accountant_notices(path: tuple[str, int, str], value: object, rule: str) -> None:
    honest = plan_of(a_case()).to_json_value()
    part, number, name = path
    honest["sizing"][part][number][name] = value
    assert rule in {found[0] for found in audit(plan_from_json_value(honest)).discrepancies}


@pytest.mark.parametrize("name", ["rate_low_per_node_hour", "rate_high_per_node_hour"])
def test_the_second_accountant_sizes_the_range_anew(name: str) -> None:
    honest = plan_of(a_case()).to_json_value()
    honest["inputs"]["fits"][0][name] *= 1.01
    assert "fit-range" in {found[0] for found in audit(plan_from_json_value(honest)).discrepancies}


def test_the_second_accountant_sizes_what_is_stated_of_the_stack_anew() -> None:
    plan = plan_of(a_case()).to_json_value()
    plan["scenario"]["resolved"]["workloads"][0]["flop_per_unit"] *= 2
    assert "fit-sized" in {found[0] for found in audit(plan_from_json_value(plan)).discrepancies}


def test_the_report_says_it_at_the_top_and_in_a_table() -> None:
    text = render_plan(plan_of(a_case(budget_total_usd=8000)), "markdown")
    low, high = C.serve_low, C.serve_high
    cost = f"${7300 / low:,.0f}"
    assert f"the same demand would cost at least {cost} ({1 / low - 1:+.1%}), beyond the limits on money." in text
    assert f"| pictures | 100% | {low:.1%} to {high:.1%} | {low:.1%} | {low:.1%} |" in text
    assert f"| all sized rates low | {cost} | {1 / low - 1:+.1%} | not within the limits on money" in text
    assert f"| all sized rates high | ${7300 / high:,.0f} | {1 / high - 1:+.1%} |" in text
