"""Variables of agreements on spend and of savings plans; declared after all others, whose bounds they need."""

from typing import Any

from planner.formulation.parameters import THOUSAND, Parameters
from planner.formulation.spending import most_spend
from planner.formulation.variables import Variables, declare


def declare_all(problem: Any, p: Parameters) -> Variables:
    """Declare every variable of the program in a PuLP problem, or in what stands in for one."""
    x = declare(problem, p)
    declare_terms(problem, p, x)
    return x


def declare_terms(problem: Any, p: Parameters, x: Variables) -> None:
    """Declare them in a PuLP problem."""
    for i in range(len(p.savings)):
        _declare_saving(problem, p, x, i)
    for a in range(len(p.agreements)):
        _declare_tiers(problem, p, x, a)


def _declare_tiers(problem: Any, p: Parameters, x: Variables, a: int) -> None:
    agreement = p.agreements[a]
    for y in range(len(agreement.share_of_year)):
        most = most_spend(p, x, a, y)
        for lv in range(len(agreement.tiers) + 1):
            if agreement.chosen_in(y) == y:  # half an agreement is none, fractional nodes or not
                fixed = agreement.fixed(y, lv)
                low, high = (0, 1) if fixed is None else (int(fixed), int(fixed))
                x.level[a, y, lv] = problem.add_variable(f"level_{a}_{y}_{lv}", low, high, "Integer")
            x.tiered[a, y, lv] = problem.add_variable(f"tiered_{a}_{y}_{lv}", 0, most)
            if lv and agreement.take_or_pay:
                least = agreement.threshold(y, lv)
                x.missing[a, y, lv] = problem.add_variable(f"missing_{a}_{y}_{lv}", 0, least)


def _declare_saving(problem: Any, p: Parameters, x: Variables, i: int) -> None:
    saving = p.savings[i]
    o = saving.option
    option, terms = p.options[o].option, p.options[o].terms
    most = most_dollars(p, i)
    for v in terms.signing:
        low, high = (p.given[o, v],) * 2 if (o, v) in p.given else (most if option.held else 0.0, most)
        x.signed[o, v] = problem.add_variable(f"signed_{o}_{v}", low, high)
    for hourly, _ in saving.covers:
        for t, slices in enumerate(p.hours):
            if x.window(p, o, t) and p.options[hourly].terms.usable[t]:
                for s in range(len(slices)):
                    x.covered[hourly, i, t, s] = problem.add_variable(f"covered_{hourly}_{i}_{t}_{s}", 0)
    assert option.savings_plan


def most_dollars(p: Parameters, i: int) -> float:
    """More dollars an hour of savings plan i are never of use: all it covers at the most nodes, and what agreements ask for."""
    saving = p.savings[i]
    useful = {o: group.most_useful_nodes + 1.0 for group in p.classes for o in group.running}
    stated = p.options[saving.option].option.max_nodes
    total = sum(
        (1.0 - discount) * max(p.options[o].terms.usd_per_hour) * useful.get(o, 0.0) for o, discount in saving.covers
    )
    shortest = min(sum(slices) for slices in p.hours)
    for agreement in p.agreements:
        if saving.option in agreement.options:
            years, levels = range(len(agreement.share_of_year)), range(len(agreement.tiers) + 1)
            total += max(agreement.spend_for(y, lv) for y in years for lv in levels) * THOUSAND / shortest
    if p.options[saving.option].option.held:
        return float(stated or 0.0)  # signed already
    return total if stated is None else min(total, float(stated))
