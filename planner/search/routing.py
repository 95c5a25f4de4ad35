r"""Program → Outcome: small programs go to branch and bound as they are, others to the engine (`engine.py`).

Where sites may be opened or modules built, or tiers agreed on, a tree over these decisions stands above (`site_tree.py`).
"""

import numpy as np

from planner.formulation import Built
from planner.formulation.parameters import Parameters
from planner.search.bounds import WideBound, WidePricing, bound_by_classes
from planner.search.engine import Engine
from planner.search.options import DEFAULT, Options
from planner.search.power_contracts import contracts_of
from planner.search.site_tree import Strategy
from planner.search.structure import Layout, layout_of
from planner.solver import Matrix, Outcome, Watch, solved_directly


def search(
    built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf, options: Options | None = None
) -> Outcome:
    """Solve a program to a relative gap, (objective − bound) / |objective|.

    Args:
        known: cost of a plan that is known. Where the relaxation shows that it is good enough, no other is sought, and the
            outcome has none.
    """
    matrix, options = built.matrix, options or DEFAULT
    if not matrix.columns and np.any((matrix.row_lower > 0) | (matrix.row_upper < 0)):
        nothing = np.empty(0)
        return Outcome("infeasible", None, np.inf, np.inf, np.inf, matrix, nothing, nothing)
    if int(matrix.integer.sum()) <= options.direct_integers:
        return solved_directly(matrix, gap, watch, built.enough)
    layout = layout_of(built, p, matrix)
    root = Engine(matrix, layout, gap, watch, options, known)
    root.start_from(built.start)
    root.enough, root.whole_program = built.enough, built.whole
    return _strategy(root, built, p) if len(layout.strategic) else root.run()


def seek(
    built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf, options: Options | None = None
) -> Outcome:
    """Like `search`, but content with what rounding finds: what it does not find may exist all the same."""
    matrix, options = built.matrix, options or DEFAULT
    layout = layout_of(built, p, matrix)
    if int(matrix.integer.sum()) <= options.direct_integers or len(layout.strategic):
        return search(built, p, gap, watch, known, options)
    engine = Engine(matrix, layout, gap, watch, options, known)
    engine.start_from(built.start)
    engine.relaxation.start = built.relaxed
    engine.enough, engine.whole_program = built.enough, built.whole
    return engine.seek()


def bound_of_all(
    built: Built, p: Parameters, near: frozenset[int], enough: float, watch: Watch, gap: float = 0.0
) -> WideBound:
    """A bound of a large program, from few of its classes, and which classes its relaxation would use.

    Args:
        near: classes to begin with.
        enough: a bound that is enough.
        gap: it is not sought to more than a share of it.
    """
    return bound_by_classes(built, p, near, enough, gap, watch, DEFAULT)


def priced_whole(built: Built, p: Parameters, wide: WideBound, gap: float, watch: Watch) -> WidePricing | None:
    """The large program at the prices of its bound, to be priced slice by slice; None where it has no bound."""
    return None if wide.priced is None else WidePricing(built, p, wide.priced, gap, watch)


def _strategy(root: Engine, built: Built, p: Parameters) -> Outcome:
    """The tree over strategic decisions, above engines that have them fixed."""
    layout: Layout = root.layout
    relaxed = root.tighten()
    if root.good_enough:
        return root.outcome(relaxed)

    last: list[tuple[bytes, Engine]] = []

    def below(part: Matrix) -> Engine:
        """The search with strategic decisions fixed: what was sketched goes on, and starts from the relaxation of the whole."""
        key = part.lower[layout.strategic].tobytes()
        if not last or last[0][0] != key:
            engine = Engine(part, layout, root.gap, root.watch, root.options)
            engine.neighbours, engine.enough = root.neighbours, root.enough
            if tree.best is not None:
                engine.start_from(tree.best_with(part))
            engine.relaxation.start = root.relaxation.left
            last[:] = [(key, engine)]
        return last[0][1]

    tree = Strategy(
        root.matrix,
        layout.strategic,
        root.relaxation.live,
        lambda part: below(part).sketch(),
        lambda part: below(part).run(),
        root.gap,
        root.watch,
    )
    tree.enough = root.enough
    if relaxed.x is not None:
        reached = {j: float(j == g.columns[g.reached(relaxed.x)]) for g in layout.tiers for j in g.columns}
        for contracts in contracts_of(built, p):
            reached |= contracts.preferred(relaxed.x)
        tree.prefer(reached)
    return tree.run(relaxed)
