"""The four usual ways to buy, computed on the same demand: what the plan saves against each.

Budgets are dropped, so are caps that are only assumed, and nodes and replicas may be fractional: all three make a
baseline cheaper, never dearer. So the real cost of each way is at least what is shown, and so is the saving.
"""

from collections.abc import Callable
from dataclasses import replace

from planner.domain.demand import shape_of
from planner.domain.market import Market
from planner.domain.option import Option
from planner.domain.plan import Baseline
from planner.domain.scenario import Scenario
from planner.domain.workload import Development, Inference, Workload
from planner.formulation.solve import Watch
from planner.pipeline import Question, Solution, restricted, solve

GAP = 1e-6
NOTE = "at least: fractional nodes, no budgets, no assumed caps"


def baselines_of(question: Question, npv_usd: float, watch: Watch) -> tuple[Baseline, ...]:
    """All four baselines of a question whose plan costs `npv_usd`."""
    desk = _Desk(question, npv_usd, watch)
    return (desk.on_demand_at_largest(), desk.best_single_provider(), desk.commit_to_peak(), desk.commit_to_mean())


class _Desk:
    def __init__(self, question: Question, npv_usd: float, watch: Watch) -> None:
        free = {"budget_total_usd": None, "budget_per_year_usd": None, "integers": "relaxed"}
        self.question = question._replace(
            scenario=question.scenario.model_copy(update=free), market=_without_assumed_caps(question.market)
        )
        self.npv_usd, self.watch = npv_usd, watch

    def on_demand_at_largest(self) -> Baseline:
        name = "everything on demand at the largest cloud"
        ranked = sorted(
            (p.size_rank, p.id) for p in self.question.catalog.providers.values() if p.size_rank and self._allowed(p.id)
        )
        if not ranked:
            return Baseline(
                name=name, npv_usd=None, saving_fraction=None, note="no hyperscaler among the allowed clouds"
            )
        for _, provider in ranked:
            solution = self._solved(_on_demand_of(provider))
            if solution is not None:
                return self._baseline(name, solution, f"{provider}, on demand only")
        return Baseline(
            name=name, npv_usd=None, saving_fraction=None, note="no hyperscaler serves all workloads on demand"
        )

    def _allowed(self, provider: str) -> bool:
        clouds = self.question.scenario.clouds
        return clouds is None or provider in clouds

    def best_single_provider(self) -> Baseline:
        """The cheapest of all providers that fit every workload."""
        name = "best single provider"
        wanted = set(range(len(self.question.scenario.workloads)))
        serves: dict[str, set[int]] = {}
        for w, o in self.question.screened.fits:
            serves.setdefault(self.question.market.options[o].provider, set()).add(w)
        best: Solution | None = None
        full = sorted(provider for provider, ws in serves.items() if ws == wanted)
        chosen = ""
        for provider in full:
            solution = self._solved(_of(provider))
            if solution is not None and (best is None or solution.outcome.objective < best.outcome.objective):
                best, chosen = solution, provider
        if best is None:
            return Baseline(
                name=name, npv_usd=None, saving_fraction=None, note="no single provider serves all workloads"
            )
        return self._baseline(name, best, f"{chosen}, all contracts, of {len(full)} that could")

    def commit_to_peak(self) -> Baseline:
        """Commitments for the peak of every period, around the clock, as people size who look at peaks."""
        solution = self._solved(lambda o: o.action == "commit", self._level(at_peak=True))
        return self._baseline(
            "commit to the peak", solution, "commitments only, each workload at its peak all the time"
        )

    def _level(self, *, at_peak: bool) -> Scenario:
        """The scenario with every load shape levelled, at its mean or at its peak."""
        profiles = {name: profile.values for name, profile in self.question.catalog.profiles.items()}
        workloads = tuple(_levelled(w, profiles, at_peak) for w in self.question.scenario.workloads)
        return self.question.scenario.model_copy(update={"workloads": workloads})

    def commit_to_mean(self) -> Baseline:
        """Commitments sized on the mean load, the rest on demand."""
        name, note = "commit to the mean", "commitments sized on the mean load, the rest on demand"
        sized = self._solved(lambda o: o.action == "commit", self._level(at_peak=False))
        if sized is None or sized.decisions is None:
            return self._baseline(name, None, note)
        p, signed = sized.question.parameters, sized.decisions.signed
        fixed = {(p.options[o].option.id, v): nodes for (o, v), nodes in signed.items()}
        held = {identifier for identifier, _ in fixed}
        return self._baseline(name, self._solved(lambda o: o.action == "on_demand" or o.id in held, fixed=fixed), note)

    def _solved(
        self,
        keep: Callable[[Option], bool],
        scenario: Scenario | None = None,
        fixed: dict[tuple[str, int], float] | None = None,
    ) -> Solution | None:
        if self.watch.over:
            return None
        asked = scenario or self.question.scenario
        question = restricted(self.question._replace(scenario=asked), lambda o: o.held or keep(o))
        if {w for w, _ in question.screened.fits} != set(range(len(asked.workloads))):
            return None
        solution = solve(question if fixed is None else _with_signings(question, fixed), GAP, self.watch)
        return solution if solution.present is not None else None

    def _baseline(self, name: str, solution: Solution | None, note: str) -> Baseline:
        if solution is None or solution.present is None:
            return Baseline(
                name=name, npv_usd=None, saving_fraction=None, note=f"cannot serve the demand this way ({note})"
            )
        npv = float(round(solution.present.npv, 6))
        saving = 1 - self.npv_usd / npv if npv else None
        return Baseline(name=name, npv_usd=npv, saving_fraction=saving, note=f"{note}; {NOTE}")


def _of(provider: str) -> Callable[[Option], bool]:
    return lambda option: option.provider == provider


def _on_demand_of(provider: str) -> Callable[[Option], bool]:
    return lambda option: option.provider == provider and option.action == "on_demand"


def _levelled(workload: Workload, profiles: dict[str, tuple[float, ...]], at_peak: bool) -> Workload:
    """The workload with a flat load shape; `at_peak`: at its busiest hour's level."""
    if not isinstance(workload, Inference | Development):
        return workload
    level = max(shape_of(workload, profiles)) if at_peak else 1.0
    changed: dict[str, object] = {"profile": "flat"}
    for field in ("tokens_per_day", "requests_per_day", "headcount"):
        stated = getattr(workload, field, None)
        if isinstance(stated, tuple):
            changed[field] = tuple(heads * level for heads in stated)
        elif stated is not None:
            changed[field] = stated * level
    return workload.model_copy(update=changed)


def _without_assumed_caps(market: Market) -> Market:
    assumed = {cap.name for cap in market.caps if cap.assumed}
    options = tuple(replace(o, groups=tuple(g for g in o.groups if g not in assumed)) for o in market.options)
    return market._replace(options=options, caps=tuple(cap for cap in market.caps if not cap.assumed))


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
