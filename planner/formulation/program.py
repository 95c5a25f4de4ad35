"""Rows and the program they make up; the thin layer over PuLP 3 and 4."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Sense = Literal["<=", ">=", "=="]
Pair = tuple[Any, float]
"""(variable or sum, coefficient)."""

COMFORT = (1e-8, 1e6)
"""Coefficients rows are brought into."""
SMALLEST, LARGEST = 1e-9, 1e7
"""Coefficients outside of this range make the solver call feasible programs infeasible."""
CANCELLED = 1e-12
"""What is left of a coefficient that cancels, as a share of it."""


class Sum:
    """What several rows count together: a sum of variables and of other sums; it stands in a row like a variable.

    Where a program is written it is written out, or it becomes a column of its own: `arrays.write`.

    Args:
        pairs: what is added up.
        sense: of the row Σ pairs − column that says so of a column: ≥ where more of the sum only helps (it stands in rows ≥, with
            coefficients above zero); ≤ where it only takes (in rows ≤); = else.
    """

    __slots__ = ("_fits", "_flat", "pairs", "sense")

    def __init__(self, pairs: "list[Pair]", sense: Sense = "==") -> None:
        self.pairs, self.sense = pairs, sense
        self._flat: list[Pair] | None = None
        self._fits: bool | None = None

    @property
    def fits(self) -> bool:
        """Whether its coefficients are in the solver's range (`COMFORT`)."""
        if self._fits is None:
            self._fits = all(COMFORT[0] <= abs(amount) <= COMFORT[1] for _, amount in self.flat)
        return self._fits

    @property
    def flat(self) -> "list[Pair]":
        """The same in variables alone, each of them once."""
        if self._flat is None:
            self._flat = flat(self.pairs)
        return self._flat


def flat(pairs: "Iterable[Pair]") -> "list[Pair]":
    """Sums written out; what cancels is left out."""
    total: dict[str, Pair] = {}
    for part, coefficient in pairs:
        for variable, amount in part.flat if type(part) is Sum else ((part, 1.0),):
            added = amount * coefficient
            if variable.name in total:
                before = total[variable.name][1]
                both = added + before
                added = both if abs(both) > CANCELLED * abs(before) else 0.0
            total[variable.name] = (variable, added)
    return [pair for pair in total.values() if pair[1]]


class Row(NamedTuple):
    """One constraint: Σ coefficient · variable, sense, right-hand side. The key is never parsed from a name."""

    key: tuple[Any, ...]
    pairs: list[Pair]
    sense: Sense
    rhs: float


def written_out(row: Row) -> Row:
    """The same constraint without sums; a variable may stand in it twice."""
    for part, _ in row.pairs:
        if type(part) is Sum:
            break
    else:
        return row
    pairs: list[Pair] = []
    fits = True
    for part, coefficient in row.pairs:
        if type(part) is Sum:
            pairs += [(variable, amount * coefficient) for variable, amount in part.flat]
            fits = fits and part.fits and abs(coefficient) == 1.0
        else:
            pairs.append((part, coefficient))
    written = row._replace(pairs=pairs)
    return written if fits else in_scale(written)


def in_scale(row: Row) -> Row:
    """The same constraint with coefficients the solver can work with.

    Rows are multiplied by one number. What is then still below the smallest coefficient is left out of a ≥ row (it hardly
    helps) and raised to it in a ≤ row; what is above the largest is cut to it in a ≥ row: both only tighten the row, by
    less than a millionth of a node. The program stays right, and never promises what is not there.
    """
    sizes = [abs(coefficient) for _, coefficient in row.pairs]
    if not sizes or (min(sizes) >= COMFORT[0] and max(sizes) <= COMFORT[1]):
        return row
    factor = min(1.0 / max(sizes), COMFORT[1]) if max(sizes) < 1.0 else 1.0
    largest = COMFORT[1] * max(factor, 1.0)
    helps = 1.0 if row.sense == ">=" else -1.0  # sign of the coefficients that help to satisfy the row
    kept: list[Pair] = []
    for variable, coefficient in row.pairs:
        c = coefficient * factor
        if c * helps > 0:
            kept += [(variable, helps * min(abs(c), largest))] if abs(c) >= COMFORT[0] else []
        else:
            kept.append((variable, -helps * max(abs(c), COMFORT[0])))
    return lowered(Row(row.key, kept, row.sense, row.rhs * factor))


def lowered(row: Row) -> Row:
    """The same constraint divided by one number, so that no coefficient is above `COMFORT`.

    What is then too small for the solver is left out where it helps (or the row is an equation) and raised where it does not.
    """
    largest = max((abs(coefficient) for _, coefficient in row.pairs), default=0.0)
    if largest <= COMFORT[1]:
        return row
    factor, helps = COMFORT[1] / largest, {">=": 1.0, "<=": -1.0, "==": 0.0}[row.sense]
    kept: list[Pair] = []
    for variable, coefficient in row.pairs:
        c = coefficient * factor
        if abs(c) >= SMALLEST:
            kept.append((variable, c))
        elif c * helps < 0:
            kept.append((variable, -helps * SMALLEST))
    return Row(row.key, kept, row.sense, row.rhs * factor)


def only_if(key: tuple[Any, ...], amounts: list[Pair], most: float, switch: Any) -> Row:
    """Σ amounts ≤ most · switch; brought into scale where `most` is out of it, and a little looser where it is next to nothing."""
    most = max(most, COMFORT[0])
    factor = min(COMFORT[1] / most, 1.0)
    scaled = amounts if factor == 1.0 else [(variable, c * factor) for variable, c in amounts]
    return Row(key, [*scaled, (switch, -most * factor)], "<=", 0.0)


def expression(pairs: Iterable[Pair]) -> Any:
    """Σ coefficient · variable as PuLP's expression, in PuLP 3 and 4."""
    import pulp

    terms = list(pairs)
    factory = getattr(pulp.LpAffineExpression, "from_list", None)
    return factory(terms) if factory is not None else pulp.LpAffineExpression(terms)


@dataclass(slots=True)
class Program:
    """A PuLP problem with the keys of its rows by family, in the order in which they were added."""

    problem: Any
    keys: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    """(family, key) of every row."""
    paid: Any = None
    """By column, what is spent before credits, once that was asked for."""

    def add(self, family: str, rows: Iterable[Row]) -> int:
        """Add a family's rows to the problem; returns how many."""
        before = len(self.keys)
        for row in map(written_out, rows):
            check_coefficients(family, row)
            left = expression(flat(row.pairs))
            match row.sense:
                case "<=":
                    constraint = left <= row.rhs
                case ">=":
                    constraint = left >= row.rhs
                case _:
                    constraint = left == row.rhs
            self.problem.addConstraint(constraint, f"{family}_{len(self.keys)}")
            self.keys.append((family, row.key))
        return len(self.keys) - before


def check_coefficients(family: str, row: Row) -> None:
    """Refuse what would corrupt the solver's arithmetic: NaN, infinities, coefficients out of scale.

    Raises:
        ValueError: naming the row; a scaling bug of the formulation, never of the user.
    """
    for _, coefficient in row.pairs:
        if not SMALLEST <= abs(coefficient) <= LARGEST:
            raise ValueError(f"coefficient {coefficient!r} in row {family}{row.key} is out of scale")
    if not abs(row.rhs) <= LARGEST * LARGEST:
        raise ValueError(f"right-hand side {row.rhs!r} in row {family}{row.key} is out of scale")
