"""One deal: what rebates save, the price at which the next best takes its place, and the two sellers to ask beside."""

from itertools import islice
from math import isfinite
from typing import NamedTuple

from planner.analysis.explain import TIE, hosted_price, successor
from planner.domain.answers import Deal, NextTier, Rebate, Resolved, RunnerUp, Signing
from planner.domain.options import Option, spread_usd, term_hours
from planner.domain.records import Plan, PlanLine
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Question, Solution
from planner.report.document import unit_price
from planner.sensitivity import Flip, PriceSide, Trials
from planner.units import HOURS_PER_MONTH

STEPS = (0.05, 0.10, 0.15, 0.20)
"""Rebates whose worth is solved."""
RUNNERS_UP = 2


class Ground(NamedTuple):
    """What all deals of a plan are judged on."""

    solution: Solution
    plan: Plan
    trials: Trials
    places: dict[str, int]
    """Option → its place in the program of the trials."""
    rivals: dict[int, list[int]]
    """By workload: positions in the market of what other sellers have."""
    named: dict[str, int]
    """Option → its position in the market."""
    base: dict[int, float]
    """Present value paid for each option of the trials, thousands of dollars."""
    flips: dict[int, Flip | None]
    """Entry prices of other sellers' options that have been sought, by position in the market."""

    def option(self, name: str) -> Option:
        return self.solution.question.market.options[self.named[name]]


UNKNOWN = "what a plan without it costs was not found: the price to walk away at is not known"


def deal_of(ground: Ground, name: str, lines: list[PlanLine]) -> Deal:
    """All that is known of one deal.

    Args:
        lines: its signings in the plan.
    """
    option, trials, place = ground.option(name), ground.trials, ground.places[name]
    hours = sum(line.quantity for line in lines)
    total = sum(line.total_usd for line in lines)
    price = total / hours if hours > 0 else 0.0
    without = trials.without(place)
    flip = trials.flip(place) if option.exact_nodes is None else None
    factor = None if flip is None or flip.factor is None or not isfinite(flip.factor) else flip.factor
    best = successor(trials, ground.base, without, place) if without.x is not None else None
    names = {at: option_id for option_id, at in ground.places.items()}
    served = _served(ground.plan, name)
    walk = None if factor is None else round(price * factor, 6)
    runners = _runners_up(ground, served)
    return Deal(
        option=name,
        provider=option.provider,
        region=option.region,
        node_type=option.node_type,
        accelerator=option.accelerator,
        contract=option.contract,
        term_months=round(term_hours(option, ground.solution.question.parameters.horizon) / HOURS_PER_MONTH, 6),
        workloads=served,
        signings=tuple(_signing(line) for line in lines),
        node_hours=round(hours, 6),
        total_usd=round(total, 6),
        upfront_usd=round(sum(line.upfront_usd for line in lines), 6),
        price_usd=round(price, 6),
        list_price_usd=lines[0].list_price_usd,
        price_source=lines[0].price_source,
        price_as_of=lines[0].price_as_of,
        price_basis=lines[0].price_basis,
        rebates=_rebates(trials, place),
        walk_away_fraction=None if factor is None else round(factor, 9),
        walk_away_usd=walk,
        indispensable=option.exact_nodes is not None or without.verdict == "infeasible",
        without_npv_usd=None if without.x is None else round(without.objective * THOUSAND, 4),
        next_best=None if best is None else names.get(best),
        below=None if flip is None or factor is None else _resolved(flip.below, price),
        above=None if flip is None or factor is None else _resolved(flip.above, price),
        confirmed=flip is not None and flip.confirmed,
        next_tiers=(*agreement_tiers(ground.solution, option.provider), *_contract(ground, name)),
        runners_up=runners,
        sentence=UNKNOWN
        if without.x is None and without.verdict != "infeasible" and option.exact_nodes is None
        else _sentence(option, flip, factor, price, None if best is None else names.get(best)),
    )


def _signing(line: PlanLine) -> Signing:
    return Signing(
        signed=line.signed,
        start=line.start,
        end=line.end,
        nodes=line.nodes,
        accelerators=line.accelerators,
        upfront_usd=line.upfront_usd,
        total_usd=line.total_usd,
    )


