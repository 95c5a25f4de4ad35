"""The bound of a program taken apart at some prices."""

from planner.search.bounds.lagrangian import Blocks, Prices, lagrangian, slice_bound
from planner.solver import Watch


def priced_bound(blocks: Blocks, prices: Prices, watch: Watch, gap: float) -> float:
    """The constant and the bounds of all slices, each looked at twice."""
    apart = lagrangian(blocks, prices)
    values = (
        slice_bound(apart.program(one), watch, gap, blocks.scale[one.t], twice=True).bound for one in apart.places
    )
    return apart.constant + sum(values)
