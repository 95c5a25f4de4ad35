"""What a plan takes for granted: figures without a published source, and what it takes as zero because nobody said otherwise."""

from collections.abc import Iterator, Sequence, Set

from planner.domain.options import Option
from planner.domain.scenario import Scenario
from planner.domain.workloads import Batch, Inference
from planner.market import roundings
from planner.pipeline import Question

KNOWN = "the most that it or its class is known to have sold to one customer"
LIKELY = 8
"""More than so many times what a seller of the class is assumed to sell on demand is unlikely to be there to reserve: by what AWS
says of its blocks (256 nodes of 8)."""


def assumptions(question: Question, used: set[int]) -> list[str]:
    """What the plan takes for granted without a published figure behind it."""
    scenario, p = question.scenario, question.parameters
    taken = [p.options[o].option for o in used]
    found = []
    if known := question.catalog.known_on:
        found.append(f"prices are those that were known on {known} (`--catalog-date`); everything else is of today")
    names = {name for o in used for name in p.options[o].option.groups}
    for name, cap in question.market.caps.items():
        if cap.assumed and name in names:
            why = "assumed for its class of provider" if cap.counts == "running" else KNOWN
            found.append(f"{cap.words.removesuffix(' (assumed)')} ({why}; override with `{cap.field}`)")
    if any(isinstance(w, Inference | Batch) for w in scenario.workloads):
        found.append(f"serving stacks reach {scenario.derating:.0%} of the sized throughput (`derating`)")
        targets = sorted({w.target_utilisation for w in scenario.workloads if isinstance(w, Inference | Batch)})
        found.append(
            "capacity is planned at " + ", ".join(f"{t:.0%}" for t in targets) + " utilisation (`target_utilisation`)"
        )
    found += taken_as_zero(scenario, taken)
    if not scenario.price_changes:
        found.append("prices of what is sold today stay as they are over the horizon (`price_changes`)")
    if any(option.generation for option in taken):
        found.append(
            "announced generations do the work of what they replace in nodes of the same work and power (`successors`)"
        )
    bought = tuple(p.options[o].option for o in sorted(used) if p.options[o].option.asset is not None)
    for rounded in dict.fromkeys(roundings(bought, p.horizon)):
        found.append(f"{rounded.server or rounded.site}: {rounded.words}")
    stated = {name for name, cap in question.market.caps.items() if not cap.assumed}
    if unlimited := sorted({option.provider for option in taken if _without_limit(option, stated)}):
        likely = (
            f"{LIKELY * question.catalog.providers[provider].on_demand_cap_accelerators:,}" for provider in unlimited
        )
        found.append(
            f"as much as the plan signs can be reserved at {', '.join(unlimited)}: no limit is stated; more than "
            f"{' or '.join(dict.fromkeys(likely))} accelerators of a type, assumed for that class of provider, are unlikely to be "
            "there at once: ask before you count on it, and state what you learn (`reserved_caps`)"
        )
    if any(option.savings_plan for option in taken):
        found.append("rates of savings plans are the scenario's (`savings_plans`), and those of no published list")
    if any(option.block_hours and option.offer is None for option in taken):
        found.append(
            "blocks of the catalog are there in any number up to what the seller states, at the price when it was read; sold weeks "
            "ahead at prices that move (leave `block` out of `contracts` to do without)"
        )
    for basis, words in (("derived", "derived from a published discount"), ("assumed", "assumed discounts")):
        lines = sum(option.provenance.basis == basis for option in taken)
        if lines:
            found.append(f"{lines} price(s) rest on {words}")
    return found


def _without_limit(option: Option, stated: Set[str]) -> bool:
    """Whether it is a commitment of the catalog of which nobody says how many can be had."""
    own = option.offer is not None or option.held or bool(option.savings_plan) or option.provenance.basis == "quoted"
    free = stated.isdisjoint(option.groups)
    return option.action == "commit" and option.asset is None and free and not (own or option.generation)


def taken_as_zero(scenario: Scenario, taken: Sequence[Option]) -> Iterator[str]:
    """Costs and times that exist and that the scenario does not state."""
    online = [w for w in scenario.workloads if isinstance(w, Inference)]
    if online and not scenario.round_trips_ms and any(not w.round_trip_ms for w in online):
        yield "round trips to the users take no time, wherever the nodes are (`round_trips_ms`)"
    if all(w.egress_gb_per_unit == 0 for w in scenario.workloads):
        yield "no data leaves the providers at a price (`egress_gb_per_unit`)"
    if all(w.storage_gb == 0 for w in scenario.workloads):
        yield "no data is kept at a price (`storage_gb`)"
    if any(option.action == "hosted_api" for option in taken):
        yield "hosted APIs are fast enough for `interactive`: hardly any publishes its latency"
    spot = [option.interruptions_per_month for option in taken if option.action == "spot"]
    if spot:
        most = "no interruption" if max(spot) == 0 else f"at most {max(spot):.2g} interruptions a month"
        yield f"spot can be had whenever it is wanted, with {most} of a node (the provider's bucket, or as stated)"
