"""Drops dominated options, the cheapest being tried as dominators first; and pools that another pool dominates as a whole."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planner.assembly.present_value import Terminal
from planner.assembly.reduction.dominance import ROUNDING, ReductionCandidate, ReductionSetting, dominates, may_run
from planner.domain.options import Cap
from planner.domain.time import Horizon


class Reduced(NamedTuple):
    """What is left, and who made whom superfluous: positions in the input."""

    kept: tuple[int, ...]
    dominated_by: dict[int, int]


def reduce(
    candidates: Sequence[ReductionCandidate],
    caps: Mapping[str, Cap],
    terminal: Terminal,
    horizon: Horizon,
    runs: frozenset[int] = frozenset(),
) -> Reduced:
    """Drop dominated candidates. Cheap ones are tried as dominators first.

    Args:
        runs: workloads that are training runs held together.
    """
    weights = ReductionSetting(caps, terminal, horizon.periods[-1].hours, runs)
    prices = np.array([(*c.terms.usd_per_hour, *c.terms.upfront_usd) for c in candidates])
    dominated = _without_dominated_pools(candidates, weights, prices) if runs else {}
    families: dict[tuple[object, ...], list[int]] = {}
    for i, candidate in enumerate(candidates):
        if i not in dominated:
            families.setdefault(_family(candidate, runs), []).append(i)
    kept: list[int] = []
    for members in families.values():
        order = sorted(members, key=lambda i: (_cheapness(candidates[i]), i))
        order = _without_twins(candidates, order, weights, dominated)
        survivors, cheap = list[int](), _Cheaper()
        for i in order:
            able = (survivors[k] for k in cheap.than(prices[i]))
            by = next((a for a in able if dominates(candidates[a], candidates[i], weights)), None)
            if by is None:
                survivors.append(i)
                cheap.add(prices[i])
            else:
                dominated[i] = by
        kept += survivors
    return Reduced(tuple(sorted(kept)), dominated)


class _Cheaper:
    """Prices of dominators in one array: most are dearer somewhere, and are passed over at once (condition 1 with m = 1)."""

    def __init__(self) -> None:
        self.prices, self.count = np.empty((0, 0)), 0

    def add(self, prices: npt.NDArray[np.float64]) -> None:
        if self.count == len(self.prices):
            self.prices = np.resize(self.prices, (2 * self.count + 8, len(prices)))
        self.prices[self.count] = prices
        self.count += 1

    def than(self, prices: npt.NDArray[np.float64]) -> list[int]:
        """Numbers of those that are nowhere dearer, in the order in which they came."""
        if not self.count:
            return []
        nowhere = (self.prices[: self.count] <= prices * (1 + ROUNDING)).all(axis=1)
        return [int(k) for k in np.flatnonzero(nowhere)]


def _without_twins(
    candidates: Sequence[ReductionCandidate], order: list[int], caps: ReductionSetting, dominated: dict[int, int]
) -> list[int]:
    """A first pass over options that serve alike under the same caps: only those the cheapest does not dominate."""
    cheapest: dict[tuple[object, ...], int] = {}
    left: list[int] = []
    for i in order:
        alike = (candidates[i].column, candidates[i].option.groups, candidates[i].option.count)
        first = cheapest.setdefault(alike, i)
        if first != i and dominates(candidates[first], candidates[i], caps):
            dominated[i] = first
        else:
            left.append(i)
    return left


def _without_dominated_pools(
    candidates: Sequence[ReductionCandidate], setting: ReductionSetting, prices: npt.NDArray[np.float64]
) -> dict[int, int]:
    """Options of pools that another pool makes superfluous as a whole; only pools that could host a run."""
    pools: dict[str, list[int]] = {}
    for i, candidate in enumerate(candidates):
        pools.setdefault(candidate.option.pool, []).append(i)
    hosts = [members for members in pools.values() if any(may_run(candidates[i], setting.runs) for i in members)]
    hosts.sort(key=lambda members: (min(_cheapness(candidates[i]) for i in members), members[0]))
    dominated: dict[int, int] = {}
    standing: dict[int, tuple[_Cheaper, list[list[int]]]] = {}
    numbers: dict[tuple[object, ...], int] = {}
    kind = {i: numbers.setdefault(_node(candidates[i], setting.runs), len(numbers)) for m in hosts for i in m}
    for members in hosts:
        first = members[0]
        cheap, pools_with = standing.setdefault(kind[first], (_Cheaper(), []))
        for k in cheap.than(prices[first]):
            taken = _taken(candidates, members, pools_with[k], kind, setting)
            if taken is not None:
                dominated |= taken
                break
        else:
            for alike in {kind[i] for i in members}:
                cheap, pools_with = standing.setdefault(alike, (_Cheaper(), []))
                cheap.add(prices[[i for i in members if kind[i] == alike]].min(axis=0))
                pools_with.append(members)
    return dominated


def _node(candidate: ReductionCandidate, runs: frozenset[int]) -> tuple[object, ...]:
    """What two options must share so that one may take the other's place node for node."""
    bound = tuple((w, service) for w, service in candidate.column if w in runs)
    return _family(candidate, frozenset()), candidate.option.count, bound, candidate.clusters


def _taken(
    candidates: Sequence[ReductionCandidate],
    members: list[int],
    rivals: list[int],
    kind: dict[int, int],
    setting: ReductionSetting,
) -> dict[int, int] | None:
    """Each of the options with the first of the rivals that takes its place node for node; None if one has none."""
    found: dict[int, int] = {}
    for i in members:
        alike = (j for j in rivals if kind[j] == kind[i] and dominates(candidates[j], candidates[i], setting, most=1))
        rival = next(alike, None)
        if rival is None:
            return None
        found[i] = rival
    return found


def _family(candidate: ReductionCandidate, runs: frozenset[int]) -> tuple[object, ...]:
    """What dominator and dominated must share; options that may host a run stay inside their pool."""
    option, terms = candidate.option, candidate.terms
    pool = option.pool if may_run(candidate, runs) else ""
    return option.action, terms.term, terms.lead, option.held, candidate.kin, pool


def _cheapness(candidate: ReductionCandidate) -> float:
    """Price per accelerator-equivalent of the best served workload: the order in which dominators are tried."""
    terms = candidate.terms
    per_hour = terms.usd_per_hour[0] + (terms.upfront_usd[0] / terms.term if terms.term else 0.0)
    return per_hour / max((service.rate_per_node_hour for _, service in candidate.column), default=1.0)
