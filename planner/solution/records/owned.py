"""Decisions → what a plan says of what is owned: its lines, its sites, its assets, the money it needs."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from planner.domain.options import Asset, Option
from planner.domain.records import PlanLine
from planner.formulation.parameters import Parameters
from planner.market import end_of
from planner.solution.decisions import Decisions
from planner.solution.payments import Payment, exact
from planner.solution.records.lines import Busyness, line_head
from planner.solution.records.periods import dollars

ZERO = Decimal(0)
UNIT_OF = {"server": "server", "rent": "kW-hour", "building": "module"}


def owned_lines(
    p: Parameters, d: Decisions, paid: Iterable[Payment], busyness: Busyness, why: dict[int, str]
) -> list[PlanLine]:
    """One line per purchase of servers and of modules; one per rent contract and price of it, the first with its fit-out."""
    capital: dict[tuple[int, int], list[Payment]] = defaultdict(list)
    rents: dict[tuple[int, int], dict[Decimal, list[Payment]]] = defaultdict(lambda: defaultdict(list))
    for payment in paid:
        if payment.owned and payment.at_start:
            capital[payment.option, payment.signed].append(payment)
        elif payment.owned:
            rents[payment.option, payment.signed][payment.unit_price].append(payment)
    lines = []
    for key in sorted(d.signed):
        o, _ = key
        if p.options[o].option.asset is None:
            continue
        first = True
        for price, payments in rents.get(key, {}).items():
            fit_out = capital.get(key, []) if first else []
            lines.append(_rent(p, d, key, price, payments, fit_out, why))
            first = False
        if first:
            lines.append(_bought(p, d, key, capital.get(key, []), busyness, why))
    return lines


def _bought(
    p: Parameters, d: Decisions, key: tuple[int, int], capital: list[Payment], busyness: Busyness, why: dict[int, str]
) -> PlanLine:
    o, v = key
    member = p.options[o]
    units = exact(d.signed[key])
    price = sum((payment.unit_price for payment in capital), ZERO)
    used = (busyness.utilisation(o), busyness.held(o)) if member.option.count else (None, None)
    return _line(
        p, key, (v + member.terms.lead, end_of(member.terms, v, p.horizon)), units, price, ZERO, units, used, why
    )


def _rent(
    p: Parameters,
    d: Decisions,
    key: tuple[int, int],
    price: Decimal,
    rents: list[Payment],
    fit_out: list[Payment],
    why: dict[int, str],
) -> PlanLine:
    quantity = sum((payment.quantity for payment in rents), ZERO)
    span = min(payment.period for payment in rents), max(payment.period for payment in rents) + 1
    upfront = sum((payment.usd for payment in fit_out), ZERO)
    inside = sum((payment.usd for payment in rents if payment.period < len(p.horizon.periods)), upfront)
    line = _line(p, key, span, quantity, price, upfront, exact(d.signed[key]), (None, None), why)
    return line.model_copy(update={"in_horizon_usd": dollars(inside)})


def _line(
    p: Parameters,
    key: tuple[int, int],
    span: tuple[int, int],
    quantity: Decimal,
    price: Decimal,
    upfront: Decimal,
    units: Decimal,
    used: tuple[float | None, float | None],
    why: dict[int, str],
) -> PlanLine:
    o, v = key
    option, terms = p.options[o].option, p.options[o].terms
    asset = _asset(option)
    total = quantity * price + upfront
    nodes = float(units) if asset.role == "server" else 0.0
    return PlanLine(
        **line_head(p, o, v, *span),
        term_periods=terms.term,
        nodes=nodes,
        units=float(units),
        accelerators=nodes * option.count,
        quantity=float(quantity),
        unit_price_usd=float(price),
        unit=UNIT_OF[asset.role],
        list_price_usd=_list_price(asset),
        upfront_usd=dollars(upfront),
        paid_upfront_usd=dollars(total if p.options[key[0]].option.action in ("buy", "build") else upfront),
        total_usd=dollars(total),
        in_horizon_usd=dollars(total),
        utilisation=used[0],
        held_fraction=used[1],
        why=why.get(o, "") or _purpose(p, o),
    )


def _list_price(asset: Asset) -> float:
    """At the start of the horizon: capital of a unit, or its rent per hour."""
    rent = next((part.usd_per_hour for part in asset.recurring if part.follows == "contract"), None)
    return rent if rent is not None else dollars(sum((exact(usd) for _, usd, _ in asset.capital), ZERO))


def _purpose(p: Parameters, o: int) -> str:
    asset = _asset(p.options[o].option)
    if asset.role == "server":
        return f"stands at {asset.site}"
    return f"power for the servers at {asset.site}"


def _asset(option: Option) -> Asset:
    assert option.asset is not None
    return option.asset


def worked_hours(p: Parameters, d: Decisions, o: int, t: int) -> float:
    """Node-hours of an option that work in a period, or are held by a run: energy is counted for whole periods of it."""
    total = 0.0
    for s, hours in enumerate(p.hours[t]):
        total += sum(part.nodes for part in d.busy.get((t, s), ()) if part.option == o) * hours
    for placed in d.runs:
        total += sum(part.nodes * part.hours for part in placed.parts if part.option == o and part.period == t)
    return total
