r"""Objective: discounted total cost of ownership, thousands of dollars.

.. math::
    \min \sum_{o,v} c_{ov} k_{ov} + \sum_{o,t,s} c_{ot} h_{ts} r_{ots} + \sum_{j,o} c_{ot_j} \eta_j e_{jo}
    + \sum_{h,t,s} c_{ht} W_{wts} a_{hts} + \sum_{w,t,s} \pi_{wt} W_{wts} u_{wts} + \sum_{w,t,s} \phi_{wt} W_{wts} l_{wts} \\
    + \sum_{k,v} (\omega_{kv} - \omega_{k,v+1}) z_{kv} + \sum_{w,c,t,s} \epsilon_{ct} h_{ts} n_{wc} y_{wcts}
    + \sum_{b,t} \epsilon_{ct} h_t g_{bt} \\
    + \sum_{w,q,t,s} \gamma_{wqt} W_{wts} b_{wqts} + \sum_{w,q} \delta_{wq} d_{wq} - \sum_{i,t} (1+r)^{-m_t} f_{it} \\
    + \sum_{a,y,\lambda} (1+r)^{-m_y} (m_{ay\lambda} - d_{a\lambda} s_{ay\lambda})
    - \sum_{o,i,t,s} (1+r)^{-m_t} p_{ot} h_{ts} g_{oits}

ω is what opening a site in v costs, ε what an hour of work adds to the idling of an owned server; for what is owned, c_{ov} is
capital, running costs and sale (`asset.py`). The coefficients are present values (`present_value.py`), with support plans and the
price of carbon in them; every term has a name, so that a report or a test can ask for one of them.
"""

from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair
from planner.formulation.spending import energy_use, hours_of, opening, settlements
from planner.formulation.variables import Variables


def cost_terms(p: Parameters, x: Variables) -> dict[str, list[Pair]]:
    """Named cost terms; a variable belongs to one of them."""
    return {
        "commitments": [(k, p.options[o].cost[v]) for (o, v), k in x.signed.items()],
        "running": [(r, p.options[o].cost[t] * p.hours[t][s]) for (o, t, s), r in x.running.items()],
        "runs by the hour": [
            (e, p.options[o].cost[p.casts[j].end - 1] * p.casts[j].last_hours) for (j, o), e in x.extra.items()
        ],
        "sites": [(z, opening(p.sites[k].cost, v)) for (k, v), z in x.open.items()],
        "energy": [
            (variable, p.energy[c].cost[t] * hours_of(p, t, s) * nodes)
            for c, t, s, (variable, nodes) in energy_use(p, x)
        ],
        "hosted": [(a, p.hosted[h].cost[t] * p.work(p.hosted[h].workload, t, s)) for (h, t, s), a in x.hosted.items()],
        "unserved": [(u, p.unserved[w][1][t] * p.work(w, t, s)) for (w, t, s), u in x.unserved.items()],
        "fallback": [(q, _quality(p, w, t) * p.work(w, t, s)) for (w, t, s), q in x.lesser.items()],
        "egress": [
            (b, p.data[w][name].egress * _uplift(p, name) * p.middle[t] * p.work(w, t, s))
            for (w, name, t, s), b in x.sent.items()
        ],
        "storage": [
            (d, p.data[w][name].storage * _uplift(p, name) * _discounted_hours(p)) for (w, name), d in x.stored.items()
        ],
        "agreements": [
            (variable, usd * p.middle[p.last_of_year(y)])
            for y, pairs in settlements(p, x).items()
            for variable, usd in pairs
        ],
        "savings plans": [
            (nodes, -p.options[o].cash[t][t] * p.middle[t] * p.hours[t][s]) for (o, _, t, s), nodes in x.covered.items()
        ],
        "credits": [(f, -p.middle[t]) for (_, t), f in x.credit.items()],
    }


def _quality(p: Parameters, w: int, t: int) -> float:
    mode = p.mode_of(w)
    return 0.0 if mode is None else p.modes[mode - len(p.workloads)].cost[t]


def _uplift(p: Parameters, provider: str) -> float:
    return 1.0 + p.support.get(provider, 0.0)


def _discounted_hours(p: Parameters) -> float:
    """Hours of the horizon, each at its present value."""
    return sum(sum(slices) * factor for slices, factor in zip(p.hours, p.middle, strict=True))
