"""Walk-away prices hold on both sides when the scenario itself is solved again; rebates, tiers and rivals are what they say."""

from importlib import import_module
from typing import Any

import pytest
from planning import EMPTY, a_scenario, online, optimum
from small_worlds import draw_world, scenario_fields

from planner.analysis.deals.negotiate import negotiate
from planner.domain.answers.negotiation import Deal, Negotiation
from planner.sensitivity.entry_price import Trials
from planner.solver.watch import Watch

pytestmark = pytest.mark.slow

EXACT = 1e-9
NEAR = 1e-6


def sheet_of(fields: dict[str, Any]) -> Negotiation | None:
    return negotiate(a_scenario(**fields), EMPTY, Watch(), gap=EXACT).negotiation


def an_offer(name: str, provider: str, *contracts: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "provider": provider, "throughput": {"chat": 10.0}, "contracts": list(contracts)}


def signed(usd: float, term: int = 3, **more: Any) -> dict[str, Any]:
    return {"kind": "commitment", "usd_per_hour": usd, "term_periods": term} | more


def by_use(usd: float) -> dict[str, Any]:
    return {"kind": "on_demand", "usd_per_hour": usd}


def world(*offers: dict[str, Any], demand: float = 30.0, **more: Any) -> dict[str, Any]:
    return {
        "periods": [{"hours": 730}] * 3,
        "workloads": [online("chat", demand)],
        "offers": list(offers),
    } | more


def one(sheet: Negotiation | None) -> Deal:
    assert sheet is not None
    assert sheet.agrees
    assert sheet.complete
    (deal,) = sheet.deals
    return deal


def test_a_walk_away_price_is_sought_from_the_plan_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today's price is where the search begins: no program is solved in which the deal costs less (its rebates apart)."""
    asked: list[tuple[int, float]] = []
    solved = Trials.at

    def at(self: Trials, o: int, factor: float) -> Any:
        asked.append((o, factor))
        return solved(self, o, factor)

    monkeypatch.setattr(Trials, "at", at)
    deal = one(sheet_of(world(an_offer("near", "north", signed(2.0)), an_offer("far", "south", by_use(2.6)))))
    assert deal.walk_away_usd == pytest.approx(2.6, abs=1e-5)
    (mine,) = {o for o, factor in asked if factor > 1}
    rebates = {1 - rebate.fraction for rebate in deal.rebates}
    assert [factor for o, factor in asked if o == mine and factor < 1 and factor not in rebates] == []


def test_the_walk_away_price_is_that_of_the_next_best_upfront_spread() -> None:
    deal = one(
        sheet_of(world(an_offer("near", "north", signed(2.0, upfront_usd=730)), an_offer("far", "south", by_use(2.6))))
    )
    assert deal.price_usd == pytest.approx(2.0 + 730 / 2190, abs=NEAR)
    assert deal.walk_away_usd == pytest.approx(2.6, abs=1e-5)
    assert deal.next_best == "offer:far"
    assert deal.confirmed
    assert deal.upfront_usd == pytest.approx(3 * 730)
    assert deal.below is not None
    assert deal.above is not None
    assert (deal.below.signed, deal.above.signed) == (True, False)
    assert deal.below.price_usd < 2.6 < deal.above.price_usd


def test_a_deal_that_the_end_of_the_time_cut_off_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solved without time nothing has a plan: the deal would be one that no plan does without."""
    watch = Watch()
    module = import_module(negotiate.__module__)
    whole = module.deal_of

    def cut(*arguments: Any) -> Deal:
        watch.interrupted = True
        deal = whole(*arguments)
        assert not deal.confirmed
        return deal

    monkeypatch.setattr(module, "deal_of", cut)
    fields = world(an_offer("near", "north", signed(2.0)), an_offer("far", "south", by_use(2.6)))
    found = negotiate(a_scenario(**fields), EMPTY, watch, gap=EXACT).negotiation
    assert found is not None
    assert (found.deals, found.complete) == ((), False)


def test_where_the_time_is_over_before_prices_are_tried_the_plan_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried had no plan then: a sum without end is no number of an answer."""
    watch = Watch()
    module = import_module(negotiate.__module__)
    whole = module.trials_among

    def late(*arguments: Any) -> Any:
        watch.deadline = 0.0
        return whole(*arguments)

    monkeypatch.setattr(module, "trials_among", late)
    fields = world(an_offer("near", "north", signed(2.0)), an_offer("far", "south", by_use(2.6)))
    found = negotiate(a_scenario(**fields), EMPTY, watch, gap=EXACT).negotiation
    assert found is not None
    assert (found.deals, found.complete, found.least_npv_usd) == ((), False, found.npv_usd)


