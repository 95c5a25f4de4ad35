"""Limits and changes of limits in words."""

from collections.abc import Sequence
from typing import Any

from planner.analysis.infeasible.amounts import Sized
from planner.analysis.infeasible.levers import LEFT_OUT, Lever
from planner.analysis.infeasible.settings import dotted
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon
from planner.units import COUNTED, plural


def change_words(scenario: Scenario, part: Sized) -> str:
    """What is done to which field: "raise `budget_total_usd`"."""
    lever, where = part.lever, f"`{dotted(scenario, part.lever.path)}`"
    if part.settings == lever.free and (part.words == "left out" or _is_nothing(lever.free.get(lever.path, True))):
        return f"leave out `{lever.workload}`" if lever.rank == LEFT_OUT else f"drop {where}"
    if lever.vector is None and lever.at is None:
        return f"change {where}"
    if lever.unit == "period":
        return f"move {where}"
    return f"{'lower' if lever.falls else 'raise'} {where}"


def _is_nothing(value: Any) -> bool:
    """Whether setting a field to it drops the field; a number does not, even 0."""
    return not value and (isinstance(value, bool) or not isinstance(value, int | float))


def by_words(scenario: Scenario, part: Sized, horizon: Horizon) -> str:
    """From what to what, and by how much."""
    lever = part.lever
    after = _after(part)
    if lever.vector is not None and after is not None:
        return _vector_words(lever, after, horizon)
    if lever.at is not None and after is not None:
        return _amount_words(lever, after[0], horizon)
    stands = stands_at(scenario, lever)
    if part.settings == lever.free and not part.words.startswith("also") and part.words == "left out":
        return f"{lever.said} no longer counts ({stands} now)" if stands else f"{lever.said} no longer counts"
    return f"{part.words} ({stands} now)" if stands else part.words


def when_words(part: Sized, horizon: Horizon) -> str | None:
    """When the change matters: the plan-years or periods whose limits move."""
    after = _after(part)
    if part.lever.vector in ("year", "upfront", "carbon", "period") and after is not None:
        moved = _moved(part.lever, after)
        return _listed([_label(part.lever, i, horizon) for i in moved])
    return None


def stands_at(scenario: Scenario, lever: Lever) -> str:
    """What stands there now, short; nothing of limits that stand in several places."""
    if "*" in lever.path:
        return ""
    value: Any = scenario.model_dump(mode="json")
    for key in lever.path:
        if value is None or (isinstance(value, dict) and key not in value):
            return ""
        value = value[key]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return ""
    return figure(value, lever.unit) if isinstance(value, int | float) else str(value)


def figure(value: float, unit: str) -> str:
    """An amount with its unit.

    >>> figure(1234.5, "USD"), figure(0.25, "share"), figure(3, "nodes"), figure(1, "months"), figure(1, "ms")
    ('$1,234.50', '25%', '3 nodes', '1 month', '1 ms')
    >>> figure(10_000_256, "tokens")
    '10,000,256 tokens'
    """
    if unit == "USD":
        return f"${value:,.2f}".removesuffix(".00")
    if unit in ("share", "of it"):
        return f"{value * 100:.4g}%"
    one = COUNTED.get(unit, unit) if value == 1 else unit
    return f"{value:,.0f} {one}".strip() if value >= 1e6 else f"{value:,.6g} {one}".strip()


def _after(part: Sized) -> tuple[float, ...] | None:
    """The amounts that the settings say, which may be larger than the least ones."""
    if part.after is None or (part.settings == part.lever.free and part.lever.end is None):
        return None
    if part.lever.vector is None and part.lever.base:
        return (next(iter(part.settings.values())) / (part.lever.base[0] or 1.0),)
    value = next((v for path, v in part.settings.items() if path == part.lever.path), None)
    if part.lever.vector is not None:
        if value is None:
            return None
        return tuple(value) if isinstance(value, list) else (float(value),) * len(part.lever.base)
    if part.lever.unit != "of it" and isinstance(value, int | float) and not isinstance(value, bool):
        return (float(value),)
    return part.after


def _moved(lever: Lever, after: Sequence[float]) -> list[int]:
    """Positions whose limit is raised by more than its rounding."""
    return [i for i, (b, a) in enumerate(zip(lever.base, after, strict=True)) if a - (b or 0.0) > 2e-6 * max(a, 1.0)]


def _label(lever: Lever, i: int, horizon: Horizon) -> str:
    return horizon.periods[i].start if lever.vector == "period" else f"plan-year {i + 1}"


def _vector_words(lever: Lever, after: Sequence[float], horizon: Horizon) -> str:
    if lever.vector in ("total", "runway"):
        return _step(float(lever.base[0] or 0.0), after[0], lever.unit)
    steps: dict[str, list[str]] = {}
    for i in _moved(lever, after):
        steps.setdefault(_step(float(lever.base[i] or 0.0), after[i], lever.unit), []).append(_label(lever, i, horizon))
    return ", ".join(f"{step} in {_listed(labels)}" for step, labels in steps.items())


def _listed(labels: Sequence[str]) -> str:
    if len(labels) > 4:
        return f"{len(labels)} of them, {labels[0]} to {labels[-1]}"
    return ", ".join(labels)


def _step(before: float, after: float, unit: str) -> str:
    share = f", {(after - before) / before:+.1%}" if before else ""
    return f"from {figure(before, unit)} to {figure(after, unit)} ({figure(after - before, unit)} more{share})"


def _amount_words(lever: Lever, after: float, horizon: Horizon) -> str:
    if lever.unit == "period":
        labels = [p.start for p in horizon.periods]
        first, then = (labels[min(max(round(x), 0), len(labels) - 1)] for x in (lever.now, after))
        count = abs(round(after - lever.now))
        return f"from {first} to {then} ({plural(count, 'period')} {'earlier' if lever.falls else 'later'})"
    if lever.unit == "of it":
        return f"serve {figure(after, 'share')} of it ({figure(1 - after, 'share')} less)"
    return f"from {figure(lever.now, lever.unit)} to {figure(after, lever.unit)}"
