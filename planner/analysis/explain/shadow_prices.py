"""What the limits of a scenario are worth, in plain words: with the plan's whole numbers fixed, and of the whole program."""

from math import ceil

from planner.analysis.explain.named_limits import PART_TELLING, STEP, WORTH_TELLING, Named, in_wholes, named_limit
from planner.domain.answers import ShadowPrice
from planner.formulation.parameters import THOUSAND, Parameters
from planner.pipeline import Question, Solution, solve
from planner.sensitivity import Fixed, dual_worth, least, least_step, limits_of, loosened, most_of, moved, without
from planner.solver import Watch

MOST_SOLVED = 4
"""Limits of a large scenario for which the plan is searched again."""
LARGE_STEP = 10.0
"""Times the usual step, so that the change stands out from the gaps."""
CENTS_PER_THOUSAND = 1e5
CENT_USD = 0.01
"""What a step of a limit is worth at least to be said in figures."""


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
        enough = tell if free is None else max(tell, PART_TELLING * (stands - free))
        named = _next_step(named, least_step(matrix, limit, stands - enough, in_wholes(named), watch))
        step = named.step * named.per_unit
        worth = fixed.worth(limit)
        less = min(step, most_of(matrix, limit)) if in_wholes(named) else step  # there are no fewer than none
        up, down = (None, None) if worth is None else (fixed.value(limit, step), fixed.value(limit, -less))
        whole_up, whole_down = (_least(least(moved(matrix, limit, by), True, watch)) for by in (step, -less))
        saved = [stands - v for v in (whole_up,) if v is not None]
        saved += [fixed.solved.objective - v for v in (up,) if v is not None]
        if not any(usd > tell for usd in saved):
            continue
        sides, wholes = (up, down), (whole_up, whole_down)
        found.append(_record(named, worth, fixed.solved.objective, sides, stands, wholes, less < step))
    return tuple(sorted(found, key=lambda r: -max(r.fixed_up_usd or 0.0, r.whole_up_usd or 0.0)))


def stated_step(least_rows: float, named: Named) -> float:
    """A least step, in the unit of the rows, rounded up to what one can state: whole cents, or whole units."""
    if named.unit in ("USD", "USD less"):
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
    none_left: bool = False,
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
    return record.model_copy(update={"sentence": _sentence(named, record, none_left)})


def _sentence(named: Named, r: ShadowPrice, none_left: bool) -> str:
    less = "none of it" if none_left else "as much less"
    parts = []
    scale = STEP if named.unit == "share" else 1.0
    if r.usd_per_unit is not None and r.usd_per_unit * max(scale, r.step) >= CENT_USD:
        parts.append(
            f"{named.more} saves {_money(r.usd_per_unit * scale)} with the whole numbers of the plan as they are"
        )
    if r.whole_up_usd is not None:
        step = f"{named.step:.0%} more" if named.unit == "share" else _more(named.step, named.unit)
        parts.append(f"{step}, everything solved again, saves {_money(r.whole_up_usd)}")
        if r.whole_down_usd is None:
            parts.append(f"{less} leaves no plan")
        else:
            parts.append(
                f"{less} costs {_money(r.whole_down_usd) if r.whole_down_usd >= CENT_USD else 'less than a cent'}"
            )
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
