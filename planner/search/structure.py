"""Where everything of a program stands: the period of each column and row, design against operation.

Signings, placed runs, the progress of runs that may stop, kept data and used credits are *design*: they last, or link periods.
Everything else happens inside one period. Once the design is fixed, the periods share nothing but limits on money and
carbon; that is what the search lives on.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planner.formulation import Built, families_where
from planner.formulation.parameters import Parameters
from planner.solver import Floats, Ints, Matrix

DESIGN = -1
LINKING = -1
COUPLING = -1


class Group(NamedTuple):
    """The tiers of an agreement in a plan-year, or in all of them."""

    columns: tuple[int, ...]
    """Of which exactly one is 1, from none upwards."""
    spend: tuple[int, ...]
    """Columns that add up to its covered spend, less what credits pay of it."""
    thresholds: tuple[float, ...]
    """Spend that reaches each tier; 0 for none."""

    def reached(self, x: Floats) -> int:
        """The highest tier that the spend at a point reaches."""
        spend = max(float(x[list(self.spend)].sum()), 0.0)  # nothing, up to rounding, is nothing
        return max(i for i, least in enumerate(self.thresholds) if spend >= least * (1 - 1e-6))


class Layout(NamedTuple):
    """Periods of columns and rows."""

    column_period: Ints
    """Period of each column; DESIGN for what lasts."""
    column_slice: Ints
    """Slice of each column; COUPLING for what concerns a whole period."""
    row_period: Ints
    """Period of each row; LINKING for rows over several periods, or over design alone."""
    row_slice: Ints
    """Slice of each row; COUPLING for rows over the slices of a period."""
    demand_rows: Ints
    """Rows of the demand family that belong to online workloads."""
    covers: tuple[Ints, ...]
    """These, and what spot, residency and shares of providers ask for of the same: rows ≥ over what serves an online workload, in
    groups in which no column stands twice."""
    hold_rows: Ints
    """Rows that say on how many whole nodes service stands: Σ nodes · served ≤ Σ whole columns."""
    hold_row: Ints
    """The one that each column of service is in; −1 where there is none."""
    nodes_of: Floats
    """Nodes that a unit of each column of service takes there."""
    capacity: dict[tuple[int, int], tuple[int, ...]]
    """(class, period) → its capacity rows."""
    signings: tuple[tuple[int, ...], ...]
    """Columns of each commitment's signings, in the order of time."""
    minimums: tuple[tuple[int, int, float], ...]
    """(signing, what it opens, least nodes) of signings with a smallest size."""
    limits: Ints
    """Linking rows that limit operation from above: money and carbon."""
    choices: tuple[tuple[int, ...], ...]
    """Columns of which at least one must be 1: the ways to place each run."""
    switches: Ints
    """Columns that are 0 or 1 and cost something when on: where data is kept."""
    granted: Ints
    """Use of credits."""
    settled: Ints
    """Columns that follow from all others: credits used and for what, spend split over tiers, what is missing to a minimum."""
    strategic: Ints
    """Whole numbers that decide most of the cost: sites, modules, contracts of power with a smallest size, tiers."""
    counted: Ints
    """Of these whether something that a limit counts (providers, pools) is used: follows from what is signed and used."""
    tiers: tuple[Group, ...] = ()
    """Tiers of agreements, of which one holds in each plan-year."""
    spends: Ints = np.empty(0, dtype=np.int32)
    """Rows that say what the covered spend of an agreement is."""
    soft: Ints = np.empty(0, dtype=np.int32)
    """Rows of limits from above that a scenario sets, wherever they stand."""

    def with_shortages(self) -> "Layout":
        """The same where each soft row may be exceeded in a column of its own, after all others; no period has it for itself."""
        count, row_period, row_slice = len(self.soft), self.row_period.copy(), self.row_slice.copy()
        row_period[self.soft], row_slice[self.soft] = LINKING, COUPLING

        def more(values: Ints, value: int) -> Ints:
            return np.concatenate([values, np.full(count, value, dtype=values.dtype)])

        return self._replace(
            column_period=more(self.column_period, DESIGN),
            column_slice=more(self.column_slice, COUPLING),
            row_period=row_period,
            row_slice=row_slice,
            hold_row=more(self.hold_row, -1),
            nodes_of=np.concatenate([self.nodes_of, np.zeros(count)]),
            limits=np.union1d(self.limits, self.soft).astype(np.int32),
            soft=self.soft[:0],
        )


