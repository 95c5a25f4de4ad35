"""What counts beside the payments for capacity: support plans, data, credits, the cost of fallbacks, emissions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import ROUND_FLOOR, Decimal

from planner.domain.scenario import Scenario
from planner.domain.workloads import Inference
from planner.formulation.parameters import Parameters
from planner.market import SiteOffer
from planner.solution.decisions import Decisions
from planner.solution.payments import NODE_HOURS, Beside, Charge, Payment, Settled, exact, hours_by_year, over_years
from planner.solution.payments_owned import owned_charges
from planner.units import HOURS_PER_MONTH, HOURS_PER_YEAR

_MICRO = Decimal("0.000001")


def beside_of(
    p: Parameters,
    d: Decisions,
    paid: list[Payment],
    scenario: Scenario,
    tonnes_per_hour: dict[int, float],
    sites: Mapping[str, SiteOffer],
) -> Beside:
    """All of it, in exact decimals.

    Args:
        tonnes_per_hour: by option, tonnes CO2e of a node-hour, where known.
        sites: of one's own, by name.
    """
    data = [*_egress(p, d, scenario), *_storage(p, d, scenario), *owned_charges(p, d, sites)]
    charges = (*data, *_support(p, paid, data))
    used = _credits(p, d, paid, charges)
    settled = settlements_of(p, d, paid, charges, used, scenario)
    beside = [charge for one in settled for charge in charges_of(p, one)]
    return Beside(
        (*charges, *beside, *_support(p, [], beside)),
        used,
        fallback_usd(p, d, scenario),
        _tonnes(p, d, paid, tonnes_per_hour),
        settled,
    )


def _egress(p: Parameters, d: Decisions, scenario: Scenario) -> list[Charge]:
    """Work × GB per unit × USD per GB, by workload, provider and period."""
    work: dict[tuple[int, str, int], Decimal] = defaultdict(Decimal)
    for (w, provider, t, _), units in sorted(d.sent.items()):
        work[w, provider, t] += exact(units)
    found = []
    for (w, provider, t), amount in work.items():
        gb = exact(scenario.workloads[w].egress_gb_per_unit) * amount
        prices = scenario.egress_usd_per_gb
        if gb:
            price = exact(prices[provider] if provider in prices else prices["default"])
            found.append(Charge("egress", provider, w, t, False, gb, price, gb * price, Decimal(1)))
    return found


def _storage(p: Parameters, d: Decisions, scenario: Scenario) -> list[Charge]:
    """GB × USD per GB and month × months, at every provider that keeps the data, in every period."""
    found = []
    prices = scenario.storage_usd_per_gb_month
    for w, provider in sorted(d.stored):
        gb = exact(scenario.workloads[w].storage_gb)
        price = exact(prices[provider] if provider in prices else prices["default"])
        for t, period in enumerate(p.horizon.periods):
            usd = gb * price * exact(period.hours) / exact(HOURS_PER_MONTH)
            found.append(Charge("storage", provider, w, t, False, gb, price, usd, Decimal(1)))
    return found


def _support(p: Parameters, paid: list[Payment], data: list[Charge]) -> list[Charge]:
    """Share × everything paid to the provider, when it is paid."""
    spent: dict[tuple[str, int, bool, Decimal, int], Decimal] = defaultdict(Decimal)
    for payment in paid:
        provider = p.options[payment.option].option.provider
        spent[provider, payment.period, payment.at_start, payment.counted, -1] += payment.usd
    for charge in data:
        spent[charge.provider, charge.period, False, Decimal(1), charge.plan_year] += charge.usd
    return [
        Charge("support", provider, -1, t, at_start, usd, share, usd * share, counted, plan_year=year)
        for (provider, t, at_start, counted, year), usd in sorted(spent.items())
        if usd and (share := exact(p.support.get(provider, 0.0)))
    ]


def _credits(
    p: Parameters, d: Decisions, paid: list[Payment], charges: tuple[Charge, ...]
) -> dict[tuple[int, int], Decimal]:
    """Credits used, never more than the bills of the period, nor than the grant."""
    bills = _bills(p, paid, charges)
    left = [exact(grant.amount) * 1000 for grant in p.credits]
    used = {}
    for (i, t), usd in sorted(d.credit.items()):
        provider = p.credits[i].provider
        most = min(exact(round(usd, 6)), left[i], bills[provider, t]).quantize(_MICRO, rounding=ROUND_FLOOR)
        if most > 0:
            used[i, t] = most
            left[i] -= most
            bills[provider, t] -= most
    return used


def _bills(p: Parameters, paid: list[Payment], charges: tuple[Charge, ...]) -> dict[tuple[str, int], Decimal]:
    """What is paid to each provider in each period."""
    bills: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for payment in paid:
        bills[p.options[payment.option].option.provider, payment.period] += payment.usd
    for charge in charges:
        bills[charge.provider, charge.period] += charge.usd
    return bills


def fallback_usd(p: Parameters, d: Decisions, scenario: Scenario) -> dict[int, Decimal]:
    """Stated cost of what the ordinary way leaves to fallbacks, by period, USD."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for (w, t, _), units in fallback_work(p, d).items():
        workload = scenario.workloads[w]
        usd = workload.fallback.usd_per_unit if isinstance(workload, Inference) and workload.fallback else 0.0
        if usd:
            found[t] += units * exact(usd)
    return dict(found)


