"""When work begins and ends, and amounts over time: every plan costs demand × price, period by period."""

import random

import pytest

from planner.analysis.answer import answer
from planner.domain.inputs.catalog import Catalog
from planner.domain.records.plan import Plan
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import parse_scenario

HOURS = {"month": 730.0, "quarter": 2190.0}


def solved(scenario: Scenario, catalog: Catalog | None = None) -> Plan:
    found = answer(scenario, catalog or Catalog(), gap=0, baselines=False).plan
    assert found is not None
    assert found.audit.agrees, found.audit.discrepancies
    return found


def month(months: int) -> str:
    return f"{2027 + months // 12}-{months % 12 + 1:02d}"


def test_a_launch_in_july_takes_the_second_half_of_the_year():
    text = """
start: 2027-01
months: 12
catalog: none
workloads:
  - {name: old, kind: inference, model: llama-3.3-70b, tokens_per_day: 45M, end: 2027-07}
  - {name: new, kind: inference, model: llama-3.3-70b, tokens_per_day: 45M, start: 2027-07}
offers:
  - {kind: hosted_api, name: api, provider: together, model: llama-3.3-70b, usd_per_mtok_input: 1.2, usd_per_mtok_output: 1.2}
"""
    catalog = load_catalog()
    plan = solved(parse_scenario(text, "launch.yaml", catalog=catalog), catalog)
    assert plan.total_usd == pytest.approx(19_710)
    by_workload = {line.start: line for line in plan.lines}
    assert {start: round(line.total_usd, 2) for start, line in by_workload.items()} == {
        "2027-01": 9855,
        "2027-07": 9855,
    }
    assert {r.workload for r in plan.serving if r.period < 6} == {"old"}
    assert {r.workload for r in plan.serving if r.period >= 6} == {"new"}


def drawn(r: random.Random, period: str, periods: int, years: int) -> tuple[dict[str, object], list[float]]:
    """A workload and its mean rate in every period."""
    size = {"month": 1, "quarter": 3}[period]
    first, last = sorted(r.sample(range(periods + 1), 2))
    load: dict[str, object] = {"unit": "n", "kind": r.choice(["inference", "batch", "training", "development"])}
    if r.random() < 0.7:
        load["start"] = month(first * size)
    else:
        first = 0
    if r.random() < 0.7:
        load["end"] = month(last * size)
    else:
        last = periods
    way = r.choice(["growing", "by period", "by plan-year"])
    rates = [float(r.randint(1, 9)) for _ in range(periods)]
    if way == "growing":
        load |= {"demand_per_hour": rates[0], "growth_per_year": "100%"}
        rates = [rates[0] * 2 ** ((t - first) * size / 12) for t in range(periods)]
    elif way == "by period":
        load["demand_per_hour"] = rates
    else:
        yearly = [float(r.randint(1, 9)) for _ in range(years)]
        load["demand_per_hour"] = yearly
        rates = [yearly[t * size // 12] for t in range(periods)]
    if load["kind"] == "development":
        load["profile"] = "flat"
    return load, [rate if first <= t < last else 0.0 for t, rate in enumerate(rates)]


@pytest.mark.parametrize("seed", range(20))
def test_drawn_dates_and_lists_cost_what_they_ask_for(seed):
    r = random.Random(seed)
    period = r.choice(["month", "quarter"])
    years = r.randint(1, 3)
    periods = years * (12 if period == "month" else 4)
    loads, asked = {}, [0.0] * periods
    for n in range(r.randint(1, 4)):
        load, rates = drawn(r, period, periods, years)
        loads[f"w{n}"] = load
        asked = [a + b for a, b in zip(asked, rates, strict=True)]
    scenario = Scenario.model_validate(
        {
            "start": "2027-01",
            "years": years,
            "period": period,
            "discount_rate": 0,
            "catalog": "none",
            "workloads": [{"name": name, **load} for name, load in loads.items()],
            "offers": [
                {
                    "name": "vm",
                    "delivery": "container",
                    "throughput": dict.fromkeys(loads, 1),
                    "contracts": [{"kind": "on_demand", "usd_per_hour": 3}],
                }
            ],
        }
    )
    plan = solved(scenario)
    assert [p.cash_usd for p in plan.cost.by_period] == pytest.approx([3 * a * HOURS[period] for a in asked])


@pytest.mark.parametrize(
    ("stated", "rate"),
    [
        ({"kind": "batch", "model": "m", "tokens_per_day": [24e6, 48e6]}, [1, 2]),
        (
            {
                "kind": "batch",
                "model": "m",
                "requests_per_day": [24e3, 48e3],
                "input_tokens": 600,
                "output_tokens": 400,
            },
            [1, 2],
        ),
        ({"kind": "training", "accelerator_hours_per_month": [730, 2190], "reference_accelerator": "h"}, [1, 3]),
        ({"kind": "training", "model": "m", "tokens_per_month": [730e6, 1460e6]}, [1, 2]),
        (
            {
                "kind": "development",
                "headcount": [1, 3],
                "accelerator_hours_per_head_per_month": [730, 1460],
                "reference_accelerator": "h",
            },
            [1, 6],
        ),
    ],
)
def test_every_amount_may_be_a_list_by_plan_year_or_by_period(stated, rate):
    from planner.domain.time.demand import mean_rates
    from planner.pipeline import horizon_of

    for periods in ({"years": 2}, {"months": 2}):
        scenario = Scenario.model_validate({"start": "2027-01", **periods, "workloads": [{"name": "w", **stated}]})
        means = mean_rates(scenario.workloads[0], horizon_of(scenario))
        wanted = rate if len(means) == 2 else [rate[t // 12] for t in range(24)]
        assert means == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("workload", "said"),
    [
        ("start: 2027-02", "2027-02 lies inside a period"),
        ("end: 2027-12", "2027-12 lies inside a period"),
        ("start: 2029-01", "no work inside the horizon"),
        ("end: 2026-04", "no work inside the horizon"),
        ("start: 2027-07, end: 2027-04", "it lies after the start"),
        ("growth_per_year: 10%, tokens_per_day: [1M, 2M]", "leave out the growth rate"),
        ("tokens_per_day: [1M, 2M, 3M]", "3 entries for a horizon of 4 periods and 1 plan-year"),
    ],
)
def test_dates_and_lists_that_say_nothing_are_refused(workload, said):
    demand = "" if "tokens_per_day" in workload else ", tokens_per_day: 1M"
    text = f"""
start: 2027-01
quarters: 4
workloads:
  - {{name: w, kind: inference, model: llama-3.3-70b, {workload}{demand}}}
"""
    with pytest.raises(Exception, match=said):
        parse_scenario(text, "dates.yaml", catalog=load_catalog())


def test_a_run_stays_inside_the_dates_of_its_work():
    scenario = Scenario.model_validate(
        {
            "start": "2027-01",
            "months": 6,
            "discount_rate": "50%",
            "catalog": "none",
            "workloads": [
                {
                    "name": "run",
                    "kind": "training_run",
                    "unit": "n",
                    "work": 730,
                    "start": "2027-02",
                    "end": "2027-04",
                    "failures_per_accelerator_year": 0,
                    "checkpoint_write_minutes": 0,
                    "cluster_sizes": [1],
                }
            ],
            "offers": [
                {"name": "vm", "throughput": {"run": 1}, "contracts": [{"kind": "on_demand", "usd_per_hour": 1}]},
            ],
        }
    )
    (run,) = solved(scenario).runs
    assert (run.start, run.end) == ("2027-03", "2027-03")  # money later costs less; April is no longer in it
