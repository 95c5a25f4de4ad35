"""What a watch tells to who listens: phases, and plans and bounds of the search alone."""

from itertools import pairwise

import pytest

from planner.solver import SEARCH, Progress, Watch, listening


@pytest.fixture
def heard():
    return []


def test_nobody_listens_and_nothing_happens():
    watch = Watch()
    with watch.phase(SEARCH):
        watch.tell(plan=1.0)
        watch.step()
    assert watch.listener is None


def test_plans_get_better_and_bounds_rise(heard):
    with listening(heard.append):
        watch = Watch()
    with watch.phase(SEARCH):
        for plan, bound in [(9.0, 2.0), (12.0, 1.0), (8.0, 3.0), (float("inf"), float("-inf"))]:
            watch.tell(plan=plan)
            watch.tell(bound=bound)
    assert heard == [
        Progress(SEARCH),
        Progress(SEARCH, 9000.0),
        Progress(SEARCH, 9000.0, 2000.0),
        Progress(SEARCH, 8000.0, 2000.0),
        Progress(SEARCH, 8000.0, 3000.0),
    ]
    assert heard[-1].gap == pytest.approx(5 / 8)
    assert all(b.plan_usd is None or a.plan_usd is None or b.plan_usd <= a.plan_usd for a, b in pairwise(heard))


def test_a_part_has_plans_of_the_whole_but_no_bound_of_it(heard):
    with listening(heard.append):
        watch = Watch()
    with watch.phase(SEARCH), watch.part():
        watch.tell(plan=5.0, bound=4.0)
    assert heard[-1] == Progress(SEARCH, 5000.0, None)
    assert heard[-1].gap is None


def test_what_other_phases_solve_is_no_plan_of_the_answer(heard):
    with listening(heard.append):
        watch = Watch()
    with watch.phase("usual ways"), watch.phase(SEARCH):
        watch.tell(plan=5.0, bound=4.0)
    assert heard == [Progress("usual ways")]


def test_questions_are_counted(heard):
    with listening(heard.append):
        watch = Watch()
    with watch.phase("variants", 3):
        assert list(watch.counted(iter("abc"))) == ["a", "b", "c"]
    assert [(event.done, event.of) for event in heard] == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_listening_ends_with_its_block(heard):
    with listening(heard.append):
        pass
    with Watch().phase("alone"):
        pass
    assert heard == []
