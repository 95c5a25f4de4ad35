r"""One pool against on demand: what to commit, when, for how long, exactly.

Nodes of a pool are interchangeable. In period t the load is cut into steps: step i is g_{ti} nodes wide and wanted in
η_{ti} hours of the period, less the higher it lies. With p_t what a node-hour on demand costs (present value), c_{ov} what
signing a node of commitment o in v costs (`present_value.py`) and k_{ov} the nodes signed, commitments save most by

.. math::

    \max \sum_{t,i} p_t \eta_{ti} z_{ti} - \sum_{o,v} c_{ov} k_{ov}, \qquad
    \sum_i z_{ti} \le \sum_{o} \sum_{v = t-\ell_o-L_o+1}^{t-\ell_o} k_{ov}, \quad 0 \le z_{ti} \le g_{ti}, \quad k \ge 0

In the rows of the window sums a signing has its ones in consecutive periods, so the matrix is totally unimodular: where loads are
whole nodes, so is an optimal vertex, without any branching (Veinott and Wagner, "Optimal capacity scheduling", *Operations
Research* 10, 1962). Staggered starts (a ladder) come out by themselves.

With one term over the whole horizon, a stationary load and one price this is the newsvendor rule: commit up to the load that is
reached in more than the share committed price / on-demand price of the time.
"""

from typing import NamedTuple

import numpy as np

from planner.solver import Floats, Matrix, Watch, solve_lp

DUST = 1e-7


class Load(NamedTuple):
    """Load of a pool by period and slice, in the order of time."""

    nodes: tuple[tuple[float, ...], ...]
    hours: tuple[tuple[float, ...], ...]

    def scaled(self, factor: float) -> "Load":
        """The load times a factor."""
        return Load(tuple(tuple(n * factor for n in slices) for slices in self.nodes), self.hours)


class Cover(NamedTuple):
    """A commitment that may be signed: cost of one node by period of signing (present value); None where it cannot be."""

    term: int
    lead: int
    cost_usd: tuple[float | None, ...]


class PoolSigning(NamedTuple):
    """Nodes signed in a period."""

    cover: int
    period: int
    nodes: float


class Best(NamedTuple):
    """The best commitments of a pool."""

    saving_usd: float
    """Present value, against on demand alone."""
    signings: tuple[PoolSigning, ...]
    """In the order of time."""


class Steps(NamedTuple):
    """A load cut into steps, from the lowest up within a period."""

    period: Floats
    """Of each step. Shape (steps,)."""
    nodes: Floats
    """Width. Shape (steps,)."""
    hours: Floats
    """Hours in which it is wanted. Shape (steps,)."""
    periods: int

    def worth(self, usd_per_hour: Floats) -> Floats:
        """What one node of each step costs on demand. Shape (steps,)."""
        return np.asarray(usd_per_hour[self.period.astype(int)] * self.hours)

    def covered(self, held: Floats) -> Floats:
        """Nodes of each step that `held` nodes by period serve, the lowest first. Shape (steps,)."""
        left = held.copy()
        found = np.zeros(len(self.nodes))
        for i, (t, width) in enumerate(zip(self.period.astype(int), self.nodes, strict=True)):
            found[i] = min(width, left[t])
            left[t] -= found[i]
        return found


def steps_of(load: Load, *, whole: bool) -> Steps:
    """Steps of a load, loads rounded up to whole nodes where nodes are whole."""
    period: list[float] = []
    widths: list[float] = []
    wanted: list[float] = []
    for t, (slices, lengths) in enumerate(zip(load.nodes, load.hours, strict=True)):
        nodes, hours = np.array(slices), np.array(lengths)
        nodes = np.ceil(nodes - 1e-9) if whole else nodes
        below = 0.0
        for top in np.unique(nodes[nodes > DUST]):
            period.append(float(t))
            widths.append(float(top) - below)
            wanted.append(float(hours[nodes >= top].sum()))
            below = float(top)
    return Steps(np.array(period), np.array(widths), np.array(wanted), len(load.nodes))


