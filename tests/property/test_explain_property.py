"""On random small scenarios: flip prices hold on both sides, shadow prices lie between differences, and what is named binds."""

from typing import Any

import pytest
from planning import EMPTY, a_scenario, optimum
from small_worlds import draw_world, scenario_fields

from planner.analysis.explain.explain import explain
from planner.domain.answers.explanation import Explanation, FlipPrice
from planner.solver.watch import Watch

SEEDS = range(300)
GROUPS = 30
"""Seeds are spread over so many tests."""
NEAR = 1e-6


def fields_of(seed: int) -> dict[str, Any]:
    """A third of the worlds with fractional nodes, and a budget near what the least NPV is."""
    fields = scenario_fields(draw_world(seed))
    if seed % 3:
        return fields
    fields |= {"integers": "relaxed"}
    best = optimum(a_scenario(**fields))
    return fields if best is None else fields | {"budget_total_usd": round(best * 1.01 + 1, 2)}


def explained(fields: dict[str, Any]) -> Explanation | None:
    return explain(a_scenario(**fields), EMPTY, Watch()).explanation


def with_price(fields: dict[str, Any], option: str, factor: float) -> dict[str, Any]:
    """The scenario in which an offer of one contract costs another multiple."""
    offers = []
    for offer in fields["offers"]:
        if f"offer:{offer['name']}" == option:
            (contract,) = offer["contracts"]
            dearer = {key: contract[key] * factor for key in ("usd_per_hour", "upfront_usd") if contract.get(key)}
            offer = offer | {"contracts": [contract | dearer]}
        offers.append(offer)
    return fields | {"offers": offers}


def without(fields: dict[str, Any], option: str) -> dict[str, Any]:
    return fields | {"offers": [offer for offer in fields["offers"] if f"offer:{offer['name']}" != option]}


def check_flip(fields: dict[str, Any], flip: FlipPrice) -> None:
    """The scenario itself, with the offer at other prices, solved again: nothing of the explanation is used but the price."""
    alone = optimum(a_scenario(**without(fields, flip.option)))
    assert alone is not None
    close = NEAR * max(abs(alone), 1.0)
    assert flip.confirmed
    assert flip.npv_without_usd == pytest.approx(alone, abs=10 * close)
    if flip.flip_fraction is None:
        nearly_free = optimum(a_scenario(**with_price(fields, flip.option, 1e-4)))
        assert nearly_free is not None
        assert nearly_free >= alone - 10 * close
        return
    assert flip.below_fraction is not None
    assert flip.above_fraction is not None
    below = optimum(a_scenario(**with_price(fields, flip.option, flip.below_fraction)))
    above = optimum(a_scenario(**with_price(fields, flip.option, flip.above_fraction)))
    assert below is not None
    assert above is not None
    rounding = 2e-6 * 8760 * 3 * 8  # prices are rounded to a millionth of a dollar
    assert below < alone + rounding
    assert above == pytest.approx(alone, abs=10 * close + rounding)
    assert flip.below_npv_usd == pytest.approx(below, abs=10 * close + rounding)


def check_shadows(found: Explanation) -> None:
    for price in found.shadow_prices:
        saves = max(price.fixed_up_usd or 0.0, price.whole_up_usd or 0.0)
        assert saves > 0, f"{price.limit} does not bind"
        if price.usd_per_unit is None or price.fixed_up_usd is None:
            continue
        close = NEAR * max(abs(found.npv_usd), 1.0)
        assert price.usd_per_unit * price.step >= price.fixed_up_usd - close
        if price.fixed_down_usd is not None:
            assert price.usd_per_unit * price.step <= price.fixed_down_usd + close
        if price.whole_up_usd is not None:
            assert price.whole_up_usd >= price.fixed_up_usd - close  # fixing whole numbers never helps


def check_budgets(fields: dict[str, Any], found: Explanation) -> None:
    """A budget that is named binds: with a step more the whole program costs as much less as was said."""
    for price in found.shadow_prices:
        if price.limit == "budget_total_usd" and price.whole_up_usd is not None:
            more = optimum(a_scenario(**fields | {price.limit: fields[price.limit] + price.step}))
            assert more == pytest.approx(found.npv_usd - price.whole_up_usd, abs=NEAR * abs(found.npv_usd) + 0.01)


def check_reasons(fields: dict[str, Any], found: Explanation) -> None:
    """What a line costs more without its option is what the scenario without that offer costs more."""
    for reason in found.reasons:
        alone = optimum(a_scenario(**without(fields, reason.option))) if len(fields["offers"]) > 1 else None
        if reason.extra_usd is None:
            assert alone is None
        else:
            assert alone == pytest.approx(found.npv_usd + reason.extra_usd, abs=NEAR * abs(found.npv_usd) + 0.01)
        if reason.constraint == "demand":
            assert reason.missing_per_hour is not None
            assert reason.missing_per_hour > 0


@pytest.mark.parametrize("group", range(GROUPS))
def test_explanations_of_random_scenarios_hold(group: int) -> None:
    for seed in SEEDS[group::GROUPS]:
        fields = fields_of(seed)
        found = explained(fields)
        if found is None:
            assert optimum(a_scenario(**fields)) is None
            continue
        assert found.basis == "whole"
        for flip in found.flip_prices:
            check_flip(fields, flip)
        check_shadows(found)
        check_budgets(fields, found)
        check_reasons(fields, found)


def test_worlds_show_what_they_are_drawn_for() -> None:
    """Among the worlds are prices at which offers enter, offers that never do, and limits that bind."""
    flips, never, limits = 0, 0, set()
    for seed in range(24):
        found = explained(fields_of(seed))
        if found is not None:
            flips += sum(flip.flip_fraction is not None for flip in found.flip_prices)
            never += sum(flip.flip_fraction is None for flip in found.flip_prices)
            limits |= {price.limit for price in found.shadow_prices}
    assert flips >= 8
    assert never >= 1
    assert {"max_nodes", "max_spot_share"} <= limits
