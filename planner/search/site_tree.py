r"""A tree over the few decisions that decide most of the cost: sites that are opened, modules that are built, tiers agreed on.

Every node is a box of bounds on the strategic columns; its bound is the relaxation over all columns inside the box (with the
cuts of the root, which hold everywhere). The children of a node cover its box, so the least bound of the nodes that are left is a
bound of the whole program (Land and Doig, *Econometrica* 28, 1960). Where the relaxation chooses whole strategic decisions, the
ordinary search plans with them fixed; what it proves closes a node only if nothing strategic is free in it.
"""

import heapq
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from planner.solver import (
    ONE_DOLLAR,
    Floats,
    Ints,
    LiveModel,
    Matrix,
    Outcome,
    Solved,
    Watch,
    confirmed,
    outcome_of,
    solve_mip,
)

WHOLE = 1e-6
MOST_NODES = 400
MOST_PLANS = 3
"""Strategies that are planned in full."""
FEW_FREE = 8
"""Up to so many strategic columns are split on before a box is planned in full: then it closes all of it."""
MEDIUM_INTEGERS = 6000
NODES_OF_MEDIUM = 60


class Node(NamedTuple):
    """A box of the tree; ordered by bound."""

    bound: float
    number: int
    lower: Floats
    upper: Floats
    x: Floats
    """The relaxation's point in the box."""


