"""The rule on whole nodes: online work and training runs stand on nodes that are there at every moment."""

from collections import defaultdict
from collections.abc import Iterator
from math import ceil

from planner.audit.books import Books, Check, at_most
from planner.domain.workloads import Inference

_DUST, _NEARLY = 1e-6, 1e-9
"""So much more than whole nodes is none: of a node, and of all of them."""


def held_nodes(books: Books) -> Iterator[Check]:
    """Online inference takes whole nodes, beside those of training runs, over all options that serve it alike; containers split.

    What runs by the hour for work that may wait is there for a part of a slice and does not count.
    """
    if books.asked.integers == "relaxed":
        return
    alike: dict[str, tuple[str, ...]] = _alike(books)
    members: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for option, kind in alike.items():
        members[kind].append(option)
    used: dict[tuple[tuple[str, ...], int, int], float] = defaultdict(float)
    for r in books.known_serving:
        if r.option in alike and isinstance(books.workloads[r.workload], Inference):
            used[alike[r.option], r.period, r.slice] += r.nodes
    for (kind, t, s), nodes in used.items():
        there = sum(books.steady(o, t, s) + books.run_only.get((o, t), 0.0) for o in members[kind])
        runs = sum(books.held_by_runs.get((o, t), 0.0) for o in members[kind])
        where = f"{', '.join(sorted(members[kind])[:2])}, period {t}, slice {s}"
        yield at_most("held-nodes", where, ceil(nodes * (1 - _NEARLY) - _DUST) + runs, there)


def _alike(books: Books) -> dict[str, tuple[str, ...]]:
    """Whether it is spot, and its rates and replicas for online inference, of every option that serves any."""
    rates: dict[str, list[str]] = defaultdict(list)
    for fit in books.plan.inputs.fits:
        if isinstance(books.workloads.get(fit.workload), Inference):
            rates[fit.option].append(f"{fit.workload} {fit.mode} {fit.rate_per_node_hour:.9g} {fit.replica_nodes:.9g}")
    return {
        option: (str(books.options[option].action == "spot"), *sorted(found))
        for option, found in rates.items()
        if option in books.options and books.options[option].delivery != "container"
    }


RULES = (held_nodes,)
