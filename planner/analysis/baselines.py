"""The four usual ways to buy, computed on the same demand: what the plan saves against each.

Budgets are dropped, and so are caps that are only assumed: that makes the baselines cheaper, never dearer. They are solved to
1%; the saving is stated against the cost of the baseline's plan.
"""

from collections.abc import Callable
from dataclasses import replace

from planner.domain.catalog import Catalog
from planner.domain.market import Market
from planner.domain.option import Option
from planner.domain.plan import Baseline
from planner.domain.scenario import Scenario
from planner.formulation.solve import Watch
from planner.pipeline import Question, Solution, prepare, solve

GAP = 0.01
Change = Callable[[Market], Market]


def baselines_of(question: Question, npv_usd: float, watch: Watch) -> tuple[Baseline, ...]:
    """All four baselines of a question whose plan costs `npv_usd`."""
    scenario = question.scenario.model_copy(update={"budget_total_usd": None, "budget_per_year_usd": None})
    desk = _Desk(scenario, question.catalog, npv_usd, watch)
    return (desk.on_demand_at_largest(), desk.best_single_provider(), desk.commit_to_peak(), desk.commit_to_mean())


class _Desk:
    def __init__(self, scenario: Scenario, catalog: Catalog, npv_usd: float, watch: Watch) -> None:
        self.scenario, self.catalog, self.npv_usd, self.watch = scenario, catalog, npv_usd, watch

    def on_demand_at_largest(self) -> Baseline:
        name = "everything on demand at the largest cloud"
        ranked = sorted(
            (p.size_rank, p.id) for p in self.catalog.providers.values() if p.size_rank and self._allowed(p.id)
        )
        if not ranked:
            return Baseline(
                name=name, npv_usd=None, saving_fraction=None, note="no hyperscaler among the allowed clouds"
            )
        for _, provider in ranked:
            solution = self._solved(lambda o, of=provider: o.provider == of and o.action == "on_demand")
            if solution is not None:
                return self._baseline(name, solution, f"{provider}, on demand only")
        return Baseline(
            name=name, npv_usd=None, saving_fraction=None, note="no hyperscaler serves all workloads on demand"
        )

    def _allowed(self, provider: str) -> bool:
        return self.scenario.clouds is None or provider in self.scenario.clouds

    def best_single_provider(self) -> Baseline:
        """Every provider that fits all workloads; only the one with the least relaxation is solved to the end."""
        name = "best single provider"
        question = prepare(self.scenario, self.catalog, change=_without_assumed_caps)
        wanted = set(range(len(self.scenario.workloads)))
        serves: dict[str, set[int]] = {}
        for w, o in question.screened.fits:
            serves.setdefault(question.market.options[o].provider, set()).add(w)
        full = sorted(provider for provider, ws in serves.items() if ws == wanted)
        best: tuple[float, str] | None = None
        relaxed = self.scenario.model_copy(update={"integers": "relaxed"})
        for provider in full:
            solution = self._solved(lambda o, of=provider: o.provider == of, relaxed)
            if solution is not None and (best is None or solution.outcome.objective < best[0]):
                best = (solution.outcome.objective, provider)
        if best is None:
            return Baseline(
                name=name, npv_usd=None, saving_fraction=None, note="no single provider serves all workloads"
            )
        chosen = self._solved(lambda o: o.provider == best[1])
        return self._baseline(name, chosen, f"{best[1]}, all contracts, of {len(full)} that could")

    def commit_to_peak(self) -> Baseline:
        solution = self._solved(lambda o: o.action == "commit")
        return self._baseline("commit to the peak", solution, "commitments only, sized for the peak of every period")

    def commit_to_mean(self) -> Baseline:
        """Commitments sized on the mean load, the rest on demand."""
        name, note = "commit to the mean", "commitments sized on the mean load, the rest on demand"
        flat = self.scenario.model_copy(update={"workloads": tuple(_flat(w) for w in self.scenario.workloads)})
        sized = self._solved(lambda o: o.action == "commit", flat)
        if sized is None or sized.decisions is None:
            return self._baseline(name, None, note)
        p, signed = sized.question.parameters, sized.decisions.signed
        held = {p.options[o].option.id for o, _ in signed}
        fixed = {(p.options[o].option.id, v): nodes for (o, v), nodes in signed.items()}
        question = prepare(
            self.scenario,
            self.catalog,
            change=_only(lambda o: o.action == "on_demand" or o.id in held),
            reduced=False,
        )
        return self._baseline(name, _solve_fixed(question, fixed, self.watch), note)

    def _solved(self, keep: Callable[[Option], bool], scenario: Scenario | None = None) -> Solution | None:
        if self.watch.over:
            return None
        question = prepare(scenario or self.scenario, self.catalog, change=_only(keep))
        if {w for w, _ in question.screened.fits} != set(range(len(self.scenario.workloads))):
            return None
        solution = solve(question, GAP, self.watch)
        return solution if solution.present is not None else None

    def _baseline(self, name: str, solution: Solution | None, note: str) -> Baseline:
        if solution is None or solution.present is None:
            return Baseline(name=name, npv_usd=None, saving_fraction=None, note="cannot serve the demand this way")
        npv = float(round(solution.present.npv, 6))
        saving = 1 - self.npv_usd / npv if npv else None
        return Baseline(name=name, npv_usd=npv, saving_fraction=saving, note=note)


def _flat(workload: object) -> object:
    fields = type(workload).model_fields  # type: ignore[attr-defined]
    if "profile" not in fields:
        return workload
    return workload.model_copy(update={"profile": "flat"})  # type: ignore[attr-defined]


def _without_assumed_caps(market: Market) -> Market:
    assumed = {cap.name for cap in market.caps if cap.assumed}
    options = tuple(replace(o, groups=tuple(g for g in o.groups if g not in assumed)) for o in market.options)
    return market._replace(options=options, caps=tuple(cap for cap in market.caps if not cap.assumed))


def _only(keep: Callable[[Option], bool]) -> Change:
    def change(market: Market) -> Market:
        free = _without_assumed_caps(market)
        return free._replace(options=tuple(o for o in free.options if o.held or keep(o)))

    return change


def _solve_fixed(question: Question, fixed: dict[tuple[str, int], float], watch: Watch) -> Solution | None:
    """Solve with the signings given: every other signing is zero."""
    p = question.parameters
    options = []
    for member in p.options:
        terms = member.terms
        if terms.term and not member.option.held:
            kept = tuple(v for v in terms.signing if (member.option.id, v) in fixed)
            terms = terms._replace(signing=kept)
        options.append(member._replace(terms=terms))
    question = question._replace(assembled=question.assembled._replace(parameters=replace(p, options=tuple(options))))
    solution = solve(question, GAP, watch)
    return solution if solution.present is not None else None
