"""Explanations against numbers worked by hand."""

from math import inf

import numpy as np
import pytest
from planning import EMPTY, a_scenario, an_offer, commitment, flexible, months, on_demand, online

from planner.analysis.explain.explain import explain
from planner.analysis.explain.why_not import NoSuchOfferError
from planner.domain.answers.explanation import Explanation
from planner.domain.scenario.scenario import Scenario
from planner.sensitivity.entry_price import Trials
from planner.solver.highs.runs import Solved
from planner.solver.watch import Watch


def explained(scenario: Scenario, about: str | None = None) -> Explanation:
    found = explain(scenario, EMPTY, Watch(), about=about).explanation
    assert found is not None
    return found


def upfront_limited(**fields: object) -> Scenario:
    """Four nodes for a month: $1,460 each by the hour, or $1,000 upfront, of which $2,500 may be paid."""
    offers = [
        an_offer("o", {"chat": 10}, on_demand(2.0)),
        an_offer("u", {"chat": 10}, commitment(0, 1, upfront_usd=1000)),
    ]
    settings = {"integers": "relaxed", "budget_upfront_per_year_usd": 2500.0} | fields
    return a_scenario(periods=months(1), workloads=[online("chat", 40.0)], offers=offers, **settings)


def test_a_dollar_of_upfront_budget_is_worth_what_it_saves() -> None:
    """A dollar upfront buys a thousandth of a node, which saves 0.460 dollars; 2.5 x 1,000 + 1.5 x 1,460 = 4,690."""
    found = explained(upfront_limited())
    assert found.npv_usd == pytest.approx(4690)
    (price,) = found.shadow_prices
    assert (price.limit, price.key) == ("budget_upfront_per_year_usd", "plan-year 1")
    assert price.usd_per_unit == pytest.approx(0.46)
    assert price.step == 25.0
    assert price.fixed_up_usd == price.whole_up_usd == pytest.approx(11.5)
    assert price.fixed_down_usd == price.whole_down_usd == pytest.approx(11.5)
    assert "one more dollar saves $0.46" in price.sentence


def test_over_whole_nodes_a_budget_is_worth_what_its_next_whole_step_saves() -> None:
    """With whole nodes $2,500 pay for two; $500 more pay for a third, which saves $460."""
    (price,) = explained(upfront_limited(integers="whole")).shadow_prices
    assert (price.step, price.whole_up_usd) == pytest.approx((500, 460))


def test_a_limit_that_does_not_bind_is_not_named() -> None:
    assert explained(upfront_limited(budget_upfront_per_year_usd=4000.0)).shadow_prices == ()


def test_a_cap_on_whole_nodes_is_worth_what_one_more_node_saves() -> None:
    """A node of `a` costs $730, one of `b` $1,460: the third of `a` saves $730."""
    offers = [an_offer("a", {"chat": 10}, on_demand(1.0, max_nodes=2)), an_offer("b", {"chat": 10}, on_demand(2.0))]
    found = explained(a_scenario(periods=months(1), workloads=[online("chat", 40.0)], offers=offers))
    (price,) = found.shadow_prices
    assert (price.limit, price.key, price.usd_per_unit) == ("max_nodes", "offer:a", pytest.approx(730))
    assert price.whole_up_usd == pytest.approx(730)
    assert price.whole_down_usd == pytest.approx(730)


@pytest.mark.parametrize("cap", [1, 2, 3])
def test_a_step_of_more_than_there_is_goes_back_to_none(cap: int) -> None:
    """Four nodes, of which `a` must be all at least for its smallest size: a step of 4 − cap is more than the cap, or not."""
    contracts = [commitment(1.0, 1, max_nodes=cap), commitment(0.5, 1, min_nodes=4, max_nodes=4)]
    offers = [an_offer("a", {"chat": 10}, *contracts, max_nodes=cap), an_offer("b", {"chat": 10}, on_demand(2.0))]
    found = explained(a_scenario(periods=months(1), workloads=[online("chat", 40.0)], offers=offers))
    (price,) = [one for one in found.shadow_prices if one.key == "a"] or found.shadow_prices
    assert price.whole_down_usd == pytest.approx(730 * min(price.step, cap)), price
    assert ("none of it costs" in price.sentence) == (price.step > cap)
    assert "leaves no plan" not in price.sentence


@pytest.mark.parametrize("little", [1e-6, 1e-5, 1e-4])
def test_dust_is_no_step_of_a_limit(little: float) -> None:
    """60% from one provider: a replica at each for 0.3 of a node, $24,090 at 2.20 an hour; and a little work that splits."""
    dear = an_offer("m", {"a": 1, "t": 1}, on_demand(2.2), provider="beta")
    cheap = an_offer("n", {"a": 1, "t": 1}, on_demand(1.0), provider="acme")
    work = [online("a", 0.3), flexible("t", little)]
    fields = {"max_share_per_provider": 0.6, "replicas": "whole"}
    (price,) = explained(a_scenario(periods=months(15), workloads=work, offers=[dear, cheap], **fields)).shadow_prices
    assert price.step == pytest.approx(0.4)  # the replica beside it goes; before, only dust of the little work did
    assert price.whole_up_usd == pytest.approx(24_090, rel=1e-3)
    assert "saves $24,090" in price.sentence
    assert "e-0" not in price.sentence