def fallback_work(p: Parameters, d: Decisions) -> dict[tuple[int, int, int], Decimal]:
    """(w, t, s) → work that a fallback serves: what the ordinary way and what stays unserved leave of the demand.

    Where spot may serve, it also stands in for what must not be spot.
    """
    found: dict[tuple[int, int, int], Decimal] = {}
    for i, mode in enumerate(p.modes):
        w = mode.parent
        done: dict[tuple[int, int], float] = defaultdict(float)
        firm: dict[tuple[int, int], float] = defaultdict(float)
        for (t, s), parts in d.busy.items():
            for part in parts:
                if part.workload == w:
                    work = part.nodes / part.service.nodes * part.service.rate_per_hour * p.hours[t][s]
                    done[t, s] += work
                    firm[t, s] += 0.0 if p.options[part.option].option.action == "spot" else work
        for (h, t, s), units in d.hosted.items():
            if p.hosted[h].workload == w:
                done[t, s] += units
                firm[t, s] += units
        share = p.spot_share.get(w, 0.0)
        for _, t, s in p.points(len(p.workloads) + i):
            demand, missed = p.work(w, t, s), d.unserved.get((w, t, s), 0.0)
            asked = demand - missed
            left = asked - done[t, s]
            if share > 0:
                left = max(left, (1 - share) * demand - missed - firm[t, s])
            if left > 1e-7 * max(asked, 1e-9):
                found[w, t, s] = exact(left)
    return found


