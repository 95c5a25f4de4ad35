r"""The program of a plan with other prices of one option, or without it: at which price does it enter?

Let f multiply the price of option o, V(f) be the least cost, V* the least cost without o, and P(x) what a plan x pays for o at
f = 1. V does not fall in f, and V(f) ≤ V*. The option enters at every price below

.. math:: f^* = \sup \{ f : V(f) < V^* \}

and at none above. Where prices stand in the objective only, V is the lower envelope of lines, and f* is found in a few steps
(Dinkelbach 1967): with x optimal at f, go on at the f' at which x costs V*, until V(f') = V*. The first f is the largest of a few
at which the option enters: today's price, where the plan is known already, then lower ones, each close to the last that was
solved. Where budgets or credits count prices too, the last step is halved until f* lies between two prices that are one millionth
apart.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from planner.formulation import Built, families_where, write
from planner.formulation.parameters import THOUSAND, Parameters
from planner.sensitivity.duals import least
from planner.solver import Floats, Ints, LiveModel, Matrix, Solved, Watch

PRICED = families_where(lambda family: family.counts_prices)
"""Families whose rows count prices."""
WORTH = 1e-7
"""Smallest saving that counts, as a share of the least cost."""
STARTS = (0.9, 0.75, 0.5, 0.25, 0.0)
"""Multiples of a price at which the search for the one sought may begin, if it does not at today's."""
STEPS = 40
CLOSE = 1e-6
FREE, DEAREST = 1e-4, 64.0
"""Multiples of a price between which it is sought where the program is built anew."""
APART = (1e-3, 1e-2, 5e-2)
"""Distances from the price at which the two sides are solved, the first at which the saving can be told from rounding."""


class PriceSide(NamedTuple):
    """The program solved again at one price."""

    factor: float
    npv: float
    """Thousands of dollars."""
    enters: bool


class Flip(NamedTuple):
    """The price at which an option enters, as a multiple of its price."""

    factor: float | None
    """None: not even for free."""
    without: float
    """Least cost without it, thousands of dollars."""
    below: PriceSide | None
    above: PriceSide | None

    @property
    def confirmed(self) -> bool:
        """Whether it enters below the price and stays out above."""
        if self.below is None:
            return self.factor is None
        return self.below.enters and (self.above is None or not self.above.enters)


