"""Small instances of owning drawn from a seed, and their optimum by plain enumeration.

Nothing here knows of the planner's code: the rules are those of docs/model.md and docs/ownership.md in other words. Every number of
servers bought in every period, each kept to either of two ages, is tried at every site; power follows from it (rent by the
period, modules as late as they are needed), and in every slice every number of rented nodes.
"""

import random
from dataclasses import dataclass
from itertools import product
from math import ceil, inf
from typing import Any

YEAR = 8760.0


@dataclass(frozen=True)
class Place:
    """A site."""

    name: str
    built: bool
    once: float
    team: float
    kwh: float
    kwh_change: float
    pue: float
    tax: float
    sales_tax: float
    lead: int
    kw: float
    """Of a module."""
    price: float
    """Of a module, or of a kW and month."""
    price_change: float
    fit_out: float
    least_kw: float
    most_kw: float | None
    reuse: float
    required: bool
    maintenance: float
    wages_change: float


@dataclass(frozen=True)
class Box:
    """The server."""

    rate: float
    price: float
    price_change: float
    network: float
    storage: float
    kw: float
    draw: float
    idle: float
    maintenance: float
    spares: float
    staff: float
    lead: int
    ages: tuple[int, int]
    """Periods after which it may be sold."""
    curve: tuple[tuple[float, float], ...]
    book: float
    most: int | None


@dataclass(frozen=True)
class World:
    """One instance: `demand[t][s]` an hour."""

    hours: float
    slices: tuple[float, ...]
    demand: tuple[tuple[float, ...], ...]
    rent: float
    rent_rate: float
    rent_most: int | None
    rate: float
    box: Box
    places: tuple[Place, ...]
    value: str
    capital: float | None
    """Most that may be paid upfront in a plan-year."""


def draw_world(seed: int) -> World:
    r = random.Random(seed)
    hours = r.choice([730.0, 2190.0, 8760.0])
    periods = r.choice([2, 2, 3])
    slices = r.choice([(1.0,), (0.25, 0.75)])
    rent_rate, rate = r.choice([4.0, 5.0, 7.5]), r.choice([4.0, 6.0, 9.0])
    peak = r.uniform(0.5, 3.0) * rate
    demand = tuple(tuple(round(peak * r.uniform(0.3, 1.0), 3) for _ in slices) for _ in range(periods))
    rent = round(1000 * r.uniform(1.0, 6.0), 3)  # large, so that rounding a price to a millionth does not matter
    whole = rent * hours * periods
    short = 1 if periods == 2 else r.choice([1, 2])
    life = periods + r.choice([0, 1, 4])
    box = Box(
        rate=rate,
        price=round(whole * r.uniform(0.1, 1.0), 2),
        price_change=r.choice([0.0, -0.2, 0.1]),
        network=r.choice([0.0, 0.15]),
        storage=r.choice([0.0, 0.02]),
        kw=r.choice([1.0, 4.0, 7.5]),
        draw=r.choice([0.75, 1.0]),
        idle=r.choice([1.0, 0.3]),
        maintenance=r.choice([0.0, 0.05]),
        spares=r.choice([0.0, 0.08]),
        staff=r.choice([0.0, 100_000.0]),
        lead=r.choice([0, 0, 1]) if periods == 3 else 0,
        ages=(short, life),
        curve=((0.0, 1.0), (life * hours / 730.0, r.choice([0.0, 0.1, 0.4]))),
        book=round(life * hours / 730.0, 6),
        most=r.choice([None, None, 2]),
    )
    places = tuple(
        _draw_place(r, n, hours, periods, whole, box.kw) for n in range(1 if periods == 3 else r.choice([1, 1, 2]))
    )
    return World(
        hours=hours,
        slices=slices,
        demand=demand,
        rent=rent,
        rent_rate=rent_rate,
        rent_most=r.choice([None, None, 1, 2]),
        rate=r.choice([0.0, 0.1, 0.3]),
        box=box,
        places=places,
        value=r.choice(["market", "book", "none"]),
        capital=round(whole * r.uniform(0.3, 2.0), 2) if r.random() < 0.3 else None,
    )


