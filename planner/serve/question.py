"""What a browser may ask: sliders made of a scenario, and any field by name → settings as in `--set`."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import NamedTuple

from planner.domain.scenario import Scenario
from planner.domain.workloads import GrowingWorkload, Spike

Settings = tuple[tuple[str, str], ...]
"""Path and value, as written behind `--set`."""
MOST_WORKLOADS = 6
"""Workloads with sliders of their own; every other field can be set by name."""
MOST_PROVIDERS = 8
MOST_SETTINGS = 40
LONGEST_SETTING = 2_000
ANY_TERM = 60
"""Months at which the longest term is no limit."""
MILLION = 1e6


class Control(NamedTuple):
    """A slider."""

    path: str
    label: str
    low: float
    high: float
    step: float
    value: float
    """Of the scenario as it is."""
    unit: str
    template: str
    """What is set; `{}` stands for the number."""


class WrongSettingError(ValueError):
    """What was sent cannot be a setting."""


def controls_of(scenario: Scenario) -> tuple[Control, ...]:
    """Sliders for what is asked most: demand, growth, spikes, capital, terms, budget, rebates, electricity."""
    return (
        *_demand(scenario),
        Control(
            "discount_rate", "Cost of capital", 0, 40, 0.5, round(100 * scenario.discount_rate, 4), "% a year", "{}%"
        ),
        *_limits(scenario),
        *_discounts(scenario),
        *_electricity(scenario),
    )


def _demand(scenario: Scenario) -> Iterator[Control]:
    most = max(3.0, scenario.demand_scale * 2)
    yield Control("demand_scale", "All demand", 0.1, most, 0.05, scenario.demand_scale, "×", "{}")
    for workload in scenario.workloads[:MOST_WORKLOADS]:
        if not isinstance(workload, GrowingWorkload):
            continue
        at = f"workloads.{workload.name}"
        if workload.growth_per_week is None and workload.growth_per_month is None:
            growth = round(100 * (workload.growth_per_year or 0.0), 4)
            label = f"Growth of {workload.name}"
            yield Control(f"{at}.growth_per_year", label, -50, max(200, 2 * growth), 5, growth, "% a year", "{}%")
        spikes: Spike | None = getattr(workload, "spike", None)
        if not workload.online:
            continue
        now = 1.0 if spikes is None else spikes.multiplier
        name, template = (f"{at}.spike.multiplier", "{}") if spikes is not None else (f"{at}.spike", SPIKE)
        least = 1 if spikes is None else 1.1
        yield Control(name, f"Spike of {workload.name}", least, max(10, 2 * now), 0.5, now, "× the mean", template)


SPIKE = "{{multiplier: {}, hours_per_year: 48}}"
"""For a workload that has none."""


def _limits(scenario: Scenario) -> Iterator[Control]:
    longest = scenario.max_term_months or ANY_TERM
    yield Control("max_term_months", "Longest commitment", 1, max(ANY_TERM, longest), 1, longest, "months", "{}")
    budget = scenario.budget_per_year_usd
    if isinstance(budget, int | float):
        now = round(budget / MILLION, 6)
        yield Control(
            "budget_per_year_usd", "Budget a year", 0, _nice(3 * now), _nice(now / 50), now, "million USD", "{}M"
        )


def _nice(number: float) -> float:
    """Two figures.

    >>> _nice(0.01337), _nice(21.4)
    (0.013, 21.0)
    """
    return float(f"{number:.2g}")


def _discounts(scenario: Scenario) -> Iterator[Control]:
    named = [*scenario.discounts, *(scenario.clouds or ())]
    for provider in list(dict.fromkeys(named))[:MOST_PROVIDERS]:
        now = round(100 * scenario.discounts.get(provider, 0.0), 4)
        yield Control(f"discounts.{provider}", f"Rebate of {provider}", 0, max(60, now), 1, now, "%", "{}%")


def _electricity(scenario: Scenario) -> Iterator[Control]:
    for site in scenario.own.sites if scenario.own is not None else ():
        if site.usd_per_kwh is not None:
            path, label = f"own.sites.{site.name}.usd_per_kwh", f"Electricity at {site.name}"
            yield Control(path, label, 0.01, 0.5, 0.005, site.usd_per_kwh, "USD/kWh", "{}")


def settings_of(sent: Mapping[str, str], controls: tuple[Control, ...]) -> Settings:
    """What differs from the scenario as it is, in the order of the page.

    Args:
        sent: fields of the form: a number for the path of each slider, `more` with lines of the form path=value.

    Raises:
        WrongSettingError: a number that is none, a line that is no setting, more of them than are taken.
    """
    found: dict[str, str] = {}
    for control in controls:
        number = _number(sent.get(control.path, ""), control)
        if number is not None and number != control.value:
            found[control.path] = control.template.format(f"{number:.10g}")
    for line in sent.get("more", "").splitlines():
        if line.strip():
            path, equals, value = line.partition("=")
            if not equals or not path.strip():
                raise WrongSettingError(f"`{line[:60]}` is not of the form path=value")
            found[path.strip()] = value.strip()
    if len(found) > MOST_SETTINGS or any(len(path) + len(value) > LONGEST_SETTING for path, value in found.items()):
        raise WrongSettingError(
            f"more than {MOST_SETTINGS} settings, or one of more than {LONGEST_SETTING:,} characters"
        )
    return tuple(found.items())


def _number(text: str, control: Control) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        raise WrongSettingError(f"{control.label}: `{text[:40]}` is no number") from None
    if not isfinite(number):
        raise WrongSettingError(f"{control.label}: `{text[:40]}` is no number")
    return number


def shown_of(settings: Settings, controls: tuple[Control, ...]) -> dict[str, str]:
    """Fields of the form that give these settings: the way back of `settings_of`."""
    left = dict(settings)
    shown: dict[str, str] = {}
    for control in controls:
        before, after = control.template.format("\n").split("\n")
        value = left.get(control.path)
        shown[control.path] = f"{control.value:.10g}"
        if value is not None and value.startswith(before) and value.endswith(after):
            number = value[len(before) : len(value) - len(after)]
            if _is_number(number):
                shown[control.path] = number
                del left[control.path]
    return {**shown, "more": "\n".join(f"{path}={value}" for path, value in left.items())}


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
