r"""Lines: what is signed or used at all is worth a smallest sum, so that no line of the plan is too small to bother with.

.. math::
    \sum_{\tau} c_{ov\tau} k_{ov} \ge \underline{W} z_{ov}, \qquad
    \sum_{t,s} p_{ot} h_{ts} r_{ots} + \sum_{j} p_{ot} h_j e_{jo} + \sum_{t,s} q_{ht} W_{wts} a_{hts} \ge \underline{W} n_i, \qquad
    r, e, a \le \bar u\, n_i

========  ==========================  ==========================================
symbol    in code                     unit
========  ==========================  ==========================================
z_{ov}    ``x.opened[o, v]``          1 if anything is signed (``commitment``)
n_i       ``x.used[i]``               1 if option i that is paid by use is used at all
c, p, q   ``terms``, ``hosted.cash``  thousands of dollars: all that is owed for a node, for a node-hour, for a unit
W̲         ``p.min_line``              thousands of dollars over all of the term, or of the horizon
========  ==========================  ==========================================

Without support. What a savings plan covers is not paid for by the hour and counts for nothing. What is held, fixed
or owned is free of it.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from planner.formulation.family import Family
from planner.formulation.parameters import THOUSAND, Parameters
from planner.formulation.program import Pair, Row, in_scale
from planner.formulation.usage import links
from planner.formulation.variables import Variables


def lines(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys (o, v, "sign"), (i, number) of links, and (i, "use")."""
    if p.min_line is None:
        return
    for (o, v), opened in x.opened.items():
        if p.options[o].option.asset is None:
            worth = _owed(p, o, v)
            yield in_scale(Row((o, v, "sign"), [(x.signed[o, v], worth), (opened, -p.min_line)], ">=", 0.0))
    by_use = {o: i for i, use in enumerate(p.uses) if use.kind == "option" for o in use.options}
    paid = _paid(p, x, by_use)
    for i, rows in links(p, x, dict.fromkeys(by_use.values())):
        yield from rows
        yield in_scale(Row((i, "use"), [*paid[i], (x.used[i], -p.min_line)], ">=", 0.0))


def _owed(p: Parameters, o: int, v: int) -> float:
    """All that is owed for one node signed in v, thousands of dollars; periods beyond the horizon are as long as its last."""
    terms, periods = p.options[o].terms, p.horizon.periods
    served = range(v + terms.lead, v + terms.lead + terms.term)
    hours = sum(periods[min(t, len(periods) - 1)].hours for t in served)
    return (terms.upfront_usd[v] + terms.usd_per_hour[v] * hours) / THOUSAND


def _paid(p: Parameters, x: Variables, by_use: dict[int, int]) -> dict[int, list[Pair]]:
    """What is paid by use, without support.

    Args:
        by_use: option → the use that it makes.
    """
    found: dict[int, list[Pair]] = defaultdict(list)

    def add(o: int, variable: Any, usd: float) -> None:
        if usd:
            found[by_use[o]].append((variable, usd))

    for (o, t, s), running in x.running.items():
        if o in by_use:
            add(o, running, p.options[o].terms.usd_per_hour[t] * p.hours[t][s] / THOUSAND)
    for (j, o), extra in x.extra.items():
        if o in by_use:
            cast = p.casts[j]
            add(o, extra, p.options[o].terms.usd_per_hour[cast.end - 1] * cast.last_hours / THOUSAND)
    for (o, _, t, s), covered in x.covered.items():
        if o in by_use:
            add(o, covered, -p.options[o].terms.usd_per_hour[t] * p.hours[t][s] / THOUSAND)
    for (h, t, s), hosted in x.hosted.items():
        supply = p.hosted[h]
        if supply.option in by_use:
            add(supply.option, hosted, supply.cash[t] * p.work(supply.workload, t, s))
    return found


FAMILY = Family("lines", lines, counts_prices=True)