def test_what_only_the_deal_makes_superfluous_comes_back_when_it_gets_dearer() -> None:
    """A commitment of the same kind at 2.2 is dominated, and by one that is dominated itself: both are the next best in turn."""
    near, next_, third = (
        an_offer(name, seller, signed(usd))
        for name, seller, usd in (("near", "north", 2.0), ("next", "south", 2.2), ("third", "west", 2.3))
    )
    deal = one(sheet_of(world(near, next_, third, an_offer("use", "east", by_use(3.0)))))
    assert deal.walk_away_usd == pytest.approx(2.2, abs=1e-5)
    assert deal.next_best == "offer:next"
    assert [(r.provider, pytest.approx(r.ask_usd, abs=1e-5)) for r in deal.runners_up] == [
        ("south", 2.0),
        ("west", 2.0),
    ]
    assert all(r.confirmed for r in deal.runners_up)


@pytest.mark.parametrize("share", [0.05, 0.10, 0.15, 0.20])
def test_a_rebate_saves_what_the_cheaper_scenario_costs_less(share: float) -> None:
    fields = world(an_offer("near", "north", signed(2.0)), an_offer("far", "south", by_use(2.6)), demand=34.0)
    deal = one(sheet_of(fields))
    (rebate,) = [r for r in deal.rebates if r.fraction == share]
    cheaper = world(
        an_offer("near", "north", signed(2.0 * (1 - share))), an_offer("far", "south", by_use(2.6)), demand=34.0
    )
    before, after = optimum(a_scenario(**fields)), optimum(a_scenario(**cheaper))
    assert before is not None
    assert after is not None
    assert rebate.saves_usd == pytest.approx(before - after, abs=0.01)


def test_what_no_plan_does_without_has_no_walk_away_price() -> None:
    deal = one(sheet_of(world(an_offer("near", "north", signed(2.0)))))
    assert deal.indispensable
    assert deal.walk_away_usd is None
    assert deal.runners_up == ()


def test_the_next_tier_of_an_agreement_says_what_is_missing_and_what_it_would_give() -> None:
    tiers = [{"spend_per_year_usd": 10_000, "discount": 0.05}, {"spend_per_year_usd": 1_000_000, "discount": 0.2}]
    agreement = {"provider": "north", "tiers": tiers, "take_or_pay": False}
    deal = one(
        sheet_of(
            world(
                an_offer("near", "north", signed(2.0)),
                an_offer("far", "south", by_use(2.6)),
                spend_agreements=[agreement],
            )
        )
    )
    (tier,) = deal.next_tiers
    spend = 3 * 3 * 730 * 2.0
    assert (tier.kind, tier.what, tier.discount_fraction) == ("agreement", "tier 2", 0.2)
    assert tier.gains_usd == pytest.approx(spend * 0.15, abs=0.01)
    assert tier.missing_usd == pytest.approx(1_000_000 * 0.25 - spend, rel=1e-2)
    assert deal.confirmed


def test_longer_from_the_same_seller_is_a_tier_with_the_price_at_which_it_takes_over() -> None:
    offer = an_offer("near", "north", signed(2.0, 1), signed(2.1, 3))
    deal = one(sheet_of(world(offer, an_offer("far", "south", by_use(2.6)))))
    assert deal.term_months == pytest.approx(1)
    (tier,) = deal.next_tiers
    assert (tier.kind, tier.what) == ("contract", "offer:near#2")
    assert tier.discount_fraction == pytest.approx(-0.05)
    assert tier.enters_at_usd == pytest.approx(2.0, abs=1e-5)


def test_a_plan_that_signs_nothing_has_an_empty_sheet() -> None:
    sheet = sheet_of(world(an_offer("far", "south", by_use(2.6))))
    assert sheet is not None
    assert sheet.deals == ()


