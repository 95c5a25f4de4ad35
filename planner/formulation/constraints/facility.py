r"""Facility: servers of one's own stand on power that is live at their site, and power only in a site that is open.

.. math::
    z_{kv} \ge z_{k,v-1}, \qquad
    m_{kt} = \sum_{v = t-\ell_b-L_b+1}^{t-\ell_b} k_{bv}, \qquad m_{kt} \le M_k\, z_{k,t-\ell_b}, \qquad
    \sum_{o \in S_k} \kappa_o \sum_{v \in win(o,t)} k_{ov} \le \kappa_b m_{kt}, \\
    \sum_{o \in S_k \cap c} \sum_{v \in win(o,t)} k_{ov} \le N_c\, z_{k,t-\ell_b}, \qquad
    n_{wc} y_{wcts} \le N_{wcts}\, z_{k,t-\ell_b} \qquad \forall k, v, t, s, c \subset S_k, w, \\
    z_{k\bar v} \ge 1, \qquad \sum_{v} k_{bv} \ge 1 \qquad \forall k \text{ required}, \bar v \text{ last}

========  ==========================  =================================================================
symbol    in code                     unit
========  ==========================  =================================================================
z_{kv}    ``x.open[k, v]``            1 if the site has been opened by period v
k_{bv}    ``x.signed[b, v]``          units of power signed in v (b = ``site.power``): kW, or modules
m_{kt}    ``x.modules[k, t]``         units of power that are live; whole for modules (no variable of its own for kW)
k_{ov}    ``x.signed[o, v]``          servers bought in v
κ         ``site.kw``, kW of servers  nameplate kW; power usage effectiveness does not count here
M_k       ``site.most_units``         units; from the data: all demand at its peak in this site alone
N_c       ``most_useful_nodes``       servers; the same for one class; twice as many where a successor may come early
y_{wcts}  ``x.served[w, c, t, s]``    units of service
N_{wcts}  ``most_for``                servers that serve all of the workload's demand in the slice
========  ==========================  =================================================================

A required site holds power in some period: whatever is signed within the horizon is live within it. Whole m make the k_{bv}
whole: each is a difference of them. The families "housed" and "used" say nothing that the others do not say of whole z; they keep
the relaxation from paying a fraction of a site's fixed cost for a larger fraction of its use.
What can be of use at a time: `overlap.py`.

Dual of a power row: thousands of dollars for one more kW in the period.
"""

from collections.abc import Iterator
from math import ceil

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters, Service, Site
from planner.formulation.program import Pair, Row, lowered, only_if
from planner.formulation.variables import Variables


def facility(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (k, v, "stays"), (k, "required" | "powered"), (k, t, "live" | "open" | "power"), (k, t, "housed", c),
    (k, t, s, "used", w, c)."""
    for k, site in enumerate(p.sites):
        opened = [v for v in range(len(p.hours)) if (k, v) in x.open]
        for v in opened[1:]:
            yield Row((k, v, "stays"), [(x.open[k, v], 1.0), (x.open[k, v - 1], -1.0)], ">=", 0.0)
        if site.required and opened:
            yield Row((k, "required"), [(x.open[k, opened[-1]], 1.0)], ">=", 1.0)
            signed = [(x.signed[site.power, v], 1.0) for v in p.options[site.power].terms.signing]
            yield Row((k, "powered"), signed, ">=", 1.0)
        for t in range(len(p.hours)):
            yield from _power(p, x, k, site, t)
        yield from _tight(p, x, k, site)


def _power(p: Parameters, x: Variables, k: int, site: Site, t: int) -> Iterator[Row]:
    power = x.window(p, site.power, t)
    if (k, t) in x.modules:
        yield Row((k, t, "live"), [(x.modules[k, t], 1.0), *((unit, -1.0) for unit in power)], "==", 0.0)
        power = [x.modules[k, t]]
    taken: list[Pair] = [(server, kw) for o, kw in site.servers for server in x.window(p, o, t)]
    if taken:
        yield lowered(Row((k, t, "power"), [*taken, *((unit, -site.kw) for unit in power)], "<=", 0.0))
    if power:
        opened = x.open[k, t - p.options[site.power].terms.lead]
        yield only_if((k, t, "open"), [(unit, 1.0) for unit in power], max(site.most_units, 1.0), opened)


def _tight(p: Parameters, x: Variables, k: int, site: Site) -> Iterator[Row]:
    lead = p.options[site.power].terms.lead
    mine = {o for o, _ in site.servers}
    for c, group in enumerate(p.classes):
        servers = [o for o in group.committed if o in mine]
        if not servers:
            continue
        for t, slices in enumerate(p.hours):
            opened = x.open.get((k, t - lead))
            if opened is None:
                continue
            held: list[Pair] = [(server, 1.0) for o in servers for server in x.window(p, o, t)]
            if held:
                yield only_if((k, t, "housed", c), held, max(group.most_useful_nodes * site.generations, 1.0), opened)
            for w, service in group.column:
                for s in range(len(slices)):
                    most = most_for(p, w, t, s, service)
                    if (w, c, t, s) in x.served and most is not None:
                        yield only_if((k, t, s, "used", w, c), [(x.served[w, c, t, s], 1.0)], most, opened)


def most_for(p: Parameters, w: int, t: int, s: int, service: Service) -> float | None:
    """Units of service that do all of an online workload's work in a slice; None for work that may wait."""
    rate = p.online.get((p.parent(w), t, s))
    if not rate:
        return None
    reserve = 1.0 if p.resilience is None else max(p.resilience.reserve.get(p.parent(w), 1.0), 1.0)
    units = rate * reserve / service.rate_per_hour
    return float(max(ceil(units - 1e-9), 1)) if service.whole else units


FAMILY = Family("facility", facility)
