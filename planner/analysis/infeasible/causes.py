"""Why no plan exists, in the user's words: nothing fits, too little can be had, or the budget is below the cheapest serving."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from planner.analysis.infeasible.limits import AT_ONCE, DELIVERY
from planner.analysis.infeasible.prechecks import prechecks
from planner.analysis.infeasible.shortages import below_budget, shortages_of
from planner.assembly import runs_of, window_of
from planner.domain.records import Cause
from planner.formulation import write
from planner.formulation.parameters import Parameters
from planner.pipeline import Question, Solution
from planner.report.document import amount, plural
from planner.sizing.training import goodput
from planner.solution import numbered, without_numbers
from planner.solver import Watch, solve_lp

FIXES = {
    "memory": "allow a smaller precision, other accelerators, or more accelerators per node",
    "latency": "relax the latency tier (`latency`, `ttft_ms`, `tpot_ms`) or shorten the requests",
    "vendor": "allow more `vendors`",
    "region": "allow more `regions`",
    "country": "allow more `countries`",
    "provider": "allow more `clouds`",
    "accelerator": "allow more `accelerators`",
    "precision": "allow another precision",
    "spot": "raise `max_spot_share` or allow other contracts",
    "throughput": "state measured `throughput` for it, or an `accelerator` that can be sized",
    "weights": "allow instances for it: no hosted API has these weights",
    "context": "shorten the requests (`input_tokens`, `output_tokens`)",
    "contract": "allow more `contracts`",
    "term": "raise `max_term_months`, lengthen the horizon, or allow contracts without a term",
    "price_age": "raise `max_price_age_months`",
    "access": "add to `access` what your company has agreed with a seller",
    "estimate": "get a quote for it (`quotes`), or set `allow_estimated_rates: true`",
    "specification": "give the model's architecture, or measured throughput",
}


EXCLUDED = Cause(
    "program",
    None,
    None,
    None,
    None,
    "",
    "the limits of the scenario exclude one another",
    "relax one of them",
    ("*",),
)
"""What is told where no other cause is found."""


def causes_of(question: Question, solution: Solution | None, watch: Watch) -> tuple[Cause, ...]:
    """Causes of infeasibility; without a solution only what is certain before a program is built."""
    p = question.parameters
    none = unfit(question) or prechecks(p)
    if solution is None and any(cause.family in ("budget", "carbon") for cause in none):
        solved = below_budget(question.parameters, watch) or shortages_of(
            question.parameters, watch
        )  # the same, in sharper figures
        return solved if any(cause.need is not None for cause in solved) else none
    if none or solution is None:
        return none
    if numbered(p):  # few providers or pools are no reason why the market or the money has too little
        p = without_numbers(p)
        if solve_lp(write(p).matrix.relaxed(), watch).verdict == "optimal":
            return (EXCLUDED,)
    return _too_little(p, watch) or below_budget(p, watch) or shortages_of(p, watch) or (EXCLUDED,)


def unfit(question: Question) -> tuple[Cause, ...]:
    """Workloads that nothing on the market can serve, whatever it costs."""
    return nothing_fits(question) or _no_home(question)


def nothing_fits(question: Question, blamed: Collection[str] = ()) -> tuple[Cause, ...]:
    """Workloads for which every option was rejected or left out.

    Args:
        blamed: bottlenecks that are told before those which more options share, where it is known that opening them helps.
    """
    served = {w for w, _ in question.screened.fits}
    found = []
    for w, workload in enumerate(question.scenario.workloads):
        if w in served or workload.unserved is not None or not question.parameters.total_work(w):
            continue
        counts = Counter(r.bottleneck for r in question.screened.rejections if r.workload == workload.name)
        counts.pop("weights", None) if len(counts) > 1 else None
        example = {r.bottleneck: r for r in reversed(question.screened.rejections) if r.workload == workload.name}
        if not counts:
            found.append(_all_left_out(question, workload.name))
            continue
        reasons = ", ".join(f"{name} {number}" for name, number in counts.most_common())
        ranked = [name for name, _ in counts.most_common()]
        top = next((name for name in ranked if name in blamed), ranked[0])
        nearest = example[top]
        message = (
            f"nothing on the market can serve `{workload.name}`: {plural(sum(counts.values()), 'option')} rejected "
            f"({reasons}); e.g. {nearest.subject}: {top} needs {nearest.needed}, has {nearest.offered}"
        )
        found.append(Cause(top, workload.name, None, 0.0, None, "", message, FIXES.get(top, "relax the rule")))
    return tuple(found)


def _all_left_out(question: Question, workload: str) -> Cause:
    """No option is left to be tried: what the scenario's rules on contracts and terms left out, if that is why."""
    counts = Counter(row.bottleneck for row in question.market.left_out)
    message = f"nothing can serve `{workload}`: no offer is left after the scenario's filters"
    if not counts:
        return Cause("provider", workload, None, 0.0, None, "", message, "allow more `clouds` or add `offers`")
    top = counts.most_common(1)[0][0]
    example = next(row for row in question.market.left_out if row.bottleneck == top)
    reasons = ", ".join(f"{name} {number}" for name, number in counts.most_common())
    message += f" ({reasons}); e.g. {example.row}: {top} needs {example.needed}, has {example.offered}"
    return Cause(top, workload, None, 0.0, None, "", message, FIXES.get(top, "relax the rule"))


