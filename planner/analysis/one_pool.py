r"""One pool against on demand: what to commit, when, for how long, exactly.

Nodes of a pool are interchangeable, so its load is cut into levels: level k is the k-th node, wanted whenever the load is above
k − 1. A commitment of a level saves what on demand would have cost while the level is wanted, and levels do not compete for
anything, so each is decided by itself. Over periods t, with b_t what on demand costs for the level in t (present value) and
c_{ov} the cost of signing option o in v (`present_value.py`), the best cover of a level by terms is

.. math::

    f(t) = \max\Big\{ f(t+1),\ \max_{o} \big[ \textstyle\sum_{\tau=t}^{t+L_o-1} b_\tau - c_{o,t-\ell_o} + f(t+L_o) \big] \Big\},
    \qquad f(T) = 0

(weighted interval scheduling; two terms at once on one level never pay, since the second saves nothing). The sum of f(0) over the
levels is the most that commitments save, and staggered starts (a ladder) come out by themselves.

With one term, a stationary load and one price this is the newsvendor rule: commit level k while the share of time in which it
is wanted is above committed price / on-demand price.
"""

from typing import NamedTuple

import numpy as np

from planner.formulation.matrix import Floats


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


class Signing(NamedTuple):
    """Nodes signed in a period."""

    cover: int
    period: int
    nodes: float


class Best(NamedTuple):
    """The best commitments of a pool."""

    saving_usd: float
    """Present value, against on demand alone."""
    signings: tuple[Signing, ...]
    """In the order of time."""


class Levels(NamedTuple):
    """A load cut into levels."""

    sizes: Floats
    """Nodes of each level: 1, or the distance to the next load where nodes may be fractional. Shape (levels,)."""
    wanted_hours: Floats
    """Hours in which each level is wanted. Shape (levels, periods)."""


def levels_of(load: Load, *, whole: bool) -> Levels:
    """Levels of a load; fractional loads are rounded up to whole nodes, or every distinct load is the top of a level."""
    values = np.array([n for slices in load.nodes for n in slices], dtype=float)
    hours = np.array([h for slices in load.hours for h in slices], dtype=float)
    period = np.repeat(np.arange(len(load.nodes)), [len(slices) for slices in load.nodes])
    if whole:
        values = np.ceil(values - 1e-9)
        tops = np.arange(1.0, values.max(initial=0.0) + 1)
    else:
        tops = np.unique(values[values > 1e-12])
    sizes = np.diff(np.concatenate([[0.0], tops]))
    wanted = np.zeros((len(tops), len(load.nodes)))
    above = values[None, :] >= tops[:, None] - 1e-9
    for t in range(len(load.nodes)):
        mine = period == t
        wanted[:, t] = above[:, mine] @ hours[mine]
    return Levels(sizes, wanted)


def best_cover(levels: Levels, on_demand_usd_per_hour: Floats, covers: list[Cover]) -> Best:
    """The commitments that save most, level by level.

    Args:
        on_demand_usd_per_hour: present value of one node-hour on demand, by period. Shape (periods,).
    """
    best, choice = _solved(levels, on_demand_usd_per_hour, covers)
    return Best(float(best[:, 0] @ levels.sizes), _signings(levels, covers, choice))


def regret_usd(levels: Levels, on_demand_usd_per_hour: Floats, cover: Cover, nodes: float) -> float:
    """What it costs to have signed so many nodes at the start when the load turned out to be this one.

    From the next period on everything is signed in full knowledge; against having known it from the start.
    """
    best, _ = _solved(levels, on_demand_usd_per_hour, [cover])
    periods = levels.wanted_hours.shape[1]
    below = np.cumsum(levels.sizes) - levels.sizes
    covered = np.clip(nodes - below, 0.0, levels.sizes)
    end = min(cover.lead + cover.term, periods)
    later = covered @ best[:, end] + (levels.sizes - covered) @ best[:, min(1, periods)]
    now = held_value(levels, on_demand_usd_per_hour, [cover], (Signing(0, 0, nodes),) if nodes > 0 else ())
    return float(best[:, 0] @ levels.sizes - later - now)


def _solved(levels: Levels, on_demand_usd_per_hour: Floats, covers: list[Cover]) -> tuple[Floats, np.ndarray]:
    """(f, the cover that is started) by level and period."""
    count, periods = levels.wanted_hours.shape
    worth = np.cumsum(levels.wanted_hours * on_demand_usd_per_hour, axis=1)
    saved = np.concatenate([np.zeros((count, 1)), worth], axis=1)
    best = np.zeros((count, periods + 1))
    choice = np.full((count, periods), -1)
    for t in range(periods - 1, -1, -1):
        best[:, t] = best[:, t + 1]
        for o, cover in enumerate(covers):
            v = t - cover.lead
            cost = cover.cost_usd[v] if 0 <= v < len(cover.cost_usd) else None
            if cost is None:
                continue
            end = min(t + cover.term, periods)
            gain = saved[:, end] - saved[:, t] - cost + best[:, end]
            better = gain > best[:, t] + 1e-9
            best[better, t] = gain[better]
            choice[better, t] = o
    return best, choice


def _signings(levels: Levels, covers: list[Cover], choice: np.ndarray) -> tuple[Signing, ...]:
    found: dict[tuple[int, int], float] = {}
    periods = choice.shape[1]
    for level, size in enumerate(levels.sizes):
        t = 0
        while t < periods:
            o = int(choice[level, t])
            if o < 0:
                t += 1
                continue
            key = t - covers[o].lead, o
            found[key] = found.get(key, 0.0) + float(size)
            t += covers[o].term
    return tuple(Signing(o, v, nodes) for (v, o), nodes in sorted(found.items()))


def held_value(
    levels: Levels, on_demand_usd_per_hour: Floats, covers: list[Cover], signings: tuple[Signing, ...]
) -> float:
    """What given signings save under some load, against on demand alone; below zero if they are too many.

    The nodes in service take the lowest levels of the load.
    """
    count, periods = levels.wanted_hours.shape
    held, cost = np.zeros(periods), 0.0
    for signing in signings:
        cover = covers[signing.cover]
        held[signing.period + cover.lead : signing.period + cover.lead + cover.term] += signing.nodes
        cost += (cover.cost_usd[signing.period] or 0.0) * signing.nodes
    below = np.cumsum(levels.sizes) - levels.sizes
    covered = np.clip(held[None, :] - below[:, None], 0.0, levels.sizes[:, None]) if count else np.zeros((0, periods))
    return float((covered * levels.wanted_hours * on_demand_usd_per_hour).sum()) - cost


def used_hours(levels: Levels, cover: Cover, signings: tuple[Signing, ...], hours: Floats) -> tuple[float, float]:
    """(Node-hours of the signings that serve, node-hours that are paid) within the horizon, of one cover alone."""
    count, periods = levels.wanted_hours.shape
    held = np.zeros(periods)
    for signing in signings:
        held[signing.period + cover.lead : signing.period + cover.lead + cover.term] += signing.nodes
    below = np.cumsum(levels.sizes) - levels.sizes
    covered = np.clip(held[None, :] - below[:, None], 0.0, levels.sizes[:, None]) if count else np.zeros((0, periods))
    share = np.divide(levels.wanted_hours, hours, out=np.zeros_like(levels.wanted_hours), where=hours > 0)
    return float((covered * share * hours).sum()), float((held * hours).sum())
