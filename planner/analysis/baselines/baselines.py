"""The four usual ways to buy, computed on the same demand: what the plan saves against each.

A way obeys what the plan obeys: caps stated and assumed, places, runs, failures to be survived. Only budgets and cash are
dropped, and nodes, replicas, runs and places of data may be fractional; both make a baseline cheaper, never dearer. So the
real cost of each way is at least what is shown, and so is the saving.

A way that cannot serve the demand within the assumed caps is computed without them. Its note says so, and that the plan
saves something is then only said if the way is dearer even so. No usual way owns anything: what may be owned is left to the plan.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from math import ceil, inf
from typing import NamedTuple

from planner.analysis.baselines.bounds import Keep, fits_all, hosts_all_runs, lower_bound
from planner.analysis.baselines.demand import levelled
from planner.analysis.baselines.paid import cash_by_period
from planner.analysis.baselines.prices import least_cost
from planner.domain.options import Action
from planner.domain.records import Baseline
from planner.formulation import Built
from planner.formulation.parameters import THOUSAND
from planner.market import Market
from planner.pipeline import Question, restricted
from planner.solver import Floats, Watch

NOTE = "at least: fractional nodes, no budgets"
TIME_IS_UP = "not computed: the time was up"
FEW_NODES = 1e-9
"""Fewer signed nodes are none."""


def baselines_of(question: Question, npv_usd: float, watch: Watch) -> tuple[Baseline, ...]:
    """All four baselines of a question whose plan costs `npv_usd`; and renting everything, where something may be owned."""
    desk = _BaselineContext(question, npv_usd, watch)
    rented = () if question.scenario.own is None else (desk.rent_everything(),)
    usual = (desk.on_demand_at_largest(), desk.best_single_provider(), desk.commit_to_peak(), desk.commit_to_mean())
    return (*rented, *usual)


class _Cheapest(NamedTuple):
    """The least-cost purchase of a way, fractional."""

    question: Question
    built: Built
    x: Floats
    cost: float
    """Thousands of dollars."""


class _Found(NamedTuple):
    """A way that serves the demand."""

    cheapest: _Cheapest
    seller: str
    """The provider, or empty if there are several."""
    note: str


Way = Callable[[Question], _Found | None]


class _BaselineContext:
    def __init__(self, question: Question, npv_usd: float, watch: Watch) -> None:
        scenario = question.scenario.model_copy(update=FREE)
        self.question = question._replace(scenario=scenario, market=question.market._replace(sites=()))
        self.npv_usd, self.watch = npv_usd, watch
        self.standing = {member.option.id for member in question.parameters.options}
        """What no other option of the same kind makes superfluous; the same whatever the level of demand."""

    # --- the ways: nothing is owned in any of them ------------------------------------------------

    def rent_everything(self) -> Baseline:
        """The cheapest of all that can be rented, as the plan would choose it."""
        note = "all contracts of all providers, nothing owned"

        def way(question: Question) -> _Found | None:
            cheapest = self._cheapest(question, lambda o: o.asset is None)
            return None if cheapest is None else _Found(cheapest, "", note)

        return self._baseline("rent everything", way, f"cannot serve the demand this way ({note})")

    def on_demand_at_largest(self) -> Baseline:
        """The largest cloud that can serve everything by the hour."""
        name = "everything on demand at the largest cloud"
        clouds = self.question.scenario.clouds
        ranked = sorted(
            (p.size_rank, p.id)
            for p in self.question.catalog.providers.values()
            if p.size_rank and (clouds is None or p.id in clouds)
        )
        if not ranked:
            return _none(name, "no hyperscaler among the allowed clouds")

        def way(question: Question) -> _Found | None:
            for _, provider in ranked:
                cheapest = self._cheapest(question, lambda o: o.provider == provider and o.action == "on_demand")  # noqa: B023
                if cheapest is not None:
                    return _Found(cheapest, provider, f"{provider}, on demand only")
            return None

        return self._baseline(name, way, "no hyperscaler serves all workloads on demand")

    def best_single_provider(self) -> Baseline:
        """The cheapest of all providers that can serve everything."""
        return self._baseline("best single provider", self._single, "no single provider can serve all workloads")

    def commit_to_peak(self) -> Baseline:
        """Commitments for the peak of every period, around the clock, as people size who look at peaks."""
        note = "commitments only, each workload at its peak all the time"

        def way(question: Question) -> _Found | None:
            peak = question._replace(scenario=levelled(question, at_peak=True))
            cheapest = self._cheapest(peak, self._every("commit"))
            return None if cheapest is None else _Found(cheapest, "", note)

        return self._baseline("commit to the peak", way, f"cannot serve the demand this way ({note})")

    def commit_to_mean(self) -> Baseline:
        """Commitments sized on the mean load, the rest on demand."""
        note = "commitments sized on the mean load, the rest on demand"

        def way(question: Question) -> _Found | None:
            mean = question._replace(scenario=levelled(question, at_peak=False))
            sized = self._cheapest(mean, self._every("commit"))
            if sized is None:
                return None
            fixed = _signings(sized)
            held, by_hour = {identifier for identifier, _ in fixed}, self._every("on_demand")
            cheapest = self._cheapest(question, lambda o: o.id in held or by_hour(o), fixed)
            return None if cheapest is None else _Found(cheapest, "", note)

        return self._baseline("commit to the mean", way, f"cannot serve the demand this way ({note})")

    # --- providers, in order of a bound -----------------------------------------------------------

    def _single(self, question: Question) -> _Found | None:
        """The cheapest provider: those whose bound is not below the best cost need not be solved."""
        options = question.market.options
        sellers = sorted({options[o].provider for _, o in question.screened.fits if options[o].asset is None})
        fit = [seller for seller in sellers if fits_all(question, _of(seller))]
        bounded: list[tuple[float, str, Question]] = []
        for seller in fit:
            if self.watch.over or not hosts_all_runs(question, _of(seller)):
                continue
            part = restricted(question, _with_held(_of(seller)))
            bound = lower_bound(part.parameters, self.watch)
            if bound < inf:
                bounded.append((bound, seller, part))
        best: _Found | None = None
        count = Counter(fit=len(fit), able=len(bounded))
        for bound, seller, part in sorted(bounded, key=lambda item: item[:2]):
            if best is not None and bound >= best.cheapest.cost:
                break
            cheapest = self._solved(part)
            if self.watch.over:
                return None
            count["able" if cheapest is None else "solved"] += -1 if cheapest is None else 1
            if cheapest is not None and (best is None or cheapest.cost < best.cheapest.cost):
                best = _Found(cheapest, seller, "")
        if best is None:
            return None
        return best._replace(note=f"{best.seller}, all contracts; {_counted(count)}")

    # --- solving --------------------------------------------------------------------------------

    def _every(self, action: Action) -> Keep:
        """All options of a kind, of all providers; dominated ones may be left out because their dominators are there."""
        return lambda option: option.action == action and option.id in self.standing

    def _cheapest(
        self, question: Question, keep: Keep, fixed: dict[tuple[str, int], float] | None = None
    ) -> _Cheapest | None:
        """The least cost with the options to be kept (and what is held); None if they cannot serve the demand."""
        if self.watch.over or not fits_all(question, keep) or not hosts_all_runs(question, keep):
            return None
        part = restricted(question, _with_held(keep))
        return self._solved(part if fixed is None else _with_signings(part, fixed))

    def _solved(self, question: Question) -> _Cheapest | None:
        if self.watch.over:
            return None
        found = least_cost(question.parameters, self.watch)
        return None if found is None else _Cheapest(question, found.built, found.x, found.cost)

    def _baseline(self, name: str, way: Way, otherwise: str) -> Baseline:
        """A way within all caps; without the assumed ones if there is none."""
        found, times = way(self.question), 0.0
        if found is None and not self.watch.over:
            found = way(self.question._replace(market=without_assumed_caps(self.question.market)))
            times = 0.0 if found is None else self._times_assumed(found.cheapest)
        if found is None:
            return _none(name, TIME_IS_UP if self.watch.over else otherwise)
        npv, cheapest = float(round(found.cheapest.cost * THOUSAND, 6)), found.cheapest
        saving = 1 - self.npv_usd / npv if npv else None
        cash = cash_by_period(cheapest.question.parameters, cheapest.built, cheapest.x)
        note = f"{found.note}; {NOTE}"
        if times > 1:
            saving = None if saving is not None and saving <= 0 else saving
            note = f"{found.note}; {_only_if(found.seller, times)}; {NOTE}, no assumed caps"
        return Baseline(name=name, npv_usd=npv, saving_fraction=saving, note=note, cash_by_period=cash)

    def _times_assumed(self, cheapest: _Cheapest) -> float:
        """How many times an assumed cap is what runs at once, where that is most."""
        limits = {name: cap.max_accelerators for name, cap in self.question.market.caps.items() if cap.assumed}
        p, order = cheapest.question.parameters, cheapest.built.order
        x = cheapest.built.variables
        running: dict[tuple[str, int, int], float] = {}
        runs = [((o, t, s), variable) for (o, t, s), variable in x.running.items()]
        for (j, o), variable in x.extra.items():
            t = p.casts[j].end - 1
            runs += [((o, t, s), variable) for s in range(len(p.hours[t]))]
        for (o, t, s), variable in runs:
            option = self.question.market.options[cheapest.question.assembled.sources[o]]
            for group in limits.keys() & set(option.groups):
                accelerators = option.count * float(cheapest.x[order[variable.name]])
                running[group, t, s] = running.get((group, t, s), 0.0) + accelerators
        used = [(most, limits[group]) for (group, _, _), most in running.items() if most > FEW_NODES]
        return max((most / limit if limit else inf for most, limit in used if limit is not None), default=0.0)


FREE: dict[str, object] = {
    "budget_total_usd": None,
    "budget_per_year_usd": None,
    "budget_per_period_usd": None,
    "budget_upfront_per_year_usd": None,
    "cash": None,
    "integers": "relaxed",
}
"""What of a scenario is changed in every baseline."""


def _none(name: str, note: str) -> Baseline:
    return Baseline(name=name, npv_usd=None, saving_fraction=None, note=note)


def _of(provider: str) -> Keep:
    return lambda option: option.provider == provider


def _with_held(keep: Keep) -> Keep:
    return lambda option: option.held or keep(option)


def _counted(count: Counter[str]) -> str:
    """How many providers could serve, and how many were solved."""
    parts = [f"of {count['fit']} that fit every workload {count['solved']} computed"]
    if unable := count["fit"] - count["able"]:
        parts.append(f"{unable} cannot serve it within the caps")
    if rest := count["able"] - count["solved"]:
        parts.append(f"{rest} cannot be cheaper")
    return ", ".join(parts)


def _only_if(seller: str, times: float) -> str:
    """What would have to be true for a way beyond the assumed caps."""
    who, has = (seller, "it is assumed to have") if seller else ("providers", "they are assumed to have")
    if times == inf:
        return f"only if {who} could deliver what {has.replace('to have', 'not to have')}"
    shown = ceil(times * 10) / 10 if times < 10 else ceil(times)
    return f"only if {who} could deliver {shown:g}x what {has}"


def without_assumed_caps(market: Market) -> Market:
    """The market as if everybody could deliver as much as is asked for, unless somebody says how much."""
    assumed = {name for name, cap in market.caps.items() if cap.assumed}
    options = tuple(replace(o, groups=tuple(g for g in o.groups if g not in assumed)) for o in market.options)
    return market._replace(options=options, caps={name: cap for name, cap in market.caps.items() if not cap.assumed})


# --- given signings -----------------------------------------------------------------------------


def _signings(cheapest: _Cheapest) -> dict[tuple[str, int], float]:
    """(option, period) → nodes signed."""
    p, order = cheapest.question.parameters, cheapest.built.order
    nodes = {key: float(cheapest.x[order[k.name]]) for key, k in cheapest.built.variables.signed.items()}
    return {(p.options[o].option.id, v): signed for (o, v), signed in nodes.items() if signed > FEW_NODES}


def _with_signings(question: Question, fixed: dict[tuple[str, int], float]) -> Question:
    """The question with its signings given: exactly so many nodes, and none in any other period."""
    p = question.parameters
    options = []
    for member in p.options:
        if member.terms.term and not member.option.held:
            kept = tuple(v for v in member.terms.signing if (member.option.id, v) in fixed)
            member = member._replace(terms=member.terms._replace(signing=kept))
        options.append(member)
    given = {
        (o, v): fixed[member.option.id, v]
        for o, member in enumerate(options)
        for v in member.terms.signing
        if (member.option.id, v) in fixed
    }
    parameters = replace(p, options=tuple(options), given=given)
    return question._replace(assembled=question.assembled._replace(parameters=parameters))
