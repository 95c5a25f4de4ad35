"""What the plan survives: the worst loss of a failure domain, what stands by for it, and what availability that buys."""

from collections import defaultdict
from collections.abc import Iterable

from planner.domain.records import FailureRecord, Plan, SimulatedAvailability
from planner.report.document import (
    Block,
    Cell,
    Paragraph,
    Section,
    Table,
    amount,
    columns_of,
    count,
    failure_words,
    listed,
    percent,
    plural,
    section_of,
    share,
    table_of,
    words,
)
from planner.report.plan.reading import Reading
from planner.units import HOURS_PER_YEAR

_DUST = 1e-6
_ROUGH = 6
"""Digits to which two cases are equally bad."""


def what_it_survives(reading: Reading) -> Section | None:
    """By workload the share that survives, the worst case, and what stands by; then the reserve and the simulation."""
    plan = reading.plan
    lost = [record for record in plan.failures if record.failed]
    blocks: list[Block] = []
    if lost:
        blocks += [Paragraph(_checked(lost)), _worst_cases(reading, lost), *_paragraphs(_held_ready(reading, lost))]
    blocks += _paragraphs(_reserve(reading))
    blocks += _simulated(reading)
    return section_of(_title(reading, lost), *blocks) if blocks else None


def _title(reading: Reading, lost: list[FailureRecord]) -> str:
    rules = reading.asked.availability if reading.asked is not None else None
    if not lost:
        return "Availability"
    what = failure_words(rules.failure) if rules is not None else "failure domain"
    return f"Survives the loss of any one {what}"


def _paragraphs(text: str) -> list[Block]:
    return [Paragraph(text)] if text else []


def _checked(lost: list[FailureRecord]) -> str:
    domains = sorted({record.failed for record in lost})
    moments = len({(record.period, record.slice) for record in lost})
    named = f" ({listed(domains)})" if len(domains) <= 6 else ""
    return f"Checked: the loss of {plural(len(domains), 'domain')}{named}, each in {plural(moments, 'busiest slice')}."


def _worst_cases(reading: Reading, lost: list[FailureRecord]) -> Table:
    by_workload: dict[str, list[FailureRecord]] = defaultdict(list)
    for record in lost:
        by_workload[record.workload].append(record)
    rows = [_worst(reading, name, records) for name, records in by_workload.items()]
    columns = columns_of("Workload | #Survives | Worst case | Served then by | Started for it")
    return table_of(columns, rows)


def _kept(record: FailureRecord) -> float:
    """What is served of what must be: 1 or more."""
    return sum(part.work_per_hour for part in record.parts) / record.needed_per_hour if record.needed_per_hour else 1.0


def _started(record: FailureRecord, reading: Reading) -> float:
    """Work an hour that hangs on what is started only then."""
    work = 0.0
    for part in record.parts:
        if part.nodes > 0:
            work += part.work_per_hour * part.standby_nodes / part.nodes
        elif _is_api(reading, part.option):
            work += part.work_per_hour
    return work


def _is_api(reading: Reading, option: str) -> bool:
    return option in reading.options and reading.options[option].action == "hosted_api"


def _worst(reading: Reading, name: str, records: list[FailureRecord]) -> tuple[Cell, ...]:
    """The case in which least survives; of equals the one that hangs most on what is started, then the largest."""
    worst = min(
        records,
        key=lambda r: (
            round(min(_kept(r), 1.0), _ROUGH),
            -round(_started(r, reading), _ROUGH),
            -r.needed_per_hour,
            r.failed,
        ),
    )
    promised = _promised(reading, name)
    kept = min(1.0, _kept(worst)) * (promised if promised is not None else 1.0)
    what = "of its demand" if promised is not None else "of what is protected"
    served = tuple(
        f"{count(part.nodes - part.standby_nodes)} × {_name(reading, part.option)}"
        for part in worst.parts
        if part.nodes - part.standby_nodes > _DUST
    )
    return (
        name,
        (percent(_tidy(kept)), what),
        (
            f"without {worst.failed}",
            reading.slice_words(worst.period, worst.slice),
            f"{amount(worst.needed_per_hour)} an hour",
        ),
        served or "–",
        _standing_by(reading, worst) or "nothing",
    )


def _tidy(fraction: float) -> float:
    return 1.0 if abs(fraction - 1.0) < _DUST else fraction


def _promised(reading: Reading, name: str) -> float | None:
    """Share of its demand that is to survive."""
    workload, rules = reading.workloads.get(name), reading.asked.availability if reading.asked is not None else None
    own = getattr(workload, "survive", None)
    return own if own is not None else rules.survive if rules is not None else None


