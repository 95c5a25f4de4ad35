"""Two plans → what differs between them: by line, kind, provider, plan-year, work unit, and in the question.

Every difference is B − A. The differences of the lines add up to that of the cash within the horizon: what no
line accounts for is a line of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import chain, zip_longest
from math import fsum, isclose
from typing import Literal, NamedTuple

from planner.analysis.compare.scenario_diff import scenario_changes
from planner.domain.answers import (
    OTHER,
    Amount,
    Change,
    Comparison,
    FieldChange,
    LineChange,
    LineSide,
    Policy,
    Side,
    Totals,
    UnitCostChange,
    UnservedChange,
    amount_of,
)
from planner.domain.records import Plan, PlanLine

Pair = tuple[PlanLine | None, PlanLine | None]

_FIELDS = ("nodes", "units", "unit_price_usd", "upfront_usd", "quantity", "signed", "start", "end", "accelerator")
"""What is told of a line that changed, in this order."""
_CENT_PLACES = 6
_HALF_A_CENT = 0.005


class Subject(NamedTuple):
    """A plan, and where it came from."""

    source: str
    kind: Literal["plan", "scenario"]
    plan: Plan


def compare(a: Subject, b: Subject) -> Comparison:
    """What differs between the plans of `a` and `b`."""
    pairs = _pairs(a.plan.lines, b.plan.lines)
    found = [_line_change(pair) for pair in pairs]
    changes = [change for change in found if change.change != "="]
    changes.sort(key=lambda change: (-abs(change.cash_usd.difference), -abs(change.owed_usd.difference), _name(change)))
    beside = _beside_the_lines(a.plan, b.plan)
    same = [change.cash_usd.a or 0.0 for change in found if change.change == "="]
    return Comparison(
        a=_side(a),
        b=_side(b),
        changes=(*changes, *([beside] if beside is not None else [])),
        totals=_totals(a.plan, b.plan, len(same), fsum(same)),
        scenario_changes=scenario_changes(a.plan.scenario.resolved, b.plan.scenario.resolved),
    )


def judged(comparison: Comparison, fail_above: float) -> Comparison:
    """The comparison with a verdict: B's NPV may exceed A's by that share of it, and half a cent for rounding."""
    npv = comparison.totals.npv_usd
    passed = npv.difference <= fail_above * abs(npv.a or 0.0) + _HALF_A_CENT
    return comparison.model_copy(update={"policy": Policy(fail_above_fraction=fail_above, passed=passed)})


def same(a: float | str | None, b: float | str | None) -> bool:
    """Equal, but for what arithmetic may do to the last digits of a number."""
    if isinstance(a, int | float) and isinstance(b, int | float):
        return isclose(a, b, rel_tol=1e-12, abs_tol=1e-9)
    return a == b


def _side(subject: Subject) -> Side:
    plan = subject.plan
    return Side(
        source=subject.source,
        kind=subject.kind,
        name=plan.scenario.name,
        sha256=plan.scenario.sha256,
        status=plan.status,
        npv_usd=plan.npv_usd,
        total_usd=plan.total_usd,
        bound_usd=plan.bound_usd,
        gap=plan.gap,
        start=plan.horizon.start,
        end=plan.horizon.periods[-1].start if plan.horizon.periods else plan.horizon.start,
        hours=fsum(period.hours for period in plan.horizon.periods),
    )


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pairs(a: Iterable[PlanLine], b: Iterable[PlanLine]) -> list[Pair]:
    """Lines of the same thing under the same terms, each with its partner in the other plan or None."""
    groups: dict[Hashable, tuple[list[PlanLine], list[PlanLine]]] = defaultdict(lambda: ([], []))
    for number, lines in enumerate((a, b)):
        for line in lines:
            groups[_identity(line)][number].append(line)
    return [pair for ours, theirs in groups.values() for pair in _partners(ours, theirs)]


def _identity(line: PlanLine) -> Hashable:
    return (line.provider, line.region, line.node_type, line.contract, line.term_periods, line.action, line.unit)


def _partners(a: list[PlanLine], b: list[PlanLine]) -> list[Pair]:
    """Several lines of one identity: those that are the same first, then those of the same start, then in order."""
    pairs: list[Pair] = []
    for likeness in (_line_side, lambda line: line.start):
        found, a, b = _matched(a, b, likeness)
        pairs += found
    return [*pairs, *zip_longest(_in_order(a), _in_order(b))]


def _matched(
    a: list[PlanLine], b: list[PlanLine], likeness: Callable[[PlanLine], Hashable]
) -> tuple[list[Pair], list[PlanLine], list[PlanLine]]:
    """Pairs of equal likeness, and what is left of both."""
    waiting: dict[Hashable, list[PlanLine]] = defaultdict(list)
    for line in reversed(_in_order(b)):
        waiting[likeness(line)].append(line)
    pairs: list[Pair] = []
    left: list[PlanLine] = []
    for line in _in_order(a):
        partners = waiting[likeness(line)]
        if partners:
            pairs.append((line, partners.pop()))
        else:
            left.append(line)
    return pairs, left, list(chain.from_iterable(waiting.values()))


def _in_order(lines: list[PlanLine]) -> list[PlanLine]:
    return sorted(lines, key=lambda x: (x.start_index, x.end_index, x.nodes, x.quantity, x.unit_price_usd, x.total_usd))


def _line_side(line: PlanLine) -> LineSide:
    return LineSide(**{name: getattr(line, name) for name in LineSide.model_fields})


def _line_change(pair: Pair) -> LineChange:
    a, b = pair
    line = b if a is None else a
    assert line is not None
    fields = () if a is None or b is None else tuple(_field_changes(a, b))
    cash = amount_of(None if a is None else a.in_horizon_usd, None if b is None else b.in_horizon_usd)
    owed = amount_of(None if a is None else a.total_usd, None if b is None else b.total_usd)
    change: Change = "="
    if a is None or b is None:
        change = "+" if a is None else "-"
    elif fields or not (same(cash.difference, 0.0) and same(owed.difference, 0.0)):
        change = "~"
    return LineChange(
        change=change,
        action=line.action,
        provider=line.provider,
        region=line.region,
        node_type=line.node_type,
        contract=line.contract,
        term_periods=line.term_periods,
        a=None if a is None else _line_side(a),
        b=None if b is None else _line_side(b),
        fields=fields,
        cash_usd=cash,
        owed_usd=owed,
    )


def _field_changes(a: PlanLine, b: PlanLine) -> Iterable[FieldChange]:
    for name in _FIELDS:
        before, after = getattr(a, name), getattr(b, name)
        if not same(before, after):
            yield FieldChange(field=name, a=before, b=after)


def _name(change: LineChange) -> tuple[str, ...]:
    """Orders changes of equal size, the same way round for A against B as for B against A."""
    term, sides = str(change.term_periods), sorted(repr(side) for side in (change.a, change.b) if side is not None)
    return (change.provider, change.region, change.node_type, change.contract, term, change.action, *sides)


def _beside_the_lines(a: Plan, b: Plan) -> LineChange | None:
    """Cash within the horizon that no line accounts for, if it is not the same in both."""
    rests = [round(plan.total_usd - fsum(line.in_horizon_usd for line in plan.lines), _CENT_PLACES) for plan in (a, b)]
    rest = amount_of(*rests)
    if same(rest.difference, 0.0):
        return None
    return LineChange(
        change="~",
        action=OTHER,
        provider="",
        region="",
        node_type="",
        contract="",
        term_periods=None,
        a=None,
        b=None,
        fields=(),
        cash_usd=rest,
        owed_usd=rest,
    )


# ── sums ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _between(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else amount_of(a, b).difference


def _totals(a: Plan, b: Plan, unchanged_lines: int, unchanged_usd: float) -> Totals:
    return Totals(
        npv_usd=amount_of(a.npv_usd, b.npv_usd),
        npv_difference_at_least_usd=_between(a.npv_usd, b.bound_usd),
        npv_difference_at_most_usd=_between(a.bound_usd, b.npv_usd),
        total_usd=amount_of(a.total_usd, b.total_usd),
        outstanding_liability_usd=amount_of(a.cost.outstanding_liability_usd, b.cost.outstanding_liability_usd),
        unserved_npv_usd=amount_of(a.cost.unserved_npv_usd, b.cost.unserved_npv_usd),
        unchanged_lines=unchanged_lines,
        unchanged_usd=round(unchanged_usd, _CENT_PLACES),
        by_kind=_by_name(a.cost.by_kind, b.cost.by_kind),
        by_provider=_by_name(a.cost.by_provider, b.cost.by_provider),
        by_plan_year=tuple(amount_of(x, y) for x, y in zip_longest(a.cost.by_plan_year, b.cost.by_plan_year)),
        unit_costs=tuple(_unit_costs(a, b)),
        unserved=tuple(_unserved(a, b)),
    )


def _by_name(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, Amount]:
    return {name: amount_of(a.get(name), b.get(name)) for name in dict.fromkeys((*a, *b))}


def _unit_costs(a: Plan, b: Plan) -> Iterable[UnitCostChange]:
    ours, theirs = ({(c.workload, c.unit): c.usd_per_unit for c in plan.unit_costs} for plan in (a, b))
    for workload, unit in dict.fromkeys((*ours, *theirs)):
        cost = amount_of(ours.get((workload, unit)), theirs.get((workload, unit)))
        yield UnitCostChange(workload=workload, unit=unit, usd_per_unit=cost)


def _unserved(a: Plan, b: Plan) -> Iterable[UnservedChange]:
    ours, theirs = _unserved_work(a), _unserved_work(b)
    for workload, unit in dict.fromkeys((*ours, *theirs)):
        work = amount_of(ours.get((workload, unit)), theirs.get((workload, unit)))
        yield UnservedChange(workload=workload, work_unit=unit, work=work)


def _unserved_work(plan: Plan) -> dict[tuple[str, str], float]:
    work: dict[tuple[str, str], float] = defaultdict(float)
    for record in plan.unserved:
        if record.work > 0:
            work[record.workload, record.work_unit] += record.work
    return work
