"""A linear program that the solver gives up on is asked again in other ways, and the solver is left as it was."""

from typing import Any

import highspy
import numpy as np
import pytest

from planner.solver import LiveModel, Matrix, Watch
from planner.solver.highs.live import OTHER_WAYS


class Doubting:
    """The solver, without a verdict until an option has some value."""

    def __init__(self, highs: Any, option: str, value: float | str) -> None:
        self.highs, self.option, self.value = highs, option, value
        self.doubts = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.highs, name)

    def __setattr__(self, name: str, value: Any) -> None:
        known = name in ("highs", "option", "value", "doubts", "sure")
        object.__setattr__(self if known else self.highs, name, value)

    def run(self) -> Any:
        said = self.highs.run()
        self.sure = self.highs.getOptionValue(self.option)[1] == self.value
        self.doubts += not self.sure
        return said

    def getModelStatus(self) -> Any:  # noqa: N802
        return self.highs.getModelStatus() if self.sure else highspy.HighsModelStatus.kUnknown


def at_most(limit: float) -> Matrix:
    """The least x of two that add up to at least 3, each at most a limit."""
    return Matrix(
        cost=np.array([1.0, 2.0]),
        lower=np.zeros(2),
        upper=np.full(2, limit),
        integer=np.zeros(2, dtype=bool),
        start=np.array([0, 2], dtype=np.int32),
        index=np.array([0, 1], dtype=np.int32),
        value=np.ones(2),
        row_lower=np.array([3.0]),
        row_upper=np.array([np.inf]),
    )


@pytest.mark.parametrize("number", range(len(OTHER_WAYS)))
@pytest.mark.parametrize(("limit", "verdict", "cost"), [(2.0, "optimal", 4.0), (1.0, "infeasible", np.inf)])
def test_the_first_way_that_tells_is_the_last(number: int, limit: float, verdict: str, cost: float) -> None:
    live = LiveModel(at_most(limit), Watch())
    option, value = list(OTHER_WAYS[number].items())[-1]
    options = {name for way in OTHER_WAYS for name in way}
    before = {name: live.highs.getOptionValue(name)[1] for name in options}
    live.highs = doubting = Doubting(live.highs, option, value)
    solved = live.solve()
    assert (solved.verdict, doubting.doubts) == (verdict, number + 1)
    assert solved.objective == cost
    assert {name: doubting.getOptionValue(name)[1] for name in options} == before


def test_who_never_knows_is_told_as_no_verdict() -> None:
    live = LiveModel(at_most(2.0), Watch())
    live.highs = doubting = Doubting(live.highs, "presolve", "never")
    assert live.solve().verdict == "limit"
    assert doubting.doubts == 1 + len(OTHER_WAYS)
