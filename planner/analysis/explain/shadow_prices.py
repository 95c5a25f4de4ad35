"""What the limits of a scenario are worth, in plain words: with the plan's whole numbers fixed, and of the whole program."""

from math import ceil, floor
from typing import Literal, NamedTuple

from planner.domain.answers import ShadowPrice
from planner.domain.options import Cap
from planner.formulation.parameters import THOUSAND, Parameters
from planner.pipeline import Question, Solution, solve
from planner.sensitivity import Fixed, Limit, dual_worth, least, least_step, limits_of, loosened, moved, without
from planner.solver import Watch

WORTH_TELLING = 1e-7
"""Smallest saving that counts, as a share of the NPV."""
MOST_SOLVED = 4
"""Limits of a large scenario for which the plan is searched again."""
LARGE_STEP = 10.0
"""Times the usual step, so that the change stands out from the gaps."""
CENTS_PER_THOUSAND = 1e5
STEP = 0.01
"""Step as a share of a limit on money or carbon, and the step of a share."""


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


def _of_large(solution: Solution, watch: Watch) -> tuple[ShadowPrice, ...]:
    """Limits that bind in the relaxation, each with the plan searched again after a larger step.

    Named are those of which the step saves more than the gaps of both plans leave open; where its worth by the duals is less
    than the gap of this plan leaves open, nothing is searched.
    """
    p, outcome = solution.question.parameters, solution.outcome
    assert outcome.x is not None
    fixed = Fixed(outcome.matrix, outcome.x, watch)
    likely = []
    for limit in limits_of(solution.built, p):
        named = named_limit(solution, limit)
        if named is not None and len(outcome.row_dual) == outcome.matrix.rows:
            worth = dual_worth(limit, outcome.matrix, outcome.row_dual, outcome.column_dual)
            likely.append((worth * named.per_unit * named.step, limit, named))
    likely.sort(key=lambda item: -item[0])
    found = []
    for worth, limit, named in likely[:MOST_SOLVED]:
        by = LARGE_STEP if named.step_of == "limit" else 1.0
        wide = named._replace(step=named.step * by)
        loose = loosened(p, limit, wide.step * wide.per_unit)
        if worth * by <= _open(solution) or loose is None or watch.over:
            continue  # the cost is convex in a limit: the step saves no more than its worth, and that is lost in the gaps
        again = solve(_with_parameters(solution.question, loose), solution.question.scenario.gap, watch)
        if again.present is None:
            continue
        noise = _open(solution) + _open(again)
        saved = outcome.objective - again.outcome.objective
        if saved > noise:
            one = fixed.worth(limit)
            step = wide.step * wide.per_unit
            sides = (None, None) if one is None else (fixed.value(limit, step), fixed.value(limit, -step))
            record = _record(
                wide, one, fixed.solved.objective, sides, outcome.objective, (again.outcome.objective, None)
            )
            record = record.model_copy(update={"noise_usd": round(noise * THOUSAND, 2)})
            found.append(record.model_copy(update={"sentence": _large_sentence(wide, record)}))
    return tuple(found)


def _open(solution: Solution) -> float:
    """What the gap of a plan leaves open, thousands of dollars."""
    return max(solution.outcome.objective - solution.outcome.bound, 0.0)


def _with_parameters(question: Question, p: Parameters) -> Question:
    return question._replace(assembled=question.assembled._replace(parameters=p))


def _large_sentence(named: Named, r: ShadowPrice) -> str:
    where = _where(named)
    step = _more(named.step, named.unit)
    return (
        f"{where}: {step}, the plan searched again, saves {_money(r.whole_up_usd or 0.0)} "
        f"(give or take {_money(r.noise_usd)}, the gaps of both plans)"
    )


def shadow_prices(solution: Solution, whole: bool, watch: Watch) -> tuple[ShadowPrice, ...]:
    """Every limit that binds: without it the plan would cost less; at the next step that changes anything, worth most first."""
    p, outcome = solution.question.parameters, solution.outcome
    assert outcome.x is not None
    matrix = outcome.matrix
    if not whole:
        return _of_large(solution, watch)
    fixed = Fixed(matrix, outcome.x, watch)
    stands = least(matrix, True, watch).objective
    tell = WORTH_TELLING * max(abs(outcome.objective), 1e-3)
    found = []
    for limit in limits_of(solution.built, p):
        named = named_limit(solution, limit)
        if named is None or watch.over:
            continue
        free = _least(least(without(matrix, [limit]), True, watch))
        if free is not None and stands - free <= tell:
            continue
        named = _next_step(named, least_step(matrix, limit, stands - tell, in_wholes(named), watch))
        step = named.step * named.per_unit
        worth = fixed.worth(limit)
        up, down = (None, None) if worth is None else (fixed.value(limit, step), fixed.value(limit, -step))
        whole_up, whole_down = (_least(least(moved(matrix, limit, by), True, watch)) for by in (step, -step))
        saved = [stands - v for v in (whole_up,) if v is not None]
        saved += [fixed.solved.objective - v for v in (up,) if v is not None]
        if not any(usd > tell for usd in saved):
            continue
        found.append(_record(named, worth, fixed.solved.objective, (up, down), stands, (whole_up, whole_down)))
    return tuple(sorted(found, key=lambda r: -max(r.fixed_up_usd or 0.0, r.whole_up_usd or 0.0)))