@pytest.mark.parametrize("group", range(10))
def test_walk_away_prices_hold_in_drawn_worlds(group: int) -> None:
    """The scenario itself with the offer at other prices, solved again: nothing of the sheet is used but the price."""
    seen = 0
    for seed in range(group, 120, 10):
        fields = scenario_fields(draw_world(seed))
        sheet = sheet_of(fields)
        for deal in () if sheet is None else sheet.deals:
            seen += 1
            check(fields, deal)
    assert seen


def check(fields: dict[str, Any], deal: Deal) -> None:
    alone = optimum(a_scenario(**_changed(fields, deal.option, None)))
    assert (alone is None) == (deal.indispensable)
    if alone is None:
        return
    close = NEAR * max(abs(alone), 1.0)
    assert deal.without_npv_usd == pytest.approx(alone, abs=10 * close)
    if deal.walk_away_fraction is None:
        return
    assert deal.below is not None
    assert deal.above is not None
    below = optimum(a_scenario(**_changed(fields, deal.option, deal.below.fraction)))
    above = optimum(a_scenario(**_changed(fields, deal.option, deal.above.fraction)))
    assert below is not None
    assert above is not None
    rounding = 2e-6 * 8760 * 3 * 8  # prices are rounded to a millionth of a dollar
    assert deal.confirmed
    assert below < alone + rounding
    assert above == pytest.approx(alone, abs=10 * close + rounding)
    assert deal.below.npv_usd == pytest.approx(below, abs=10 * close + rounding)
    assert deal.walk_away_fraction >= 1 - 1e-3


def _changed(fields: dict[str, Any], option: str, factor: float | None) -> dict[str, Any]:
    """The scenario in which an offer of one contract costs another multiple, or is not there."""
    offers = []
    for offer in fields["offers"]:
        if f"offer:{offer['name']}" != option:
            offers.append(offer)
        elif factor is not None:
            (contract,) = offer["contracts"]
            prices = {key: contract[key] * factor for key in ("usd_per_hour", "upfront_usd") if contract.get(key)}
            offers.append(offer | {"contracts": [contract | prices]})
    return fields | {"offers": offers}


NEAR_AND_FAR = (an_offer("near", "north", signed(2.0)), an_offer("far", "south", by_use(2.6)))


def test_credits_raise_the_walk_away_price() -> None:
    """The last thing worth signing is one node in the last period: credits pay 1,000 of its 730 hours."""
    deal = one(sheet_of(world(*NEAR_AND_FAR, credits=[{"provider": "north", "usd": 1000}])))
    assert deal.walk_away_usd == pytest.approx(2.6 + 1000 / 730, abs=1e-4)
    assert deal.confirmed


def test_a_budget_that_the_next_best_breaks_leaves_no_price_to_walk_away_at() -> None:
    deal = one(sheet_of(world(*NEAR_AND_FAR, budget_total_usd=14_000)))
    assert deal.indispensable
    assert deal.walk_away_usd is None


def test_a_fixed_quantity_is_no_deal_to_walk_away_from() -> None:
    fixed = an_offer("near", "north", signed(2.0, exact_nodes=2))
    deal = one(sheet_of(world(fixed, NEAR_AND_FAR[1])))
    assert deal.walk_away_usd is None
    assert "fixes its quantity" in deal.sentence


def test_a_savings_plan_is_named_with_what_is_owed_and_no_price() -> None:
    plan = {"provider": "north", "name": "sp", "term_periods": 3, "rates": [{"discount": 0.3}]}
    sheet = sheet_of(world(an_offer("use", "north", by_use(2.5)), savings_plans=[plan]))
    assert sheet is not None
    assert sheet.deals == ()
    (named,) = sheet.not_priced
    assert named.option == "savings-plan:sp"
    assert named.total_usd > 0


def test_where_the_most_is_to_be_served_deals_are_priced_at_that_demand() -> None:
    deal = one(sheet_of(world(*NEAR_AND_FAR, objective="most_served", budget_total_usd=8_000)))
    assert deal.walk_away_usd == pytest.approx(2.6, abs=1e-5)
    assert deal.total_usd <= 8_000
