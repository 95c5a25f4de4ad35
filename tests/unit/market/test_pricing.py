"""From list prices to prices and dates, worked by hand (docs/model.md, "Money")."""

from dataclasses import replace
from typing import Any

import pytest
from planning import a_scenario, an_offer, on_demand, online

from planner.domain.options.option import Option, Provenance
from planner.domain.scenario.market_rules import LeadTime, PriceChange
from planner.domain.time.horizon import Horizon, Slice, periods_of
from planner.domain.workloads.workload import Inference
from planner.market.pricing import Pricing, change_of, lead_of
from planner.units import month_after

RENTED = Option(
    id="x", action="on_demand", provider="p", region="r", country="AA", node_type="n", accelerator="old", count=8,
    contract="on demand", usd_per_hour=10.0, provenance=Provenance("row", "source", "2026-01", "listed"),
)  # fmt: skip
SIGNED = replace(RENTED, action="commit", contract="12-month commitment", term_hours=8760.0, upfront_usd=1000.0)
DIP = ((0.0, 1.0), (12.0, 0.7), (36.0, 1.0))
"""Down by 0.3 in a year, back up in two."""


def calendar(months: int, start: str = "2026-01", hours: float = 730.0) -> Horizon:
    step = round(hours / 730)
    labels = [month_after(start, n * step) for n in range(months)]
    return periods_of([hours] * months, labels, [(Slice("all", hours),)] * months)


def pricing(horizon: Horizon, paths: dict[str, Any] | None = None, **fields: Any) -> Pricing:
    bare = a_scenario(workloads=[online("w", 1.0)], offers=[an_offer("o", {"w": 1}, on_demand(1.0))], **fields)
    return Pricing(bare, horizon, paths or {})


# --- prices -----------------------------------------------------------------------------------------


def test_without_rules_the_list_price_holds_to_the_end_of_the_horizon() -> None:
    assert pricing(calendar(3)).path(10.0, RENTED) == (10.0,) * 4


def test_a_yearly_change_counts_from_the_start_of_each_period() -> None:
    """Quarters of −19 % a year: 10 × 0.81^(0, ¼, ½): after half a year 10 × 0.9 = 9; the end is the start of a third."""
    usd = pricing(calendar(2, hours=2190.0), price_changes=[{"per_year": -0.19}]).path(10.0, RENTED)
    assert usd == (10.0, pytest.approx(9.486833, abs=1e-6), 9.0)


def test_a_path_is_read_at_the_months_since_the_start() -> None:
    """After 6 months 1 − 0.3 · 6/12 = 0.85, after 12 0.7, after 18 0.7 + 0.3 · 6/24 = 0.775."""
    usd = pricing(calendar(19), {"dip": DIP}, price_changes=[{"path": "dip"}]).path(10.0, RENTED)
    assert (usd[0], usd[6], usd[12], usd[18]) == (10.0, 8.5, 7.0, 7.75)


def test_discount_change_path_and_release_are_multiplied_and_rounded_once() -> None:
    """10.000003 × 0.9 × 0.5 (a year) × 0.7 (path) × 0.8 (release) = 2.520000756: up to a millionth."""
    rules = pricing(
        calendar(13),
        {"dip": DIP},
        discounts={"p": 0.1},
        price_changes=[{"per_year": -0.5, "path": "dip"}],
        releases=[{"accelerator": "new", "month": "2026-07", "price_drops": [{"accelerator": "old", "by": -0.2}]}],
    )
    assert rules.path(10.000003, RENTED)[12] == 2.520001


def test_half_a_millionth_is_rounded_to_the_even_neighbour() -> None:
    halves = pricing(calendar(1), discounts={"p": 0.5})
    assert halves.path(0.000001, RENTED)[0] == 0.000001  # what has a price keeps one
    assert halves.path(0.000003, RENTED)[0] == 0.000002
    assert halves.path(0.000005, RENTED)[0] == 0.000002


def test_a_release_changes_prices_from_its_period_on() -> None:
    """The release of March is there in the third month; it names one accelerator and one contract."""
    drop = {"accelerator": "old", "by": -0.2, "contract": "on_demand"}
    rules = pricing(calendar(4), releases=[{"accelerator": "new", "month": "2026-03", "price_drops": [drop]}])
    assert rules.path(10.0, RENTED) == (10.0, 10.0, 8.0, 8.0, 8.0)
    assert rules.path(10.0, SIGNED) == (10.0,) * 5
    assert rules.path(10.0, replace(RENTED, accelerator="other")) == (10.0,) * 5


def test_two_releases_multiply() -> None:
    drops = [{"accelerator": "old", "by": -0.2}]
    releases = [{"accelerator": name, "period": t, "price_drops": drops} for name, t in (("new", 1), ("newer", 2))]
    assert pricing(calendar(3), releases=releases).path(10.0, RENTED) == (10.0, 8.0, 6.4, 6.4)


def test_what_is_held_keeps_its_price() -> None:
    rules = pricing(calendar(13), discounts={"p": 0.1}, price_changes=[{"per_year": -0.5}])
    assert rules.path(10.0, replace(RENTED, held=True)) == (10.0,) * 14


