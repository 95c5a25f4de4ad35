"""Tiers of agreements first: a best-bound tree over who agrees on what in which plan-year, everything else inside.

A node says which tiers are still possible in every group (an agreement in a plan-year); its bound is the relaxation with the
others at 0. The node with the least bound is split where its relaxation is least decided, or, if it has decided all, searched
with these tiers fixed (`search.py`), and the rest of it goes back to the tree. The bound of the whole is the least over the
open nodes and over the bounds of what was searched there: together they cover every choice of tiers. An early plan comes from
the tiers that the spend of the first relaxation reaches.
"""

import heapq
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from planner.formulation.matrix import Floats, Ints, Matrix
from planner.formulation.outcome import Outcome, Status
from planner.formulation.solve import Live, Solved, Watch


class Group(NamedTuple):
    """The tiers of an agreement in a plan-year, or in all of them."""

    columns: tuple[int, ...]
    """Of which exactly one is 1, from none upwards."""
    spend: tuple[int, ...]
    """Columns that add up to its covered spend."""
    thresholds: tuple[float, ...]
    """Spend from which each tier holds; 0 for none."""


Groups = tuple[Group, ...]
Span = tuple[int, int]
"""First and last tier that is still possible."""
DECIDED = 1e-6
NODES = 400
"""Most relaxations of the tree."""
SEARCHED = 10
"""Most choices of tiers that are searched."""


class Node(NamedTuple):
    """A part of the tree, in the order of its bound."""

    bound: float
    number: int
    spans: tuple[Span, ...]
    x: Floats


def best_levels(matrix: Matrix, groups: Groups, gap: float, watch: Watch, plan: Callable[[Matrix], Outcome]) -> Outcome:
    """The best plan over all choices of tiers, to a relative gap as far as the limits of the tree allow.

    Args:
        groups: each of which has exactly one tier.
        plan: searches the program with tiers fixed.
    """
    tree = _Tree(matrix, groups, watch)
    whole = tuple((0, len(group.columns) - 1) for group in groups)
    root = tree.relaxed(whole)
    if root is None:
        return plan(matrix)
    known: dict[tuple[int, ...], Outcome] = {}
    searched: list[Outcome] = []
    first = tree.reached(root)
    best = known[first] = plan(tree.fixed(first))
    while tree.open and len(known) < SEARCHED and tree.solved < NODES and not watch.over:
        if best.x is not None and tree.open[0].bound >= best.objective - gap * abs(best.objective):
            break
        node = heapq.heappop(tree.open)
        chosen = tree.decided(node)
        if chosen is None:
            for spans in tree.halves(node):
                tree.relaxed(spans)
            continue
        found = known.get(chosen) or plan(tree.fixed(chosen))
        known[chosen] = found
        searched.append(found)
        if found.x is not None and found.objective < best.objective:
            best = found
        for spans in _rest(node.spans, chosen):
            tree.relaxed(spans)
    return _together(matrix, best, searched, tree, gap, watch)


def _together(
    matrix: Matrix, best: Outcome, searched: list[Outcome], tree: "_Tree", gap: float, watch: Watch
) -> Outcome:
    bound = min([*(node.bound for node in tree.open), *(one.bound for one in searched)], default=np.inf)
    if best.x is None:
        ended: Status = "interrupted" if watch.interrupted else "limit"
        status = "infeasible" if not tree.open and all(one.status == "infeasible" for one in searched) else ended
        return Outcome(status, None, np.inf, bound, np.inf, matrix, np.empty(0), np.empty(0))
    bound = min(bound, best.objective)
    reached = (best.objective - bound) / max(abs(best.objective), 1e-9)
    status = "optimal" if reached <= gap + 1e-12 else ("interrupted" if watch.interrupted else "feasible")
    return best._replace(status=status, bound=bound, gap=reached, matrix=matrix)


def _rest(spans: tuple[Span, ...], chosen: tuple[int, ...]) -> Iterator[tuple[Span, ...]]:
    """The choices of a node without one of them, as disjoint parts: group by group, those before as chosen."""
    for g, (low, high) in enumerate(spans):
        before = tuple((level, level) for level in chosen[:g])
        for part in ((low, chosen[g] - 1), (chosen[g] + 1, high)):
            if part[0] <= part[1]:
                yield (*before, part, *spans[g + 1 :])


class _Tree:
    """Open nodes, and the relaxation kept alive in the solver."""

    def __init__(self, matrix: Matrix, groups: Groups, watch: Watch) -> None:
        self.matrix, self.groups = matrix, groups
        self.live = Live(matrix, watch)
        self.columns: Ints = np.array([column for group in groups for column in group.columns], dtype=np.int32)
        self.open: list[Node] = []
        self.solved = 0

    def relaxed(self, spans: tuple[Span, ...]) -> Node | None:
        """Solve a node's relaxation and leave the node open; None if it is infeasible."""
        pairs = zip(spans, self.groups, strict=True)
        upper = np.array([float(low <= i <= high) for (low, high), group in pairs for i in range(len(group.columns))])
        self.live.bound(self.columns, np.zeros(len(upper)), upper)
        self.solved += 1
        found: Solved = self.live.solve()
        if found.verdict == "infeasible":
            return None
        known = found.verdict == "optimal" and found.x is not None
        node = Node(
            found.objective if known else -np.inf,
            self.solved,
            spans,
            found.x if known and found.x is not None else np.zeros(self.matrix.columns),
        )
        heapq.heappush(self.open, node)
        return node

    def decided(self, node: Node) -> tuple[int, ...] | None:
        """The tiers of a node whose relaxation has chosen all of them (or may choose no other)."""
        chosen = []
        for (low, high), group in zip(node.spans, self.groups, strict=True):
            level = low if low == high else int(np.argmax(node.x[list(group.columns)]))
            if low < high and node.x[group.columns[level]] < 1 - DECIDED:
                return None
            chosen.append(level)
        return tuple(chosen)

    def reached(self, node: Node) -> tuple[int, ...]:
        """In every group the highest tier that the spend of a relaxation reaches."""
        spends = [float(node.x[list(group.spend)].sum()) for group in self.groups]
        return tuple(
            max(i for i, least in enumerate(group.thresholds) if spend >= least * (1 - DECIDED))
            for spend, group in zip(spends, self.groups, strict=True)
        )

    def halves(self, node: Node) -> Iterator[tuple[Span, ...]]:
        """The node split in the group that is least decided, at the tier its relaxation is at on average."""
        undecided = [
            1.0 - float(node.x[list(group.columns)].max()) if low < high else 0.0
            for (low, high), group in zip(node.spans, self.groups, strict=True)
        ]
        g = int(np.argmax(undecided))
        low, high = node.spans[g]
        shares = node.x[list(self.groups[g].columns)]
        middle = min(max(int(shares @ np.arange(len(shares))), low), high - 1)
        for part in ((low, middle), (middle + 1, high)):
            yield (*node.spans[:g], part, *node.spans[g + 1 :])

    def fixed(self, chosen: tuple[int, ...]) -> Matrix:
        """The program with the tiers fixed."""
        values = np.array(
            [float(i == own) for own, group in zip(chosen, self.groups, strict=True) for i in range(len(group.columns))]
        )
        return self.matrix.bounded(self.columns, values, values)
