r"""What is certain of a way to buy before its program is built: that it cannot serve, or a lower bound on its cost.

The bound is the cost of the same program with every period at its mean:

.. math::
    \bar D_{wt} = \sum_s h_{ts} D_{wts} / h_t, \qquad \bar r_{ot} = \sum_s h_{ts} r_{ots} / h_t, \qquad
    \bar y_{wct} = \sum_s h_{ts} y_{wcts} / h_t

*Proof.* Every row of the program over a slice is linear in what runs and what serves there, and its coefficients differ from
slice to slice only by the demand. Its sum over the slices of a period, weighted with their hours (demand rows: with their
work), is the row of the mean. So the means of a plan satisfy the program of means, at the same cost: what is paid by the hour
is paid for hours, signings and runs know no slices. Second dispatches are left out, and a fallback that is allowed in some
slices is allowed throughout; both only make it cheaper. ∎
"""

from collections.abc import Callable
from dataclasses import replace
from math import inf

from planner.assembly import most_nodes, runs_of
from planner.domain.options import Option
from planner.domain.time import Horizon, Slice
from planner.formulation import write
from planner.formulation.parameters import Mode, Parameters
from planner.pipeline import Question
from planner.solver import Watch, solve_lp

Keep = Callable[[Option], bool]


def fits_all(question: Question, keep: Keep) -> bool:
    """Whether every workload that must be served is, by some option that is kept or held."""
    p, scenario = question.parameters, question.scenario
    fit = {w for w, o in question.screened.fits if _kept(question, o, keep)}
    lesser = {mode.parent for mode in p.modes}
    return all(
        w in fit or w in lesser or workload.unserved is not None or not p.total_work(w)
        for w, workload in enumerate(scenario.workloads)
    )


def hosts_all_runs(question: Question, keep: Keep) -> bool:
    """Whether some pool has room for the smallest cluster of every training run, as far as caps and maxima say."""
    options, caps = question.market.options, question.market.caps
    for w, run in runs_of(question.scenario).items():
        room: dict[tuple[str, int], float] = {}
        for v, o in question.screened.fits:
            if v == w and _kept(question, o, keep):
                pool = options[o].pool, max(options[o].count, 1)
                room[pool] = room.get(pool, 0.0) + most_nodes(options[o], caps, whole=False)
        if not any(nodes >= -(-run.min_accelerators // count) for (_, count), nodes in room.items()):
            return False
    return True


def _kept(question: Question, o: int, keep: Keep) -> bool:
    option = question.market.options[o]
    return option.held or keep(option)


def lower_bound(p: Parameters, watch: Watch) -> float:
    """No plan costs less, thousands of dollars; infinite if there is none, −infinite if that is not known."""
    built = write(replace(averaged(p), whole_nodes=False)).built
    solved = solve_lp(built.matrix, watch)
    return inf if solved.verdict == "infeasible" else solved.bound


def averaged(p: Parameters) -> Parameters:
    """The parameters with one slice per period, with the mean of its demand."""
    periods = [
        period._replace(slices=(Slice("mean", sum(h)),)) for period, h in zip(p.horizon.periods, p.hours, strict=True)
    ]
    work: dict[tuple[int, int, int], float] = {}
    for (w, t, s), rate in p.online.items():
        work[w, t, 0] = work.get((w, t, 0), 0.0) + rate * p.hours[t][s]
    return replace(
        p,
        horizon=Horizon(tuple(periods)),
        hours=tuple((sum(slices),) for slices in p.hours),
        online={(w, t, s): units / sum(p.hours[t]) for (w, t, s), units in work.items()},
        modes=tuple(_throughout(p, mode) for mode in p.modes),
        resilience=None,
    )


def _throughout(p: Parameters, mode: Mode) -> Mode:
    """The fallback allowed in every slice of a period if it is in any."""
    spikes = {part.spike for period in p.horizon.periods for part in period.slices}
    return mode._replace(spike=None) if mode.spike in spikes else mode


def busiest(p: Parameters) -> Parameters | None:
    """The parameters with one slice per period, the one busiest with online work, and nothing else; None without such work.

    Its cost says nothing, but where it cannot be served, the whole cannot.
    """
    if not p.online:
        return None
    mean = averaged(p).online
    chosen = [
        max(range(len(slices)), key=lambda s: sum(_relative(p, mean, w, t, s) for w in range(len(p.workloads))))
        for t, slices in enumerate(p.hours)
    ]
    periods = [period._replace(slices=(period.slices[s],)) for period, s in zip(p.horizon.periods, chosen, strict=True)]
    return replace(
        p,
        horizon=Horizon(tuple(periods)),
        hours=tuple((slices[s],) for slices, s in zip(p.hours, chosen, strict=True)),
        online={(w, t, 0): rate for (w, t, s), rate in p.online.items() if s == chosen[t]},
        flexible={},
        runs={},
        casts=(),
        windows={},
        resilience=None,
    )


def _relative(p: Parameters, mean: dict[tuple[int, int, int], float], w: int, t: int, s: int) -> float:
    """Demand of online work in a slice relative to the mean of the period."""
    return p.online.get((w, t, s), 0.0) / (mean.get((w, t, 0), 0.0) or 1.0)
