"""Assumed caps on what is reserved that are not written, against the same program with all of them.

In a single period nothing overlaps: there the caps that the work never needs in full change no optimum.
"""

import random

import pytest
from planning import EMPTY, EXACT, a_scenario, an_offer, commitment, months, on_demand, online

from planner.analysis.crossover.sizes import Sizes
from planner.pipeline import Question, on_market, prepare, solve
from planner.solver.watch import Watch


def asked(seed: int) -> Question:
    """Two sellers of two chips under contract, in lots, with caps; a third by the hour."""
    r = random.Random(seed)
    works = ["a", "b"][: r.choice([1, 2])]
    offers = []
    for n in range(r.randint(3, 6)):
        fields = {
            "provider": r.choice(["p", "q"]),
            "accelerator": r.choice(["x", "y"]),
            "accelerators_per_node": r.choice([1, 2, 4]),
        }
        speed = {w: round(r.uniform(1, 6), 1) for w in works}
        lot = r.choice([1, 1, 2, 5])
        offers.append(an_offer(f"o{n}", speed, commitment(round(r.uniform(0.2, 4), 1), 1, min_nodes=lot), **fields))
    offers.append(an_offer("dear", dict.fromkeys(works, 1.0), on_demand(9.0), provider="south"))
    return prepare(
        a_scenario(
            periods=months(1),
            availability=r.choice([None, None, {"failure": "provider", "survive": 1.0}]),
            workloads=[online(w, round(r.uniform(2, 30), 1)) for w in works],
            offers=offers,
            reserved_caps={"p": r.choice([4, 7, 13, 40]), "q": r.choice([4, 7, 13, 40])},
            standing_reserve=r.choice([0, 0, 0.2]),
        ),
        EMPTY,
    )


def assumed(question: Question) -> Question:
    """The same caps as if nobody had stated them."""
    caps = {name: cap._replace(assumed=True) for name, cap in question.market.caps.items()}
    return on_market(question, question.market._replace(caps=caps))


def cost(question: Question) -> float:
    return solve(question, EXACT, Watch()).outcome.objective


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_caps_that_the_work_never_needs_in_full_change_no_optimum(first: int) -> None:
    left_out = 0
    for seed in range(first, first + 20):
        stated = asked(seed)
        without = assumed(stated)
        left_out += len(without.parameters.caps) < len(stated.parameters.caps)
        assert cost(without) == pytest.approx(cost(stated), rel=1e-6), seed
    assert left_out > 3


def test_a_lot_that_is_larger_than_the_cap_cannot_be_signed() -> None:
    """The work needs one node of four; the seller sells five at once, and has seven accelerators."""
    chips = {"provider": "p", "accelerator": "x", "accelerators_per_node": 4}
    offers = [
        an_offer("lot", {"a": 10.0}, commitment(0.1, 1, min_nodes=5), **chips),
        an_offer("dear", {"a": 10.0}, on_demand(9.0), provider="south"),
    ]
    stated = prepare(
        a_scenario(periods=months(1), workloads=[online("a", 8.0)], offers=offers, reserved_caps={"p": 7}), EMPTY
    )
    without = assumed(stated)
    assert [cap.name for cap in without.parameters.caps] == ["cap:p:x:reserved"]
    assert cost(without) == pytest.approx(9 * 730 / 1000)


@pytest.mark.parametrize("multiple", [0.5, 1.0, 4.0, 4.6, 5.5, 10.0])
def test_a_size_at_which_a_cap_could_be_reached_is_built_with_it(multiple: float) -> None:
    """Two nodes of four at first; the seller has 40 accelerators, and what goes beyond costs nine times as much."""
    chips = {"provider": "p", "accelerator": "x", "accelerators_per_node": 4}
    offers = [
        an_offer("cheap", {"a": 10.0}, commitment(1.0, 1), **chips),
        an_offer("dear", {"a": 10.0}, on_demand(9.0), provider="south"),
    ]
    fields = {"periods": months(1), "offers": offers, "reserved_caps": {"p": 40}}
    stated = prepare(a_scenario(workloads=[online("a", 20.0)], **fields), EMPTY)
    without = assumed(stated)
    assert not without.parameters.caps
    assert without.assembled.reach == pytest.approx((40 - 4) / 8)
    nodes = 2 * multiple
    cost = (min(nodes, 10) + 9 * max(nodes - 10, 0)) * 730 / 1000
    assert Sizes(without, Watch()).at(multiple).value(frozenset()).objective == pytest.approx(cost)
