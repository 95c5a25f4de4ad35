"""`planner estimate`: what each accelerator does with a model, by cost; and what does not fit, with the reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from planner.domain.answers import Estimate, Price, Rule, ServingLine, ServingRequest, TrainingLine, UnitLine
from planner.domain.inputs import LanguageModel
from planner.report.document import (
    NOTHING,
    Block,
    Bullets,
    Column,
    Document,
    Paragraph,
    Report,
    Section,
    Table,
    TableRow,
    amount,
    columns_of,
    count,
    headline_money,
    percent,
    plural,
    section_of,
    table_of,
    unit_price,
)

SCHEMA = "planner/estimate/1"
Line = ServingLine | TrainingLine | UnitLine


def estimate_report(found: Estimate) -> Report:
    """One estimate, for any format."""
    return Report(
        json=lambda: estimate_value(found),
        csv=lambda: _csv(
            [_flat(line) for line in lines_of_estimate(found)] or [rule._asdict() for rule in found.rules]
        ),
        document=lambda: _document(found),
    )


def estimates_report(found: Sequence[Estimate]) -> Report:
    """Several estimates, one after the other, for any format."""
    return Report(
        json=lambda: {"schema": SCHEMA, "estimates": [estimate_value(one) for one in found]},
        csv=lambda: _csv([{"model": one.model.id, **_flat(line)} for one in found for line in lines_of_estimate(one)]),
        document=lambda: _one_after_the_other([_document(one) for one in found]),
    )


RESULTS = {"serve": "serving", "train": "training", "units": "units"}
"""The field of an estimate that has its results, by mode."""


def saved_estimates(value: Mapping[str, Any]) -> Report:
    """One estimate that was saved, or several."""
    if "estimates" in value:
        found = TypeAdapter(list[dict[str, Any]]).validate_python(value["estimates"])
        return estimates_report([_saved(one) for one in found])
    return estimate_report(_saved(value))


def _saved(value: Mapping[str, Any]) -> Estimate:
    kept = {name: one for name, one in value.items() if name not in ("schema", "results")}
    field = RESULTS.get(str(value.get("mode")), "serving")
    return TypeAdapter(Estimate).validate_python({**kept, field: value.get("results", ())})


def _csv(rows: Sequence[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """Header and rows of records that need not have the same fields."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    return header, [[row.get(key) for key in header] for row in rows]


def _one_after_the_other(documents: Sequence[Document]) -> Document:
    """Several documents as one, because a page is one; what stood above all headings stands below its own title."""
    sections = [
        Section(f"{one.title}: {section.title}" if section.title else one.title, section.blocks)
        for one in documents
        for section in one.sections
    ]
    return Document(plural(len(documents), "estimate"), tuple(sections))


def lines_of_estimate(found: Estimate) -> tuple[Line, ...]:
    return (*found.serving, *found.training, *found.units)


def estimate_value(found: Estimate) -> dict[str, Any]:
    """The estimate as plain values: what was asked, and one result an accelerator."""
    return {
        "schema": SCHEMA,
        "mode": found.mode,
        "model": found.model.model_dump(mode="json"),
        "request": found.request.model_dump(mode="json"),
        **({"total_flop": found.total_flop} if found.total_flop is not None else {}),
        **({"unit": found.unit} if found.unit else {}),
        "results": [_value(line) for line in lines_of_estimate(found)],
        "rules": [rule._asdict() for rule in found.rules],
        "remarks": list(found.remarks),
    }


def _value(line: Line) -> dict[str, Any]:
    values: dict[str, Any] = line._asdict()
    for name in ("on_demand", "committed"):
        price: Price | None = values[name]
        values[name] = None if price is None else price._asdict()
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _flat(line: Line) -> dict[str, Any]:
    """One row of CSV: prices as columns of their own."""
    values: dict[str, Any] = {}
    for name, value in _value(line).items():
        if isinstance(value, dict):
            values |= {f"{name}_{key}": cell for key, cell in value.items()}
        else:
            values[name] = "; ".join(value) if isinstance(value, list) else value
    return values


