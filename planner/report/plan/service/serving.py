"""Who serves what: how each workload's work is shared over the options, in all and in spikes, and what is left unserved."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from planner.domain.records import FitRecord, IdleWorkload, OptionRecord, Plan, ServingRecord, UnservedRecord
from planner.domain.workloads import Development, Inference
from planner.report.document import (
    Block,
    Paragraph,
    Section,
    TableRow,
    amount,
    columns_of,
    count,
    group,
    listed,
    money,
    percent,
    place_of,
    plural,
    section_of,
    stated_price,
    table_of,
    words,
)
from planner.report.plan.reading import Reading
from planner.report.plan.service.demand import demand
from planner.units import plural_of

_COLUMNS = columns_of("Served by | Contract | #Work | #Share | #Peak nodes | Planned as")

_DUST = 1e-9
_SMALL = 0.005
"""Options below this share of a workload are told together, if there are several."""


class _Share(NamedTuple):
    """What one option does for one workload, over the whole horizon or in a spike."""

    option: str
    mode: str
    work: float
    unit: str
    peak_nodes: float
    peak_replicas: float


Missing = dict[str, tuple[float, float, str]]
"""Work, its cost and its unit, by workload."""


def who_serves_what(reading: Reading) -> Section | None:
    workloads = _shares(reading.plan.serving)
    unserved = _unserved(reading)
    if not workloads and not unserved:
        return None
    rows: list[TableRow] = []
    for workload in dict.fromkeys([*workloads, *unserved]):
        rows += [group(workload, len(_COLUMNS)), *_rows(reading, workload, workloads.get(workload, []), unserved)]
    blocks: list[Block] = [table_of(_COLUMNS, rows)]
    blocks += [] if unserved else [Paragraph("All demand is served.")]
    blocks += [Paragraph(text) for text in (*idle_replicas(reading.plan), *_fallbacks(reading))]
    return section_of("Who serves what", *blocks)


def spikes(reading: Reading) -> Section | None:
    """The same for the hours of every spike, of the workloads that have it."""
    names = dict.fromkeys(piece.spike for piece in reading.slices.values() if piece.spike)
    rows: list[TableRow] = []
    for name in sorted(names):
        found = _shares(r for r in reading.plan.serving if _spike_of(reading, r) == name and r.work > 0)
        unserved = _unserved(reading, name)
        hours = sum(piece.hours for piece in reading.slices.values() if piece.spike == name)
        for workload in dict.fromkeys([*found, *unserved]):
            if _has(reading, workload, name):
                title = (
                    f"{workload} in {name}{_multiple(reading, workload)}, {amount(round(hours, 1))} h of the horizon"
                )
                rows += [group(title, len(_COLUMNS)), *_rows(reading, workload, found.get(workload, []), unserved)]
    return section_of("Spikes", table_of(_COLUMNS, rows)) if rows else None


def _spike_of(reading: Reading, record: ServingRecord) -> str:
    piece = reading.slices.get((record.period, record.slice))
    return piece.spike if piece is not None else ""


def _has(reading: Reading, workload: str, spike: str) -> bool:
    """Whether a workload names a spike; of an unknown scenario all are shown."""
    asked = reading.workloads.get(workload)
    if reading.asked is None:
        return True
    return isinstance(asked, Inference | Development) and asked.spike is not None and asked.spike.name == spike


def _multiple(reading: Reading, workload: str) -> str:
    asked = reading.workloads.get(workload)
    spike = asked.spike if isinstance(asked, Inference | Development) else None
    return f", {amount(spike.multiplier)} × its mean" if spike is not None else ""


def _rows(reading: Reading, workload: str, shares: list[_Share], unserved: Missing) -> list[TableRow]:
    missing, cost, unit = unserved.get(workload, (0.0, 0.0, ""))
    whole = sum(share.work for share in shares) + missing
    small = [share for share in shares if not share.mode and share.work < _SMALL * whole]
    small = small if len(small) > 1 else []
    rows = [_row(share, whole, reading, workload) for share in shares if share not in small]
    rows += [_folded(small, whole)] if small else []
    if missing > 0:
        left = ("left unserved", f"at {money(cost)}", f"{amount(missing)} {unit}", _share(missing, whole), "", "")
        rows.append(TableRow(left, "total"))
    return rows


def _shares(records: Iterable[ServingRecord]) -> dict[str, list[_Share]]:
    """Shares of every workload, the largest first; what a fallback does stands apart."""
    work: dict[tuple[str, str, str], float] = defaultdict(float)
    nodes: dict[tuple[str, str, str], float] = defaultdict(float)
    replicas: dict[tuple[str, str, str], float] = defaultdict(float)
    units: dict[str, str] = {}
    for record in records:
        at = (record.workload, record.option, str(record.mode))
        work[at] += record.work
        nodes[at] = max(nodes[at], record.nodes)
        replicas[at] = max(replicas[at], record.replicas)
        units[record.workload] = record.work_unit
    found: dict[str, list[_Share]] = {}
    for key in work:
        workload, option, mode = key
        share = _Share(option, mode, work[key], units[workload], nodes[key], replicas[key])
        found.setdefault(workload, []).append(share)
    return {name: sorted(shares, key=lambda s: (-s.work, s.option, s.mode)) for name, shares in found.items()}


def _unserved(reading: Reading, spike: str = "") -> Missing:
    """What stays unserved, in all or in a spike."""
    found: Missing = {}
    for record in reading.plan.unserved:
        piece = reading.slices.get((record.period, record.slice))
        if spike and (piece is None or piece.spike != spike):
            continue
        work, cost, _ = found.get(record.workload, (0.0, 0.0, ""))
        found[record.workload] = (work + record.work, cost + record.cost_usd, record.work_unit)
    return {name: entry for name, entry in found.items() if entry[0] > 0}


def _row(share: _Share, whole: float, reading: Reading, workload: str) -> TableRow:
    option = reading.options.get(share.option)
    fit = reading.fits.get((workload, share.option, share.mode))
    held = share.peak_replicas
    replicas = f"{count(held)} {'replica' if held == 1 else plural_of('replica')}" if held else ""
    contract = words(option.contract) if option else ""
    return TableRow(
        (
            option_lines(option, share.option),
            (contract, "as fallback") if share.mode else contract,
            f"{amount(share.work)} {share.unit}",
            _share(share.work, whole),
            (count(share.peak_nodes), replicas) if share.peak_nodes else "–",
            _planned_as(fit),
        )
    )


def _folded(small: list[_Share], whole: float) -> TableRow:
    """Options that do very little, told together."""
    work = sum(share.work for share in small)
    others = f"{len(small)} others, each below {percent(_SMALL)}"
    return TableRow((others, "", f"{amount(work)} {small[0].unit}", _share(work, whole), "", ""))


def _fallbacks(reading: Reading) -> list[str]:
    """How much a fallback serves, how much hangs on it, and at which price to the company."""
    said = [
        _fallback(reading, w) for w in reading.workloads.values() if isinstance(w, Inference) and w.fallback is not None
    ]
    cost = reading.plan.cost.fallback_npv_usd
    if cost >= 0.005:
        said.append(f"In all, service by a fallback counts {money(cost)} in the NPV; that is not cash.")
    return [text for text in said if text]


def _fallback(reading: Reading, workload: Inference) -> str:
    records = [r for r in reading.plan.serving if r.workload == workload.name and r.work > 0]
    lesser = [r for r in records if r.mode]
    points = {(r.period, r.slice) for r in lesser}
    rule = workload.fallback
    if not lesser or rule is None:
        return ""
    needed = demand(reading, workload)
    ordinary: dict[tuple[int, int], float] = defaultdict(float)
    kept: list[ServingRecord | UnservedRecord] = [r for r in records if not r.mode]
    kept += [missed for missed in reading.plan.unserved if missed.workload == workload.name]
    for record in kept:
        ordinary[record.period, record.slice] += record.able if isinstance(record, ServingRecord) else record.work
    hanging = sum(max(0.0, needed.get(at, 0.0) - ordinary[at]) for at in points)
    hours = sum(reading.slices[at].hours for at in points if at in reading.slices)
    unit, whole = workload.work_unit, sum(needed.get(at, 0.0) for at in points)
    said = f"The fallback of {workload.name} serves {amount(sum(r.work for r in lesser))} {unit} in {amount(round(hours, 1))} h"
    if hanging <= _DUST * whole:
        return f"{said}; what else is held could serve it too."
    price = f"; each {unit} of it counts {stated_price(rule.usd_per_unit)} in the NPV" if rule.usd_per_unit else ""
    return (
        f"{said}; without it {amount(hanging)} {unit}, {_share(hanging, whole)} of the demand of these hours, would go"
        f" unserved (at most {percent(rule.share)} may){price}."
    )


def option_lines(option: OptionRecord | None, name: str) -> tuple[str, ...]:
    """An option in the words of the market."""
    if option is None:
        return (name,)
    return (option.node_type, place_of(option.provider, option.region))


def _share(part: float, whole: float) -> str:
    return percent(part / whole) if whole else ""


def _planned_as(fit: FitRecord | None) -> tuple[str, ...]:
    """How the rate was come by: format, parallelism, batch, latency."""
    if fit is None or not fit.rate_per_node_hour:
        return ("",)
    rate = f"{amount(fit.rate_per_node_hour)} per node-hour, {fit.basis}"
    parallel = f"TP {fit.tensor_parallel}, PP {fit.pipeline_parallel}" if fit.batch else ""
    how = ", ".join(part for part in (fit.precision, parallel, f"batch {fit.batch}" if fit.batch else "") if part)
    latency = f"TTFT {fit.ttft_ms:,.0f} ms, TPOT {fit.tpot_ms:,.0f} ms" if fit.ttft_ms or fit.tpot_ms else ""
    spot = f"{percent(fit.spot_lost_fraction)} lost to interruptions" if fit.spot_lost_fraction else ""
    return (rate, how, latency, spot)


_MOST = 6
"""Workloads that are named."""


def idle_replicas(plan: Plan) -> Iterator[str]:
    """One sentence on the replicas that idle, one on pooling."""
    record = plan.idle
    if record is None or not record.workloads:
        return
    named = [_workload(one) for one in record.workloads[:_MOST]]
    more = [plural(len(record.workloads) - _MOST, "more workload")] if len(record.workloads) > _MOST else []
    yield f"Replicas that idle: {listed([*named, *more])}."
    yield pooling(plan)


def pooling(plan: Plan) -> str:
    """What sharing nodes would save, over the horizon and a month."""
    record = plan.idle
    if record is None or not record.workloads:
        return ""
    if record.pooled_npv_usd is None:
        return (
            "Each model fills nodes of its own (`replicas: whole`). What sharing nodes would save was not solved;"
            " `replicas: pooled` tells."
        )
    saved = plan.npv_usd - record.pooled_npv_usd
    if saved < 0.005:
        return "Sharing nodes between workloads (`replicas: pooled`) would save nothing; no smaller replica that fits costs less."
    return (
        f"If workloads shared nodes (`replicas: pooled`) {amount(record.pooled_nodes)} instead of {amount(record.nodes)} nodes"
        f" would do at the busiest: {money(record.pooled_usd_per_month)} instead of {money(record.usd_per_month)} a month,"
        f" {money(saved)} less NPV."
    )


def _workload(one: IdleWorkload) -> str:
    return f"{one.workload} uses {percent(one.used_fraction)} of the {count(one.replicas)} it holds at most"


WORTH_A_SENTENCE = 0.05
"""Share of the NPV that sharing nodes must save to stand in the head."""


def idle_in_short(plan: Plan) -> str:
    """In the head only where sharing nodes would save a good part."""
    record = plan.idle
    if record is None or record.pooled_npv_usd is None:
        return ""
    saved = plan.npv_usd - record.pooled_npv_usd
    return pooling(plan) if saved >= WORTH_A_SENTENCE * abs(plan.npv_usd) and saved >= 0.005 else ""
