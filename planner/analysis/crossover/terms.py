r"""What a threshold is made of, read from the plan that owns there: F, r, φ, S* = F / ((1 − r) φ).

V is the present value of renting only, V_own that of the plan that owns, F_npv the part of it that does not depend on size, C the
other owned cost. Owning replaces rents of R = V − (V_own − F_npv − C), and

.. math::
    r = C / R, \qquad \varphi = R / V, \qquad F = F_{npv} \cdot s / V,

s being the first-year rent: F is spread over the years as the rents are. At the threshold V_own = V, so F_npv = R (1 − r), and the
first-year rent there is F / ((1 − r) φ), exactly where cost is linear in size.
"""

from collections import defaultdict
from collections.abc import Iterable

from planner.analysis.crossover.sizes import Size, Way
from planner.domain.answers import Breakeven, CostItem, OwnedFleet
from planner.domain.finance import discount_factor, threshold_usd_per_year
from planner.domain.time import clock
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Solution
from planner.solution import Charge, Payment

FIXED_KINDS = ("site", "team")


def owned_value(solution: Solution, sites: Iterable[str]) -> dict[str, float]:
    """Present value by kind of all that is paid for some sites, less what it is worth at the end, USD."""
    assert solution.beside is not None
    p, rate, names = solution.question.parameters, solution.question.scenario.discount_rate, set(sites)
    flows: list[Payment | Charge] = [
        payment for payment in solution.paid if payment.owned and p.options[payment.option].option.provider in names
    ]
    flows += [charge for charge in solution.beside.charges if charge.provider in names]
    latest = max((flow.period for flow in flows), default=0)
    times = clock(p.horizon, max(latest - len(p.horizon.periods) + 1, 0))
    found: dict[str, float] = defaultdict(float)
    for flow in flows:
        years = (times.starts if flow.at_start else times.middles)[flow.period]
        found[flow.kind] += float(flow.usd * flow.counted) * discount_factor(rate, years)
    return {kind: value for kind, value in found.items() if value}


def breakeven(size: Size, way: Way) -> Breakeven:
    """F, r and φ of the plan that owns at a size."""
    owning, base = size.owning(way), size.value(frozenset())
    solution = size.solution(owning)
    kinds = owned_value(solution, _opened(solution, way))
    total = sum(kinds.values())
    rent = size.rent_usd_per_year()
    without = size.without(way)
    replaced = without.objective * THOUSAND - (owning.objective * THOUSAND - total) if without.possible else 0.0
    yearly = rent / (base.objective * THOUSAND) if rent is not None and base.objective > 0 else 0.0

    def item(kind: str) -> CostItem:
        value = kinds[kind]
        ratio = value / replaced if replaced > 0 else 0.0
        return CostItem(kind=kind, npv_usd=round(value, 2), usd_per_year=round(value * yearly, 2), ratio=ratio)

    fixed = tuple(item(kind) for kind in FIXED_KINDS if kind in kinds)
    variable = tuple(item(kind) for kind in sorted(kinds, key=lambda k: -kinds[k]) if kind not in FIXED_KINDS)
    ratio = sum(one.ratio for one in variable)
    share = replaced / (base.objective * THOUSAND) if base.possible and base.objective > 0 else 0.0
    per_year = sum(one.usd_per_year for one in fixed)
    threshold = threshold_usd_per_year(per_year, ratio) if share > 0 else None
    return Breakeven(
        fixed=fixed,
        variable=variable,
        fixed_usd_per_year=round(per_year, 2),
        variable_ratio=ratio,
        replaced_fraction=share,
        threshold_usd_per_year=None if threshold is None else round(threshold / share, 2),
    )


def fleet(size: Size, solution: Solution) -> OwnedFleet | None:
    """What a plan owns; None if it owns nothing."""
    p, decisions = solution.question.parameters, solution.decisions
    assert decisions is not None
    if not decisions.opened:
        return None
    periods = range(len(p.horizon.periods))
    accelerators = servers = power = 0.0
    for t in periods:
        mine = [(o, decisions.live(p, o, t, 0)) for k in decisions.opened for o, _ in p.sites[k].servers]
        accelerators = max(accelerators, sum(n * p.options[o].option.count for o, n in mine))
        servers = max(servers, sum(n for _, n in mine))
        live = sum(decisions.live(p, p.sites[k].power, t, 0) * p.sites[k].kw for k in decisions.opened)
        power = max(power, live)
    decided = min(decisions.opened.values())
    first = min(v + p.options[p.sites[k].power].terms.lead for k, v in decisions.opened.items())
    names = {p.sites[k].name for k in decisions.opened}
    total, rent = sum(owned_value(solution, names).values()), size.value(frozenset())
    assert solution.present is not None
    rest = float(solution.present.npv) - total
    share = 1 - rest / (rent.objective * THOUSAND) if rent.possible and rent.objective > 0 else 1.0
    starts = p.horizon.periods
    return OwnedFleet(
        accelerators=round(accelerators, 3),
        servers=round(servers, 3),
        power_mw=round(power / 1000.0, 6),
        work_fraction=min(max(share, 0.0), 1.0),
        decided=starts[decided].start,
        first_power=starts[first].start if first < len(starts) else "",
    )


def _opened(solution: Solution, way: Way) -> list[str]:
    assert solution.decisions is not None
    sites = solution.question.parameters.sites
    return [sites[k].name for k in solution.decisions.opened if k in way.sites]