# --- the document ----------------------------------------------------------------------------------


def _document(found: Estimate) -> Document:
    notes: tuple[Block, ...] = (Bullets(found.remarks),) if found.remarks else ()
    intro = section_of("", _architecture(found.model), *notes)
    if found.mode == "rule_of_thumb":
        told = "Rules of thumb: 2 FLOP per parameter and token to serve, 6 to train, nothing lost. Not an estimate."
        return Document(_title(found), (intro, section_of("", Paragraph(told, strong=True), _rules(found.rules))))
    able = [line for line in lines_of_estimate(found) if not line.why]
    unable = [line for line in lines_of_estimate(found) if line.why]
    sections = [intro]
    if able:
        said = _said_of_all(able)
        able = [line._replace(remarks=tuple(text for text in line.remarks if text not in said)) for line in able]
        sections.append(section_of("By cost", _table(able, found), *([Bullets(said)] if said else [])))
    if unable:
        rows = tuple(TableRow((_called(line), line.why)) for line in unable)
        sections.append(section_of("Does not do it", Table(columns_of("Accelerator | Why"), rows)))
    return Document(_title(found), tuple(sections))


def _said_of_all(lines: Sequence[Line]) -> tuple[str, ...]:
    """Remarks that every line of several has: they are told once."""
    if len(lines) < 2:
        return ()
    return tuple(text for text in lines[0].remarks if all(text in line.remarks for line in lines))


def _called(line: Line) -> str:
    """The accelerator, and the requests under way where several numbers were asked for."""
    asked = line.asked if isinstance(line, ServingLine) else None
    return line.accelerator if asked is None else f"{line.accelerator}, {asked:,.0f} at once"


def _title(found: Estimate) -> str:
    name = found.model.name or found.model.id
    request = found.request
    if found.mode == "units":
        return f"{name}: {found.unit}"
    if isinstance(request, ServingRequest):
        limits = f", {request.latency}" if request.latency else ""
        return f"Serving {name}: {request.input_tokens:,} tokens in, {request.output_tokens:,} out{limits}"
    tokens = f" on {amount(request.tokens)} tokens" if request.tokens else ""
    return f"Training {name}{tokens}, {request.method} in {request.precision}"


def _architecture(model: LanguageModel) -> str:
    active = "" if model.active_parameters_b == model.parameters_b else f", {model.active_parameters_b:g} active"
    shape = f", {model.layers} layers of {model.hidden}" if model.layers and model.hidden else ""
    return f"{model.parameters_b:g} billion parameters{active}{shape}, published in {model.native_precision}."


def _rules(rules: Sequence[Rule]) -> Table:
    columns = columns_of("What | #Value | Unit | How")
    return table_of(columns, (TableRow((rule.what, _scientific(rule.value), rule.unit, rule.how)) for rule in rules))


def _scientific(value: float) -> str:
    return f"{value:.3e}" if abs(value) >= 1e9 else amount(value)


def _table(lines: Sequence[Line], found: Estimate) -> Table:
    if found.mode == "serve":
        return _serving_table([line for line in lines if isinstance(line, ServingLine)])
    if found.mode == "train":
        return _training_table([line for line in lines if isinstance(line, TrainingLine)])
    return _unit_table([line for line in lines if isinstance(line, UnitLine)])


def _serving_table(lines: Sequence[ServingLine]) -> Table:
    asked = columns_of("#Asked") if any(line.asked is not None for line in lines) else ()
    columns = (
        Column("Accelerator"),
        Column("Group"),
        *asked,
        *columns_of("#Running | #Output tok/s | #TTFT | #TPOT | #GB each | #USD/Mtok | #committed | #kWh/Mtok"),
    )
    return table_of(columns, (_serving_row(line) for line in lines))


