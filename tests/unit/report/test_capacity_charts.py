"""Capacity beside demand: the figures are those of the plan's records, hour by hour."""

import html
import re
from functools import cache
from pathlib import Path

import pytest
from asked_work import able_rates, asked_rates

from planner.analysis.answer import answer
from planner.domain.records import Plan
from planner.inputs import load_text
from planner.report.document import Chart
from planner.report.page import plan_page
from planner.report.page.charts import charts_of

TEXT = """name: Four kinds of work
catalog: none
start: 2027-01
months: 3
slices: 3
workloads:
  - {name: chat, kind: inference, unit: image, demand_per_hour: 40, growth_per_month: 20%, profile: business_hours,
     spike: {name: launch, multiplier: 3, hours_per_year: 48}, unserved: {usd_per_unit: 0.4, max_fraction: 30%}}
  - {name: scan, kind: batch, unit: image, demand_per_hour: 10}
  - {name: run, kind: training_run, unit: step, work: 4000, earliest: 2027-02}
  - {name: pauses, kind: training_run, unit: step, work: 2000, interruptible: true}
offers:
  - {name: n, provider: acme, throughput: {chat: 8, scan: 8, run: 4, pauses: 4}, accelerator: h100-sxm-80gb,
     accelerators_per_node: 8, contracts: [{kind: on_demand, usd_per_hour: 6}, {kind: commitment, usd_per_hour: 3, term_months: 1}]}
"""


@cache
def a_plan() -> Plan:
    plan = answer(load_text(TEXT, "s.yaml", folder=Path()).scenario).plan
    assert plan is not None
    return plan


def chart(name: str) -> Chart:
    return next(one for one in charts_of(a_plan()) if name in one.title)


def test_every_workload_stands_beside_its_demand_in_all_hours() -> None:
    found, plan = chart(": chat"), a_plan()
    asked, able = asked_rates(plan, "chat", by_slice=True), able_rates(plan, "chat", by_slice=True)
    names = [piece.name for piece in plan.horizon.periods[0].slices]
    busiest, *each = found.views
    assert [view.label.split(",")[0] for view in each] == names
    assert names[-1] == "spike launch" or "launch" in names
    for s, view in enumerate(each):
        *bars, line = view.y
        for t in range(3):
            assert line[t] == pytest.approx(asked[t, s])
            assert sum(bar[t] or 0.0 for bar in bars) == pytest.approx(able.get((t, s), 0.0))
    assert [tuple(trace["y"]) for trace in found.data] == list(busiest.y)
    assert busiest.y[-1] == pytest.approx([max(asked[t, s] for s in range(len(names))) for t in range(3)])


def test_hours_are_chosen_from_a_list_that_a_keyboard_reaches() -> None:
    page, found = plan_page(a_plan()), chart(": chat")
    (choice,) = re.findall(rf'<select data-chart="{found.name}".*?</select>', page)
    assert [html.unescape(one) for one in re.findall(r"<option[^>]*>([^<]*)", choice)] == [
        view.label for view in found.views
    ]
    assert f'data-chart="{chart(": scan").name}"' not in page, "whole periods leave no choice"


def test_the_table_has_every_period_and_slice() -> None:
    found, plan = chart(": chat"), a_plan()
    slices = len(plan.horizon.periods[0].slices)
    assert [column.title for column in found.table.columns][:3] == ["Period", "Hours", "demand"]
    assert len(found.table.rows) == 3 * slices


def test_what_may_wait_is_compared_over_whole_periods() -> None:
    found, asked = chart(": scan"), asked_rates(a_plan(), "scan", by_slice=False)
    assert found.views == ()
    *bars, line = found.data
    assert line["y"] == pytest.approx([asked[t, -1] for t in range(3)])
    assert all(sum(bar["y"][t] for bar in bars) >= line["y"][t] * (1 - 1e-9) for t in range(3))


@pytest.mark.parametrize(("name", "work"), [("run", 4000.0), ("pauses", 2000.0)])
def test_a_run_nears_all_that_it_asks_for(name: str, work: float) -> None:
    """At once on one cluster, or in pieces wherever there is room."""
    *bars, line = chart(f": {name}").data
    assert line["y"] == [work] * 3
    done = [sum(bar["y"][t] for bar in bars) for t in range(3)]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(work)
    assert name == "pauses" or done[0] == 0, "it begins in the second month"


def test_accelerators_stand_beside_those_at_work() -> None:
    plan, found = a_plan(), chart("Accelerators by contract")
    each = {record.option: record.accelerators_per_node for record in plan.inputs.options}
    for s, view in enumerate(found.views[1:]):
        *bars, line = view.y
        for t in range(3):
            mine = [r for r in plan.serving if (r.period, r.slice) == (t, s)]
            running = [share for run in plan.runs for share in run.shares if share.period == t]
            online = sum(r.nodes * each[r.option] * r.work / r.able for r in mine)
            assert line[t] == pytest.approx(online + sum(share.nodes * each[share.option] for share in running))
            assert sum(bar[t] or 0.0 for bar in bars) >= (line[t] or 0.0) - 1e-6
