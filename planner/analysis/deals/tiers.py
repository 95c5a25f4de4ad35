"""What a larger or a longer deal with the same seller would change."""

from planner.analysis.explain import TIE
from planner.domain.answers import NextTier
from planner.domain.options import Option, spread_usd, term_hours
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Question, Solution
from planner.sensitivity import Trials
from planner.units import HOURS_PER_MONTH


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
        then = f"it takes over below ${enters:,.4f}, {1 - flip.factor:.1%} under its list price"
    return NextTier(
        kind="contract",
        what=option.id,
        discount_fraction=discount,
        enters_at_usd=enters,
        sentence=f"{months:g} months{lot} ({option.contract}): ${list_price:,.4f} per node-hour, {moved}; {then}",
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
        missing = max(threshold - float(one.spend) * agreement.counts(level), 0.0)
        gains = float(one.spend) * (discount - float(one.discount))
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
