r"""What the uncertainty of sized throughput means for a plan: how much its nodes still serve, and what the demand would cost.

**As it is bought.** At the low rates, with nothing more rented, what a slice serves of workload w is at least

.. math:: \sum_o \ell_{wo}\, W_{wots}\, \frac{free_{ots}}{busy_{ots}}, \qquad \text{at most what is planned},

W the work that the plan lays on option o, ℓ low over expected rate (1 where it was measured), free the nodes in service that no
training run holds, busy those at work: idle nodes are shared in proportion. It is a way to serve, not the best one, hence "at
least". Flexible work adds up over its period, a run that may move over its window; a run on one cluster gets ℓ of its work
done by its planned end.

**Planned anew.** With every sized rate at its 10th (90th) percentile at once and known from the start, the relaxation
(fractional nodes) over all options is a bound on the cost of every plan, like the plan's own bound. Lower rates never make
anything cheaper, so the low case costs at least the plan's bound, the high case at most the plan. All rates at once is the worst
case: errors of different models on different accelerators partly cancel out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from math import inf
from typing import Literal, NamedTuple

from planner.analysis.baselines import FREE, LeastCost, hosts_all_runs, least_cost
from planner.domain.records import Fit, SizedWorkload, SizingCase, SizingRecord
from planner.domain.workloads import Batch, Inference
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Question, Solution, large, rerated
from planner.solution import Decisions
from planner.solver import Watch

NOTE = "at least: fractional nodes, all sized rates at once, known from the start"
TIME_IS_UP = "not computed: the time was up"
TOO_LARGE = "not computed: the market is too large for it"
NO_SHARE = (1.0, 1.0)
PLACES = 12
Point = tuple[int, int]
"""(period, slice); slice -1 for what counts by the period."""


def sizing_of(solution: Solution, npv_usd: float, bound_usd: float | None, watch: Watch | None) -> SizingRecord | None:
    """The record of a plan; without a watch the two cases are left out. None if nothing in use is sized."""
    decisions = solution.decisions
    assert decisions is not None
    workloads = tuple(_Held(solution.question, decisions).workloads())
    if not workloads:
        return None
    cases = () if watch is None else tuple(_cases(solution.question, npv_usd, bound_usd, watch))
    return SizingRecord(workloads=workloads, cases=cases)


# --- as it is bought -------------------------------------------------------------------------------


class _Lot(NamedTuple):
    """Work of one option in one slice for one workload."""

    work: float
    low: float
    high: float
    stretch: float
    """Nodes in service per node at work."""
    sized: bool


class _Held:
    """What the nodes of a plan do at other rates."""

    def __init__(self, question: Question, d: Decisions) -> None:
        self.question, self.p, self.d = question, question.parameters, d
        self.lots: dict[int, dict[Point, list[_Lot]]] = defaultdict(lambda: defaultdict(list))
        for (t, s), parts in d.busy.items():
            busy: dict[int, float] = defaultdict(float)
            for part in parts:
                busy[part.option] += part.nodes
            for part in parts:
                free = d.free(self.p, part.option, t, s)
                work = part.nodes * part.service.rate_per_node_hour * self.p.hours[t][s]
                stretch = max(1.0, free / busy[part.option])
                self.lots[self.p.parent(part.workload)][t, s].append(
                    self._lot(part.workload, part.option, work, stretch)
                )
        for (h, t, s), work in d.hosted.items():
            self.lots[self.p.parent(self.p.hosted[h].workload)][t, s].append(_Lot(work, 1.0, 1.0, 1.0, False))
        for placed in d.runs:
            w = placed.cast.workload
            self.lots[w][placed.cast.end - 1, -1].append(self._lot(w, placed.parts[0].option, self.p.runs[w], 1.0))

    def _lot(self, w: int, o: int, work: float, stretch: float) -> _Lot:
        fit = self.question.screened.fits[w, self.question.assembled.sources[o]]
        low, high = shares_of(fit)
        return _Lot(work, low, high, stretch, (low, high) != NO_SHARE)

    def workloads(self) -> Iterator[SizedWorkload]:
        """Every workload of which some work rests on sized rates."""
        for w, points in sorted(self.lots.items()):
            lots = [lot for found in points.values() for lot in found]
            sized, whole = sum(lot.work for lot in lots if lot.sized), sum(lot.work for lot in lots)
            if sized <= 0:
                continue
            served = self._served(w, points)
            least = min(served, key=lambda point: (served[point][0] / served[point][1], point))
            target = self._target(w)
            low = min(lot.low for lot in lots)
            yield SizedWorkload(
                workload=self.p.workloads[w],
                sized_fraction=sized / whole,
                low_fraction=low,
                high_fraction=max(lot.high for lot in lots),
                served_low_fraction=sum(done for done, _ in served.values()) / sum(all_ for _, all_ in served.values()),
                worst_low_fraction=served[least][0] / served[least][1],
                worst_period=least[0],
                worst_slice=least[1],
                busy_low_fraction=None if target is None else target / low,
            )

    def _served(self, w: int, points: dict[Point, list[_Lot]]) -> dict[Point, tuple[float, float]]:
        """(work done at the low rates, work that the plan serves) where the demand must be met."""
        able: dict[Point, float] = defaultdict(float)
        planned: dict[Point, float] = defaultdict(float)
        for (t, s), lots in points.items():
            where = self._where(w, t, s)
            able[where] += sum(lot.work * lot.low * lot.stretch for lot in lots)
            planned[where] += sum(lot.work for lot in lots)
        found = {}
        for where, work in planned.items():
            wanted = min(work, self._wanted(w, where))
            if wanted > 0:
                found[where] = (min(able[where], wanted), wanted)
        return found

    def _where(self, w: int, t: int, s: int) -> Point:
        if w in self.p.windows:
            return self.p.windows[w].periods[-1], -1
        return (t, s) if (w, t, s) in self.p.online else (t, -1)

    def _wanted(self, w: int, where: Point) -> float:
        """Work units that are asked for there and not left unserved on purpose."""
        t, s = where
        if w in self.p.runs or w in self.p.windows:
            return self.p.total_work(w)
        left = sum(work for (v, u, r), work in self.d.unserved.items() if v == w and u == t and s in (r, -1))
        return self.p.work(w, t, s) - left

    def _target(self, w: int) -> float | None:
        workload = self.question.scenario.workloads[w]
        return workload.target_utilisation if isinstance(workload, Inference | Batch) else None


def shares_of(fit: Fit) -> tuple[float, float]:
    """Low and high over expected rate."""
    if fit.basis != "sized" or fit.rate_per_node_hour <= 0:
        return NO_SHARE
    return round(fit.rate_low / fit.rate_per_node_hour, PLACES), round(fit.rate_high / fit.rate_per_node_hour, PLACES)


# --- planned anew ----------------------------------------------------------------------------------


def _low(fit: Fit) -> float:
    return fit.rate_per_node_hour * shares_of(fit)[0]


def _high(fit: Fit) -> float:
    return fit.rate_per_node_hour * shares_of(fit)[1]


def _cases(question: Question, npv_usd: float, bound_usd: float | None, watch: Watch) -> Iterator[SizingCase]:
    found, note = _least(question, _low, watch)
    low = None if found is None else max(found.cost * THOUSAND, -inf if bound_usd is None else bound_usd)
    yield _case("low", low, npv_usd, note)
    likely = frozenset[str]() if found is None else found.chosen
    found, note = _least(question, _high, watch, likely)
    yield _case("high", None if found is None else min(found.cost * THOUSAND, npv_usd), npv_usd, note)


def _case(case: Literal["low", "high"], found_usd: float | None, npv_usd: float, note: str) -> SizingCase:
    usd = None if found_usd is None else float(round(found_usd, 6))
    change = None if usd is None or not npv_usd else usd / npv_usd - 1
    return SizingCase(case=case, npv_usd=usd, change_fraction=change, note=note)


def _least(
    question: Question, rate: Callable[[Fit], float], watch: Watch, likely: frozenset[str] = frozenset()
) -> tuple[LeastCost | None, str]:
    """A bound on the cost at other rates, within the limits on money and cash, else without them."""
    free = question._replace(scenario=question.scenario.model_copy(update=FREE))
    limited = free.scenario != question.scenario.model_copy(update={"integers": "relaxed"})
    tries = ((question, NOTE), (free, f"not within the limits on money; without them {NOTE}"))
    for asked, note in tries if limited else tries[:1]:
        if watch.over:
            return None, TIME_IS_UP
        if large(asked.parameters):
            return None, TOO_LARGE
        other = rerated(asked, rate)
        if not hosts_all_runs(other, lambda _: True):
            continue
        found = least_cost(other.parameters, watch, likely)
        if found is not None:
            return found, note
    return None, TIME_IS_UP if watch.over else "no plan serves the demand, whatever it costs: caps or dates forbid it"
