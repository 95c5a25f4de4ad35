"""Demand by period and slice, worked by hand (docs/model.md, "Demand")."""

from typing import Any

import pytest
from planning import a_scenario, an_offer, months, on_demand, online

from planner.domain.time.demand import (
    FLAT,
    mean_rates,
    shape_of,
    slice_rates,
    spikes_of,
    with_spikes,
    with_week_slices,
)
from planner.domain.time.horizon import Horizon, Slice, periods_of
from planner.domain.workloads.workload import Batch, Development, Inference, Training
from planner.units import month_after

WEEK = 168


def calendar(count: int, hours: float = 730.0) -> Horizon:
    labels = [month_after("2026-01", n * round(hours / 730)) for n in range(count)]
    return periods_of([hours] * count, labels, [(Slice("all", hours),)] * count)


def chat(**fields: Any) -> Inference:
    return Inference.model_validate({"name": "chat", "kind": "inference", "model": "m", "demand_per_hour": 10} | fields)


def jobs(**fields: Any) -> Training:
    fields = {"name": "jobs", "kind": "training", "unit": "step", "demand_per_hour": 10} | fields
    return Training.model_validate(fields)


# --- growth, surges, heads --------------------------------------------------------------------------


def test_growth_counts_to_the_start_of_each_period() -> None:
    assert mean_rates(chat(growth_per_month=0.1), calendar(3)) == pytest.approx((10, 11, 12.1))
    assert mean_rates(chat(growth_per_year=0.21), calendar(3, 4380)) == pytest.approx((10, 11, 12.1))
    weekly = mean_rates(chat(growth_per_week=0.01), calendar(2))
    assert weekly[1] == pytest.approx(10 * 1.01 ** (730 / WEEK))  # 4.345 weeks in a month


def test_a_stated_demand_is_taken_as_it_is_and_its_mean_is_over_hours() -> None:
    horizon = periods_of([100.0], ["p0"], [(Slice("day", 25.0), Slice("night", 75.0))])
    assert mean_rates(chat(demand_per_hour=[[8.0, 4.0]]), horizon) == (5.0,)  # (25 × 8 + 75 × 4) / 100
    assert slice_rates(chat(demand_per_hour=[[8.0, 4.0]]), horizon, (), FLAT) == ((8.0, 4.0),)


def test_a_surge_is_planned_at_its_end_online_and_in_the_middle_for_flexible_work() -> None:
    """Doubling every week for two weeks from the start of the second period; periods of one week."""
    surge = {"surges": [{"after_months": WEEK / 730, "weeks": 2, "growth_per_week": "100%"}]}
    horizon = periods_of([168.0] * 4, [f"p{t}" for t in range(4)], [(Slice("all", 168.0),)] * 4)
    assert mean_rates(chat(**surge), horizon) == pytest.approx((10, 20, 40, 40))
    assert mean_rates(jobs(**surge), horizon) == pytest.approx((10, 10 * 2**0.5, 10 * 2**1.5, 40))


def test_a_surge_that_began_before_the_horizon_has_partly_happened() -> None:
    """Four weeks of 10 % from 2025-12: a month of 730 hours is 4.345 weeks, so all of it was gained before."""
    surge = {"surges": [{"start": "2025-12", "weeks": 4, "growth_per_week": 0.1}]}
    assert mean_rates(chat(**surge), calendar(1)) == pytest.approx((10 * 1.1**4,))
    longer = {"surges": [{"start": "2025-12", "weeks": 8, "growth_per_week": 0.1}]}
    assert mean_rates(chat(**longer), calendar(1)) == pytest.approx((10 * 1.1**8,))
    assert mean_rates(jobs(**longer), calendar(1)) == pytest.approx((10 * 1.1 ** (1.5 * 730 / WEEK),))


def test_surges_and_growth_multiply() -> None:
    surges = [{"after_months": 0, "weeks": 1, "growth_per_week": g} for g in (0.1, 0.2)]
    assert mean_rates(chat(growth_per_month=0.5, surges=surges), calendar(2)) == pytest.approx((13.2, 19.8))


