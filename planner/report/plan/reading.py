"""A plan opened for the report: the scenario behind it, and look-ups made once. Nothing is judged here."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from pydantic import ValidationError

from planner.domain.options import BY_THE_HOUR, CONTRACT_OF_ACTION, Cap
from planner.domain.records import FitRecord, OptionRecord, Plan, SliceRecord
from planner.domain.scenario import Scenario
from planner.domain.workloads import Workload

_DUST = 1e-9


@dataclass(frozen=True)
class Reading:
    """A plan and what its sections look up."""

    plan: Plan

    @cached_property
    def asked(self) -> Scenario | None:
        """The embedded scenario; None if it is not one, as in a plan cut short by hand."""
        try:
            return Scenario.model_validate(self.plan.scenario.resolved)
        except (ValidationError, ValueError, TypeError):
            return None

    @cached_property
    def workloads(self) -> dict[str, Workload]:
        return {} if self.asked is None else {w.name: w for w in self.asked.workloads}

    @cached_property
    def options(self) -> dict[str, OptionRecord]:
        return {record.option: record for record in self.plan.inputs.options}

    @cached_property
    def fits(self) -> dict[tuple[str, str, str], FitRecord]:
        """By workload, option and mode."""
        return {(fit.workload, fit.option, fit.mode): fit for fit in self.plan.inputs.fits}

    @cached_property
    def slices(self) -> dict[tuple[int, int], SliceRecord]:
        """By period and slice."""
        periods = self.plan.horizon.periods
        return {(t.index, s): piece for t in periods for s, piece in enumerate(t.slices)}

    def month(self, t: int) -> str:
        """Label of a period of the horizon."""
        periods = self.plan.horizon.periods
        return periods[t].start if 0 <= t < len(periods) else f"period {t + 1}"

    def plan_year(self, t: int) -> int:
        return self.plan.horizon.periods[t].plan_year

    def slice_words(self, t: int, s: int) -> str:
        """Month and name of a slice."""
        piece = self.slices.get((t, s))
        return f"{self.month(t)}, {piece.name}" if piece is not None else self.month(t)

    def span(self, first: str | int | None, last: str | int | None) -> range:
        """Periods from the first one that starts in or after a month to the one a month lies in; numbers are periods."""
        periods = self.plan.horizon.periods
        count = len(periods)
        start, end = 0, count
        if isinstance(first, int):
            start = first
        elif first is not None:
            start = next((t.index for t in periods if t.start >= first), count)
        if isinstance(last, int):
            end = last + 1
        elif last is not None:
            end = sum(t.start <= last for t in periods)
        return range(start, min(end, count))

    @cached_property
    def live(self) -> dict[tuple[str, int, int], float]:
        """Nodes of an option that are there in a slice: running by the hour, or commitments in service."""
        nodes: dict[tuple[str, int, int], float] = defaultdict(float)
        for record in self.plan.fleet:
            nodes[record.option, record.period, record.slice] += record.nodes
        for t, s in self.slices:
            for line in self.plan.lines:
                if line.action not in BY_THE_HOUR and line.nodes and line.start_index <= t < line.end_index:
                    block = self.options.get(line.option)
                    share = block.period_share if block is not None and t == line.end_index - 1 else 1.0
                    nodes[line.option, t, s] += line.nodes * share
            for option, held in self.part_time.get(t, ()):
                nodes[option, t, s] += held
        return dict(nodes)

    @cached_property
    def part_time(self) -> dict[int, list[tuple[str, float]]]:
        """By period: (option, nodes) that run by the hour for a part of it, for a training run only; not in the fleet."""
        found: dict[int, list[tuple[str, float]]] = defaultdict(list)
        for run in self.plan.runs:
            for share in run.shares:
                option = self.options.get(share.option)
                whole = self.plan.horizon.periods[share.period].hours
                if option is not None and option.action in BY_THE_HOUR and share.hours < whole * (1 - _DUST):
                    found[share.period].append((share.option, share.nodes))
        return dict(found)


def contract_kind(record: OptionRecord) -> str:
    """`on_demand`, `spot`, `commitment` or `hosted_api`."""
    return CONTRACT_OF_ACTION.get(record.action, record.action)


def cap_words(name: str, plan: Plan) -> str:
    """A cap of the plan in words."""
    cap = next((cap for cap in plan.inputs.caps if cap.name == name), None)
    if cap is None:
        return f"cap {name}".strip()
    return f"the cap `{name}`" if cap.kind is None else Cap(**cap.model_dump(exclude={"name"})).words