def test_the_most_specific_change_applies_and_the_last_of_equals() -> None:
    everything, theirs = PriceChange(per_year=-0.1), PriceChange(per_year=-0.2, provider="p")
    exact = PriceChange(per_year=-0.3, provider="p", accelerator="old")
    again, elsewhere = PriceChange(per_year=-0.4, accelerator="old"), PriceChange(per_year=-0.9, provider="q")
    assert change_of((exact, theirs, everything), RENTED) == exact
    assert change_of((theirs, again, everything), RENTED) == again
    assert change_of((again, theirs), RENTED) == theirs
    assert change_of((elsewhere,), RENTED) is None


def test_a_hosted_price_is_blended_by_tokens() -> None:
    """(3,000 × 0.5 + 1,000 × 2) / 4,000 = 0.875; with a tenth off 0.7875."""
    hosted = replace(
        RENTED, action="hosted_api", usd_per_hour=0.0, usd_per_mtok_input=0.5, usd_per_mtok_output=2.0, accelerator=None
    )
    workload = Inference(
        kind="inference", name="w", model="m", tokens_per_day=1e6, input_tokens=3000, output_tokens=1000
    )
    assert pricing(calendar(1)).per_work_unit(hosted, workload) == (0.875, 0.875)
    assert pricing(calendar(1), discounts={"p": 0.1}).per_work_unit(hosted, workload)[0] == 0.7875


# --- dates ------------------------------------------------------------------------------------------


def test_terms_of_what_runs_by_the_hour() -> None:
    terms = pricing(calendar(3)).terms(RENTED)
    assert (terms.term, terms.lead, terms.signing, terms.usable) == (0, 0, (), (True, True, True))


def test_a_commitment_is_signed_while_it_can_still_come_into_service() -> None:
    """Twelve periods of term, two and a half months of delivery: three periods; the last signing is in period 2 of 6."""
    rules = pricing(calendar(6), lead_times=[{"months": 2.5}])
    terms = rules.terms(SIGNED)
    assert (terms.term, terms.lead, terms.signing) == (12, 3, (0, 1, 2))
    assert terms.upfront_usd == (1000.0,) * 7


def test_lead_times_of_quarters_are_rounded_up_to_whole_quarters() -> None:
    rules = pricing(calendar(4, hours=2190.0), lead_times=[{"months": 3}, {"months": 4, "provider": "p"}])
    assert rules.terms(SIGNED).lead == 2
    assert rules.terms(replace(SIGNED, provider="q")).lead == 1


def test_an_offer_states_its_own_lead() -> None:
    rules = pricing(calendar(6), lead_times=[{"months": 5}])
    own = replace(SIGNED, offer="mine", lead_hours=730.0)
    assert rules.terms(own).lead == 1
    assert rules.terms(replace(own, lead_hours=0.0, lead_periods=2)).lead == 2


def test_the_most_specific_lead_time_applies() -> None:
    """A size is worth as much as a name; what names two things is more specific than what names one."""
    general, large = LeadTime(months=1), LeadTime(months=2, min_accelerators=8)
    named, both = LeadTime(months=3, provider="p"), LeadTime(months=4, provider="p", accelerator="old")
    assert lead_of((), SIGNED) == 0.0
    assert lead_of((large, general), SIGNED) == 2
    assert lead_of((general, large), replace(SIGNED, count=4)) == 1
    assert lead_of((named, large), SIGNED) == 2
    assert lead_of((both, named, large), SIGNED) == 4


def test_nothing_with_a_coming_accelerator_runs_or_is_signed_before_its_release() -> None:
    rules = pricing(calendar(4), releases=[{"accelerator": "old", "month": "2026-03"}])
    assert rules.terms(RENTED).usable == (False, False, True, True)
    assert rules.terms(SIGNED).signing == (2, 3)


def test_a_release_in_the_middle_of_a_quarter_counts_from_the_next_one() -> None:
    rules = pricing(calendar(4, hours=2190.0), releases=[{"accelerator": "old", "month": "2026-05"}])
    assert rules.terms(RENTED).usable == (False, False, True, True)


def test_a_release_after_the_horizon_leaves_nothing() -> None:
    rules = pricing(calendar(2), releases=[{"accelerator": "old", "month": "2027-01"}])
    assert rules.terms(RENTED).usable == (False, False)
    assert rules.terms(SIGNED).signing == ()


def test_what_comes_later_and_what_is_withdrawn() -> None:
    rules = pricing(calendar(4))
    assert rules.terms(replace(RENTED, available_from="2026-02")).usable == (False, True, True, True)
    assert rules.terms(replace(RENTED, until="2026-03-15")).usable == (True, True, False, False)


def test_fixed_quantities_and_whole_horizons_are_signed_at_the_start_only() -> None:
    assert pricing(calendar(4)).terms(replace(SIGNED, exact_nodes=2)).signing == (0,)
    assert pricing(calendar(4)).terms(replace(SIGNED, term_periods=-1)).signing == (0,)
    assert pricing(calendar(4)).terms(replace(SIGNED, term_periods=-1)).term == 4
