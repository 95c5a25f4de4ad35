r"""Exact reductions: options that another option makes superfluous, each rule with its proof.

**Dominance.** Option *a* dominates option *b* of the same kind (both paid by the hour and both or neither spot,
or both commitments with the same term and lead) if there is a whole number m ≥ 1 of nodes of *a* per node
of *b* such that

1. (price) m · price_a ≤ price_b in every period, recurring and upfront each for itself, and no more of m times a's payments
   beyond the horizon counts than of b's (terminal rule `market`);
2. (work) for every workload w that b may serve there is a whole number j_w ≥ 1 of units of a per unit of b with
   j_w · rate_{w,a} ≥ rate_{w,b} and j_w · nodes_{w,a} ≤ m · nodes_{w,b};
   where work splits freely, j_w may be any number;
3. (limits) every cap group of a is one of b's, and m nodes of a count no more in it than one node of b;
   a has no maximum of its own and no fixed quantity; m nodes of a reach a's minimum quantity wherever b's does:
   min_a ≤ m · min_b; a can be signed (or run) whenever b can. b has no fixed quantity;
4. (kin) a and b agree in everything that a rule of the scenario asks of an option (`Kin`: its failure domain where failures
   are to be survived, its provider where shares, data or credits of providers count, the places of residency rules, its
   delivery, its discount by every savings plan); a's support plan takes no larger share than b's, and m nodes of a emit no more
   than one of b where carbon counts;
5. (one pool) if b may take part in a training run that is held together, a is of the same pool, with m = 1; then, and where the
   term is longer than a period, a is there for no smaller share of its last period.

*Proof.* Take a feasible plan that holds N nodes of b at some time. Replace each by m nodes of a and each unit of service on
b by j_w units on a. By (2) every workload receives at least what it received; the nodes needed are
Σ_w j_w nodes_{w,a} y_w ≤ m Σ_w nodes_{w,b} y_w ≤ m N, so they fit on the nodes of a that replaced those of b, and
whole units stay whole because j_w and m are whole (a replica of several nodes lies inside one pool, before and after), and so do
the nodes that are held or stand all through a slice: m a node of b. What runs on average is m times the average.
By (3) no cap, minimum or date is broken, and by (1) neither the cost nor the cash of any plan-year rises. So some
optimal plan uses no b. ∎ Applied one after the other (an option that has been dropped never justifies dropping another),
with ties broken by order, the reduction stays exact.

**Dominated pools.** A pool B whose options all have an option of one other pool A that satisfies 1-4 with m = 1, the same
accelerators per node, and the same service and smallest cluster of every training run is superfluous as a whole. *Proof.*
Move everything that a plan holds in B to A, node by node: a run on B is then on A as a whole, on as many nodes, for as
long. The rest is as above. ∎

It is exact with caps, budgets, integers, spot shares, second dispatches and credits: they are all covered above.

**Spend agreements.** Under an agreement a lower price is not always better: it may leave the spend below a threshold. So

6. (agreements) b is covered by no agreement; or a and b are covered by the same ones, at the same prices, with m = 1.

*Proof.* In the second case every payment stays what and when it was. In the first, the payments for b go and smaller ones for a
come, covered or not: no agreement's spend falls, so every tier stays in reach, no shortfall grows, and if a is covered its
discount comes on top. ∎ **Savings plans.** (4) holds a and b to the same discount of every plan (`Kin`): what a plan covered
of b it covers of a, for no more dollars an hour by (1), and the rest of a costs no more than the rest of b.
"""

from collections.abc import Mapping
from math import ceil, inf
from operator import truediv
from typing import NamedTuple

from planner.assembly.present_value import Terminal, counted_beyond
from planner.domain.options import Cap, Option, Terms
from planner.formulation.parameters import Column, Kin, Service

ROUNDING = 1e-9


class ReductionCandidate(NamedTuple):
    """An option that fits at least one workload, with its terms and efficiency column."""

    option: Option
    terms: Terms
    column: Column
    kin: Kin = Kin()
    support: float = 0.0
    """Share of what is paid that comes on top."""
    tonnes: float = 0.0
    """Tonnes CO2e of a node-hour, where carbon counts."""
    clusters: tuple[tuple[int, int], ...] = ()
    """(w, fewest nodes whose memory holds the run) of the training runs it may host."""
    agreements: frozenset[int] = frozenset()
    """Spend agreements that cover what is paid for it."""


class ReductionSetting(NamedTuple):
    """What a comparison depends on besides the two options."""

    caps: Mapping[str, Cap]
    terminal: Terminal
    last_hours: float
    """Length of the last period, and of those beyond the horizon."""
    runs: frozenset[int]
    """Training runs that are held together."""


