"""Where everything of a program stands: the period of each column and row, design against operation.

Signings are *design*: they last. Everything else happens inside one period. Once the design is fixed, the periods
share nothing but budgets; that is what the search lives on.
"""

from typing import NamedTuple

import numpy as np

from planner.formulation.build import Built
from planner.formulation.matrix import Ints
from planner.formulation.parameters import Parameters

DESIGN = -1
LINKING = -1
COUPLING = -1


class Layout(NamedTuple):
    """Periods of columns and rows."""

    column_period: Ints
    """Period of each column; DESIGN for signings."""
    column_slice: Ints
    """Slice of each column; COUPLING for what concerns a whole period."""
    row_period: Ints
    """Period of each row; LINKING for rows over several periods."""
    row_slice: Ints
    """Slice of each row; COUPLING for rows over the slices of a period."""
    demand_rows: Ints
    """Rows of the demand family that belong to online workloads."""
    capacity: dict[tuple[int, int], tuple[int, ...]]
    """(class, period) → its capacity rows."""
    signings: tuple[tuple[int, ...], ...]
    """Columns of each commitment's signings (and of what they open), in the order of time."""


def layout_of(built: Built, p: Parameters) -> Layout:
    """Layout of a built program."""
    online = {w for w, _, _ in p.online}
    x = built.variables
    alone = {t for t, slices in enumerate(p.hours) if len(slices) == 1}  # the only slice is the whole period
    where = {v.name: (t, s) for (_, t, s), v in x.running.items()}
    where |= {v.name: (t, s) for (_, _, t, s), v in x.served.items()}
    where |= {
        v.name: (t, s if p.hosted[h].workload in online or t in alone else COUPLING)
        for (h, t, s), v in x.hosted.items()
    }
    where |= {v.name: (t, s if w in online or t in alone else COUPLING) for (w, t, s), v in x.unserved.items()}
    columns = [where.get(v.name, (DESIGN, COUPLING)) for v in built.columns]
    rows: list[tuple[int, int]] = []
    demand: list[int] = []
    capacity: dict[tuple[int, int], list[int]] = {}
    for number, (family, key) in enumerate(built.program.keys):
        if family in ("budget", "commitment"):
            rows.append((LINKING, COUPLING))
            continue
        flexible = family in ("demand", "spot") and key[0] not in online
        rows.append((key[1], COUPLING if flexible and key[1] not in alone else key[2]))
        if family == "demand":
            demand.append(number)
        if family == "capacity":
            capacity.setdefault((key[0], key[1]), []).append(number)
    return Layout(
        np.array([t for t, _ in columns], dtype=np.int32),
        np.array([s for _, s in columns], dtype=np.int32),
        np.array([t for t, _ in rows], dtype=np.int32),
        np.array([s for _, s in rows], dtype=np.int32),
        np.array(demand, dtype=np.int32),
        {key: tuple(rows_of) for key, rows_of in capacity.items()},
        _signings(built),
    )


def _signings(built: Built) -> tuple[tuple[int, ...], ...]:
    order = built.order
    found: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for kind, variables in (("signed", built.variables.signed), ("opened", built.variables.opened)):
        for (o, v), variable in variables.items():
            found.setdefault((kind, o), []).append((v, order[variable.name]))
    return tuple(tuple(column for _, column in sorted(columns)) for columns in found.values())
