"""The answer of `planner crossover` as rows of a table."""

from collections.abc import Iterator

from planner.domain.answers import (
    Crossover,
    CrossoverFound,
    OwnedFleet,
    SizeRange,
)

CSV = (
    "what",
    "way",
    "name",
    "setting",
    "state",
    "low_multiple",
    "high_multiple",
    "low_usd_per_year",
    "high_usd_per_year",
    "rent_only_usd",
    "colocation_usd",
    "building_usd",
    "all_usd",
    "accelerators",
    "power_mw",
    "decided",
    "first_power",
    "fixed_usd_per_year",
    "variable_ratio",
    "replaced_fraction",
)


def csv_rows(answer: Crossover) -> Iterator[dict[str, object]]:
    """One row per threshold, point of the curves, alternative and changed assumption."""
    for way in answer.ways:
        if not way.thresholds:
            state = "never" if way.never is not None else "every size" if way.owns_at_largest else "open"
            yield {"what": "threshold", "way": way.way, "name": way.never or "", "state": state}
        for t in way.thresholds:
            terms = t.breakeven
            yield {
                **_between(t.between),
                **_owned(t.owned),
                "what": "threshold",
                "way": way.way,
                "state": t.change,
                "fixed_usd_per_year": terms.fixed_usd_per_year,
                "variable_ratio": terms.variable_ratio,
                "replaced_fraction": terms.replaced_fraction,
            }
    for point in answer.curve:
        size = {"low_multiple": point.multiple, "high_multiple": point.multiple}
        rent = {"low_usd_per_year": point.rent_usd_per_year, "high_usd_per_year": point.rent_usd_per_year}
        costs = {name: getattr(point, name) for name in ("rent_only_usd", "colocation_usd", "building_usd", "all_usd")}
        yield {"what": "curve", "name": " ".join(point.sites), **size, **rent, **costs, **_owned(point.owned)}
    for alternative in answer.alternatives:
        for found in alternative.found:
            yield {"what": "alternative", "name": alternative.name, **_found(found)}
    for swing in answer.swings:
        for label, side in ((swing.low, swing.at_low), (swing.high, swing.at_high)):
            for found in side:
                yield {"what": "sensitivity", "name": swing.factor, "setting": label, **_found(found)}


def _found(found: CrossoverFound) -> dict[str, object]:
    between = {} if found.between is None else _between(found.between)
    return {"way": found.way, "state": found.state, **between}


def _between(between: SizeRange) -> dict[str, object]:
    return between.model_dump()


def _owned(owned: OwnedFleet | None) -> dict[str, object]:
    if owned is None:
        return {}
    return {name: getattr(owned, name) for name in ("accelerators", "power_mw", "decided", "first_power")}
