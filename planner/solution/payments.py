"""Published money: decisions × catalog prices in exact decimals; the solver's floating objective is never published."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import NamedTuple

from planner.assembly import counted_beyond
from planner.domain.options import Terms
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon, clock
from planner.formulation.parameters import THOUSAND, Parameters
from planner.market import CHARGED_KINDS, SIGNED_KINDS
from planner.solution.decisions import Decisions
from planner.units import HOURS_PER_YEAR

KINDS = (
    "held",
    "commit",
    "on_demand",
    "spot",
    "hosted_api",
    *SIGNED_KINDS,
    *CHARGED_KINDS,
    "support",
    "egress",
    "storage",
    "rebate",
    "shortfall",
    "credits",
)
ACTIONS = ("buy", "build", "lease", "commit", "on_demand", "spot", "hosted_api")
"""Order of the lines of a plan."""
NODE_HOURS = frozenset({"commit", "on_demand", "spot"})
"""Actions whose payments count node-hours."""


def exact(value: float) -> Decimal:
    """A float as the decimal number it is written as."""
    return Decimal(repr(float(value)))


class Charge(NamedTuple):
    """What is paid beside capacity, in one period (index ≥ number of periods: beyond the horizon)."""

    kind: str
    provider: str
    workload: int
    """-1 for support and for what is settled of agreements."""
    period: int
    at_start: bool
    quantity: Decimal
    unit_price: Decimal
    usd: Decimal
    counted: Decimal
    option: int = -1
    """Of what is owned; -1 otherwise."""
    signed: int = -1
    """Period of signing of what is owned; -1 otherwise."""
    plan_year: int = -1
    """Of what is settled of an agreement, whose plan-year it belongs to; -1 otherwise."""


class Beside(NamedTuple):
    """Everything that counts beside the payments for capacity and tokens."""

    charges: tuple[Charge, ...]
    credits: dict[tuple[int, int], Decimal]
    """(i, t) → credits of grant i used in t, USD."""
    quality: dict[int, Decimal]
    """t → stated cost of work that fallbacks served, USD."""
    tonnes: dict[int, Decimal]
    """t → tonnes CO2e."""
    settled: "tuple[Settled, ...]" = ()


class Settled(NamedTuple):
    """An agreement on spend in one plan-year."""

    agreement: int
    plan_year: int
    level: int
    threshold: Decimal
    """Of its tier, USD; 0 without one."""
    discount: Decimal
    spend: Decimal
    """Covered spend before the discount, USD."""
    credited: dict[int, Decimal]
    """t → what credits pay of it, USD."""
    rebate: Decimal
    shortfall: Decimal

    @property
    def earning(self) -> Decimal:
        """What the discount is on: covered spend less credits, USD."""
        return self.spend - sum(self.credited.values(), Decimal(0))


class Payment(NamedTuple):
    """Cash of one option in one period (index ≥ number of periods: beyond the horizon)."""

    option: int
    period: int
    usd: Decimal
    at_start: bool
    """Upfront cash: due at the start of the period instead of its middle."""
    action: str
    signed: int
    """Period of signing of what has a term; -1 otherwise."""
    workload: int
    """Workload of a hosted API; -1 otherwise."""
    quantity: Decimal
    """Node-hours or work units."""
    unit_price: Decimal
    counted: Decimal
    """Share that counts in the NPV (terminal rule)."""
    owned: str = ""
    """Kind of the cash of what is owned."""
    held: bool = False
    """Owed for what was signed before."""

    @property
    def kind(self) -> str:
        """Kind of cash in the cost of a plan."""
        return "held" if self.held else self.owned or self.action


def payments(p: Parameters, d: Decisions, scenario: Scenario) -> list[Payment]:
    """Every payment the decisions cause."""
    found: list[Payment] = []
    for (o, v), nodes in sorted(d.signed.items()):
        if p.options[o].option.asset is None:
            share, held = exact(p.options[o].option.period_share), p.options[o].option.held
            paid = _commitment(p.options[o].terms, o, v, exact(nodes), share, p.horizon, scenario)
            found += [payment._replace(held=held) for payment in paid]
    covered: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    for (o, _, t, s), nodes in d.covered.items():
        covered[o, t, s] += exact(nodes)
    for (o, t, s), nodes in sorted(d.running.items()):
        price = exact(p.options[o].terms.usd_per_hour[t])
        quantity = (exact(nodes) - covered[o, t, s]) * exact(p.hours[t][s])
        if not quantity:
            continue
        action = p.options[o].option.action
        found.append(Payment(o, t, quantity * price, False, action, -1, -1, quantity, price, Decimal(1)))
    for placed in d.runs:
        for part in placed.parts:
            if part.extra:
                price = exact(p.options[part.option].terms.usd_per_hour[part.period])
                quantity = exact(part.nodes) * exact(part.hours)
                kind = p.options[part.option].option.action
                found.append(
                    Payment(
                        part.option, part.period, quantity * price, False, kind, -1, -1, quantity, price, Decimal(1)
                    )
                )
    for (h, t, _), work in sorted(d.hosted.items()):
        supply = p.hosted[h]
        price = exact(round(supply.cash[t] * THOUSAND, 6))
        quantity = exact(work)
        found.append(
            Payment(
                supply.option,
                t,
                quantity * price,
                False,
                "hosted_api",
                -1,
                p.parent(supply.workload),
                quantity,
                price,
                Decimal(1),
            )
        )
    return found


def _commitment(
    terms: Terms, o: int, v: int, nodes: Decimal, share: Decimal, horizon: Horizon, scenario: Scenario
) -> list[Payment]:
    count = len(horizon.periods)
    times = clock(horizon, terms.term + terms.lead)
    price, upfront = exact(terms.usd_per_hour[v]), exact(terms.upfront_usd[v])
    found = []
    if upfront:
        found.append(Payment(o, v, nodes * upfront, True, "commit", v, -1, Decimal(0), upfront, Decimal(1)))
    for tau in range(v + terms.lead, v + terms.lead + terms.term):
        counted = Decimal(1)
        if tau >= count:
            counted = exact(counted_beyond(terms, v, times.hours[tau], scenario.terminal))
        last = tau == v + terms.lead + terms.term - 1
        quantity = nodes * exact(times.hours[tau]) * (share if last else 1)
        found.append(Payment(o, tau, quantity * price, False, "commit", v, -1, quantity, price, counted))
    return found


def hours_by_year(horizon: Horizon, t: int) -> list[tuple[int, Decimal]]:
    """(plan-year, hours) of a period in each plan-year that it touches."""
    lengths, year = [exact(period.hours) for period in horizon.periods[: t + 1]], exact(HOURS_PER_YEAR)
    start, end = sum(lengths[:-1], Decimal(0)), sum(lengths, Decimal(0))
    return [(y, min(end, (y + 1) * year) - max(start, y * year)) for y, _ in horizon.periods[t].plan_years]


def over_years(horizon: Horizon, t: int, amount: Decimal, at_start: bool = False) -> Iterator[tuple[int, Decimal]]:
    """(plan-year, part) of an amount of a period: evenly on its hours, or all of it on its start."""
    period = horizon.periods[t]
    if at_start or len(period.plan_years) == 1:
        yield period.plan_year, amount
        return
    parts = hours_by_year(horizon, t)
    length = sum((hours for _, hours in parts), Decimal(0))
    for year, hours in parts:
        yield year, amount * hours / length


class Present(NamedTuple):
    """NPV and its parts, USD."""

    npv: Decimal
    terminal: Decimal
    unserved: Decimal
    fallback: Decimal
    carbon: Decimal


def present_value(p: Parameters, d: Decisions, paid: list[Payment], beside: Beside, scenario: Scenario) -> Present:
    """Discounted sum of all payments and charges less credits, the terminal rule, and what counts without being cash."""
    with localcontext() as context:
        context.prec = 40
        count = len(p.horizon.periods)
        flows: list[Payment | Charge] = [*paid, *beside.charges]
        beyond = max((flow.period for flow in flows), default=0) - count + 1
        base = 1 + exact(scenario.discount_rate)
        starts, middles = _factors(p.horizon, max(beyond, 0), base)
        inside, terminal = Decimal(0), Decimal(0)
        for payment in flows:
            factor = starts[payment.period] if payment.at_start else middles[payment.period]
            value = payment.usd * factor * payment.counted
            if payment.period < count:
                inside += value
            else:
                terminal += value
        inside -= sum((usd * middles[t] for (_, t), usd in beside.credits.items()), Decimal(0))
        unserved = Decimal(0)
        for (w, t, _), work in sorted(d.unserved.items()):
            stated = scenario.workloads[w].unserved
            if stated is not None:
                unserved += exact(work) * exact(stated.usd_per_unit) * middles[t]
        fallback = sum((usd * middles[t] for t, usd in beside.quality.items()), Decimal(0))
        per_tonne = exact(scenario.carbon.usd_per_tonne) if scenario.carbon else Decimal(0)
        carbon = sum((tonnes * per_tonne * middles[t] for t, tonnes in beside.tonnes.items()), Decimal(0))
        return Present(
            inside + terminal + unserved + fallback + carbon, terminal, unserved, Decimal(fallback), Decimal(carbon)
        )


def _factors(horizon: Horizon, beyond: int, base: Decimal) -> tuple[list[Decimal], list[Decimal]]:
    """Discount factors at the start and in the middle of every period, from exact hours."""
    hours = [exact(p.hours) for p in horizon.periods]
    hours += [hours[-1]] * beyond
    year = Decimal(int(HOURS_PER_YEAR))
    elapsed = Decimal(0)
    starts, middles = [], []
    for length in hours:
        starts.append(base ** (-elapsed / year))
        middles.append(base ** (-(elapsed + length / 2) / year))
        elapsed += length
    return starts, middles