def _draw_place(r: random.Random, number: int, hours: float, periods: int, whole: float, kw: float) -> Place:
    built = r.random() < 0.5
    years = periods * hours / YEAR
    module = r.choice([4.0, 10.0, 16.0])
    module_price = round(whole * r.uniform(0.01, 0.2), 2)
    month_price = round(whole / (periods * hours / 730) / kw * r.uniform(0.02, 0.3), 4)
    return Place(
        name=f"p{number}",
        built=built,
        once=r.choice([0.0, round(whole * 0.1, 2), round(whole * 0.4, 2)]),
        team=r.choice([0.0, round(whole * 0.2 / years, 2)]),
        kwh=r.choice([50.0, 200.0]),
        kwh_change=r.choice([0.0, 0.1]),
        pue=r.choice([1.0, 1.3]),
        tax=r.choice([0.0, 0.02]),
        sales_tax=r.choice([0.0, 0.08]),
        lead=r.choice([0, 0, 1]),
        kw=module,
        price=module_price if built else month_price,
        price_change=0.0 if built else r.choice([0.0, -0.1, 0.05]),
        fit_out=0.0 if built else r.choice([0.0, round(whole * 0.01 / kw, 3)]),
        least_kw=0.0 if built or r.random() < 0.6 else r.choice([5.0, 12.0]),
        most_kw=r.choice([None, None, None, 20.0]),
        reuse=r.choice([0.0, 0.5, 1.0]),
        required=r.random() < 0.12,
        maintenance=r.choice([0.0, 0.03]) if built else 0.0,
        wages_change=r.choice([0.0, 0.04]),
    )  # fmt: skip


# --- the scenario -----------------------------------------------------------------------------------


def scenario_fields(world: World) -> dict[str, Any]:
    box, month = world.box, world.hours / 730.0
    cut = [{"name": f"s{i}", "hours": world.hours * share} for i, share in enumerate(world.slices)]
    server = {
        "name": "box",
        "throughput": {"w": box.rate},
        "price_usd": box.price,
        "price_change_per_year": box.price_change,
        "network_fraction": box.network,
        "storage_fraction": box.storage,
        "nameplate_kw": box.kw,
        "draw_fraction": box.draw,
        "idle_draw_fraction": box.idle,
        "maintenance_fraction_per_year": box.maintenance,
        "spare_fraction": box.spares,
        "staff_usd_per_server_year": box.staff,
        "lead_months": box.lead * month,
        "life_months": box.ages[1] * month,
        "book_life_months": box.book,
        "keep_months": [age * month for age in box.ages],
        "residual_curve": [list(point) for point in box.curve],
    } | ({} if box.most is None else {"max_servers": box.most})
    rented = {"kind": "on_demand", "usd_per_hour": world.rent} | (
        {} if world.rent_most is None else {"max_nodes": world.rent_most}
    )
    return {
        "periods": [{"hours": world.hours, "slices": cut} for _ in world.demand],
        "discount_rate": world.rate,
        "terminal": "market",
        "workloads": [
            {"name": "w", "kind": "inference", "unit": "u", "demand_per_hour": [list(row) for row in world.demand]}
        ],
        "offers": [{"name": "rent", "throughput": {"w": world.rent_rate}, "contracts": [rented]}],
        "own": {
            "sites": [_site(place, month) for place in world.places],
            "servers": [server],
            "value_at_end": world.value,
        },
    } | ({} if world.capital is None else {"budget_upfront_per_year_usd": world.capital})


def _site(place: Place, month: float) -> dict[str, Any]:
    both = {
        "name": place.name,
        "usd_per_kwh": place.kwh,
        "usd_per_kwh_change_per_year": place.kwh_change,
        "pue": place.pue,
        "team_usd_per_year": place.team,
        "wages_change_per_year": place.wages_change,
        "sales_tax_fraction": place.sales_tax,
        "tax_and_insurance_fraction_per_year": place.tax,
        "lead_months": place.lead * month,
        "required": place.required,
    } | ({} if place.most_kw is None else {"max_mw": place.most_kw / 1000})
    if place.built:
        return both | {
            "kind": "datacenter",
            "land_and_development_usd": place.once,
            "module_mw": place.kw / 1000,
            "reuse_fraction": place.reuse,
            "capex_usd_per_mw": place.price * 1000 / place.kw,
            "life_months": 240,
            "maintenance_fraction_per_year": place.maintenance,
        }
    return both | {
        "kind": "colocation",
        "term_months": month,
        "setup_usd": place.once,
        "rent_usd_per_kw_month": place.price,
        "rent_change_per_year": place.price_change,
        "fit_out_usd_per_kw": place.fit_out,
        "min_kw": place.least_kw,
    }


# --- enumeration ------------------------------------------------------------------------------------


def least_npv(world: World) -> float | None:
    """The least NPV over all plans in whole nodes, servers and modules; None if there is none."""
    return _Desk(world).best()


