"""The optimum of the instances of `wide_worlds` whose run may stop and move: a mixed-integer program written down a second time.

Nothing here knows of the planner's code. What is signed, and what online work and survivors stand on, are whole nodes that are
there all through a slice; the run takes any part of the hours of nodes that run beside them, and what is free on them.
"""

from math import inf

from wide_search import (
    SmallProgram,
    _able,
    _at_middle,
    _checks,
    _demand,
    _domain,
    _hours,
    _price,
    _released,
    _signed,
    _sources,
    _supported,
    _tonnes,
    _year,
    signing,
)
from wide_worlds import World

Row = dict[int, float]


def least_npv(world: World) -> float | None:
    """The least present value, or None if there is no plan."""
    return _Soft(world).solved()


class _Soft:
    """One program."""

    def __init__(self, world: World) -> None:
        assert world.run is not None
        assert world.run.interruptible
        assert len(world.works) == 1
        assert not world.apis
        self.world, self.lp = world, SmallProgram()
        count = len(world.lengths)
        self.bills: list[dict[str, Row]] = [{} for _ in range(count)]
        """[t][provider] → what is paid inside the horizon."""
        self.upfront: dict[int, Row] = {}
        self.tonnes: dict[int, Row] = {}
        self.there: list[list[Row]] = [[{} for _ in world.pools] for _ in range(count)]
        """[t][pool] → nodes in service."""
        self.work: Row = {}
        for o, way in enumerate(world.ways):
            if way.term:
                self._sign(o)
        for t in range(count):
            for s in range(len(_hours(world, t))):
                self._operate(t, s)
        self.lp.at_least(self.work, world.run.work * world.scale)
        self._pay()

    def solved(self) -> float | None:
        x = self.lp.solved()
        return None if x is None else float(sum(c * v for c, v in zip(self.lp.cost, x, strict=True)))

    def _bill(self, t: int, provider: str, x: int, usd: float) -> None:
        if usd and t < len(self.bills):
            self.bills[t].setdefault(provider, {})[x] = usd

    def _emit(self, t: int, x: int, tonnes: float) -> None:
        self.lp.cost[x] += tonnes * self.world.carbon_price * _at_middle(self.world, t)
        self.tonnes.setdefault(_year(self.world, t), {})
        row = self.tonnes[_year(self.world, t)]
        row[x] = row.get(x, 0.0) + tonnes

    def _sign(self, o: int) -> None:
        world, lp, way = self.world, self.lp, self.world.ways[o]
        pool, count = world.pools[way.pool], len(world.lengths)
        top = max((max(signed) for signed in _signed(world, way)), default=0)
        live: list[Row] = [{} for _ in range(count)]
        for v in range(count):
            if v + way.lead >= count or not _released(world, pool, v):
                continue
            one = signing(world, way, v)
            n, z = lp.variable(one.cost, top, whole=True), lp.variable(0.0, 1.0, whole=True)
            lp.at_least({n: 1.0, z: -float(way.least)}, 0.0)
            lp.at_least({z: float(top), n: -1.0}, 0.0)
            for t, usd in one.bills.items():
                self._bill(t, pool.provider, n, usd)
            self.upfront.setdefault(_year(world, v), {})[n] = one.upfront
            for t in range(v + way.lead, min(v + way.lead + way.term, count)):
                live[t][n] = 1.0
                self.there[t][way.pool][n] = 1.0
                self._emit(t, n, world.lengths[t] * _tonnes(world, pool))
        if way.most is not None:
            for row in live:
                lp.at_least(dict.fromkeys(row, -1.0), -float(way.most))

    def _operate(self, t: int, s: int) -> None:
        world, lp, hours = self.world, self.lp, _hours(self.world, t)[s]
        running: dict[tuple[int, bool], tuple[int, int, float]] = {}
        for way in world.ways:
            if way.term:
                continue
            pool = world.pools[way.pool]
            most = (inf if way.most is None else float(way.most)) if _released(world, pool, t) else 0.0
            usd = hours * _price(world, way, t) * _supported(world, pool.provider)
            r, stands = lp.variable(usd * _at_middle(world, t), most), lp.variable(whole=True)
            lp.at_least({r: 1.0, stands: -1.0}, 0.0)
            self._bill(t, pool.provider, r, usd)
            self._emit(t, r, hours * _tonnes(world, pool))
            running[way.pool, way.kind == "spot"] = r, stands, most
        wanted, work = _demand(world, 0, t, s), world.works[0]
        serving: dict[int, bool] = {}
        assert world.run is not None
        for source in _sources(world, None):
            committed = {} if source.spot else self.there[t][source.pool]
            r, stands, _ = running.get((source.pool, source.spot), (None, None, 0.0))
            whole, average = dict(committed), dict(committed)
            if r is not None and stands is not None:
                whole[stands], average[r] = 1.0, 1.0
            if source.rates[0] > 0:
                y = lp.variable()
                serving[y] = source.spot
                whole[y] = average[y] = -1 / source.rates[0]
            if source.run_rate > 0 and world.run.earliest <= t <= world.run.deadline:
                z = lp.variable()
                average[z] = -1.0
                self.work[z] = source.run_rate * hours
            lp.at_least(whole, 0.0)
            lp.at_least(average, 0.0)
        lp.at_least(dict.fromkeys(serving, 1.0), wanted)
        firm = {y: 1.0 for y, spot in serving.items() if not spot}
        lp.at_least(firm, (1 - work.spot_share) * wanted)
        self._survive(t, s, running)

    def _survive(self, t: int, s: int, running: dict[tuple[int, bool], tuple[int, int, float]]) -> None:
        world, lp = self.world, self.lp
        for check in _checks(world, t, s):
            able: Row = {}
            endless = False
            for n, pool in enumerate(world.pools):
                if pool.rates[0] <= 0 or (check.out is not None and _domain(world, pool) == check.out):
                    continue
                for x in self.there[t][n]:
                    able[x] = pool.rates[0]
                if (n, False) not in running:
                    continue
                r, stands, most = running[n, False]
                able[stands] = pool.rates[0]
                if check.on_demand and most == inf:
                    endless = True
                elif check.on_demand and most > 0:
                    started = lp.variable()
                    lp.at_least({started: -1.0, r: -1.0}, -most)
                    able[started] = pool.rates[0]
            if not endless:
                lp.at_least(able, check.needed[0])

    def _pay(self) -> None:
        world, lp, count = self.world, self.lp, len(self.world.lengths)
        spent: list[Row] = [{} for _ in range(count)]
        for t, by_provider in enumerate(self.bills):
            for row in by_provider.values():
                for x, usd in row.items():
                    spent[t][x] = spent[t].get(x, 0.0) + usd
        used: dict[tuple[int, str], list[int]] = {}
        for provider, usd, expires in world.credits:
            mine = []
            for t in range(count if expires is None else min(expires, count)):
                c = lp.variable(-_at_middle(world, t))
                mine.append(c)
                used.setdefault((t, provider), []).append(c)
                spent[t][c] = -1.0
            lp.at_least(dict.fromkeys(mine, -1.0), -usd)
        for (t, provider), grants in used.items():
            lp.at_least({**self.bills[t].get(provider, {}), **dict.fromkeys(grants, -1.0)}, 0.0)
        so_far: Row = {}
        for t, able in enumerate(_able(world)):
            for x, usd in spent[t].items():
                so_far[x] = so_far.get(x, 0.0) + usd
            if able < inf:
                lp.at_least({x: -usd for x, usd in so_far.items()}, -able)
            if world.budget_period is not None:
                lp.at_least({x: -usd for x, usd in spent[t].items()}, -world.budget_period)
        if world.budget_total is not None:
            lp.at_least({x: -usd for x, usd in so_far.items()}, -world.budget_total)
        if world.budget_upfront is not None:
            for row in self.upfront.values():
                lp.at_least({x: -usd for x, usd in row.items()}, -world.budget_upfront)
        if world.carbon_cap is not None:
            for row in self.tonnes.values():
                lp.at_least({x: -n for x, n in row.items()}, -world.carbon_cap)