_LIMITS = families_where(lambda family: family.limits is not None)
_SOFT = families_where(lambda family: family.gives_way)
_COVERS = families_where(lambda family: family.scales_with_demand)


def layout_of(built: Built, p: Parameters, matrix: Matrix) -> Layout:
    """Layout of a built program."""
    periods, slices = columns_of(built, p)
    row_period, row_slice = rows_of(matrix, periods, slices)
    agreed = np.array([family == "tiers" for family, _ in built.program.keys], dtype=bool)
    row_period[agreed], row_slice[agreed] = LINKING, COUPLING  # also where a plan-year is one period
    demand: list[int] = []
    covers: dict[tuple[Any, ...], list[int]] = {}
    limits: list[int] = []
    capacity: dict[tuple[int, int], list[int]] = {}
    for number, (family, key) in enumerate(built.program.keys):
        if family in _COVERS and key[:3] in p.online:
            covers.setdefault((family, *key[3:]), []).append(number)
        if family == "demand" and key in p.online:
            demand.append(number)
        elif family == "capacity":
            capacity.setdefault((key[0], key[1]), []).append(number)
        elif family in _LIMITS and row_period[number] == LINKING:
            limits.append(number)
    x, order = built.variables, built.order
    hold_rows, hold_row, nodes_of = _held(built, matrix)
    return Layout(
        periods,
        slices,
        row_period,
        row_slice,
        np.array(demand, dtype=np.int32),
        tuple(np.array(group, dtype=np.int32) for group in covers.values()),
        hold_rows,
        hold_row,
        nodes_of,
        {key: tuple(rows_of) for key, rows_of in capacity.items()},
        _signings(built, p, order),
        tuple(
            (order[x.signed[key].name], order[opened.name], float(p.options[key[0]].option.min_nodes))
            for key, opened in x.opened.items()
        ),
        np.array(limits, dtype=np.int32),
        tuple(tuple(order[x.placed[j].name] for j in js) for js in _casts_by_run(p).values()),
        np.array(sorted(order[v.name] for v in x.stored.values()), dtype=np.int32),
        np.array(sorted(order[v.name] for v in x.credit.values()), dtype=np.int32),
        np.array(
            sorted(order[v.name] for chosen in (x.credit, x.credited, x.tiered, x.missing) for v in chosen.values()),
            dtype=np.int32,
        ),
        _strategic(built, p, matrix, order),
        np.array(sorted(order[v.name] for v in x.used.values()), dtype=np.int32),
        _tiers(built, p, order),
        np.flatnonzero([f == "tiers" and k[-1] == "spend" for f, k in built.program.keys]).astype(np.int32),
        np.flatnonzero([f in _SOFT for f, _ in built.program.keys]).astype(np.int32),
    )


def _held(built: Built, matrix: Matrix) -> tuple[Ints, Ints, Floats]:
    """Rows that say how many whole nodes service stands on; by column of service the one it is in, and nodes of a unit.

    Where nothing of a class is paid by the hour, these are its capacity rows: what is signed is whole.
    """
    row_of, nodes_of = np.full(matrix.columns, -1, dtype=np.int32), np.zeros(matrix.columns)
    hourly, served = _are(built, built.variables.running), _are(built, built.variables.served)
    asked = np.array(
        [f == "capacity" or (f == "holding" and k[-1] == "holds") for f, k in built.program.keys], dtype=bool
    )
    owner = np.repeat(np.arange(matrix.rows, dtype=np.int32), np.diff(matrix.start))
    stands = matrix.value < 0
    split = stands & (hourly[matrix.index] | ~matrix.integer[matrix.index])
    asked &= np.bincount(owner[stands], minlength=matrix.rows) > 0
    asked &= np.bincount(owner[split], minlength=matrix.rows) == 0
    works = asked[owner] & served[matrix.index]
    row_of[matrix.index[works]], nodes_of[matrix.index[works]] = owner[works], matrix.value[works]
    return np.flatnonzero(asked).astype(np.int32), row_of, nodes_of


def _are(built: Built, variables: dict[Any, Any]) -> npt.NDArray[np.bool_]:
    """By column: whether it is one of these variables."""
    names = {variable.name for variable in variables.values()}
    return np.array([column.name in names for column in built.columns], dtype=bool)


