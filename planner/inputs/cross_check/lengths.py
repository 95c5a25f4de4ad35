"""Is the horizon a whole number of periods, and do lists have its length?"""

from typing import Any

from planner.domain.scenario import Scenario
from planner.domain.time import PeriodLengths, period_lengths
from planner.domain.workloads import GrowingWorkload
from planner.inputs.source import KeyPath, MistakeLog
from planner.units import plural

_PER_YEAR = "give one number for all, or one per plan-year"
_PER_PERIOD = "give one number for all, or one per period"
_SLICES_HELP = "give every one of the explicit `periods` its `slices`, or demand per period only"


def check_lengths(scenario: Scenario, log: MistakeLog) -> PeriodLengths | None:
    """The periods, or None, and a mistake, if the horizon cannot be cut into them."""
    try:
        lengths = period_lengths(scenario)
    except ValueError as error:
        given = next((k for k in ("years", "months", "quarters") if k in scenario.model_fields_set), "period")
        log.say(str(error), (given,), "change it, or `period`", "horizon")
        return None
    if scenario.own is not None and lengths.hours_per_period is None:
        what = "terms, ages and lead times of what is owned are months: they need periods of one length"
        log.say(what, ("own",), "give every one of the `periods` the same `hours`", "horizon", key=True)
    _yearly_lists(scenario, lengths.plan_years, log)
    _list(scenario.budget_per_period_usd, len(lengths.hours), "period", ("budget_per_period_usd",), log)
    for index, workload in enumerate(scenario.workloads):
        path: KeyPath = ("workloads", index)
        for name, amount in workload.amounts() if isinstance(workload, GrowingWorkload) else ():
            if isinstance(amount, tuple):
                _amounts(amount, (*path, name), scenario, lengths, log)
    return lengths


def _yearly_lists(scenario: Scenario, plan_years: int, log: MistakeLog) -> None:
    cash, carbon = scenario.cash, scenario.carbon
    for values, path in (
        (scenario.budget_per_year_usd, ("budget_per_year_usd",)),
        (scenario.budget_upfront_per_year_usd, ("budget_upfront_per_year_usd",)),
        (cash and cash.income_per_month_usd, ("cash", "income_per_month_usd")),
        (carbon and carbon.max_tonnes_per_year, ("carbon", "max_tonnes_per_year")),
    ):
        _list(values, plan_years, "plan-year", path, log)


def _list(values: object, wanted: int, noun: str, path: KeyPath, log: MistakeLog) -> None:
    if isinstance(values, tuple) and len(values) != wanted:
        what = f"{plural(len(values), 'entry')} for a horizon of {plural(wanted, noun)}"
        log.say(what, path, _PER_YEAR if noun == "plan-year" else _PER_PERIOD, "length")


def _amounts(
    demand: tuple[Any, ...], path: KeyPath, scenario: Scenario, lengths: PeriodLengths, log: MistakeLog
) -> None:
    """A list of demand has an entry for every period, or for every plan-year; of heads the last year goes on."""
    periods, years = len(lengths.hours), lengths.plan_years
    by_year = len(demand) == years or (len(demand) < years and path[-1] == "headcount")
    if len(demand) != periods and not (by_year and not any(isinstance(row, tuple) for row in demand)):
        horizon = f"{plural(periods, 'period')} and {plural(years, 'plan-year')}"
        what = f"{plural(len(demand), 'entry')} for a horizon of {horizon}"
        log.say(what, path, "give one number for all, one entry per period, or one per plan-year", "length")
        return
    for t, row in enumerate(demand):
        if isinstance(row, tuple):
            wanted = _slices_of(scenario, t)
            if wanted is None:
                log.say("demand per slice needs to know the slices", path, _SLICES_HELP, "length", key=True)
                return
            if len(row) != wanted:
                what = f"{plural(len(row), 'entry')} for a period of {plural(wanted, 'slice')}"
                log.say(what, (*path, t), None, "length")


def _slices_of(scenario: Scenario, period: int) -> int | None:
    explicit = None if scenario.periods is None else scenario.periods[period].slices
    return scenario.slices if explicit is None else len(explicit)