def _no_home(question: Question) -> tuple[Cause, ...]:
    """Training runs that no pool can finish in their window on an allowed cluster."""
    p = question.parameters
    placed = {cast.workload for cast in p.casts}
    found = []
    for w, run in runs_of(question.scenario).items():
        if w in placed:
            continue
        window = window_of(run, p.horizon)
        hours = sum(p.horizon.periods[t].hours for t in window)
        best = max(
            (
                fit.rate_per_node_hour * goodput(run, nodes * fit.count) * nodes * hours
                for (v, o), fit in question.screened.fits.items()
                if v == w and question.market.options[o].action != "spot"
                for nodes in ((run.max_accelerators or max(run.cluster_sizes or (0,))) // max(fit.count, 1),)
                if nodes
            ),
            default=None,
        )
        asked = (
            ""
            if best is None
            else f"; the largest cluster allowed does {_plain(best)} of {_plain(run.total_work)} {run.work_unit}"
        )
        message = f"no cluster that can be had finishes `{run.name}` within its window of {hours:,.0f} hours{asked}"
        fix = "a later `deadline`, a larger `max_accelerators`, a smaller `min_accelerators`, or higher `caps`"
        label = p.horizon.periods[window[-1]].start if window else None
        found.append(Cause("gang", run.name, label, best, run.total_work, run.work_unit, message, fix))
    return tuple(found)


def _too_little(p: Parameters, watch: Watch) -> tuple[Cause, ...]:
    """Workloads and periods whose demand exceeds all that can be had, money aside."""
    years = len(p.budgets)
    free = replace(
        p,
        budget_total=None,
        budgets=(None,) * years,
        period_budgets=(None,) * len(p.hours),
        upfront_budgets=(None,) * years,
        runway=(),
        carbon_caps=(None,) * years,
        agreements=(),
        credits=(),
        unserved={w: (1.0, (1.0,) * len(p.hours)) for w in range(len(p.workloads))},
        whole_nodes=False,
    )
    built = write(free).built
    matrix = built.matrix
    order = built.order
    missing = {key: order[v.name] for key, v in built.variables.unserved.items()}
    cost = np.zeros(matrix.columns)
    for key, column in missing.items():
        cost[column] = 1.0 + 1e-3 * key[0]
    solved = solve_lp(matrix.with_cost(cost).relaxed(), watch)
    if solved.x is None:
        return ()
    permitted = {w: fraction for w, (fraction, _) in p.unserved.items()}
    worst: dict[int, tuple[float, int, int]] = {}
    for (w, t, s), column in missing.items():
        share = float(solved.x[column]) - permitted.get(w, 0.0)
        if share > 1e-6 and (w not in worst or share > worst[w][0]):
            worst[w] = (share, t, s)
    return tuple(_short_of(p, w, *where) for w, where in sorted(worst.items()))


def _short_of(p: Parameters, w: int, share: float, t: int, s: int) -> Cause:
    rate = p.online.get((w, t, s))
    need = rate if rate is not None else p.work(w, t, s)
    unit = p.units[w] + (" an hour" if rate is not None else " in the period")
    period = p.horizon.periods[t].start
    why, fix = _too_late(p, w, t) or _no_more(p, w)
    have = need * (1 - share)
    message = f"`{p.workloads[w]}` needs {_plain(need)} {unit} in {period}, but all that can be had serves {_plain(have)}: {why}"
    return Cause("market", p.workloads[w], period, have, need, unit, message, fix, (*AT_ONCE, *DELIVERY))


def _no_more(p: Parameters, w: int) -> tuple[str, str]:
    """(Why, what would help) where caps, or else dates, quantities and shares, leave no more to be had."""
    serving = {o for c, _ in p.serving(w) for o in (*p.classes[c].running, *p.classes[c].committed)}
    grouped = {o for cap in p.caps for o, _ in cap.weight}
    members = {o: p.options[o].option for o in serving}
    capped = any(
        m.exact_nodes is None and (o in grouped or m.max_nodes is not None or p.running_upper[o] is not None)
        for o, m in members.items()
    )
    helps = "allow more `clouds` or contracts, or permit `unserved` demand"
    if capped:
        return "the caps on what can be had at once are too low", f"raise `caps`, {helps}"
    return (
        "dates, quantities, power and shares of the scenario allow no more at once",
        f"relax what stands in the way, {helps}",
    )


def _too_late(p: Parameters, w: int, t: int) -> tuple[str, str] | None:
    """(Why, what would help) where something that fits is there only after period t: not delivered or not released yet."""
    groups = [p.classes[c] for c, _ in p.serving(w)]
    delivered = {
        (o, v + p.options[o].terms.lead) for g in groups for o in g.committed for v in p.options[o].terms.signing
    }
    first = {o: min(start for found, start in delivered if found == o) for o, _ in delivered}
    for o in (o for g in groups for o in g.running):
        usable = [at for at, there in enumerate(p.options[o].terms.usable) if there]
        if usable:
            first[o] = usable[0]
    late = {o: start for o, start in first.items() if start > t}
    if not late:
        return None
    from_then_on = p.horizon.periods[min(late.values())].start
    waits = any(p.options[o].terms.lead for o in late)
    cause = "is delivered" if waits else "can be had"
    some, rest = ("some of ", ", and of the rest no more can be had at once") if len(late) < len(first) else ("", "")
    helps = (
        "shorten what delivery takes (`lead_times`, `lead_periods`)"
        if waits
        else "allow accelerators that are there already"
    )
    return (
        f"{some}what fits {cause} only from {from_then_on} on{rest}",
        f"{helps}, let the demand begin later, allow more `clouds` or contracts, or permit `unserved` demand",
    )


def _plain(number: float) -> str:
    return amount(number) if number else "0"