class _Desk:
    def __init__(self, world: World) -> None:
        self.world, self.count = world, len(world.demand)
        self.length = world.hours / YEAR
        self.dispatch: dict[tuple[int, int, tuple[int, ...]], float] = {}

    def start(self, t: int) -> float:
        return float((1 + self.world.rate) ** (-t * self.length))

    def middle(self, t: int) -> float:
        return float((1 + self.world.rate) ** (-(t + 0.5) * self.length))

    def best(self) -> float | None:
        """Every combination of purchases, the sites' together."""
        options = [self.purchases(k) for k in range(len(self.world.places))]
        least = inf
        for chosen in product(*options):
            fixed = sum(cost for cost, _, _ in chosen)
            if fixed >= least or not self.affordable([capital for _, _, capital in chosen]):
                continue
            total = fixed
            for t in range(self.count):
                total += self.served(t, tuple(held[t] for _, held, _ in chosen))
            least = min(least, total)
        return None if least == inf else least

    def affordable(self, capitals: list[tuple[float, ...]]) -> bool:
        if self.world.capital is None:
            return True
        years: dict[int, float] = {}
        for capital in capitals:
            for t, usd in enumerate(capital):
                year = int(t * self.length + 1e-9)
                years[year] = years.get(year, 0.0) + usd
        return all(usd <= self.world.capital * (1 + 1e-9) + 1e-6 for usd in years.values())

    def purchases(self, k: int) -> list[tuple[float, tuple[int, ...], tuple[float, ...]]]:
        """(present value without energy of work, servers in service by period, capital by period) of every way to use a site."""
        box, place = self.world.box, self.world.places[k]
        most = max(ceil(max(row) / box.rate - 1e-9) for row in self.world.demand)
        most = most if box.most is None else min(most, box.most)
        ways = [(v, age) for v in range(self.count - box.lead) for age in sorted(set(box.ages))]
        found = []
        for numbers in product(range(most + 1), repeat=len(ways)):
            held = [0] * self.count
            cost, capital = 0.0, [0.0] * self.count
            for (v, age), n in zip(ways, numbers, strict=True):
                if n:
                    for t in range(v + box.lead, min(v + box.lead + age, self.count)):
                        held[t] += n
                    usd, paid = self.bought(place, v, age)
                    cost, capital[v] = cost + n * usd, capital[v] + n * paid
            if box.most is not None and max(held) > box.most:
                continue
            for powered, paid_for_power in self.powers(place, held):
                total = [a + b for a, b in zip(capital, paid_for_power, strict=True)]
                found.append((cost + powered, tuple(held), tuple(total)))
        return found

    def bought(self, place: Place, v: int, age: int) -> tuple[float, float]:
        """(present value, capital) of one server bought in v and kept `age` periods."""
        w, box = self.world, self.world.box
        now = (1 + box.price_change) ** (v * self.length)
        cluster = box.price / (1 - box.network - box.storage)
        bought = cluster + box.price * box.spares
        capital = bought * (1 + place.sales_tax) * now
        npv = capital * self.start(v)
        first, gone = v + box.lead, min(v + box.lead + age, self.count)
        for t in range(first, gone):
            kwh = place.kwh * (1 + place.kwh_change) ** (t * self.length)
            hourly = box.kw * box.draw * box.idle * place.pue * kwh
            wages = (1 + place.wages_change) ** (t * self.length)
            yearly = (
                box.price * box.maintenance + bought * place.tax
            ) * now + box.staff * wages  # shares of what was paid
            npv += (hourly + yearly / YEAR) * w.hours * self.middle(t)
        years = (gone - first) * self.length
        npv -= box.price * (1 + box.spares) * now * self.share_left(years, gone) * self.start(gone)
        return npv, capital

    def share_left(self, years: float, gone: int) -> float:
        box, months = self.world.box, years * 12
        if gone == self.count and self.world.value == "none":
            return 0.0
        if gone == self.count and self.world.value == "book":
            return max(1 - months / box.book, 0.0)
        (m0, f0), (m1, f1) = box.curve
        return max(f0 + (f1 - f0) * (months - m0) / (m1 - m0), 0.0)

    def powers(self, place: Place, held: list[int]) -> list[tuple[float, list[float]]]:
        """(present value, capital by period) of the power for so many servers; empty if there cannot be so much."""
        need = [n * self.world.box.kw for n in held]
        if not any(need):
            return self.idle(place)
        first = next(t for t, kw in enumerate(need) if kw)
        if first < place.lead or (place.most_kw is not None and max(need) > place.most_kw + 1e-9):
            return []
        return self.modules(place, need) if place.built else self.rents(place, need)

    def opening(self, place: Place, v: int) -> float:
        """Land or set-up in v, the team from the first power on."""
        cost = place.once * self.start(v)
        for t in range(v + place.lead, self.count):
            cost += (
                place.team / YEAR * (1 + place.wages_change) ** (t * self.length) * self.world.hours * self.middle(t)
            )
        return cost

    def idle(self, place: Place) -> list[tuple[float, list[float]]]:
        """Nothing stands there: nothing is paid, unless it must hold power; when is a choice."""
        if not place.required:
            return [(0.0, [0.0] * self.count)]
        if place.built:
            return self.modules(place, [0.0] * (self.count - 1) + [1.0])
        once = range(place.lead, self.count)
        return [way for t in once for way in self.rents(place, [1.0 if u == t else 0.0 for u in range(self.count)])]

    def modules(self, place: Place, need: list[float]) -> list[tuple[float, list[float]]]:
        """Modules are bought as late as they are needed, or earlier where that is how the capital budget is kept."""
        live, running = [], 0
        for kw in need:
            running = max(running, ceil(kw / place.kw - 1e-9))
            live.append(running)
        if place.most_kw is not None and running * place.kw > place.most_kw + 1e-9:
            return []
        ways = []
        free = range(self.count - place.lead)
        for extra in product(range(running + 1), repeat=len(free)):
            total, ok = 0, sum(extra) == running
            for t in range(self.count):
                total += extra[t - place.lead] if t >= place.lead else 0
                ok = ok and total >= live[t]
            if ok:
                opened = next(v for v in free if extra[v])
                for v in range(opened + 1):
                    ways.append(self.built(place, extra, v))
        return ways

    def built(self, place: Place, extra: tuple[int, ...], opened: int) -> tuple[float, list[float]]:
        npv, capital = self.opening(place, opened), [0.0] * self.count
        capital[opened] += place.once
        for v, n in enumerate(extra):
            paid = n * place.price * (1 + place.sales_tax)
            capital[v] += paid
            npv += paid * self.start(v)
            for t in range(v + place.lead, self.count):
                npv += n * place.price * (place.maintenance + place.tax) / YEAR * self.world.hours * self.middle(t)
            age = (self.count - v - place.lead) * self.length * 12
            npv -= n * place.price * place.reuse * max(1 - age / 240, 0.0) * self.start(self.count)
        return npv, capital

    def rents(self, place: Place, need: list[float]) -> list[tuple[float, list[float]]]:
        """Contracts of one period, each at least of the least size."""
        contracts = [max(kw, place.least_kw) if kw else 0.0 for kw in need]
        contracts = [float(ceil(kw)) if kw and kw == place.least_kw else kw for kw in contracts]
        if place.most_kw is not None and max(contracts) > place.most_kw + 1e-9:
            return []
        first = next(t for t, kw in enumerate(contracts) if kw) - place.lead
        ways = []
        for opened in range(first + 1):
            npv, capital = self.opening(place, opened), [0.0] * self.count
            capital[opened] += place.once
            for t, kw in enumerate(contracts):
                v = t - place.lead
                if kw:
                    now = (1 + place.price_change) ** (v * self.length)
                    paid = kw * place.fit_out * (1 + place.sales_tax)
                    capital[v] += paid
                    npv += paid * self.start(v) + kw * place.price / 730 * now * self.world.hours * self.middle(t)
                    npv += kw * place.fit_out * place.tax / YEAR * self.world.hours * self.middle(t)
            ways.append((npv, capital))
        return ways

    def served(self, t: int, held: tuple[int, ...]) -> float:
        """Least cost of a period's slices with so many servers of one's own at each site: rent, and the energy of work."""
        w, total = self.world, 0.0
        prices = []
        for place, n in zip(w.places, held, strict=True):
            kwh = place.kwh * (1 + place.kwh_change) ** (t * self.length)
            prices.append((w.box.kw * w.box.draw * (1 - w.box.idle) * place.pue * kwh, n))
        prices.sort()
        for s, share in enumerate(w.slices):
            hours = w.hours * share
            demand, least = w.demand[t][s], inf
            top = ceil(demand / w.rent_rate - 1e-9)
            for rented in range((top if w.rent_most is None else min(top, w.rent_most)) + 1):
                left = max(demand - rented * w.rent_rate, 0.0) / w.box.rate
                cost = rented * w.rent
                for price, n in prices:
                    busy = min(left, float(n))
                    cost, left = cost + busy * price, left - busy
                if left <= 1e-9:
                    least = min(least, cost * hours * self.middle(t))
            total += least
        return total
