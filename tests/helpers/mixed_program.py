"""The optimum of the scenarios of `mixed_worlds`: a mixed-integer program written a second time, straight from their fields.

Nothing here knows of the planner's code: the rules are those of docs/model.md in other words. Signed nodes and blocks, and what
online work stands on, are whole numbers; work that may wait takes any part of the hours of nodes by the hour and what is free.
"""

from collections.abc import Iterator
from math import inf
from typing import Any, NamedTuple

from wide_search import SmallProgram

Row = dict[int, float]
YEAR, MONTH, DAY = 8760.0, 730.0, 24.0


class Best(NamedTuple):
    """The least present value, and how much of every kind of thing is used for it."""

    npv: float
    used: dict[str, float]


def least_npv(fields: dict[str, Any]) -> Best | None:
    """The least present value in USD, or None if there is no plan."""
    return _Mixed(fields).solved()


class _Mixed:
    """One program."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields, self.lp, self.fixed = fields, SmallProgram(), 0.0
        self.rate, self.owed = fields["discount_rate"], fields["terminal"] == "liability"
        periods = fields.get("periods") or [{"hours": _length(fields)}] * (fields["months"] // _size(fields))
        self.hours = [[s["hours"] for s in p.get("slices", [p])] for p in periods]
        self.length = sum(self.hours[0])
        self.bills: list[dict[str, Row]] = [{} for _ in self.hours]
        """[t][provider] → what is paid inside the horizon, support included; column -1 is a sum that is owed in any case."""
        self.spend: list[dict[tuple[str, str, bool], Row]] = [{} for _ in self.hours]
        """[t][provider, kind, at its start] → the same without support."""
        self.marks: dict[str, list[int]] = {}
        self.there: list[dict[str, Row]] = [{} for _ in self.hours]
        """[t][offer or holding] → nodes that are in service for a whole period."""
        self.rest: list[dict[str, Row]] = [{} for _ in self.hours]
        """[t][offer] → hours of blocks that end inside of the period, or begin."""
        self.running: dict[tuple[int, int, str], dict[str, tuple[int, int, float]]] = {}
        """(t, s, offer) → contract → (nodes on average, whole ones for online work, USD an hour)."""
        for held in fields.get("held", []):
            self._hold(held)
        for offer in self._offers("instance"):
            for contract in offer["contracts"]:
                if contract["kind"] == "commitment":
                    self._commit(offer, contract)
                elif contract["kind"] == "block":
                    self._block(offer, contract)
        for t, slices in enumerate(self.hours):
            for s in range(len(slices)):
                self._run(t, s)
            self._serve(t)
        self._cover(self._dollars())
        self._pay()

    def solved(self) -> Best | None:
        x = self.lp.solved()
        if x is None:
            return None
        npv = self.fixed + float(sum(c * v for c, v in zip(self.lp.cost, x, strict=True)))
        return Best(npv, {name: float(sum(x[n] for n in columns)) for name, columns in self.marks.items()})

    # --- money

    def _value(self, years: float) -> float:
        return (1 + self.rate) ** -years

    def _start(self, t: int) -> float:
        return self._value(t * self.length / YEAR)

    def _middle(self, t: int) -> float:
        return self._value((t + 0.5) * self.length / YEAR)

    def _support(self, provider: str) -> float:
        return 1 + self.fields.get("support", {}).get(provider, 0.0)

    def _bill(self, t: int, provider: str, kind: str, x: int, usd: float, *, at_start: bool = False) -> None:
        """`usd` for each unit of column x (-1: once) in period t."""
        value = self._start(t) if at_start else self._middle(t)
        count = len(self.hours)
        if not usd or (t >= count and not self.owed):
            return
        asked = usd * self._support(provider)
        if x < 0:
            self.fixed += asked * value
        else:
            self.lp.cost[x] += asked * value
        if t < count:
            for book, key, amount in ((self.bills, provider, asked), (self.spend, (provider, kind, at_start), usd)):
                row = book[t].setdefault(key, {})  # type: ignore[call-overload]
                row[x] = row.get(x, 0.0) + amount

    def _mark(self, name: str, x: int) -> int:
        self.marks.setdefault(name, []).append(x)
        return x

    def _offers(self, kind: str) -> Iterator[dict[str, Any]]:
        return (offer for offer in self.fields["offers"] if offer.get("kind", "instance") == kind)

    # --- what is signed, and what is to be signed

    def _hold(self, held: dict[str, Any]) -> None:
        first, last = _dates(held, "from", self.fields), _dates(held, "until", self.fields)
        amount = held.get("nodes", 1) * held["usd_per_hour"] * (1 - held.get("upfront_fraction", 0.0))
        for t in range(first, last):
            self._bill(t, held["provider"], "held", -1, amount * self.length)
        if held["kind"] == "nodes":
            for t in range(first, min(last, len(self.hours))):
                n = self._mark("held nodes", self.lp.variable(0.0, held["nodes"]))
                self.there[t].setdefault("held " + held["name"], {})[n] = 1.0

    def _commit(self, offer: dict[str, Any], contract: dict[str, Any]) -> None:
        count, term = len(self.hours), contract["term_periods"]
        live: list[Row] = [{} for _ in range(count)]
        for v in range(count):
            n = self._mark("commitments", self.lp.variable(whole=True))
            self._bill(v, offer["provider"], "commitment", n, contract.get("upfront_usd", 0.0), at_start=True)
            for t in range(v, v + term):
                usd = contract["usd_per_hour"] * self.length
                self._bill(t, offer["provider"], "commitment", n, usd)
            for t in range(v, min(v + term, count)):
                live[t][n] = 1.0
                self.there[t].setdefault(offer["name"], {})[n] = 1.0
        if "max_nodes" in contract:
            for row in live:
                self.lp.at_least(dict.fromkeys(row, -1.0), -contract["max_nodes"])

    def _block(self, offer: dict[str, Any], contract: dict[str, Any]) -> None:
        hours, count = contract["days"] * DAY, len(self.hours)
        waits = [w for w in self.fields["workloads"] if w["kind"] != "inference" and w["name"] in offer["throughput"]]
        if not waits and hours <= self.length - min(DAY * max(self.length / MONTH, 1.0), self.length / 30):
            return  # it would serve no work at all
        starts = [contract["start_period"]] if "start_period" in contract else range(count)
        for v in starts:
            n = self._mark("blocks", self.lp.variable(0.0, contract.get("max_nodes", inf), whole=True))
            self._bill(v, offer["provider"], "block", n, contract["usd_per_hour"] * hours, at_start=True)
            left, t, missing = hours, v, 0.0
            while left > 0 and t < count:
                missing += min(DAY * max(self.length / MONTH, 1.0), self.length / 30)
                if left > self.length - missing:
                    self.there[t].setdefault(offer["name"], {})[n] = 1.0
                else:
                    self.rest[t].setdefault(offer["name"], {})[n] = left
                left, t = left - self.length, t + 1

    # --- work

    def _demand(self, work: dict[str, Any], t: int, s: int) -> float:
        """Work units an hour."""
        first = _dates(work, "start", self.fields)
        if not first <= t < (_dates(work, "end", self.fields) if {"end", "end_period"} & set(work) else inf):
            return 0.0
        if "requests_per_day" in work:
            asked = work["requests_per_day"]
            each = asked[t] if isinstance(asked, list) else asked
            return float(each) / 24 * _unit(work)
        value = work["demand_per_hour"]
        while isinstance(value, list):
            value = value[t] if value is work["demand_per_hour"] else value[s]
        return float(value)

    def _run(self, t: int, s: int) -> None:
        hours = self.hours[t][s]
        for offer in self._offers("instance"):
            here = self.running.setdefault((t, s, offer["name"]), {})
            for contract in offer["contracts"]:
                if contract["kind"] not in ("on_demand", "spot"):
                    continue
                most, usd = contract.get("max_nodes", inf), contract["usd_per_hour"]
                r, stands = self.lp.variable(0.0, most), self.lp.variable(whole=True)
                self.lp.at_least({r: 1.0, stands: -1.0}, 0.0)
                self._bill(t, offer["provider"], contract["kind"], r, usd * hours)
                here[contract["kind"]] = r, stands, usd

    def _sources(self, t: int, s: int) -> Iterator[tuple[dict[str, float], Row, Row, bool]]:
        """(rates, nodes for online work, nodes on average, spot) of all that nodes are had from."""
        for held in self.fields.get("held", []):
            if held["kind"] == "nodes":
                nodes = self.there[t].get("held " + held["name"], {})
                yield held["throughput"], nodes, nodes, False
        for offer in self._offers("instance"):
            firm = self.there[t].get(offer["name"], {})
            by_hour = self.running[t, s, offer["name"]]
            whole, average = dict(firm), dict(firm)
            if "on_demand" in by_hour:
                r, stands, _ = by_hour["on_demand"]
                whole[stands] = average[r] = 1.0
            yield offer["throughput"], whole, average, False
            if "spot" in by_hour:
                r, stands, _ = by_hour["spot"]
                yield offer["throughput"], {stands: 1.0}, {r: 1.0}, True

    def _serve(self, t: int) -> None:
        done: dict[str, Row] = {}
        buys: dict[str, Row] = {}
        works = self.fields["workloads"]
        for s, hours in enumerate(self.hours[t]):
            served: dict[str, Row] = {}
            for rates, whole, average, spot in self._sources(t, s):
                online, either = dict(whole), dict(average)
                for work in works:
                    rate = rates.get(work["name"], 0.0)
                    if rate <= 0 or (spot and not work["max_spot_share"]):
                        continue
                    y = self.lp.variable()
                    if work["kind"] != "inference":
                        either[y] = -1 / rate
                        done.setdefault(work["name"], {})[y] = hours
                        continue
                    served.setdefault(work["name"], {})[y] = 1.0
                    if self.fields["replicas"] == "whole":
                        g = self.lp.variable(whole=True)
                        self.lp.at_least({g: rate, y: -1.0}, 0.0)
                        online[g] = either[g] = -1.0
                    else:
                        online[y] = either[y] = -1 / rate
                self.lp.at_least(online, 0.0)
                self.lp.at_least(either, 0.0)
            for work in works:
                bought: Row = {}
                for api in self._offers("hosted_api"):
                    if api["model"] != work.get("model"):
                        continue
                    y = self._mark("hosted", self.lp.variable())
                    bought[y] = -1.0
                    usd = round(_price(api, work), 6) * hours
                    self._bill(t, api["provider"], "hosted_api", y, usd)
                    if work["kind"] == "inference":
                        served.setdefault(work["name"], {})[y] = 1.0
                    else:
                        done.setdefault(work["name"], {})[y] = hours
                if work["kind"] == "inference":
                    self.lp.at_least(served.get(work["name"], {}), self._demand(work, t, s))
                    self.lp.at_least(bought, -self._demand(work, t, s))  # nobody buys work that is not asked for
                else:
                    buys.setdefault(work["name"], {}).update(dict.fromkeys(bought, -hours))
        self._finish(t, done, buys)

    def _finish(self, t: int, done: dict[str, Row], buys: dict[str, Row]) -> None:
        """Work that may wait is done within its period, on the rest of blocks too."""
        waiting = [work for work in self.fields["workloads"] if work["kind"] != "inference"]
        for offer in self._offers("instance"):
            hours = dict(self.rest[t].get(offer["name"], {}))
            for work in waiting if hours else []:
                if offer["throughput"].get(work["name"], 0.0) > 0:
                    z = self.lp.variable()
                    hours[z] = -1 / offer["throughput"][work["name"]]
                    done.setdefault(work["name"], {})[z] = 1.0
            if hours:
                self.lp.at_least(hours, 0.0)
        for work in waiting:
            asked = self._demand(work, t, 0) * sum(self.hours[t])
            self.lp.at_least(done.get(work["name"], {}), asked)
            self.lp.at_least(buys.get(work["name"], {}), -asked)

    # --- what is paid otherwise

    def _dollars(self) -> Iterator[tuple[dict[str, Any], list[Row]]]:
        """(savings plan, by period its dollars an hour in force); column -1 is what is signed already."""
        count = len(self.hours)
        for held in self.fields.get("held", []):
            if held["kind"] == "savings_plan":
                first, last = _dates(held, "from", self.fields), _dates(held, "until", self.fields)
                yield held, [{-1: held["usd_per_hour"]} if first <= t < last else {} for t in range(count)]
        for plan in self.fields.get("savings_plans", []):
            term, once, force = plan["term_periods"], plan.get("upfront_fraction", 0.0), [{} for _ in range(count)]
            for v in range(count):
                q = self._mark("savings plans", self.lp.variable(0.0, plan.get("max_usd_per_hour", inf)))
                upfront = once * term * self.length
                self._bill(v, plan["provider"], "savings_plan", q, upfront, at_start=True)
                for t in range(v, v + term):
                    self._bill(t, plan["provider"], "savings_plan", q, (1 - once) * self.length)
                for t in range(v, min(v + term, count)):
                    force[t][q] = 1.0
            if "max_usd_per_hour" in plan:
                for row in force:
                    self.lp.at_least(dict.fromkeys(row, -1.0), -plan["max_usd_per_hour"])
            yield plan, force

    def _cover(self, plans: Iterator[tuple[dict[str, Any], list[Row]]]) -> None:
        """Dollars of savings plans pay for nodes on demand."""
        covered: dict[tuple[int, int, str], Row] = {}
        for plan, force in plans:
            for t, slices in enumerate(self.hours):
                for s, hours in enumerate(slices if force[t] else ()):
                    dollars = dict(force[t])
                    for offer in self._offers("instance"):
                        here = self.running[t, s, offer["name"]]
                        if offer["provider"] != plan["provider"] or "on_demand" not in here:
                            continue
                        usd = here["on_demand"][2]
                        c = self._mark("covered", self.lp.variable())
                        self._bill(t, offer["provider"], "on_demand", c, -usd * hours)
                        dollars[c] = -_rate(plan, offer) * usd
                        covered.setdefault((t, s, offer["name"]), {})[c] = -1.0
                    self._at_least(dollars, 0.0)
        for key, row in covered.items():
            self.lp.at_least({**row, self.running[key]["on_demand"][0]: 1.0}, 0.0)

    def _pay(self) -> None:
        count = len(self.hours)
        cash: list[Row] = [{} for _ in range(count)]
        for t, bills in enumerate(self.bills):
            for bill in bills.values():
                _add(cash[t], bill)
        used: dict[tuple[int, str], list[int]] = {}
        for credit in self.fields.get("credits", []):
            mine = []
            for t in range(min(_dates(credit, "expires", self.fields, count), count)):
                c = self._mark("credits", self.lp.variable(-self._middle(t)))
                mine.append(c)
                used.setdefault((t, credit["provider"]), []).append(c)
                cash[t][c] = -1.0
            self.lp.at_least(dict.fromkeys(mine, -1.0), -credit["usd"])
        open_bills: dict[tuple[int, str], Row] = {}
        """(t, provider) → what is paid in cash, less what of it is said to earn discounts; where there are credits."""
        for (t, provider), grants in used.items():
            open_bills[t, provider] = {**self.bills[t].get(provider, {}), **dict.fromkeys(grants, -1.0)}
        for agreement in self.fields.get("spend_agreements", []):
            self._agree(agreement, cash, open_bills)
        for row in open_bills.values():
            self._at_least(row, 0.0)
        self._limit(cash)

    def _at_least(self, row: Row, value: float) -> None:
        """A row in which column -1 is a number."""
        self.lp.at_least({x: c for x, c in row.items() if x >= 0}, value - row.get(-1, 0.0))

    def _agree(self, agreement: dict[str, Any], cash: list[Row], open_bills: dict[tuple[int, str], Row]) -> None:
        count, provider = len(self.hours), agreement["provider"]
        first = agreement.get("from_period", 0)
        last = min(agreement.get("until_period", count), count)
        covers = agreement.get("covers", ["on_demand", "spot", "commitment", "savings_plan", "block"])
        at_once = agreement["level"] == "horizon"
        chosen: dict[int, int] = {}
        for y in range(int((count * self.length - 1e-6) / YEAR) + 1):
            parts = {t: self._part(t, y) for t in range(count) if self._part(t, y) > 0}
            inside = [t for t in parts if first <= t < last]
            if not inside:
                continue
            spent: Row = {}
            for t in inside:
                covered: Row = {}
                for kind in covers:
                    evenly = self.spend[t].get((provider, kind, False), {})
                    _add(covered, {x: c * parts[t] for x, c in evenly.items()})
                    if int(t * self.length / YEAR + 1e-9) == y:
                        _add(covered, self.spend[t].get((provider, kind, True), {}))
                if (t, provider) in open_bills:  # no more than is covered, and no more than is paid in cash
                    earns = self._mark("earning beside credits", self.lp.variable())
                    self._at_least({**covered, earns: -1.0}, 0.0)
                    open_bills[t, provider][earns] = -self._support(provider)
                    covered = {earns: 1.0}
                _add(spent, covered)
            part, end = sum(parts[t] for t in inside) * self.length / YEAR, max(parts)
            value, support = self._middle(end), self._support(provider)
            only: Row = {}
            for k, tier in enumerate(agreement["tiers"]):
                at, off = tier["spend_per_year_usd"], tier["discount"]
                least = (at[y] if isinstance(at, list) else at) * part
                if not (at_once and k in chosen):
                    chosen[k] = self._mark("tiers", self.lp.variable(0.0, 1.0, whole=True))
                z = chosen[k]
                only[z] = -1.0
                if agreement.get("signed"):
                    self.lp.at_least({z: 1.0}, 1.0)
                back = self._mark("rebates", self.lp.variable(-value * support))
                cash[end][back] = -support
                self._at_least({**{x: c * off for x, c in spent.items()}, back: -1.0}, 0.0)
                self.lp.at_least({z: off * self._most(least), back: -1.0}, 0.0)
                counts = (1 - off) if agreement.get("spend_counts") == "after_discount" else 1.0
                reached = {x: c * counts for x, c in spent.items()}
                reached[z] = -least
                if agreement.get("take_or_pay", True):
                    missing = self._mark("shortfalls", self.lp.variable(value * support))
                    cash[end][missing] = support
                    reached[missing] = 1.0
                self._at_least(reached, 0.0)
            self.lp.at_least(only, -1.0)

    def _part(self, t: int, y: int) -> float:
        """The share of a period that lies in a plan-year."""
        shared = min((t + 1) * self.length, (y + 1) * YEAR) - max(t * self.length, y * YEAR)
        return max(shared / self.length, 0.0) if shared > 1e-6 else 0.0

    def _most(self, least: float) -> float:
        """More than this no plan spends in a plan-year with one provider."""
        usd = sum(c["usd_per_hour"] for offer in self._offers("instance") for c in offer["contracts"])
        return 4 * (
            least + 12 * usd * YEAR + sum(v for bills in self.bills for b in bills.values() for v in [b.get(-1, 0.0)])
        )

    def _limit(self, cash: list[Row]) -> None:
        so_far: Row = {}
        own = self.fields.get("cash")
        for t, row in enumerate(cash):
            _add(so_far, row)
            if "budget_per_period_usd" in self.fields:
                self._at_least({x: -c for x, c in row.items()}, -self.fields["budget_per_period_usd"])
            if own:
                able = own["at_hand_usd"] + own["income_per_month_usd"] * (t + 1) * self.length / MONTH
                self._at_least({x: -c for x, c in so_far.items()}, own["minimum_usd"] - able)
        if "budget_total_usd" in self.fields:
            self._at_least({x: -c for x, c in so_far.items()}, -self.fields["budget_total_usd"])


# --- words of a scenario ------------------------------------------------------------------------------------------------


def _size(fields: dict[str, Any]) -> int:
    return 3 if fields.get("period") == "quarter" else 1


def _length(fields: dict[str, Any]) -> float:
    return _size(fields) * MONTH


def _dates(value: dict[str, Any], key: str, fields: dict[str, Any], default: int = 0) -> int:
    """Number of the period that a date names."""
    if key in value:
        year, month = value[key].split("-")
        return ((int(year) - 2027) * 12 + int(month) - 1) // _size(fields)
    for other in (f"{key}_period", "periods" if key == "until" else ""):
        if other in value:
            return int(value[other])
    return default


def _unit(work: dict[str, Any]) -> float:
    """Work units of a request: one, or its tokens in millions."""
    return 1.0 if "unit" in work else (work["input_tokens"] + work["output_tokens"]) / 1e6


def _price(api: dict[str, Any], work: dict[str, Any]) -> float:
    """USD for a work unit."""
    if "usd_per_unit" in api:
        return float(api["usd_per_unit"]) / (_unit(work) if api["unit"] == "request" else 1.0)
    paid = work["input_tokens"] * api["usd_per_mtok_input"] + work["output_tokens"] * api["usd_per_mtok_output"]
    return float(paid) / (work["input_tokens"] + work["output_tokens"])


def _rate(held: dict[str, Any], offer: dict[str, Any]) -> float:
    """What of the price of a node on demand its cover costs: the rate for just this node type goes first."""
    named = [rate for rate in held["rates"] if rate.get("instance") == offer["name"]]
    return 1 - (named or [rate for rate in held["rates"] if "instance" not in rate])[-1]["discount"]


def _add(row: Row, other: Row) -> None:
    for x, c in other.items():
        row[x] = row.get(x, 0.0) + c