def _tonnes(p: Parameters, d: Decisions, paid: list[Payment], tonnes_per_hour: dict[int, float]) -> dict[int, Decimal]:
    """Tonnes CO2e of the node-hours paid for, or of one's own in service, inside the horizon, by period."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for o, t, hours in node_hours(p, d, paid):
        found[t] += hours * exact(tonnes_per_hour.get(o, 0.0))
    return dict(found)


def node_hours(p: Parameters, d: Decisions, paid: list[Payment]) -> Iterator[tuple[int, int, Decimal]]:
    """(option, period, node-hours inside the horizon) that are paid for, alone or by a savings plan, or in service where they
    are owned; of a savings plan the dollars committed."""
    count = len(p.horizon.periods)
    for (o, _, t, s), nodes in sorted(d.covered.items()):
        yield o, t, exact(nodes) * exact(p.hours[t][s])
    for payment in paid:
        if payment.period < count and not payment.at_start and payment.action in NODE_HOURS:
            yield payment.option, payment.period, payment.quantity
    for (o, v), nodes in sorted(d.signed.items()):
        asset, terms = p.options[o].option.asset, p.options[o].terms
        if asset is not None and asset.role == "server":
            for t in range(v + terms.lead, min(v + terms.lead + terms.term, count)):
                yield o, t, exact(nodes) * exact(p.horizon.periods[t].hours)


def settlements_of(
    p: Parameters,
    d: Decisions,
    paid: list[Payment],
    charges: tuple[Charge, ...],
    used: dict[tuple[int, int], Decimal],
    scenario: Scenario,
) -> tuple[Settled, ...]:
    """Every agreement in every plan-year of the horizon, with or without a tier."""
    hours: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    spent: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    for a, agreement in enumerate(p.agreements):
        for t in agreement.periods:
            for y, part in hours_by_year(p.horizon, t):
                hours[a, y] += part
        for payment in paid:
            if payment.period in agreement.periods and payment.option in agreement.options:
                for y, usd in over_years(p.horizon, payment.period, payment.usd, payment.at_start):
                    spent[a, y, payment.period] += usd
    credited = _credited(p, d, spent, _bills(p, paid, charges), used)
    found = []
    for (a, y), level in sorted(d.levels.items()):
        stated = scenario.spend_agreements[a]
        tier = stated.tiers[level - 1] if level else None
        share = min(hours[a, y] / exact(HOURS_PER_YEAR), Decimal(1))
        threshold = exact(tier.spend_in(y)) * share if tier else Decimal(0)
        discount = exact(tier.discount) if tier else Decimal(0)
        spend = sum((usd for (b, year, _), usd in spent.items() if (b, year) == (a, y)), Decimal(0))
        by_credits = {t: usd for (b, year, t), usd in sorted(credited.items()) if (b, year) == (a, y)}
        earning = spend - sum(by_credits.values(), Decimal(0))
        counted = earning * (1 - discount) if stated.spend_counts == "after_discount" else earning
        shortfall = max(threshold - counted, Decimal(0)) if stated.take_or_pay else Decimal(0)
        found.append(Settled(a, y, level, threshold, discount, spend, by_credits, earning * discount, shortfall))
    return tuple(found)


def _credited(
    p: Parameters,
    d: Decisions,
    spent: dict[tuple[int, int, int], Decimal],
    bills: dict[tuple[str, int], Decimal],
    used: dict[tuple[int, int], Decimal],
) -> dict[tuple[int, int, int], Decimal]:
    """(a, y, t) → what credits pay of covered spend: what is left of them when all other bills of the period are paid.

    Where several agreements, or plan-years, have a part of it, each has what the decisions say, and the first the rest.
    """
    found: dict[tuple[int, int, int], Decimal] = {}
    by_bill: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for (i, t), usd in used.items():
        by_bill[p.credits[i].provider, t] += usd
    for (provider, t), usd in by_bill.items():
        mine = [key for key in sorted(spent) if key[2] == t and p.agreements[key[0]].provider == provider]
        uplift = 1 + exact(p.support.get(provider, 0.0))
        left = (usd - bills[provider, t]) / uplift + sum((spent[key] for key in mine), Decimal(0))
        for wanted in ({key: exact(round(d.credited.get(key, 0.0), 6)) for key in mine}, spent):
            for key in mine:
                more = min(wanted[key], spent[key] - found.get(key, Decimal(0)), left).quantize(_MICRO, ROUND_FLOOR)
                if more > 0:
                    found[key] = found.get(key, Decimal(0)) + more
                    left -= more
    return found


def charges_of(p: Parameters, one: Settled) -> Iterator[Charge]:
    """What is settled in the last period of the plan-year."""
    t, provider = p.last_of_year(one.plan_year), p.agreements[one.agreement].provider
    if one.rebate:
        rebate = Charge("rebate", provider, -1, t, False, one.earning, -one.discount, -one.rebate, Decimal(1))
        yield rebate._replace(plan_year=one.plan_year)
    if one.shortfall:
        missing = Charge("shortfall", provider, -1, t, False, one.shortfall, Decimal(1), one.shortfall, Decimal(1))
        yield missing._replace(plan_year=one.plan_year)