def _served(plan: Plan, name: str) -> tuple[str, ...]:
    serving = {record.workload for record in plan.serving if record.option == name and record.work > 0}
    runs = {run.workload for run in plan.runs if any(share.option == name for share in run.shares)}
    return tuple(sorted(serving | runs))


def _rebates(trials: Trials, place: int) -> tuple[Rebate, ...]:
    """What prices lower by each step save; the option may be used for more then."""
    found = []
    for step in STEPS:
        if trials.watch.over:
            break
        solved = trials.at(place, 1.0 - step)
        if solved.x is not None:
            saves = max(trials.base.objective - solved.objective, 0.0)
            found.append(Rebate(fraction=step, saves_usd=round(saves * THOUSAND, 4)))
    return tuple(found)


def _resolved(side: PriceSide | None, price: float) -> Resolved | None:
    if side is None:
        return None
    return Resolved(
        fraction=side.factor,
        price_usd=round(price * side.factor, 6),
        npv_usd=round(side.npv * THOUSAND, 4),
        signed=side.enters,
    )


def _contract(ground: Ground, name: str) -> tuple[NextTier, ...]:
    """The next step of the same seller's list that is for sale."""
    question, deal = ground.solution.question, ground.named[name]
    steps = (contract_tier(question, ground.trials, ground.places, o, deal) for o in rungs_of(question, deal))
    return tuple(islice((step for step in steps if step is not None), 1))


def _runners_up(ground: Ground, served: tuple[str, ...]) -> tuple[RunnerUp, ...]:
    """Two sellers outside the plan whose price could win, the cheapest per unit of what the deal serves first."""
    scenario = ground.solution.question.scenario
    asked = [o for w, load in enumerate(scenario.workloads) if load.name in served for o in ground.rivals.get(w, [])]
    found: list[RunnerUp] = []
    for o in dict.fromkeys(asked):
        if len(found) == RUNNERS_UP or ground.trials.watch.over:
            break
        runner = _runner_up(ground, o)
        if runner is not None and runner.provider not in {one.provider for one in found}:
            found.append(runner)
    return tuple(found)


def _runner_up(ground: Ground, o: int) -> RunnerUp | None:
    """What to ask of an option outside the plan; None if no price lets it in."""
    question = ground.solution.question
    option = question.market.options[o]
    if option.id not in ground.places:
        return None
    if o not in ground.flips:
        ground.flips[o] = ground.trials.flip(ground.places[option.id])
    flip = ground.flips[o]
    if flip is None or flip.factor is None or not isfinite(flip.factor):
        return None
    hosted = option.action == "hosted_api"
    price = hosted_price(option) if hosted else spread_usd(option, question.parameters.horizon)
    unit = (option.priced_unit or "million input tokens") if hosted else "node-hour"
    if flip.factor >= 1 - TIE:
        words = f"does as well at its {unit_price(price)} per {unit}: any rebate lets it in"
    else:
        words = (
            f"ask for {unit_price(price * flip.factor)} per {unit}, {1 - flip.factor:.1%} under its {unit_price(price)}"
        )
    return RunnerUp(
        option=option.id,
        provider=option.provider,
        contract=option.contract,
        price_usd=round(price, 6),
        unit=unit,
        ask_usd=round(price * flip.factor, 6),
        ask_fraction=round(flip.factor, 9),
        confirmed=flip.confirmed,
        price_source=option.provenance.source,
        price_as_of=option.provenance.as_of,
        price_basis=option.provenance.basis,
        sentence=f"{option.id} ({option.contract}): {words}",
    )


