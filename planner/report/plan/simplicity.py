"""How much there is to sign and to operate, what a simpler plan cost, and on whom the plan hangs."""

from collections import defaultdict

from planner.domain.options import BY_THE_HOUR
from planner.domain.records import Plan, SimplicityRecord
from planner.report.document import headline_money, listed, money, percent, plural
from planner.report.plan.reading import Reading, cap_words

HANGS = 0.5
"""Share of the money from which a plan is said to hang on something."""
AT_CAP = 0.999
CENT = 0.005
"""Dollars below which a cost is none."""


def in_short(plan: Plan) -> str:
    """What the last pass left out, what that cost, and what became of the preferences."""
    record = plan.simplicity
    if record is None:
        return ""
    changed = []
    if record.lines != record.lines_before:
        changed.append(f"{record.lines} instead of {plural(record.lines_before, 'line')}")
    if record.pools != record.pools_before:
        changed.append(f"{record.pools} instead of {plural(record.pools_before, 'pool')}")
    cost = "for no more money" if record.cost_usd < CENT else f"for {money(record.cost_usd)} more"
    if record.cost_usd >= CENT and plan.npv_usd:
        cost += f" ({percent(record.cost_usd / plan.npv_usd)})"
    simpler = f"Made simpler within {record.share_of_gap:.0%} of the gap asked for: {', '.join([*changed, cost])}."
    return " ".join(filter(None, (simpler if changed else "", _moved(record), _left(record))))


def _moved(record: SimplicityRecord) -> str:
    before, moved, what = (
        record.disliked_before_usd,
        record.disliked_before_usd - record.disliked_usd,
        " or not preferred",
    )
    if moved <= CENT:
        before, moved, what = record.avoided_before_usd, record.avoided_before_usd - record.avoided_usd, ""
    if moved <= CENT:
        return ""
    cost = "no more NPV" if record.preference_cost_usd < CENT else f"{money(record.preference_cost_usd)} more NPV"
    return f"Preferences move {headline_money(moved)} of {headline_money(before)} away from what is avoided{what}, for {cost}."


def _left(record: SimplicityRecord) -> str:
    """What is paid against the preferences, and what it costs at least to follow them."""
    if record.preference_least_usd is None or record.disliked_usd <= CENT:
        return ""
    return (
        f"Preferences are not followed for {headline_money(record.disliked_usd)}: a plan without what is avoided or not preferred"
        f" costs at least {money(record.preference_least_usd)} more NPV, and they may cost {record.share_of_gap:.0%} of the gap."
    )


def hangs_on(reading: Reading) -> str:
    """A marketplace of private hosts, or one seller's cap, on which most of the plan's money rests."""
    plan = reading.plan
    total = sum(line.total_usd for line in plan.lines)
    if total <= 0:
        return ""
    said = []
    by_provider: dict[str, float] = defaultdict(float)
    for line in plan.lines:
        by_provider[line.provider] += line.total_usd
    for provider, usd in sorted(by_provider.items(), key=lambda item: -item[1]):
        if usd >= HANGS * total and provider in plan.facts.marketplaces:
            said.append(
                f"{percent(usd / total)} of the money goes to {provider}, a marketplace: nobody guarantees its nodes"
            )
    said += _at_caps(reading, total)
    return f"Mind: {listed(said)}." if said else ""


def _at_caps(reading: Reading, total: float) -> list[str]:
    """Caps that are used up by what most of the money is paid for."""
    plan = reading.plan
    options = {record.option: record for record in plan.inputs.options}
    paid: dict[str, float] = defaultdict(float)
    for line in plan.lines:
        for group in options[line.option].groups if line.option in options else ():
            paid[group] += line.total_usd
    said = []
    for cap in plan.inputs.caps:
        most = cap.max_accelerators if cap.max_accelerators is not None else cap.max_nodes
        if most is None or paid[cap.name] < HANGS * total:
            continue
        used: dict[tuple[int, int], float] = defaultdict(float)
        for (option, t, s), nodes in reading.live.items():
            record = options.get(option)
            counted = record is not None and (cap.counts == "live" or record.action in BY_THE_HOUR)
            if record is not None and counted and cap.name in record.groups:
                used[t, s] += nodes * (record.accelerators_per_node if cap.max_accelerators is not None else 1)
        if used and max(used.values()) >= AT_CAP * most:
            known = cap_words(cap.name, plan)
            said.append(f"{headline_money(paid[cap.name])} of the money rests on a cap that is used up: {known}")
    return said
