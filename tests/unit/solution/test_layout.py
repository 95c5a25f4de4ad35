"""Work of a class laid out over its options: online work on whole nodes that are there all through the slice."""

import random
from math import ceil, floor
from typing import Any

import pytest
from planning import EMPTY, a_scenario, an_offer, flexible, months, on_demand, online

from planner.pipeline import prepare
from planner.solution.decisions import Decisions
from planner.solution.read_off import _laid_out


def laid_out(running: list[float], chat: float, jobs: float) -> dict[str, list[float]]:
    """Nodes of each workload on options with so many nodes by the hour, in the order of the class."""
    groups: dict[str, Any] = {"cap_groups": [{"name": f"g{i}", "max_accelerators": 80} for i in range(len(running))]}
    offers = [
        an_offer(f"o{i}", {"chat": 1, "jobs": 1}, on_demand(1.0 + i), groups=[f"g{i}"], accelerators_per_node=8)
        for i in range(len(running))
    ]
    work = [online("chat", [chat]), flexible("jobs", [jobs])]
    p = prepare(a_scenario(periods=months(1), workloads=work, offers=offers, **groups), EMPTY, reduced=False).parameters
    (c,) = [c for c, group in enumerate(p.classes) if group.running]
    options = p.classes[c].running
    held = Decisions({}, {(o, 0, 0): nodes for o, nodes in zip(options, running, strict=True)}, {}, {}, {})
    found = _laid_out(p, held, (0, 0), {c: [(0, chat), (1, jobs)]}, {c: options})
    return {
        name: [sum(b.nodes for b in found if (b.workload, b.option) == (w, o)) for o in options]
        for w, name in enumerate(("chat", "jobs"))
    }


def test_the_part_of_a_node_is_for_work_that_may_wait() -> None:
    found = laid_out([1.5, 2.0], 3.0, 0.5)
    assert found == {"chat": [1.0, 2.0], "jobs": [0.5, 0.0]}


@pytest.mark.parametrize("seed", range(40))
def test_drawn_layouts_stand_on_whole_nodes_and_serve_all(seed: int) -> None:
    r = random.Random(seed)
    running = [r.randint(0, 4) + r.choice([0.0, 0.25, 0.5, 0.75]) for _ in range(r.randint(1, 4))]
    standing = sum(floor(nodes) for nodes in running)
    chat = r.randint(0, 4 * standing) / 4
    jobs = r.randint(0, round(4 * (sum(running) - chat))) / 4
    found = laid_out(running, chat, jobs)
    assert sum(found["chat"]) == pytest.approx(chat)
    assert sum(found["jobs"]) == pytest.approx(jobs)
    for there, online_nodes, flexible_nodes in zip(running, found["chat"], found["jobs"], strict=True):
        assert ceil(online_nodes - 1e-9) <= floor(there)
        assert online_nodes + flexible_nodes <= there + 1e-9
