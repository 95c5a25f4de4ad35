"""What is added to a drawn scenario, credits, an offer, a looser limit, never raises its cost by more than two gaps."""

import json
import random
from collections import Counter
from typing import Any

import pytest
from limited_worlds import draw_limited, looser
from mixed_worlds import draw_mixed
from planning import a_scenario, answered, optimum

Fields = dict[str, Any]
GAP, FIRST, CHUNK, CHUNKS = 0.01, 1000, 30, 2
LIMITS = ("budget_total_usd", "budget_per_period_usd")


def loosened(fields: Fields, seed: int) -> list[tuple[str, Fields]]:
    """(what is taken away, the scenario without it): the scenario itself has more to choose from."""
    r = random.Random(seed)
    found: list[tuple[str, Fields]] = []

    def without() -> Fields:
        copy: Fields = json.loads(json.dumps(fields))
        return copy

    if "credits" in fields:
        found.append(("credits", {key: value for key, value in fields.items() if key != "credits"}))
    if len(fields["offers"]) > 1 and all("model" not in work for work in fields["workloads"]):
        less = without()
        del less["offers"][r.randrange(len(less["offers"]))]
        found.append(("an offer", less))
    if contracts := [c for offer in fields["offers"] for c in offer.get("contracts", []) if "max_nodes" in c]:
        less = without()
        tighter = [c for offer in less["offers"] for c in offer.get("contracts", []) if "max_nodes" in c]
        tighter[r.randrange(len(contracts))]["max_nodes"] = 0
        found.append(("a cap", less))
    for limit in LIMITS:
        if limit in fields:
            found.append((limit, {**fields, limit: round(fields[limit] * 0.8, 2)}))
    if "cash" in fields:
        found.append(
            ("cash", {**fields, "cash": {**fields["cash"], "minimum_usd": 0.2 * fields["cash"]["at_hand_usd"]}})
        )
    return found


@pytest.mark.parametrize("first", range(FIRST, FIRST + CHUNK * CHUNKS, CHUNK))
def test_more_to_choose_from_is_never_dearer_by_more_than_two_gaps(first: int) -> None:
    kinds: set[str] = set()
    compared = cheaper = 0
    for seed in range(first, first + CHUNK):
        fields = draw_mixed(seed)
        more = answered(a_scenario(**fields), gap=GAP)
        for what, less in loosened(fields, seed):
            tight = answered(a_scenario(**less), gap=GAP).plan
            if tight is None:
                continue
            assert more.plan is not None, f"seed {seed}: {what} taken away leaves a plan, with it there is none"
            allowed = 2 * GAP * max(abs(more.plan.npv_usd), abs(tight.npv_usd)) + 2
            assert more.plan.npv_usd <= tight.npv_usd + allowed, f"seed {seed}, {what}"
            compared += 1
            cheaper += more.plan.npv_usd < tight.npv_usd - 0.01
            kinds.add(what)
    assert compared >= CHUNK * 2 // 3, compared
    assert cheaper >= compared // 5, (cheaper, compared)
    assert {"credits", "an offer", "a cap"} <= kinds


@pytest.mark.parametrize("first", range(3000, 3000 + CHUNK * 4, CHUNK))
def test_what_is_looser_is_never_dearer_at_all(first: int) -> None:
    """Exactly, where limits on money meet credits, agreements and what is held; and it never ends without a plan."""
    compared, cheaper = Counter[str](), 0
    for seed in range(first, first + CHUNK):
        fields = draw_limited(seed)
        tight = optimum(a_scenario(**fields))
        if tight is None:
            continue
        ways = list(looser(fields, seed))
        for what, freer in random.Random(seed).sample(ways, 5):
            loose = optimum(a_scenario(**freer))
            assert loose is not None, f"seed {seed}: there is a plan, with {what} there is none"
            assert loose <= tight + 1e-6 * abs(tight) + 0.01, f"seed {seed}: {what}"
            compared[what] += 1
            cheaper += loose < tight - 0.01
    assert compared.total() >= CHUNK * 2, compared
    assert cheaper >= compared.total() // 10, (cheaper, compared)
    assert {"a grant", "a larger grant", "an offer", "a savings plan"} <= set(compared)
