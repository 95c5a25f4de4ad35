"""Limits of a program in the user's words and units."""

from math import floor
from typing import Literal, NamedTuple

from planner.domain.options import Cap
from planner.formulation.parameters import THOUSAND, Parameters
from planner.pipeline import Solution
from planner.sensitivity import Limit

STEP = 0.01
"""Step as a share of a limit on money or carbon, and the step of a share."""
WORTH_TELLING = 1e-6
"""Smallest saving that counts, as a share of the NPV."""
PART_TELLING = 1e-3
"""Smallest saving of a step, as a share of what the limit costs: less may be the solver's rounding."""


class Named(NamedTuple):
    """A limit as the user knows it."""

    limit: str
    key: str
    unit: str
    step: float
    """In the user's unit."""
    per_unit: float
    """Units of the program's rows in one of the user's."""
    more: str
    """In words: one more of it."""
    step_of: Literal["limit", "unit"] = "limit"
    """Whether the step is a share of the limit, or whole units of it."""
    cap: Cap | None = None
    """The limit itself, where it is one of supply: its name is no word of the scenario."""


def in_wholes(named: Named) -> bool:
    """Whether only whole units of a limit exist."""
    return named.step_of == "unit" and named.unit != "USD an hour"


def named_limit(solution: Solution, limit: Limit) -> Named | None:
    """The limit in the user's words and units; None for what is no limit of the user's."""
    p = solution.question.parameters
    years = f"plan-year {limit.number + 1}"
    match limit.family, limit.detail:
        case "budget", _:
            total = limit.number < 0
            stands = p.budget_total if total else p.budgets[limit.number]
            name = "budget_total_usd" if total else "budget_per_year_usd"
            return _usd(name, "whole horizon" if total else years, stands)
        case "cash", "upfront":
            return _usd("budget_upfront_per_year_usd", years, p.upfront_budgets[limit.number])
        case "cash", "period":
            return _usd("budget_per_period_usd", p.horizon.periods[limit.number].start, p.period_budgets[limit.number])
        case "cash", _:
            return _usd("cash.at_hand_usd", "", max(p.runway))
        case "carbon", _:
            cap = p.carbon_caps[limit.number] or 0.0
            return Named("carbon.max_tonnes_per_year", years, "t CO2e", STEP * cap, 1.0, "one more tonne")
        case _, what if what in p.most:
            unit = what.removesuffix("_per_year")
            return Named(f"max_{what}", "", unit, 1.0, 1.0, f"one more of {unit}", "unit")
        case "market", _:
            cap_limit = p.caps[limit.number]
            step = max(weight for _, weight in cap_limit.weight)
            return _cap(solution.question.market.caps[cap_limit.name], step, 1.0)
        case "own cap", _ if alone := _own_cap(solution, limit.number):
            option = p.options[limit.number].option
            return _cap(alone, option.count, 1.0 / option.count)
        case (("own cap" | "most signed"), _):
            option = p.options[limit.number].option
            if option.savings_plan:
                return Named("usd_per_hour", option.id, "USD an hour", 1.0, 1.0, "one more dollar an hour", "unit")
            return Named("max_nodes", option.id, "nodes", 1.0, 1.0, "one more node", "unit")
        case _:
            return _share(p, limit)


def _cap(cap: Cap, step: float, per_unit: float) -> Named:
    return Named(cap.name, "", "at once", step, per_unit, "one more at once", "unit", cap)


def _own_cap(solution: Solution, o: int) -> Cap | None:
    """The cap on accelerators that is the bound of an option's own running nodes, where no maximum of its own is lower."""
    question = solution.question
    option, upper = question.parameters.options[o].option, question.parameters.running_upper[o]
    if upper is None or (option.max_nodes is not None and option.max_nodes <= upper):
        return None
    caps = (question.market.caps[name] for name in option.groups)
    return next((cap for cap in caps if cap.counts == "running" and floor(cap.room(option.count)) == upper), None)


def _usd(name: str, key: str, stands: float | None) -> Named:
    step = max(round(STEP * (stands or 0.0) * THOUSAND, 2), 1.0)
    return Named(name, key, "USD", step, 1.0 / THOUSAND, "one more dollar")


def _share(p: Parameters, limit: Limit) -> Named | None:
    match limit.family:
        case "residency":
            w, share = p.places[limit.number]
            step = min(STEP, share)
            return Named(
                f"residency of {p.workloads[w]}",
                "",
                "share",
                step,
                1.0,
                "one percent of the work less bound to its place",
            )
        case "share":
            return Named("max_share_per_provider", "", "share", STEP, 1.0, "one percent more from one provider")
        case "lines":
            return _usd("min_line_usd", "", p.min_line)._replace(unit="USD less", more="one dollar less")
        case "spot":
            return Named("max_spot_share", p.workloads[limit.number], "share", STEP, 1.0, "one percent more on spot")
        case "availability":
            name = "standing_reserve" if limit.detail else "availability.survive"
            return Named(name, "", "share", STEP, 1.0, "one percent less to survive")
    return None