def _serving_row(line: ServingLine) -> TableRow:
    parts = (("TP", line.tensor), ("PP", line.pipeline), ("DP", line.data))
    layout = " ".join(f"{name}{size}" for name, size in parts if size > 1) or "1"
    copies = f"{line.replicas} x " if line.replicas > 1 else ""
    cells = (
        line.accelerator,
        f"{copies}{layout} {line.precision}",
        *(() if line.asked is None else (count(round(line.asked)),)),
        count(round(line.running)),
        (
            amount(line.output_tokens_per_s),
            f"{_short(line.output_tokens_per_s_low)}-{_short(line.output_tokens_per_s_high)}",
        ),
        f"{line.ttft_ms:,.0f} ms",
        f"{line.tpot_ms:,.1f} ms",
        f"{line.memory_needed_gb:.0f} of {line.memory_gb:g}",
        _usd(line.usd_per_mtok),
        _usd(line.usd_per_mtok_committed),
        _amount(line.kwh_per_mtok),
    )
    return TableRow(cells, note=_note(line))


def _training_table(lines: Sequence[TrainingLine]) -> Table:
    columns = columns_of(
        "Accelerator | #Count | Layout | #tok/s each | #MFU | #Goodput | #Days | #USD | #committed | "
        "#MWh | #GB each | Network each"
    )
    return table_of(columns, (_training_row(line) for line in lines))


def _training_row(line: TrainingLine) -> TableRow:
    parts = (("TP", line.tensor), ("PP", line.pipeline), ("DP", line.data))
    layout = " ".join(f"{name}{size}" for name, size in parts if size > 1) or "1"
    cells = (
        line.accelerator,
        count(line.accelerators),
        (layout, f"ZeRO{line.zero}" + (f" redo {line.recompute:.0%}" if line.recompute >= 0.005 else "")),
        amount(line.tokens_per_s_per_accelerator),
        percent(line.mfu),
        percent(line.goodput),
        NOTHING if line.days is None else f"{line.days:,.1f}",
        NOTHING if line.usd is None else headline_money(line.usd),
        NOTHING if line.usd_committed is None else headline_money(line.usd_committed),
        _amount(line.energy_mwh),
        f"{line.memory_needed_gb:.0f} of {line.memory_gb:g}",
        _network(line.network),
    )
    return TableRow(cells, note=_note(line))


def _network(words: str) -> str:
    """The class of network in a table, whose heading says that it is that of each accelerator.

    >>> _network("400 Gb/s per accelerator"), _network("faster than 800 Gb/s per accelerator, or more sequences per step")
    ('400 Gb/s', 'over 800 Gb/s')
    """
    return words.partition(" per accelerator")[0].replace("faster than", "over").replace("within a node", "in node")


def _unit_table(lines: Sequence[UnitLine]) -> Table:
    columns = columns_of("Accelerator | #per second | #USD per 1,000 | #committed | #kWh per 1,000 | #GB")
    return table_of(columns, (_unit_row(line) for line in lines))


def _unit_row(line: UnitLine) -> TableRow:
    cells = (
        line.accelerator,
        (amount(line.units_per_s), f"{_short(line.units_per_s_low)}-{_short(line.units_per_s_high)}"),
        _usd(line.usd_per_thousand),
        _usd(line.usd_per_thousand_committed),
        _amount(line.kwh_per_thousand),
        f"{line.memory_needed_gb:.0f} of {line.memory_gb:g}",
    )
    return TableRow(cells, note=_note(line))


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _amount(value: float | None) -> str:
    return NOTHING if value is None else amount(value)


def _usd(usd: float | None) -> str:
    return NOTHING if usd is None else unit_price(usd)


def _note(line: Line) -> str:
    """Where the prices come from, and remarks."""
    prices = [
        f"{unit_price(price.usd_per_accelerator_hour)}/h {price.where}"
        + (f" ({price.checked_on})" if price.checked_on else "")
        for price in (line.on_demand, line.committed)
        if price is not None
    ]
    return "; ".join((*(prices or ["no price known"]), *line.remarks))