def may_run(candidate: ReductionCandidate, runs: frozenset[int]) -> bool:
    return bool(runs) and any(w in runs for w, _ in candidate.column)


def dominates(a: ReductionCandidate, b: ReductionCandidate, setting: ReductionSetting, most: int | None = None) -> bool:
    """Whether a makes b superfluous (the conditions of the module's docstring), with at most so many nodes for one."""
    if a.terms.usd_per_hour[0] > b.terms.usd_per_hour[0] * (1 + ROUNDING):
        return False  # as most pairs are: not even one node for one
    if a.option.asset is not None or b.option.asset is not None:
        return False  # energy by use, sales and power set what is owned apart
    if a.option.exact_nodes is not None or b.option.exact_nodes is not None or a.option.max_nodes is not None:
        return False
    if a.support > b.support or any(name not in b.option.groups for name in a.option.groups) or a.kin != b.kin:
        return False
    if b.agreements and (a.agreements != b.agreements or not _same_price(a.terms, b.terms)):
        return False
    affordable = _nodes_by_price(a.terms, b.terms)
    if may_run(b, setting.runs):
        affordable = min(affordable, 1)
    most = affordable if most is None else min(most, affordable)
    if a.option.period_share < b.option.period_share and (b.terms.term > 1 or may_run(b, setting.runs)):
        return False
    if b.agreements:
        most = min(most, 1)
    if a.tonnes > 0:
        most = min(most, int(b.tonnes / a.tonnes * (1 + ROUNDING)))
    if most < 1 or not _dates_cover(a.terms, b.terms):
        return False
    m = _nodes_by_work(a.column, b.column, most)
    if m is None or a.option.min_nodes > m * b.option.min_nodes or not _caps_hold(a.option, b.option, m, setting.caps):
        return False
    return not a.terms.term or _owes_no_more(a.terms, b.terms, m, setting)


def _owes_no_more(a: Terms, b: Terms, m: int, setting: ReductionSetting) -> bool:
    """Whether what counts of the payments beyond the horizon is no more for m nodes of a than for one of b."""
    if setting.terminal != "market":
        return True
    for v in b.signing:
        mine = m * a.usd_per_hour[v] * counted_beyond(a, v, setting.last_hours, setting.terminal)
        if mine > b.usd_per_hour[v] * counted_beyond(b, v, setting.last_hours, setting.terminal) + ROUNDING:
            return False
    return True


def _nodes_by_price(a: Terms, b: Terms) -> int:
    """Largest m with m · price_a ≤ price_b throughout."""
    most = inf
    for mine, theirs in ((a.usd_per_hour, b.usd_per_hour), (a.upfront_usd, b.upfront_usd)):
        if all(mine):
            most = min(most, min(map(truediv, theirs, mine), default=inf))
        elif any(mine):
            most = min([most, *(high / low for low, high in zip(mine, theirs, strict=True) if low > 0)])
        if most * (1 + ROUNDING) < 1:
            return 0
    return 0 if most == inf else int(most * (1 + ROUNDING))


def _same_price(a: Terms, b: Terms) -> bool:
    return a.usd_per_hour == b.usd_per_hour and a.upfront_usd == b.upfront_usd


def _dates_cover(a: Terms, b: Terms) -> bool:
    runs = all(mine or not theirs for mine, theirs in zip(a.usable, b.usable, strict=True))
    return runs and set(b.signing) <= set(a.signing)


def _nodes_by_work(a: Column, b: Column, most: int) -> int | None:
    """Smallest m ≤ most for which m nodes of a do all that one node of b does, or None."""
    mine = dict(a)
    needed = 1
    for w, theirs in b:
        if w not in mine:
            return None
        needed = max(needed, ceil(_nodes_for(mine[w], theirs) - ROUNDING))
        if needed > most:
            return None
    return needed


def _nodes_for(a: Service, b: Service) -> float:
    """Nodes of a (not rounded) that serve what one node of b serves of a workload, unit by unit."""
    units = b.rate_per_hour / a.rate_per_hour
    if a.whole:
        units = float(ceil(units - ROUNDING))
    return units * a.nodes / b.nodes


def _caps_hold(a: Option, b: Option, m: int, caps: Mapping[str, Cap]) -> bool:
    """Whether m nodes of a count no more than one of b in each cap of a, all of which are b's."""
    for name in a.groups:
        cap = caps[name]
        if cap.max_nodes is not None and m > 1:
            return False
        if cap.max_accelerators is not None and m * a.count > b.count:
            return False
    return True