class Strategy:
    """State of one tree."""

    def __init__(
        self,
        matrix: Matrix,
        columns: Ints,
        live: LiveModel,
        sketch: Callable[[Matrix], Outcome],
        plan: Callable[[Matrix], Outcome],
        gap: float,
        watch: Watch,
    ) -> None:
        """Args:
        columns: the strategic columns.
        live: the tightened relaxation.
        sketch: a first plan, on the program with the strategic columns fixed.
        plan: the ordinary search on the same.
        """
        self.matrix, self.columns, self.live, self.sketch, self.plan = matrix, columns, live, sketch, plan
        self.gap, self.watch = gap, watch
        self.enough = -np.inf
        """Cost of a plan that ends the search."""
        self.best: Floats | None = None
        self.objective = np.inf
        self.nodes: list[Node] = []
        self.closed = np.inf
        """Least bound of the nodes that are closed for good."""
        self.count = 0
        self.sketched: dict[bytes, Outcome] = {}
        self.planned: dict[bytes, Outcome] = {}
        self.preferred: dict[int, float] = {}

    def prefer(self, values: dict[int, float]) -> None:
        """Values of some strategic columns for the first plan, where they are possible."""
        self.preferred = values

    def best_with(self, part: Matrix) -> Floats:
        """The best plan so far with the strategic decisions of another box."""
        assert self.best is not None
        x = self.best.copy()
        x[self.columns] = part.lower[self.columns]
        return x

    def run(self, relaxed: Solved) -> Outcome:
        """Explore until the gap is proven or a limit comes."""
        if relaxed.x is None:
            return outcome_of(self.matrix, relaxed.verdict, None, relaxed.bound, self.gap, self.watch, relaxed)
        self._push(relaxed, self.matrix.lower[self.columns], self.matrix.upper[self.columns])
        while self.nodes and not self.proven and not self.watch.over and self.count < MOST_NODES:
            self.watch.tell(bound=self.bound)
            self._step(heapq.heappop(self.nodes))
        root = relaxed.objective if relaxed.verdict == "optimal" else -np.inf
        bound = max(self.bound, root)  # a box that was not solved in time is bounded by the whole
        if not self.proven and not self.watch.over and int(self.matrix.integer.sum()) <= MEDIUM_INTEGERS:
            bound = max(bound, self._branch())
        verdict = "infeasible" if self.best is None and not self.nodes and self.closed == np.inf else "limit"
        return outcome_of(self.matrix, verdict, self.best, bound, self.gap, self.watch, relaxed, live=self.live)

    @property
    def bound(self) -> float:
        """Least bound of everything that has not been ruled out."""
        return min(self.closed, self.nodes[0].bound if self.nodes else np.inf)

    @property
    def proven(self) -> bool:
        least = self.objective - max(self.gap * abs(self.objective), ONE_DOLLAR)
        return self.objective < np.inf and (least <= self.bound or self.objective <= self.enough)

    def _push(self, solved: Solved, lower: Floats, upper: Floats) -> None:
        if solved.verdict == "infeasible":
            return
        if solved.x is None or solved.verdict != "optimal":  # a limit came: nothing is known of the box
            self.closed = -np.inf
            return
        if solved.objective <= self._ceiling:
            heapq.heappush(self.nodes, Node(solved.objective, self.count, lower, upper, solved.x))
        else:
            self.closed = min(self.closed, solved.objective)
        self.count += 1

    @property
    def _ceiling(self) -> float:
        """Bound from which on a box is of no interest."""
        return np.inf if self.best is None else self.objective - self.gap * abs(self.objective)

    def _step(self, node: Node) -> None:
        if node.bound > self._ceiling:
            self.closed = min(self.closed, node.bound)
            return
        values = node.x[self.columns]
        apart = np.abs(values - np.round(values))
        if apart.max(initial=0.0) > WHOLE:
            if self.best is None and self.count <= 1:
                self._dive(node)
            self._split(node, int(np.argmax(apart)), values)
            return
        chosen = np.round(values)
        self._try(chosen, self.sketched, self.sketch)
        free = np.flatnonzero(node.lower < node.upper)
        if self._goes_on(node) and not 0 < len(free) <= FEW_FREE:
            self._try(chosen, self.planned, self.plan)
        if len(free) and self._goes_on(node):
            self._split_at(node, int(free[0]), float(chosen[free[0]]))
        else:
            self.closed = min(self.closed, node.bound if len(free) else self._proven_for(chosen, node))

    def _goes_on(self, node: Node) -> bool:
        """Whether a box is of interest and may still be planned."""
        return node.bound <= self._ceiling and len(self.planned) < MOST_PLANS

    def _proven_for(self, chosen: Floats, node: Node) -> float:
        """Bound of a box in which nothing is free."""
        outcome = self.planned.get(chosen.tobytes())
        if outcome is None:
            return node.bound
        return np.inf if outcome.status == "infeasible" else max(outcome.bound, node.bound)

    def _try(self, chosen: Floats, known: dict[bytes, Outcome], search: Callable[[Matrix], Outcome]) -> None:
        """A search with the strategic columns fixed, once; its plan is kept if it is the best so far."""
        key = chosen.tobytes()
        if key in known:
            return
        with self.watch.part():
            outcome = known[key] = search(self.matrix.bounded(self.columns, chosen, chosen))
        if outcome.x is not None and outcome.objective < self.objective:
            self.best, self.objective = outcome.x, outcome.objective

    def _solved(self, lower: Floats, upper: Floats) -> Solved:
        self.live.bound(self.columns, lower, upper)
        solved = self.live.solve()
        self.live.bound(self.columns, self.matrix.lower[self.columns], self.matrix.upper[self.columns])
        return solved

    def _dive(self, node: Node) -> None:
        """An early plan: the most decided strategic column is fixed, one after the other."""
        lower, upper, x = node.lower.copy(), node.upper.copy(), node.x
        if self.preferred:
            low, high = lower.copy(), upper.copy()
            for i, column in enumerate(self.columns):
                low[i] = high[i] = self.preferred.get(int(column), low[i])
                high[i] = high[i] if int(column) in self.preferred else upper[i]
            solved = self._solved(low, high)
            if solved.x is not None and solved.verdict == "optimal":
                lower, upper, x = low, high, solved.x
        for _ in range(len(self.columns)):
            values = x[self.columns]
            apart = np.where(lower < upper, np.abs(values - np.round(values)), -1.0)
            open_ = np.flatnonzero(apart > WHOLE)
            if not len(open_):
                break
            j = int(open_[np.argmin(apart[open_])])
            for value in (float(np.round(values[j])), float(np.ceil(values[j])), float(np.floor(values[j]))):
                low, high = lower.copy(), upper.copy()
                low[j] = high[j] = value
                solved = self._solved(low, high)
                if solved.x is not None and solved.verdict == "optimal":
                    lower, upper, x = low, high, solved.x
                    break
            else:
                return
        self._try(np.round(x[self.columns]), self.sketched, self.sketch)

    def _split(self, node: Node, j: int, values: Floats) -> None:
        """Two children: at most the whole number below, at least the one above."""
        for below in (True, False):
            lower, upper = node.lower.copy(), node.upper.copy()
            if below:
                upper[j] = np.floor(values[j])
            else:
                lower[j] = np.ceil(values[j])
            self._push(self._solved(lower, upper), lower, upper)

    def _split_at(self, node: Node, j: int, value: float) -> None:
        """Children around a whole value: fixed at it, below it, above it."""
        for low, high in ((value, value), (node.lower[j], value - 1), (value + 1, node.upper[j])):
            if low <= high:
                lower, upper = node.lower.copy(), node.upper.copy()
                lower[j], upper[j] = low, high
                self._push(self._solved(lower, upper), lower, upper)

    def _branch(self) -> float:
        """Branch and bound on the whole program, from the best plan so far; its bound."""
        found = solve_mip(self.matrix, self.watch, gap=self.gap, nodes=NODES_OF_MEDIUM, start=self.best)
        found = confirmed(self.matrix, found, self.watch, nodes=NODES_OF_MEDIUM)
        if found.x is not None and float(self.matrix.cost @ found.x) < self.objective:
            self.best, self.objective = found.x, float(self.matrix.cost @ found.x)
        return found.bound if np.isfinite(found.bound) else -np.inf