def _tiers(built: Built, p: Parameters, order: dict[str, int]) -> tuple[Group, ...]:
    """The tiers of each agreement and plan-year, from none upwards."""
    x = built.variables
    found = []
    for a, agreement in enumerate(p.agreements):
        levels, years = range(len(agreement.tiers) + 1), range(len(agreement.share_of_year))
        for chosen in sorted({agreement.chosen_in(y) for y in years}):
            if agreement.fixed(chosen, 0) is not None:
                continue  # signed already, or not in force
            mine = [y for y in years if agreement.chosen_in(y) == chosen]
            found.append(
                Group(
                    tuple(order[x.level[a, chosen, lv].name] for lv in levels),
                    tuple(order[x.tiered[a, y, lv].name] for y in mine for lv in levels),
                    tuple(sum(agreement.spend_for(y, lv) for y in mine) for lv in levels),
                )
            )
    return tuple(found)


def columns_of(built: Built, p: Parameters) -> tuple[Ints, Ints]:
    """Period and slice of each column. The only slice of a period is the whole of it."""
    online = {w for w, _, _ in p.online}
    alone = {t for t, parts in enumerate(p.hours) if len(parts) == 1}
    x = built.variables
    where: dict[str, tuple[int, int]] = {}

    def at_point(variables: dict[Any, Any], workload: int = 0) -> None:
        for key, v in variables.items():
            *_, t, s = key
            w = p.parent(p.hosted[key[0]].workload) if variables is x.hosted else key[workload]
            where[v.name] = (t, s if w in online or t in alone else COUPLING)

    held = (x.held, x.beyond, x.standing)
    for inside in (x.running, *held, x.covered, x.served, x.lesser, x.rescue, x.ready, x.standby):
        where |= {v.name: (key[-2], key[-1]) for key, v in inside.items()}
    for spread in (x.hosted, x.unserved, x.sent):
        at_point(spread)
    for (j, _), v in (*x.extra.items(), *x.ending.items()):
        t = p.casts[j].end - 1
        where[v.name] = (t, 0 if t in alone else COUPLING)
    columns = [where.get(v.name, (DESIGN, COUPLING)) for v in built.columns]
    return np.array([t for t, _ in columns], dtype=np.int32), np.array([s for _, s in columns], dtype=np.int32)


def rows_of(matrix: Matrix, periods: Ints, slices: Ints) -> tuple[Ints, Ints]:
    """A row stands where its columns of operation stand: in their one period and slice, else between them."""
    owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))
    inside = periods[matrix.index] != DESIGN
    row, t, s = owner[inside], periods[matrix.index[inside]], slices[matrix.index[inside]]
    found = []
    for values in (t, s):
        low = np.full(matrix.rows, np.iinfo(np.int32).max, dtype=np.int64)
        high = np.full(matrix.rows, -2, dtype=np.int64)
        np.minimum.at(low, row, values)
        np.maximum.at(high, row, values)
        found.append(np.where(low == high, low, LINKING))
    row_period = found[0].astype(np.int32)
    return row_period, np.where(row_period == LINKING, COUPLING, found[1]).astype(np.int32)


def _strategic(built: Built, p: Parameters, matrix: Matrix, order: dict[str, int]) -> Ints:
    x = built.variables
    power = {site.power for site in p.sites}
    chosen = [
        *x.open.values(),
        *x.modules.values(),
        *x.level.values(),
        *x.used.values(),
        *(v for (o, _), v in x.opened.items() if o in power),
    ]
    columns = [order[v.name] for v in chosen]
    return np.array(sorted(j for j in columns if matrix.integer[j]), dtype=np.int32)


def _casts_by_run(p: Parameters) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for j, cast in enumerate(p.casts):
        found.setdefault(cast.workload, []).append(j)
    return found


def _signings(built: Built, p: Parameters, order: dict[str, int]) -> tuple[tuple[int, ...], ...]:
    found: dict[int, list[tuple[int, int]]] = {}
    for (o, v), variable in built.variables.signed.items():
        if not p.options[o].option.savings_plan:  # dollars an hour need no rounding
            found.setdefault(o, []).append((v, order[variable.name]))
    return tuple(tuple(column for _, column in sorted(columns)) for columns in found.values())