def _sentence(option: Option, flip: Flip | None, factor: float | None, price: float, best: str | None) -> str:
    if option.exact_nodes is not None:
        return "the scenario fixes its quantity: there is no price to walk away at"
    if flip is None:
        return "no plan does without it: there is no price to walk away at"
    if factor is None:
        return "the best plan does as well without it at any price"
    same = best is not None and best.startswith(f"{option.provider}/")
    instead = f"{best}{' of the same seller' if same else ''} takes its place" if best else "others take its place"
    if factor < 1 - TIE:
        below = unit_price(price * factor)
        return f"within the gap of the plan another one is better already: {instead} unless it costs below {below}"
    if factor <= 1 + TIE:
        return f"another plan costs no more: {instead} at any higher price"
    most, today = unit_price(price * factor), unit_price(price)
    return f"walk away above {most} per node-hour, {factor - 1:.1%} over today's {today}: then {instead}"


def rungs_of(question: Question, deal: int) -> list[int]:
    """Positions of the same nodes from the same seller for longer or in larger lots, the next step first."""
    options, horizon = question.market.options, question.parameters.horizon
    mine = options[deal]

    def step(option: Option) -> tuple[float, int]:
        return term_hours(option, horizon), option.min_nodes

    same = [
        o
        for o, other in enumerate(options)
        if (other.pool, other.action, other.count) == (mine.pool, "commit", mine.count)
        and not (other.held or other.savings_plan or other.block_hours or other.exact_nodes is not None)
        and step(other) > step(mine)
        and other.min_nodes >= mine.min_nodes
    ]
    return sorted(same, key=lambda o: (*step(options[o]), o))


def contract_tier(question: Question, trials: Trials, places: dict[str, int], rung: int, deal: int) -> NextTier | None:
    """The same nodes for longer or in larger lots, and the price below which every best plan signs that; None if it is not for sale
    in the horizon."""
    option, mine = question.market.options[rung], question.market.options[deal]
    if option.id not in places:
        return None
    horizon = question.parameters.horizon
    list_price, today = spread_usd(option, horizon), spread_usd(mine, horizon)
    flip = trials.flip(places[option.id])
    if flip is None or list_price <= 0 or today <= 0:
        return None
    enters = None if flip.factor is None else round(list_price * flip.factor, 6)
    discount = 1.0 - list_price / today
    months = term_hours(option, horizon) / HOURS_PER_MONTH
    lot = f", at least {option.min_nodes} nodes" if option.min_nodes > mine.min_nodes else ""
    moved = f"{abs(discount):.1%} {'below' if discount >= 0 else 'above'} this deal's list price"
    if flip.factor is None:
        then = "no price makes it the better one"
    elif flip.factor >= 1 - TIE:
        then = "it does as well at its list price"
    else:
        then = f"it takes over below {unit_price(enters or 0.0)}, {1 - flip.factor:.1%} under its list price"
    return NextTier(
        kind="contract",
        what=option.id,
        discount_fraction=discount,
        enters_at_usd=enters,
        sentence=f"{months:g} months{lot} ({option.contract}): {unit_price(list_price)} per node-hour, {moved}; {then}",
    )


def agreement_tiers(solution: Solution, provider: str) -> tuple[NextTier, ...]:
    """Of every agreement on spend that this seller offers, the tier above that of the plan, by plan-year."""
    p, beside, found = solution.question.parameters, solution.beside, []
    for one in () if beside is None else beside.settled:
        agreement = p.agreements[one.agreement]
        level = one.level + 1
        if agreement.provider != provider or agreement.signed or level > len(agreement.tiers):
            continue
        if agreement.share_of_year[one.plan_year] <= 0:
            continue
        threshold, discount = agreement.threshold(one.plan_year, level) * THOUSAND, agreement.discount(level)
        missing = max(threshold - float(one.earning) * agreement.counts(level), 0.0)
        gains = float(one.earning) * (discount - float(one.discount))
        found.append(
            NextTier(
                kind="agreement",
                what=f"tier {level}",
                plan_year=one.plan_year,
                discount_fraction=discount,
                missing_usd=round(missing, 6),
                gains_usd=round(gains, 6),
                sentence=f"agreement, plan-year {one.plan_year + 1}: tier {level} ({discount:.1%} from ${threshold:,.0f}) is "
                f"${missing:,.0f} of spend away and would give ${gains:,.0f} more on what the plan spends",
            )
        )
    return tuple(found)
