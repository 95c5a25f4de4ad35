"""A constraint family: its rows, and what the rest of the program may know of it.

Whoever needs a fact about families asks for it here; nobody lists families by name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from planner.formulation.parameters import Parameters
from planner.formulation.program import Row
from planner.formulation.variables import Variables


@dataclass(frozen=True, slots=True)
class Family:
    """One family of rows.

    Each constraint module states its own as `FAMILY`; `build.FAMILIES` lists them in reading order.
    """

    name: str
    """As in the keys of rows, in plans and in explanations."""
    rows: Callable[[Parameters, Variables], Iterator[Row]]
    """The rows of a program."""
    limits: Literal["money", "carbon"] | None = None
    """What its rows limit from above over the whole program, beside technical needs; None: nothing of the kind."""
    gives_way: bool = False
    """Its rows are limits that a scenario sets, not rules: a point that exceeds them is none, but says how far from one it is."""
    asks_demand: bool = False
    """Right-hand sides (or coefficients of the constant) are shares of the demand."""
    scales_with_demand: bool = False
    """Also true at any multiple of the demand, when right-hand sides are multiplied: no fixed amounts stand beside them."""
    counts: Callable[[tuple[Any, ...]], str | None] | None = None
    """Key of a row → the entry of `Parameters.most` that it limits; None: rows that limit no number of things."""
    counts_prices: bool = False
    """Coefficients are prices: a change of price changes the row."""