@dataclass(slots=True)
class Trials:
    """A program that is solved again and again; `whole` with whole numbers at gap 0, else with fractional ones."""

    p: Parameters
    built: Built
    matrix: Matrix
    families: list[str]
    whole: bool
    watch: Watch
    carbon_usd_per_tonne: float
    base: Solved
    row_of_entry: Ints
    live: LiveModel | None
    """The program kept alive in the solver, where nodes are fractional."""
    rebuilt: Callable[[str, float], Parameters] | None = None
    """(id of an option, multiple of its price) → parameters, where prices stand in more than costs and cash: agreements and
    savings plans. The program is then built anew at every price."""
    by_option: dict[int, list[int]] = field(default_factory=dict)

    def columns(self, o: int) -> Ints:
        """Columns that pay the price of option o."""
        if not self.by_option:
            x, order = self.built.variables, self.built.order
            pairs = [(q, v) for (q, _, _), v in x.running.items()]
            pairs += [(q, v) for (q, _), v in x.signed.items()]
            pairs += [(q, v) for (_, q), v in x.extra.items()]
            pairs += [(self.p.hosted[h].option, v) for (h, _, _), v in x.hosted.items()]
            for q, v in pairs:
                self.by_option.setdefault(q, []).append(order[v.name])
        return np.array(sorted(self.by_option.get(o, [])), dtype=np.int32)

    def without(self, o: int) -> Solved:
        """The least cost without option o: that of the base where it uses none of it."""
        columns = self.columns(o)
        if self.base.x is not None and not self.base.x[columns].any():
            return self.base
        if self.live is not None:
            self.live.bound(columns, np.zeros(len(columns)), np.zeros(len(columns)))
            solved = self.live.solve()
            self.live.bound(columns, self.matrix.lower[columns], self.matrix.upper[columns])
            return solved
        upper = self.matrix.upper.copy()
        upper[columns] = 0.0
        return least(replace(self.matrix, upper=upper), self.whole, self.watch)

    def priced(self, o: int, factor: float) -> Matrix:
        """The program with the price of option o multiplied."""
        columns = self.columns(o)
        cost = self.matrix.cost.copy()
        cost[columns] += (factor - 1.0) * self.price(o, columns)
        entries = self._counted(columns)
        value = self.matrix.value.copy()
        value[entries] *= factor
        return replace(self.matrix, cost=cost, value=value)

    def price(self, o: int, columns: Ints) -> Floats:
        """What the columns cost apart from the price of their carbon, thousands of dollars."""
        if not self.carbon_usd_per_tonne or not self.p.options[o].tonnes:
            return self.matrix.cost[columns]
        carbon = self._carbon(o)
        return np.array([self.matrix.cost[j] - carbon.get(int(j), 0.0) for j in columns])

    def _carbon(self, o: int) -> dict[int, float]:
        """Column → price of the carbon of a node, thousands of dollars of present value."""
        p, x, order, member = self.p, self.built.variables, self.built.order, self.p.options[o]
        rate = member.tonnes * self.carbon_usd_per_tonne / THOUSAND
        found = {}
        for (q, t, s), v in x.running.items():
            if q == o:
                found[order[v.name]] = rate * p.hours[t][s] * p.middle[t]
        for (q, at), v in x.signed.items():
            if q == o:
                served = range(at + member.terms.lead, min(at + member.terms.lead + member.terms.term, len(p.hours)))
                end = at + member.terms.lead + member.terms.term - 1
                there = {t: member.option.share_in(t, end) for t in served}
                found[order[v.name]] = rate * sum(p.horizon.periods[t].hours * p.middle[t] * there[t] for t in served)
        for (j, q), v in x.extra.items():
            if q == o:
                cast = p.casts[j]
                found[order[v.name]] = rate * cast.last_hours * p.middle[cast.end - 1]
        return found

    def _counted(self, columns: Ints) -> Ints:
        """Entries of rows that count prices, in these columns."""
        matrix = self.matrix
        counts = np.array([family in PRICED for family in self.families], dtype=bool)
        mine = np.zeros(matrix.columns, dtype=bool)
        mine[columns] = True
        return np.asarray(np.flatnonzero(counts[self.row_of_entry] & mine[matrix.index]), dtype=np.int32)

    def flip(self, o: int) -> Flip | None:
        """The price at which option o enters; None if there is no plan without it."""
        alone = self.without(o)
        if alone.x is None:
            return None
        columns = self.columns(o)
        price, stop = self.price(o, columns), alone.objective
        if self.rebuilt is not None:
            return self._bracketed(o, stop)
        begun = self._begun(o, stop) if len(columns) else None
        if begun is None:
            return Flip(None, stop, None, None)
        (low, solved), high = begun, np.inf
        for _ in range(STEPS):
            paid = 0.0 if solved.x is None else float(price @ solved.x[columns])
            if paid <= 0:
                break
            high = low + (stop - solved.objective) / paid
            solved = self.at(o, high)
            if not self._enters(solved, stop):
                break
            low = high
        counted = len(self._counted(columns)) > 0 and np.isfinite(high)
        if counted and not self._enters(self.at(o, high * (1 - APART[0])), stop):
            low, high = self._halved(o, low, high, stop)
        return self._confirmed(o, float(high), stop)

    def _begun(self, o: int, stop: float) -> tuple[float, Solved] | None:
        """The largest of the first prices at which option o enters, with the plan there."""
        if self._enters(self.base, stop):
            return 1.0, self.base
        tried = ((factor, self.at(o, factor)) for factor in STARTS)
        return next(((factor, solved) for factor, solved in tried if self._enters(solved, stop)), None)

    def _bracketed(self, o: int, stop: float) -> Flip:
        """By halving alone, between a price that is hardly any and one at which the option stays out."""
        low, high = FREE, 1.0
        if not self._enters(self.at(o, low), stop):
            return Flip(None, stop, None, None)
        while high < DEAREST and self._enters(self.at(o, high), stop):
            low, high = high, 2 * high
        low, high = self._halved(o, low, high, stop)
        return self._confirmed(o, high, stop)

    def _halved(self, o: int, low: float, high: float, stop: float) -> tuple[float, float]:
        for _ in range(STEPS):
            if high - low <= CLOSE * max(high, CLOSE):
                break
            middle = (low + high) / 2
            low, high = (middle, high) if self._enters(self.at(o, middle), stop) else (low, middle)
        return low, high

    def _confirmed(self, o: int, factor: float, stop: float) -> Flip:
        below: PriceSide | None = None
        for apart in APART:
            below = self._side(o, factor * (1 - apart), stop)
            if below.enters:
                return Flip(factor, stop, below, self._side(o, factor * (1 + apart), stop))
        return Flip(factor, stop, below, self._side(o, factor * (1 + APART[-1]), stop))

    def _side(self, o: int, factor: float, stop: float) -> PriceSide:
        solved = self.at(o, factor)
        return PriceSide(factor, min(solved.objective, stop), self._enters(solved, stop))

    def at(self, o: int, factor: float) -> Solved:
        """The least cost at a price of option o."""
        if self.rebuilt is not None:
            built = write(self.rebuilt(self.p.options[o].option.id, factor)).built
            return least(built.matrix, self.whole, self.watch)
        if self.live is None:
            return least(self.priced(o, factor), self.whole, self.watch)
        columns = self.columns(o)
        self._price_live(o, columns, factor)
        solved = self.live.solve()
        self._price_live(o, columns, 1.0)
        return solved

    def _price_live(self, o: int, columns: Ints, factor: float) -> None:
        """Set the price of option o in the program that is kept alive."""
        assert self.live is not None
        self.live.cost(columns, self.matrix.cost[columns] + (factor - 1.0) * self.price(o, columns))
        entries = self._counted(columns)
        self.live.entries(self.row_of_entry[entries], self.matrix.index[entries], self.matrix.value[entries] * factor)

    def _enters(self, solved: Solved, stop: float) -> bool:
        return solved.x is not None and solved.objective < stop - WORTH * max(abs(stop), 1e-3)

    @property
    def serving(self) -> set[int]:
        """Options that serve something: not the power that servers of one's own stand on."""
        found = {o for group in self.p.classes for o in (*group.running, *group.committed)}
        return found | {supply.option for supply in self.p.hosted}

    def paid(self, solved: Solved) -> dict[int, float]:
        """Present value paid for each option, thousands of dollars."""
        found: dict[int, float] = {}
        if solved.x is None:
            return found
        for o in range(len(self.p.options)):
            columns = self.columns(o)
            usd = float(self.matrix.cost[columns] @ solved.x[columns])
            if usd > 0:
                found[o] = usd
        return found


def trials_of(p: Parameters, most_whole: int, carbon_usd_per_tonne: float, watch: Watch) -> Trials:
    """Trials of a program: over whole numbers if it has at most so many."""
    built = write(p).built
    matrix = built.matrix
    whole = int(matrix.integer.sum()) <= most_whole
    families = [family for family, _ in built.program.keys]
    live = None if whole else LiveModel(matrix, watch)
    base = least(matrix, whole, watch) if live is None else live.solve()
    rows = np.repeat(np.arange(matrix.rows, dtype=np.int32), np.diff(matrix.start))
    return Trials(p, built, matrix, families, whole, watch, carbon_usd_per_tonne, base, rows, live)
