"""Designs, that is whole signings, made of the relaxation: what is signed when, its operation still relaxed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.search.bounds import Relaxation
from planner.search.options import Options
from planner.search.signings.descent import Descent
from planner.search.signings.placing import decided, dived, signed_in_turn, without_small
from planner.search.structure import Layout
from planner.solver import Floats, Ints, Matrix, Solved, Watch

WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class Designs:
    """What designs are made of."""

    matrix: Matrix
    relaxation: Relaxation
    layout: Layout
    design: Ints
    """Columns that no period has for itself."""
    gap: float
    watch: Watch
    options: Options

    def candidates(
        self, relaxed: Solved, rounded: list[tuple[Floats, Solved]] | None = None
    ) -> list[tuple[Floats, Solved]]:
        """Designs to operate: rounded ones; where these cost more than the gap allows also one made whole in turn, and what single
        steps lead to from the best; where there is none, one that a small program decides on."""
        found = [*(self.rounded(relaxed) if rounded is None else rounded), *self.large(relaxed)]

        def far(share: float) -> bool:
            least = min((solved.objective for _, solved in found), default=np.inf)
            return least - self.relaxation.bound > share * self.gap * abs(self.relaxation.bound) and not self.watch.over

        if far(0.5):
            start = relaxed
            if self.layout.choices or len(self.layout.switches):
                start = relaxed._replace(x=None)  # yes or no is not a matter of turns
            turned = signed_in_turn(self.relaxation, start, self.watch)
            if turned is not None and turned.x is not None:
                found.append((np.where(self.matrix.integer, np.round(turned.x), turned.x), turned))
        if far(0.5) and found:
            descent = Descent(self.relaxation, self.fixed_columns, self.no_price, self.watch, self.options)
            found += [
                descent.down(design, solved, self.options.steps_short)
                for design, solved in sorted(found, key=_cost)[: self.options.steps_from]
            ]
        if not found and not self.watch.over:
            design = decided(self.relaxation, relaxed, self.gap, self.watch, self.options)
            if design is not None:
                columns = self.fixed_columns
                solved = self.relaxation.with_fixed(columns, design[columns])
                if solved.x is not None and solved.verdict == "optimal":
                    found.append((design, solved))
        return found

    @property
    def no_price(self) -> Floats:
        """Nothing may exceed a limit, at no price."""
        return np.zeros(len(self.layout.limits))

    def large(self, relaxed: Solved) -> Iterator[tuple[Floats, Solved]]:
        """Designs without signings that the relaxation makes of less than a share of their smallest size."""
        tried: set[bytes] = set()
        for share in self.options.small_shares if self.layout.minimums else ():
            left = without_small(self.relaxation, relaxed, share, self.watch)
            if left is None or left[1].tobytes() in tried:
                continue
            tried.add(left[1].tobytes())
            rounded = list(self.rounded(left[0]))
            yield from rounded
            if not rounded and not self.watch.over:
                turned = signed_in_turn(self.relaxation, left[0], self.watch, left[1])
                if turned is not None and turned.x is not None:
                    yield np.where(self.matrix.integer, np.round(turned.x), turned.x), turned

    def rounded(self, relaxed: Solved, ways: tuple[float, ...] | None = None) -> Iterator[tuple[Floats, Solved]]:
        """Whole signings near the relaxation, each with the relaxation that has them fixed.

        Args:
            ways: what is added to running totals before they are rounded down.
        """
        assert relaxed.x is not None
        yes_or_no = bool(self.layout.choices) or len(self.layout.switches) > 0
        x = dived(self.relaxation, relaxed.x) if yes_or_no else relaxed.x
        if x is None:
            return
        tried: set[bytes] = set()
        columns = self.fixed_columns
        for upwards in ways or self.options.upwards:
            values = self.totals_rounded(x, upwards)
            if values[columns].tobytes() in tried:
                continue
            tried.add(values[columns].tobytes())
            solved = self.relaxation.with_fixed(columns, values[columns])
            if solved.x is not None and solved.verdict == "optimal":
                yield values, solved

    @property
    def fixed_columns(self) -> Ints:
        design = self.design
        return design[self.matrix.integer[design]]

    def totals_rounded(self, x: Floats, upwards: float) -> Floats:
        """Signings of each commitment rounded in the order of time so that the running total stays close to the relaxation's."""
        found = x.copy()
        least = {j: nodes for j, _, nodes in self.layout.minimums}
        opened = {j: k for j, k, _ in self.layout.minimums}
        signed = [*(j for signings in self.layout.signings for j in signings), *opened.values()]
        rest = np.setdiff1d(self.fixed_columns, np.array(signed, dtype=np.int32))
        found[rest] = np.round(x[rest])
        for signings in self.layout.signings:
            running = whole = 0.0
            for j in signings:
                running += x[j]
                if not self.matrix.integer[j]:
                    continue
                value = max(np.floor(running + upwards - (WHOLE if upwards >= 1 else 0.0) + 1e-9) - whole, 0.0)
                if 0 < value < least.get(j, 0.0):
                    value = least[j] if value >= least[j] * (1 - upwards) else 0.0
                found[j] = min(max(value, self.matrix.lower[j]), self.matrix.upper[j])
                whole += found[j]
        for j, k in opened.items():
            found[k] = float(found[j] > WHOLE)
        return found


def _cost(designed: tuple[Floats, Solved]) -> float:
    return designed[1].objective
