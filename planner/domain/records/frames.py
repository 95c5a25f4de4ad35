"""Records of a plan as pandas frames: one row a record, and the unit of every number in the name of its column."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from planner.domain.fields import Strict

if TYPE_CHECKING:
    import pandas as pd

RENAMED = {
    "utilisation": "utilisation_fraction",
    "nodes": "nodes_count",
    "accelerators": "accelerators_count",
    "replicas": "replicas_count",
    "units": "units_count",
    "work": "work_units",
    "capacity": "capacity_work_units",
    "quantity": "quantity_units",
    "unit": "price_unit",
    "usd_per_unit": "usd_per_work_unit",
    "hours": "length_hours",
}
"""Fields whose name does not say its unit; what `work_units` and `quantity_units` count stands in a column beside them."""


def frame(records: Iterable[Strict], fields: Sequence[str]) -> "pd.DataFrame":
    """A frame of some fields of records, in their order; empty with the same columns if there are none."""
    import pandas as pd

    rows = [{RENAMED.get(name, name): getattr(record, name) for name in fields} for record in records]
    return pd.DataFrame(rows, columns=[RENAMED.get(name, name) for name in fields])


def cash_frame(periods: Sequence[Any]) -> "pd.DataFrame":
    """Cash by period, USD: all of it, and a column for each kind of payment. Takes records of `cost.by_period`."""
    import pandas as pd

    kinds = sorted({kind for period in periods for kind in period.by_kind})
    rows: list[dict[str, Any]] = []
    for period in periods:
        row: dict[str, Any] = {"period": period.period, "cash_usd": period.cash_usd}
        rows.append(row | {f"{kind.replace(' ', '_')}_usd": period.by_kind.get(kind, 0.0) for kind in kinds})
    return pd.DataFrame(rows, columns=["period", "cash_usd", *(f"{kind.replace(' ', '_')}_usd" for kind in kinds)])