def test_an_offer_enters_below_the_price_of_what_it_replaces() -> None:
    """`b` does the same at $3 an hour as `a` at $2; `c` does half of it, so it enters below $1 of its $1.60."""
    offers = [
        an_offer("a", {"chat": 10}, on_demand(2.0)),
        an_offer("b", {"chat": 10}, on_demand(3.0)),
        an_offer("c", {"chat": 5}, on_demand(1.6)),
    ]
    found = explained(a_scenario(periods=months(2), workloads=[online("chat", 40.0)], offers=offers))
    prices = {flip.option: flip for flip in found.flip_prices}
    assert prices["offer:b"].flip_price_usd == pytest.approx(2.0)
    assert prices["offer:c"].flip_price_usd == pytest.approx(1.0)
    assert all(flip.confirmed for flip in found.flip_prices)


def test_a_line_is_there_for_the_demand_that_would_be_missing() -> None:
    """All of 40 units an hour, and $730 x 4 more with the next best."""
    offers = [an_offer("a", {"chat": 10}, on_demand(2.0)), an_offer("b", {"chat": 10}, on_demand(3.0))]
    found = explained(a_scenario(periods=months(1), workloads=[online("chat", 40.0)], offers=offers))
    (reason,) = found.reasons
    assert (reason.option, reason.constraint, reason.workload, reason.period) == ("offer:a", "demand", "chat", "p0")
    assert reason.missing_per_hour == pytest.approx(40)
    assert (reason.next_best, reason.extra_usd) == ("offer:b", pytest.approx(2920))


def test_what_others_have_room_for_is_not_called_a_need() -> None:
    """A commitment of four idle nodes could do it too: the on-demand node is not there to meet demand."""
    offers = [
        an_offer("a", {"chat": 10}, on_demand(0.1)),
        an_offer("held", {"chat": 10}, commitment(5.0, 1, exact_nodes=4)),
    ]
    found = explained(a_scenario(periods=months(1), workloads=[online("chat", 20.0)], offers=offers))
    assert {reason.option: reason.constraint for reason in found.reasons} == {"offer:held": "exact_nodes"}


def test_why_not_tells_what_stands_in_the_way() -> None:
    offers = [
        an_offer("a", {"chat": 10}, on_demand(2.0), region="eu"),
        an_offer("twin", {"chat": 10}, on_demand(3.0), region="eu"),
        an_offer("far", {"chat": 10}, on_demand(1.0), region="us"),
        an_offer("full", {"chat": 10}, on_demand(1.0, max_nodes=0), region="eu"),
        an_offer("long", {"chat": 10}, commitment(0.5, 3), region="eu"),
        an_offer("none", {"chat": 0}, on_demand(1.0), region="eu"),
    ]
    scenario = a_scenario(
        periods=months(3), workloads=[online("chat", 40.0)], offers=offers, regions=["eu"], max_term_months=2
    )
    verdicts = {name: explained(scenario, name).why_not[0] for name in ("a", "twin", "far", "full", "long", "none")}
    assert {name: (v.verdict, v.bottleneck) for name, v in verdicts.items()} == {
        "a": ("taken", ""),
        "twin": ("dominated", ""),
        "far": ("rejected", "region"),
        "full": ("capped", ""),
        "long": ("filtered", "term"),
        "none": ("rejected", "throughput"),
    }
    assert verdicts["twin"].dominated_by == "offer:a"


def test_an_offer_that_nobody_has_is_an_error_with_a_hint() -> None:
    scenario = a_scenario(
        periods=months(1), workloads=[online("chat", 1.0)], offers=[an_offer("cheap", {"chat": 10}, on_demand(2.0))]
    )
    with pytest.raises(NoSuchOfferError) as error:
        explained(scenario, "offer:chaep")
    assert error.value.help == "did you mean `offer:cheap`?"


@pytest.mark.parametrize("names", [["run"], ["one", "two"]])
def test_a_run_that_stands_on_an_option_is_named_beside_what_else_it_serves(names: list[str]) -> None:
    """The option serves `a` too, of which more would be missing: the sentence said that `a` is the run."""
    steady = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0}
    runs = [{"name": name, "kind": "training_run", "unit": "job", "work": 730.0, **steady} for name in names]
    offers = [an_offer("n", dict.fromkeys(["a", *names], 1.0), on_demand(2.0))]
    found = explained(a_scenario(periods=months(2), workloads=[online("a", 3.0), *runs], offers=offers))
    (reason,) = found.reasons
    said = f"the run {names[0]} is placed on it" if len(names) == 1 else "the runs one, two are placed on it"
    assert said in reason.sentence
    assert "asks for in" in reason.sentence


@pytest.mark.parametrize(("verdict", "said"), [("infeasible", "no plan does without it"), ("limit", "was not found")])
def test_only_what_was_proven_is_said_of_a_plan_without_an_option(
    verdict: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short, a question is no answer: "no plan does without it" was said of an option that another replaces."""
    nothing = np.empty(0)
    cut = Solved(verdict, None, inf, -inf, nothing, nothing)
    monkeypatch.setattr(Trials, "without", lambda *_: cut)
    offers = [an_offer("n", {"a": 1}, on_demand(2.0)), an_offer("m", {"a": 1}, on_demand(3.0))]
    found = explained(a_scenario(periods=months(1), workloads=[online("a", 3.0)], offers=offers))
    assert all(said in reason.sentence for reason in found.reasons)
