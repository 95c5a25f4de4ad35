"""Who serves what: how each workload's work is shared over the options, and what is left unserved."""

from collections import defaultdict
from typing import NamedTuple

from planner.domain.plan import FitRecord, OptionRecord, Plan
from planner.report.figures import amount, count, money, percent
from planner.report.table import (
    Block,
    Column,
    Paragraph,
    Row,
    Section,
    Table,
    group,
    number_columns,
    text_columns,
)
from planner.report.text import words


class _Share(NamedTuple):
    """What one option does for one workload over the whole horizon."""

    option: str
    work: float
    unit: str
    peak_nodes: float
    peak_replicas: float


def who_serves_what(plan: Plan) -> Section | None:
    workloads = _shares(plan)
    unserved = _unserved(plan)
    if not workloads and not unserved:
        return None
    columns = (
        *text_columns("Served by", "Contract"),
        *number_columns("Work", "Share", "Peak nodes"),
        Column("Planned as"),
    )
    rows: list[Row] = []
    for workload in dict.fromkeys([*workloads, *unserved]):
        shares = workloads.get(workload, [])
        missing, cost, unit = unserved.get(workload, (0.0, 0.0, ""))
        whole = sum(share.work for share in shares) + missing
        rows.append(group(workload, len(columns)))
        rows += [_row(share, whole, plan, workload) for share in shares]
        if missing > 0:
            left = (
                "left unserved",
                f"at {money(cost)}",
                f"{amount(missing)} {unit}",
                _share(missing, whole),
                "",
                "",
            )
            rows.append(Row(left, "total"))
    blocks: list[Block] = [Table(columns, tuple(rows))]
    if not unserved:
        blocks.append(Paragraph("All demand is served."))
    return Section("Who serves what", tuple(blocks))


def _shares(plan: Plan) -> dict[str, list[_Share]]:
    """Shares of every workload, the largest first."""
    work: dict[tuple[str, str], float] = defaultdict(float)
    nodes: dict[tuple[str, str], float] = defaultdict(float)
    replicas: dict[tuple[str, str], float] = defaultdict(float)
    units: dict[str, str] = {}
    for record in plan.serving:
        key = (record.workload, record.option)
        work[key] += record.work
        nodes[key] = max(nodes[key], record.nodes)
        replicas[key] = max(replicas[key], record.replicas)
        units[record.workload] = record.work_unit
    found: dict[str, list[_Share]] = {}
    for workload, option in work:
        key = (workload, option)
        share = _Share(option, work[key], units[workload], nodes[key], replicas[key])
        found.setdefault(workload, []).append(share)
    return {name: sorted(shares, key=lambda s: (-s.work, s.option)) for name, shares in found.items()}


def _unserved(plan: Plan) -> dict[str, tuple[float, float, str]]:
    """Work, its cost and its unit, by workload."""
    found: dict[str, tuple[float, float, str]] = {}
    for record in plan.unserved:
        work, cost, _ = found.get(record.workload, (0.0, 0.0, ""))
        found[record.workload] = (work + record.work, cost + record.cost_usd, record.work_unit)
    return {name: entry for name, entry in found.items() if entry[0] > 0}


def _row(share: _Share, whole: float, plan: Plan, workload: str) -> Row:
    option = next((o for o in plan.inputs.options if o.option == share.option), None)
    fit = next((f for f in plan.inputs.fits if (f.workload, f.option) == (workload, share.option)), None)
    replicas = f"{count(share.peak_replicas)} replicas" if share.peak_replicas else ""
    return Row(
        (
            option_lines(option, share.option),
            words(option.contract) if option else "",
            f"{amount(share.work)} {share.unit}",
            _share(share.work, whole),
            (count(share.peak_nodes), replicas) if share.peak_nodes else "–",
            _planned_as(fit),
        )
    )


def option_lines(option: OptionRecord | None, name: str) -> tuple[str, ...]:
    """An option in the words of the market."""
    if option is None:
        return (name,)
    return (option.node_type, " · ".join(part for part in (option.provider, option.region) if part))


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