def _name(reading: Reading, option: str) -> str:
    record = reading.options.get(option)
    if record is None:
        return option
    place = " ".join(part for part in (record.provider, record.region) if part)
    return f"{record.node_type} ({words(record.contract)}, {place})"


def _standing_by(reading: Reading, record: FailureRecord) -> tuple[str, ...]:
    nodes = [
        f"{count(part.standby_nodes)} × {_name(reading, part.option)}"
        for part in record.parts
        if part.standby_nodes > _DUST
    ]
    apis = [
        f"{amount(part.work_per_hour)} an hour by {_name(reading, part.option)}"
        for part in record.parts
        if _is_api(reading, part.option) and part.work_per_hour > 0
    ]
    return (*nodes, *apis)


def _held_ready(reading: Reading, lost: list[FailureRecord]) -> str:
    """Accelerators that stay and are idle in ordinary times, in the slices that are checked."""
    idle = {key: _idle(reading, *key) for key in sorted({(record.period, record.slice) for record in lost})}
    found = {key: (free, held) for key, (free, held) in idle.items() if held > 0}
    if not found:
        return ""
    least = min(found, key=lambda key: found[key][0] / found[key][1])
    most = max(found, key=lambda key: found[key][0] / found[key][1])
    return (
        f"Held beyond what ordinary work keeps busy, of capacity that is not spot: {_of(reading, least, *found[least])}"
        + (f" at the least, {_of(reading, most, *found[most])} at the most." if least != most else ".")
    )


def _of(reading: Reading, key: tuple[int, int], free: float, held: float) -> str:
    share_free = percent(_tidy(free / held))
    return f"{count(free)} of {count(held)} accelerators ({share_free}; {reading.slice_words(*key)})"


def _idle(reading: Reading, t: int, s: int) -> tuple[float, float]:
    """(idle, all) accelerators of a slice that are no spot."""
    size = {name: record.accelerators_per_node for name, record in reading.options.items() if record.action != "spot"}
    held = sum(nodes * size[o] for (o, p, q), nodes in reading.live.items() if (p, q) == (t, s) and o in size)
    rows = (r for r in reading.plan.serving if (r.period, r.slice) == (t, s) and r.option in size)
    busy = sum(r.nodes * size[r.option] for r in rows)
    busy += sum(x.nodes * size[x.option] for x in _of_runs(reading.plan) if x.period == t and x.option in size)
    return max(0.0, held - busy), held


def _of_runs(plan: Plan) -> Iterable:  # type: ignore[type-arg]
    return (share for run in plan.runs for share in run.shares)


def _reserve(reading: Reading) -> str:
    """The standing reserve: nothing has failed, and more than the demand can be served."""
    records = [record for record in reading.plan.failures if not record.failed]
    if not records:
        return ""
    asked = reading.asked.standing_reserve if reading.asked is not None else 0.0
    names = list(dict.fromkeys(record.workload for record in records))
    tight = min(records, key=lambda r: (round(_kept(r), _ROUGH), -r.needed_per_hour))
    share_kept = f" of {percent(asked)}" if asked else ""
    return (
        f"Standing reserve{share_kept}: with nothing lost, capacity that is not spot can serve"
        f" {amount(tight.needed_per_hour)} an hour of {tight.workload} in {reading.slice_words(tight.period, tight.slice)}"
        + (f"; the same holds for all of {listed(names)} in their busiest slices." if len(names) > 1 else ".")
    )


def _simulated(reading: Reading) -> list[Block]:
    """What the simulation of outages says of the plan, and how to run it again."""
    record = reading.plan.availability
    rules = reading.asked.availability if reading.asked is not None else None
    if record is None:
        asked = [Paragraph("`planner simulate PLAN` says what availability this buys.")] if rules is not None else []
        return [*asked]
    columns = columns_of("Workload | #Served | #Lost, hours a year | #Served, worst sample")
    rows = [_availability(w) for w in record.workloads]
    assumed = ", assumed, because the scenario states no `outages_per_year`" if record.assumed else ""
    text = (
        f"Simulated: every {failure_words(record.failure)} fails on its own {amount(record.outages_per_year)} × a year"
        f"{assumed}, for {amount(record.hours_per_outage)} h on average; {plural(record.samples, 'sample')} of the whole"
        f" horizon, seed {record.seed}. Again, or with other outages: `planner simulate PLAN`."
    )
    return [table_of(columns, rows), Paragraph(text)] if rows else [Paragraph(text)]


def _availability(w: SimulatedAvailability) -> tuple[Cell, ...]:
    return (w.workload, share(w.availability), amount((1 - w.availability) * HOURS_PER_YEAR), share(w.worst))
