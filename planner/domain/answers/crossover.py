"""The answer to "from which size does it pay to own?": curves, thresholds, what they are made of, what moves them."""

from math import sqrt
from typing import Literal

from planner.domain.fields import Strict

WayName = Literal["colocation", "own building", "own building beside colocation"]
"""What may be owned: servers in colocation; servers in a building of one's own; such a building where colocation may be had too."""


class SizeRange(Strict):
    """Where a change lies: proven at both ends, not between them."""

    low_multiple: float
    """Largest size before the change at which its contrary is proven, as a multiple of the scenario's demand."""
    high_multiple: float
    """Smallest size behind it at which it is proven."""
    low_usd_per_year: float | None
    """First-year rent of the plan without anything owned at these sizes; None where renting alone cannot serve the demand."""
    high_usd_per_year: float | None


class OwnedFleet(Strict):
    """What a plan owns."""

    accelerators: float
    """Most in service in any period."""
    servers: float
    power_mw: float
    """Most power under contract or built."""
    work_fraction: float
    """Share of what is spent without owning that owning replaces, in present value."""
    decided: str
    """Period in which the first site is decided."""
    first_power: str


class CostItem(Strict):
    """One kind of the cost of owning."""

    kind: str
    npv_usd: float
    usd_per_year: float
    """The same as a part of the first-year rent: times first-year rent over the present value of all rents."""
    ratio: float
    """The same over the present value of the rents that owning replaces."""


class Breakeven(Strict):
    """S* = F / (1 − r) at the smallest size that is proven to own, from the plan that owns there.

    F is the cost of owning that does not depend on size, r the owned cost that does over the rent of the same delivered hours;
    both count in present value and are expressed in dollars of first-year rent. The quotient is the rent that owning must
    replace; where it replaces a share φ of all that is spent, the threshold of all spending is F / ((1 − r) φ).
    """

    fixed: tuple[CostItem, ...]
    variable: tuple[CostItem, ...]
    fixed_usd_per_year: float
    """F."""
    variable_ratio: float
    """r."""
    replaced_fraction: float
    """φ."""
    threshold_usd_per_year: float | None
    """F / ((1 − r) φ); None if r ≥ 1."""


class CrossoverThreshold(Strict):
    """A size at which the answer changes."""

    change: Literal["owning begins", "owning ends"]
    between: SizeRange
    owned: OwnedFleet
    """At the end of the range at which owning is proven."""
    breakeven: Breakeven


class WayAnswer(Strict):
    """One thing that may be owned, over all sizes."""

    way: WayName
    against: str
    """What it is compared with."""
    thresholds: tuple[CrossoverThreshold, ...]
    owns_at_smallest: bool
    owns_at_largest: bool
    undecided: tuple[float, ...]
    """Multiples examined at which neither is proven (as good as equal, or a limit of time)."""
    never: str | None
    """Why it does not pay at any size examined; None if it does at some."""


class CurvePoint(Strict):
    """One size. Costs are net present values; None where the demand cannot be served that way."""

    multiple: float
    rent_usd_per_year: float | None
    """First-year rent of the plan without anything owned."""
    rent_only_usd: float | None
    colocation_usd: float | None
    """Colocation allowed beside renting."""
    building_usd: float | None
    """A building of one's own allowed beside renting."""
    all_usd: float | None
    """Everything allowed."""
    sites: tuple[str, ...]
    """Sites of the cheapest plan."""
    owned: OwnedFleet | None


class CrossoverFound(Strict):
    """A threshold under a changed assumption: the smallest size from which owning pays."""

    way: WayName
    state: Literal["between", "at every size", "never", "not computed"]
    between: SizeRange | None = None

    @property
    def usd_per_year(self) -> float | None:
        """Geometric middle of the range; None if there is none."""
        if self.between is None or self.between.low_usd_per_year is None or self.between.high_usd_per_year is None:
            return None
        return sqrt(self.between.low_usd_per_year * self.between.high_usd_per_year)


class Swing(Strict):
    """One assumption at two values, all others as they are."""

    factor: str
    """Name of the assumption."""
    low: str
    """What it is changed to."""
    high: str
    at_low: tuple[CrossoverFound, ...]
    at_high: tuple[CrossoverFound, ...]
    leverage: float | None
    """Largest ratio of the thresholds at the two values, over all ways; None: owning pays at one of them only."""


class CrossoverAlternative(Strict):
    """Owning against one kind of renting alone."""

    name: str
    options: int
    """How many offers of this kind serve the demand; 0: nothing to compare with."""
    found: tuple[CrossoverFound, ...]


class Crossover(Strict):
    """Everything that `planner crossover` answers."""

    name: str
    sha256: str
    smallest_multiple: float
    largest_multiple: float
    precision: float
    """Relative width of a range at which it is not narrowed further."""
    conventions: tuple[str, ...]
    ways: tuple[WayAnswer, ...]
    curve: tuple[CurvePoint, ...]
    alternatives: tuple[CrossoverAlternative, ...]
    swings: tuple[Swing, ...]
    complete: bool
    """False if a limit of time, or an interruption, came first."""
    interrupted: bool