def best_cover(
    steps: Steps, on_demand_usd_per_hour: Floats, covers: list[Cover], given: tuple[PoolSigning, ...] = ()
) -> Best:
    """The commitments that save most.

    Args:
        on_demand_usd_per_hour: present value of one node-hour on demand, by period. Shape (periods,).
        given: what is signed at the start of the horizon and cannot be changed; nothing else is signed then.
    """
    signings = [
        (o, v, cost)
        for o, cover in enumerate(covers)
        for v, cost in enumerate(cover.cost_usd)
        if cost is not None and v + cover.lead < steps.periods and not (given and v == 0)
    ]
    held = _in_service(covers, given, steps.periods)
    owed = sum((covers[s.cover].cost_usd[s.period] or 0.0) * s.nodes for s in given)
    worth = steps.worth(on_demand_usd_per_hour)
    scale = max(float(worth.max(initial=0.0)), *(cost for _, _, cost in signings), 1e-9)
    solved = solve_lp(_program(steps, worth / scale, covers, signings, held, scale), Watch())
    assert solved.x is not None
    nodes = solved.x[len(worth) :]
    nodes = np.where(np.abs(nodes - np.round(nodes)) < 1e-6, np.round(nodes), nodes)
    found = [PoolSigning(o, v, float(n)) for (o, v, _), n in zip(signings, nodes, strict=True) if n > DUST]
    everything = tuple(sorted((*given, *found), key=lambda s: (s.period, s.cover)))
    return Best(-solved.objective * scale - owed, everything)


def _program(
    steps: Steps, worth: Floats, covers: list[Cover], signings: list[tuple[int, int, float]], held: Floats, scale: float
) -> Matrix:
    """Columns: steps, then signings; one row a period."""
    rows: list[list[int]] = [[] for _ in range(steps.periods)]
    signs: list[list[float]] = [[] for _ in range(steps.periods)]
    for i, t in enumerate(steps.period.astype(int)):
        rows[t].append(i)
        signs[t].append(1.0)
    for j, (o, v, _) in enumerate(signings, start=len(worth)):
        first = v + covers[o].lead
        for t in range(first, min(first + covers[o].term, steps.periods)):
            rows[t].append(j)
            signs[t].append(-1.0)
    count = len(worth) + len(signings)
    return Matrix(
        cost=np.concatenate([-worth, [cost / scale for _, _, cost in signings]]),
        lower=np.zeros(count),
        upper=np.concatenate([steps.nodes, np.full(len(signings), np.inf)]),
        integer=np.zeros(count, dtype=bool),
        start=np.cumsum([0, *map(len, rows)]).astype(np.int32),
        index=np.array([j for row in rows for j in row], dtype=np.int32),
        value=np.array([sign for row in signs for sign in row]),
        row_lower=np.full(steps.periods, -np.inf),
        row_upper=held,
    )


def _in_service(covers: list[Cover], signings: tuple[PoolSigning, ...], periods: int) -> Floats:
    held = np.zeros(periods)
    for signing in signings:
        cover = covers[signing.cover]
        held[signing.period + cover.lead : signing.period + cover.lead + cover.term] += signing.nodes
    return held


def held_value(
    steps: Steps, on_demand_usd_per_hour: Floats, covers: list[Cover], signings: tuple[PoolSigning, ...]
) -> float:
    """What given signings save under a load, against on demand alone; below zero if they are too many."""
    cost = sum((covers[s.cover].cost_usd[s.period] or 0.0) * s.nodes for s in signings)
    served = steps.covered(_in_service(covers, signings, steps.periods))
    return float(served @ steps.worth(on_demand_usd_per_hour)) - cost


def regret_usd(steps: Steps, on_demand_usd_per_hour: Floats, cover: Cover, nodes: float) -> float:
    """What it costs to have signed so many nodes at the start when the load turns out to be this one.

    From the next period on everything is signed in full knowledge; against having known it from the start.
    """
    best = best_cover(steps, on_demand_usd_per_hour, [cover])
    fixed = best_cover(steps, on_demand_usd_per_hour, [cover], (PoolSigning(0, 0, nodes),))
    return best.saving_usd - fixed.saving_usd


def used_hours(
    steps: Steps, covers: list[Cover], signings: tuple[PoolSigning, ...], hours: Floats
) -> tuple[float, float]:
    """(Node-hours of the signings that serve, node-hours that are paid) within the horizon."""
    held = _in_service(covers, signings, steps.periods)
    return float(steps.covered(held) @ steps.hours), float(held @ hours)