def test_heads_change_at_the_start_of_each_plan_year_and_the_last_number_goes_on() -> None:
    """20 heads × 73 hours / 730 = 2 an hour; then 30 heads; growth comes on top."""
    heads = Development.model_validate(
        {
            "name": "dev", "kind": "development", "headcount": [20, 30], "reference_accelerator": "a",
            "accelerator_hours_per_head_per_month": 73, "growth_per_year": 0.1,
        }
    )  # fmt: skip
    assert mean_rates(heads, calendar(6, 4380)) == pytest.approx(
        (2, 2 * 1.1**0.5, 3 * 1.1, 3 * 1.1**1.5, 3 * 1.21, 3 * 1.1**2.5)
    )


def test_tokens_a_day() -> None:
    """48 million tokens a day are 2 Mtok an hour; 12,000 requests of 3,000 + 1,000 tokens likewise."""
    tokens = Batch.model_validate({"name": "b", "kind": "batch", "model": "m", "tokens_per_day": 48e6})
    assert mean_rates(tokens, calendar(1)) == pytest.approx((2.0,))
    requests = {"requests_per_day": 12000, "input_tokens": 3000, "output_tokens": 1000, "demand_per_hour": None}
    assert mean_rates(chat(**requests), calendar(1)) == pytest.approx((2.0,))


# --- slices and spikes ------------------------------------------------------------------------------


def test_a_slice_has_the_mean_of_the_shape_over_its_hours() -> None:
    shape = shape_of(chat(profile=[1.0] * 12 + [3.0] * 12), {})  # mean 2: half the day at 0.5, half at 1.5
    day, night = tuple(h for h in range(WEEK) if h % 24 >= 12), tuple(h for h in range(WEEK) if h % 24 < 12)
    horizon = with_week_slices(calendar(1), (day, night))
    assert [s.hours for s in horizon.periods[0].slices] == [365.0, 365.0]
    assert slice_rates(chat(), horizon, (day, night), shape) == (pytest.approx((15.0, 5.0)),)


def test_a_spike_takes_its_share_of_every_period_from_the_ordinary_slices() -> None:
    """876 hours a year are a tenth: 73 of 730; the halves of the week keep 328.5 each."""
    halves = tuple(range(84)), tuple(range(84, WEEK))
    slices = with_week_slices(calendar(1), halves, (("launch", 0.1),)).periods[0].slices
    assert [(s.name, s.spike) for s in slices] == [("s0", ""), ("s1", ""), ("launch", "launch")]
    assert [s.hours for s in slices] == pytest.approx([328.5, 328.5, 73.0])


def test_explicit_periods_have_spikes_apart_too() -> None:
    horizon = periods_of([100.0], ["p0"], [(Slice("all", 100.0),)])
    slices = with_spikes(horizon, (("a", 0.1), ("b", 0.2))).periods[0].slices
    assert [s.name for s in slices] == ["all", "a", "b"]
    assert [s.hours for s in slices] == pytest.approx([70.0, 10.0, 20.0])


def test_in_a_spike_only_who_names_it_has_its_multiple_all_others_have_their_mean() -> None:
    """The mean of the period, not the level of a busy slice."""
    horizon = with_week_slices(calendar(1), (tuple(range(84)), tuple(range(84, WEEK))), (("a", 0.1), ("b", 0.1)))
    week, shape = (tuple(range(84)), tuple(range(84, WEEK))), (1.5,) * 84 + (0.5,) * 84
    spiky = chat(spike={"name": "b", "multiplier": 4, "hours_per_year": 876})
    assert slice_rates(spiky, horizon, week, shape) == (pytest.approx((15.0, 5.0, 10.0, 40.0)),)
    assert slice_rates(chat(), horizon, week, shape) == (pytest.approx((15.0, 5.0, 10.0, 10.0)),)


def test_spikes_of_a_scenario_are_in_the_order_of_their_names() -> None:
    def spike(name: str, hours: float) -> dict[str, Any]:
        return {"spike": {"name": name, "multiplier": 2, "hours_per_year": hours}}

    scenario = a_scenario(
        periods=months(1),
        workloads=[
            online("u", [1.0], **spike("z", 876)),
            online("v", [1.0], **spike("a", 438)),
            online("w", [1.0], **spike("z", 876)),
        ],
        offers=[an_offer("o", {"u": 1, "v": 1, "w": 1}, on_demand(1.0))],
    )
    assert spikes_of(scenario) == (("a", 0.05), ("z", 0.1))
