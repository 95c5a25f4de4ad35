"""The rival markets with commercial terms on top: agreements on spend, savings plans, blocks, drawn from a seed."""

import random
from typing import Any

from planning import BARE
from rival_worlds import PROVIDERS, REGIONS, draw_rivals

from planner.domain.scenario.scenario import Scenario

Fields = dict[str, Any]
KINDS = ("on_demand", "spot", "commitment", "savings_plan", "block", "hosted_api")


def draw_terms(seed: int, *, periods: int = 2, demand: float = 3.0) -> Scenario:
    """A rival market in which at least one of the terms is on offer."""
    r = random.Random(f"terms {seed}")
    fields = draw_rivals(seed, periods=periods, demand=demand).model_dump(mode="json", exclude_unset=True)
    length, count = fields["periods"][0]["hours"], len(fields["periods"])
    rough = length * count * demand * 0.4
    chosen = r.choice([{"a"}, {"s"}, {"b"}, {"a", "s"}, {"a", "b"}, {"a", "s", "b"}])
    if "a" in chosen:
        providers = r.sample(PROVIDERS, r.choice([1, 1, 2]))
        fields["spend_agreements"] = [_agreement(r, provider, rough, length * count) for provider in providers]
    if "s" in chosen:
        fields["savings_plans"] = [_plan(r, f"s{i}", count) for i in range(r.choice([1, 1, 2]))]
    if "b" in chosen:
        for offer in fields["offers"]:
            if offer.get("kind") != "hosted_api" and offer.get("delivery", "node") == "node" and r.random() < 0.5:
                offer["contracts"] = [*offer["contracts"], _block(r, offer["contracts"][0], length, count)]
    return Scenario.model_validate(BARE | fields)


def _agreement(r: random.Random, provider: str, rough: float, hours: float) -> Fields:
    base = rough * r.uniform(0.1, 1.0) / min(hours / 8760, 1)
    first = round(r.uniform(0.03, 0.2), 3)
    tiers = [{"spend_per_year_usd": round(base, 2), "discount": first}]
    if r.random() < 0.6:
        more = {"spend_per_year_usd": round(base * r.uniform(1.2, 2), 2), "discount": round(first + 0.1, 3)}
        tiers.append(more)
    return {
        "provider": provider,
        "tiers": tiers,
        "covers": sorted(r.sample(KINDS, r.randint(2, len(KINDS)))),
        "take_or_pay": r.random() < 0.7,
        "spend_counts": r.choice(["before_discount", "after_discount"]),
        "level": r.choice(["plan_year", "horizon"]),
    }


def _plan(r: random.Random, name: str, count: int) -> Fields:
    rates: list[Fields] = [{"discount": round(r.uniform(0.1, 0.5), 2)}]
    if r.random() < 0.5:
        rates.append({"discount": round(r.uniform(0.1, 0.5), 2), "region": r.choice(REGIONS)[0]})
    plan: Fields = {"name": name, "provider": r.choice(PROVIDERS), "rates": rates}
    plan |= {"term_periods": r.randint(1, count), "upfront_fraction": r.choice([0, 0.5, 1])}
    return plan | ({"max_usd_per_hour": round(r.uniform(0.5, 3), 2)} if r.random() < 0.3 else {})


def _block(r: random.Random, like: Fields, length: float, count: int) -> Fields:
    days = length / 24 * r.choice([0.25, 1.0, 1.0, count])
    block = {"kind": "block", "usd_per_hour": round(like["usd_per_hour"] * r.uniform(0.6, 1.0), 3)}
    block |= {"days": round(days, 3), "min_nodes": r.choice([1, 1, 2])}
    if r.random() < 0.4:
        block["start_period"] = r.randint(0, count - 1)
    return block
