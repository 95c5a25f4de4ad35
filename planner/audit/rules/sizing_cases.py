"""Rules on the uncertainty of sized rates: what the nodes of the plan still serve at the low ones, and what the cases may cost.

Only where the plan says anything about it. At the low rates a node of an option does low/expected of its work; nodes in service
that neither serve nor are held by a training run help, in proportion to who serves there. The cost of the cases comes from
programs that the second accountant has not seen; it is held to what must be true of it: the low case costs no less than the
bound of the plan, the high case no more than the plan.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from planner.audit.books import Books, Check, at_least, at_most, demands, holds, online, same_number
from planner.audit.rules.runs import total_work, window
from planner.domain.records import FitRecord, ServingRecord, SizedWorkload
from planner.domain.workloads import Batch, Inference, TrainingRun

Point = tuple[int, int]
_DUST = 1e-9
_CENT = 0.01


NO_RANGE = 1e-12
"""Distance of a share from 1 that is rounding."""


def low_share(fit: FitRecord) -> float:
    """Low over expected rate; 1 where a rate was measured, or nothing is said."""
    if fit.basis != "sized" or fit.rate_low_per_node_hour is None or fit.rate_per_node_hour <= 0:
        return 1.0
    return fit.rate_low_per_node_hour / fit.rate_per_node_hour


def ranged(fit: FitRecord) -> bool:
    """Whether the rate may turn out another: hours of an accelerator on itself and a stated utilisation may not."""
    return abs(low_share(fit) - 1) > NO_RANGE or abs(high_share(fit) - 1) > NO_RANGE


def high_share(fit: FitRecord) -> float:
    if fit.basis != "sized" or fit.rate_high_per_node_hour is None or fit.rate_per_node_hour <= 0:
        return 1.0
    return fit.rate_high_per_node_hour / fit.rate_per_node_hour


def as_bought(books: Books) -> Iterator[Check]:
    """Every workload that rests on sized rates has its record, with these figures."""
    if books.plan.sizing is None:
        return
    claimed = {record.workload: record for record in books.plan.sizing.workloads}
    found = {record.workload: record for record in _recomputed(books)}
    yield holds("sizing-risk", "sizing.workloads", set(claimed) == set(found), sorted(claimed), sorted(found))
    for name in sorted(claimed.keys() & found.keys()):
        for field in SizedWorkload.model_fields:
            mine, theirs = getattr(found[name], field), getattr(claimed[name], field)
            where = f"sizing of {name}: {field}"
            if isinstance(mine, float) and isinstance(theirs, float):
                yield same_number("sizing-risk", where, theirs, mine, 1e-6, 1e-6)
            elif field not in ("worst_period", "worst_slice"):
                yield holds("sizing-risk", where, mine == theirs, theirs, mine)


def cases(books: Books) -> Iterator[Check]:
    """The cost of the cases lies on the right side of the plan, and the change is the one between the two."""
    plan = books.plan
    for case in plan.sizing.cases if plan.sizing is not None else ():
        where = f"sizing, {case.case} case"
        if case.npv_usd is None:
            yield holds(
                "sizing-case", where, case.change_fraction is None and bool(case.note), case.change_fraction, "why"
            )
            continue
        if case.case == "low":
            if plan.bound_usd is not None:
                yield at_least("sizing-case", where, case.npv_usd, plan.bound_usd - _CENT)
        else:
            yield at_most("sizing-case", where, case.npv_usd, plan.npv_usd + _CENT)
        if plan.npv_usd:
            change = case.npv_usd / plan.npv_usd - 1
            yield same_number("sizing-case", f"{where}: change", case.change_fraction or 0.0, change, 1e-6, 1e-9)


# --- recomputed ------------------------------------------------------------------------------------


def _recomputed(books: Books) -> Iterator[SizedWorkload]:
    able: dict[str, dict[Point, float]] = defaultdict(lambda: defaultdict(float))
    planned: dict[str, dict[Point, float]] = defaultdict(lambda: defaultdict(float))
    used: dict[str, list[tuple[float, FitRecord | None]]] = defaultdict(list)
    stretch = _stretch(books)
    for r in books.known_serving:
        fit = books.fits.get((r.workload, r.option, r.mode))
        more = 1.0 if r.nodes <= 0 else stretch[r.option, r.period, r.slice]
        where = _where(books, r)
        able[r.workload][where] += r.able * more * (1.0 if fit is None else low_share(fit))
        planned[r.workload][where] += r.able
        used[r.workload].append((r.able, fit))
    for run in books.plan.runs:
        fit = books.fits.get((run.workload, run.shares[0].option, "")) if run.shares else None
        where = run.end_index - 1, -1
        able[run.workload][where] += run.work * (1.0 if fit is None else low_share(fit))
        planned[run.workload][where] += run.work
        used[run.workload].append((run.work, fit))
    for name, lots in used.items():
        sized = [(work, fit) for work, fit in lots if fit is not None and ranged(fit)]
        if sum(work for work, _ in sized) > 0:
            yield _record(books, name, able[name], planned[name], lots)


def _record(
    books: Books,
    name: str,
    able: dict[Point, float],
    planned: dict[Point, float],
    lots: list[tuple[float, FitRecord | None]],
) -> SizedWorkload:
    served: dict[Point, tuple[float, float]] = {}
    asked = _wanted(books, name)
    for where, work in planned.items():
        wanted = min(work, asked(where))
        if wanted > 0:
            served[where] = min(able[where], wanted), wanted
    worst = min(served, key=lambda point: served[point][0] / served[point][1])
    low = min(1.0 if fit is None else low_share(fit) for _, fit in lots)
    workload = books.workloads[name]
    target = workload.target_utilisation if isinstance(workload, Inference | Batch) else None
    sized = sum(work for work, fit in lots if fit is not None and ranged(fit))
    return SizedWorkload(
        workload=name,
        sized_fraction=sized / sum(work for work, _ in lots),
        low_fraction=low,
        high_fraction=max(1.0 if fit is None else high_share(fit) for _, fit in lots),
        served_low_fraction=sum(done for done, _ in served.values()) / sum(all_ for _, all_ in served.values()),
        worst_low_fraction=served[worst][0] / served[worst][1],
        worst_period=worst[0],
        worst_slice=worst[1],
        busy_low_fraction=None if target is None else target / low,
    )


def _stretch(books: Books) -> dict[tuple[str, int, int], float]:
    """Nodes that no run holds per node at work, at least 1, by (option, period, slice)."""
    busy: dict[tuple[str, int, int], float] = defaultdict(float)
    for r in books.known_serving:
        busy[r.option, r.period, r.slice] += r.nodes
    held, brief = books.held_by_runs, books.run_only
    free: dict[tuple[str, int, int], float] = {}
    for o, t, s in busy:
        ending = max(books.ending.get((o, t), 0.0) - books.blocks_of_runs.get((o, t), 0.0), 0.0)
        lasting = books.lasting(o, t, s) - (held.get((o, t), 0.0) - brief.get((o, t), 0.0))
        free[o, t, s] = lasting + ending * books.options[o].period_share
    return {key: max(1.0, free[key] / nodes) if nodes > _DUST else 1.0 for key, nodes in busy.items()}


def _where(books: Books, r: ServingRecord) -> Point:
    """Where its demand must be met: in the slice, in the period, or until the end of a run's window."""
    workload = books.workloads[r.workload]
    if isinstance(workload, TrainingRun):
        return window(books, workload)[1] - 1, -1
    return (r.period, r.slice) if online(workload) else (r.period, -1)


def _wanted(books: Books, name: str) -> Callable[[Point], float]:
    """By point, work that is asked for there and not left unserved on purpose."""
    workload = books.workloads[name]
    if isinstance(workload, TrainingRun):
        total = total_work(books, workload)
        return lambda _: total
    demand, missed = demands(books)[name], defaultdict[Point, float](float)
    for u in books.plan.unserved:
        for where in {(u.period, u.slice), (u.period, -1)} if u.workload == name else ():
            missed[where] += u.work

    def asked(where: Point) -> float:
        t, s = where
        return (demand.work_of_period(t) if s < 0 else demand.work(t, s)) - missed.get(where, 0.0)

    return asked


RULES = (as_bought, cases)