def in_wholes(named: Named) -> bool:
    """Whether only whole units of a limit exist."""
    return named.step_of == "unit" and named.unit != "USD an hour"


def stated_step(least_rows: float, named: Named) -> float:
    """A least step, in the unit of the rows, rounded up to what one can state: whole cents, or whole units."""
    if named.unit == "USD":
        return ceil(least_rows * CENTS_PER_THOUSAND - 1e-4) / CENTS_PER_THOUSAND
    if in_wholes(named):
        return float(ceil(least_rows - 1e-6))
    return ceil(least_rows * 1e6 - 1e-3) / 1e6


def _next_step(named: Named, least_rows: float | None) -> Named:
    """The usual step, or the next one that changes anything where that is more."""
    if least_rows is None:
        return named
    return named._replace(step=max(named.step, stated_step(least_rows, named) / named.per_unit))


def _least(solved: object) -> float | None:
    x, objective = getattr(solved, "x", None), getattr(solved, "objective", None)
    return None if x is None else objective


def _record(
    named: Named,
    worth: float | None,
    fixed: float,
    sides: tuple[float | None, float | None],
    stands: float,
    wholes: tuple[float | None, float | None],
) -> ShadowPrice:
    def saved(value: float | None, of: float) -> float | None:
        return None if value is None else round((of - value) * THOUSAND, 4)

    def costs(value: float | None, of: float) -> float | None:
        return None if value is None else round((value - of) * THOUSAND, 4)

    usd = None if worth is None else worth * named.per_unit * THOUSAND
    record = ShadowPrice(
        limit=named.limit,
        key=named.key,
        unit=named.unit,
        usd_per_unit=usd,
        step=named.step,
        fixed_up_usd=saved(sides[0], fixed),
        fixed_down_usd=costs(sides[1], fixed),
        whole_up_usd=saved(wholes[0], stands),
        whole_down_usd=costs(wholes[1], stands),
        noise_usd=0.0,
        sentence="",
    )
    return record.model_copy(update={"sentence": _sentence(named, record)})


def _sentence(named: Named, r: ShadowPrice) -> str:
    parts = []
    if r.usd_per_unit is not None and r.usd_per_unit > 0:
        scale = STEP if named.unit == "share" else 1.0
        parts.append(
            f"{named.more} saves {_money(r.usd_per_unit * scale)} with the whole numbers of the plan as they are"
        )
    if r.whole_up_usd is not None:
        step = f"{named.step:.0%} more" if named.unit == "share" else _more(named.step, named.unit)
        parts.append(f"{step}, everything solved again, saves {_money(r.whole_up_usd)}")
        if r.whole_down_usd is None:
            parts.append("as much less leaves no plan")
        else:
            parts.append(f"as much less costs {_money(r.whole_down_usd)}")
    where = _where(named)
    return f"{where}: " + "; ".join(parts)


def _money(usd: float) -> str:
    return f"${usd:,.2f}" if abs(usd) >= 0.01 or usd == 0 else f"${usd:.2g}"


def _where(named: Named) -> str:
    if named.cap is not None:
        return named.cap.words
    return f"`{named.limit}`" + (f" ({named.key})" if named.key else "")


def _more(step: float, unit: str) -> str:
    if unit == "USD":
        return f"${step:,.2f} more"
    return f"{step:g} more {unit.removesuffix('s') if step == 1 else unit}"


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
        case "uses", counted:
            return _number(f"max_{counted}", counted)
        case "signings", _:
            return _number("max_signings_per_year", "signings")
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


def _number(name: str, unit: str) -> Named:
    return Named(name, "", unit, 1.0, 1.0, f"one more of {unit}", "unit")


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
        case "spot":
            return Named("max_spot_share", p.workloads[limit.number], "share", STEP, 1.0, "one percent more on spot")
        case "availability":
            name = "standing_reserve" if limit.detail else "availability.survive"
            return Named(name, "", "share", STEP, 1.0, "one percent less to survive")
    return None
