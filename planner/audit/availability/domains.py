"""What fails as a whole, whom it concerns and when it is looked at."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from planner.audit.books import OWN_ACTIONS, Books, Demand, Key, demands
from planner.domain.records import OptionRecord
from planner.domain.workloads import Inference

_SAME_LOAD = 9
"""Digits of the loads by which busy slices are ranked; of equals the plan may choose, and the first counts."""


@dataclass(frozen=True)
class Domains:
    """Failure domains of a plan under its scenario's rule, and what is asked of those who survive."""

    books: Books

    @property
    def kind(self) -> str:
        asked = self.books.asked.availability
        return asked.failure if asked is not None else ""

    @cached_property
    def of(self) -> dict[str, str]:
        """Domain of every option: a provider, its region, a zone of it, or an accelerator vendor."""
        return {name: self._domain(record) for name, record in self.books.options.items()}

    def _domain(self, record: OptionRecord) -> str:
        if self.kind == "provider" or (record.action in OWN_ACTIONS and self.kind != "vendor"):
            return record.provider  # a site of one's own fails as a whole
        if record.action == "hosted_api":
            return ""
        if self.kind == "vendor":
            chip = self.books.plan.inputs.accelerators.get(record.accelerator or "", {})
            return str(chip.get("vendor", "")) or record.vendor or "unknown vendor"
        place = f"{record.provider}/{record.region}"
        return f"{place}/{record.zone}" if self.kind == "zone" and record.zone else place

    @cached_property
    def protected(self) -> dict[str, float]:
        """Share of the demand of each online inference workload that must survive."""
        asked = self.books.asked.availability
        if asked is None:
            return {}
        shares = {w.name: asked.survive if w.survive is None else w.survive for w in self._inference}
        return {name: share for name, share in shares.items() if share > 0}

    @cached_property
    def reserved(self) -> dict[str, float]:
        """Share of the demand that capacity can serve with nothing failed."""
        reserve = self.books.asked.standing_reserve
        return {w.name: 1 + reserve for w in self._inference if reserve > 0}

    @property
    def _inference(self) -> list[Inference]:
        return [w for w in self.books.workloads.values() if isinstance(w, Inference)]

    @cached_property
    def demands(self) -> dict[str, Demand]:
        return demands(self.books)

    def checked(self, names: dict[str, float]) -> Iterator[tuple[int, int]]:
        """(period, slice): the busiest ordinary slices of each of the workloads, and all spikes if wanted."""
        asked = self.books.asked.availability
        count = asked.slices if asked is not None else 1
        for t, period in enumerate(self.books.plan.horizon.periods):
            spikes = {s for s, piece in enumerate(period.slices) if piece.spike}
            ordinary = [s for s in range(len(period.slices)) if s not in spikes]
            slices = set(spikes) if asked is None or asked.spikes else set()
            for name in names:
                rates = {s: self.demands[name].rate(t, s) for s in ordinary}
                most = max(rates.values(), default=0.0) or 1.0
                ranks = [(-round(rates[s] / most, _SAME_LOAD), (t, s) not in self._looked_at, s) for s in ordinary]
                slices.update(s for *_, s in sorted(ranks)[:count])
            yield from ((t, s) for s in sorted(slices))

    @cached_property
    def _looked_at(self) -> set[tuple[int, int]]:
        return {(f.period, f.slice) for f in self.books.plan.failures}

    def needed(self, failed: str, name: str, t: int, s: int) -> float:
        """Work units an hour of a workload that must be served when something fails, or nothing (the reserve)."""
        share = (self.protected if failed else self.reserved).get(name, 0.0)
        return share * self.demands[name].rate(t, s) if share > 0 else 0.0

    @cached_property
    def present(self) -> dict[tuple[int, int], set[str]]:
        """Domains that hold something of the plan in a slice: live nodes, or hosted APIs that serve."""
        books, found = self.books, defaultdict[tuple[int, int], set[str]](set)
        for (option, t), count in books.in_service.items():
            for s in range(len(books.plan.horizon.periods[t].slices) if count > 0 else 0):
                found[t, s].add(self.of[option])
        for option, t, s in (key for key, count in books.fleet.items() if count > 0):
            found[t, s].add(self.of[option])
        for r in books.known_serving:
            if books.options[r.option].action == "hosted_api" and r.work > 0:
                found[r.period, r.slice].add(self.of[r.option])
        return {key: {d for d in names if d} for key, names in found.items()}

    def expected(self) -> Iterator[tuple[str, Key]]:
        """Every emergency of which there must be a record: (what failed, (workload, period, slice))."""
        for t, s in self.checked(self.protected) if self.protected else ():
            for failed in sorted(self.present.get((t, s), ())):
                yield from ((failed, (name, t, s)) for name in self.protected if self.needed(failed, name, t, s) > 0)
        for t, s in self.checked(self.reserved) if self.reserved else ():
            yield from (("", (name, t, s)) for name in self.reserved if self.needed("", name, t, s) > 0)
