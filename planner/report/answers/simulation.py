"""`planner simulate PLAN`: which share of the demand is served when failure domains fail at random."""

from collections.abc import Iterator, Mapping
from typing import Any

from planner.domain.answers import SimulationAnswer
from planner.domain.records import AvailabilityRecord, Plan, SimulatedAvailability
from planner.report.document import (
    Alert,
    Document,
    Paragraph,
    Report,
    Table,
    TableRow,
    amount,
    columns_of,
    plural,
    section_of,
    share,
    table_of,
    words,
)
from planner.report.plan import Reading
from planner.units import HOURS_PER_YEAR

SCHEMA = "planner/simulation/1"
_HEADER = (
    "workload",
    "availability",
    "worst",
    "failure",
    "outages_per_year",
    "hours_per_outage",
    "assumed",
    "samples",
    "seed",
)
_DUST = 1e-9


def simulation_report(plan: Plan, record: AvailabilityRecord) -> Report:
    """The availability that was simulated now, beside what the file says of itself."""
    reading = Reading(plan)
    rules = reading.asked.availability if reading.asked is not None else None
    providers = {reading.options[r.option].provider for r in plan.serving if r.option in reading.options}
    alone = len(providers) == 1 and record.failure not in ("provider", "vendor")
    verdict = agrees(plan, record)
    return _report(
        SimulationAnswer(
            name=plan.scenario.name,
            sha256=plan.scenario.sha256,
            record=record,
            agrees=verdict,
            stated=plan.availability if verdict is False else None,
            standby=("on_demand", "hosted_api") if rules is None else rules.standby,
            standby_assumed=rules is None,
            alone=min(providers) if alone else "",
        )
    )


def saved_simulation(value: Mapping[str, Any]) -> Report:
    """The simulation that was saved."""
    of_record = AvailabilityRecord.model_fields
    record = {name: one for name, one in value.items() if name in of_record}
    beside = {name: one for name, one in value.items() if name not in of_record}
    return _report(SimulationAnswer.model_validate({**beside, "record": record}))


def _report(answer: SimulationAnswer) -> Report:
    return Report(
        json=lambda: simulation_value(answer),
        csv=lambda: (_HEADER, _csv_rows(answer.record)),
        document=lambda: _document(answer),
    )


def _csv_rows(record: AvailabilityRecord) -> list[tuple[object, ...]]:
    """A row per workload, each with the conditions of the simulation."""
    conditions = [getattr(record, name) for name in _HEADER[3:]]
    return [(w.workload, w.availability, w.worst, *conditions) for w in record.workloads]


def simulation_value(answer: SimulationAnswer) -> dict[str, object]:
    """The simulation as plain JSON values."""
    value = answer.model_dump(mode="json")
    scenario = {"name": value.pop("name"), "sha256": value.pop("sha256")}
    return {"schema": SCHEMA, "scenario": scenario, "agrees": value.pop("agrees"), **value.pop("record"), **value}


def agrees(plan: Plan, record: AvailabilityRecord) -> bool | None:
    """Whether the plan states the same figures; None if it states none, or for other outages, samples or seed."""
    stated = plan.availability
    if stated is None or _conditions(stated) != _conditions(record):
        return None
    ours, theirs = _figures(record), _figures(stated)
    if ours.keys() != theirs.keys():
        return False
    return all(abs(a - b) <= _DUST for name in ours for a, b in zip(ours[name], theirs[name], strict=True))


def _conditions(record: AvailabilityRecord) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in _HEADER[3:])


def _figures(record: AvailabilityRecord) -> dict[str, tuple[float, float]]:
    return {w.workload: (w.availability, w.worst) for w in record.workloads}


def _document(answer: SimulationAnswer) -> Document:
    record = answer.record
    what = "vendor of accelerators" if record.failure == "vendor" else record.failure
    said = " (assumed: the scenario states no `outages_per_year`)" if record.assumed else ""
    often = f"{_often(record.outages_per_year)}{said}, for {amount(record.hours_per_outage)} h on average"
    blocks = (
        Paragraph(f"Every {what} that the plan rests on fails on its own, {often}."),
        _table(record) if record.workloads else Paragraph(_NOBODY),
        *(Paragraph(text, strong=strong) for text, strong in _taken_for_granted(answer)),
        Paragraph(f"{plural(record.samples, 'sample')} of the whole horizon, seed {record.seed}."),
    )
    same = (Paragraph("The plan file states the same figures.", strong=True),) if answer.agrees else ()
    alert = _alarm(answer.stated) if answer.agrees is False else None
    return Document(f"Availability of {answer.name}", (section_of("", *blocks, *same),), alert)


def _taken_for_granted(answer: SimulationAnswer) -> Iterator[tuple[str, bool]]:
    """What stands by, and what is not simulated; whether it is a warning."""
    if answer.standby:
        said = " (assumed: the scenario has no `availability`)" if answer.standby_assumed else ""
        ways = " and ".join(words(way).replace("hosted api", "hosted APIs") for way in answer.standby)
        yield f"Standby: {ways} can be started at once within the caps of the plan's options{said}.", False
    else:
        yield "Standby: nothing is started after a failure; only what runs already serves.", False
    if answer.alone:
        alone = f"Everything stands with {answer.alone}: its own failure is not simulated here and would leave nothing"
        yield f"{alone} (`--failure provider`).", True


def _often(times_a_year: float) -> str:
    """How often something happens.

    >>> _often(1.0), _often(12.0), _often(0.25), _often(2.5)
    ('once a year', '12 times a year', 'once in 4 years', '2.5 times a year')
    """
    if times_a_year < 1:
        return f"once in {amount(1 / times_a_year)} years"
    return "once a year" if times_a_year == 1 else f"{amount(times_a_year)} times a year"


_NOBODY = "No workload of the plan is protected: only online inference with `survive` above 0 is."


def _table(record: AvailabilityRecord) -> Table:
    columns = columns_of("Workload | #Served | #Lost, hours a year | #Served, worst sample")
    return table_of(columns, (_row(w) for w in record.workloads))


def _row(w: SimulatedAvailability) -> TableRow:
    return TableRow((w.workload, share(w.availability), _hours((1 - w.availability) * HOURS_PER_YEAR), share(w.worst)))


def _hours(hours: float) -> str:
    return f"{hours:,.2f}" if hours >= 0.005 or hours <= 0 else "<0.01"


def _alarm(stated: AvailabilityRecord | None) -> Alert:
    table = None if stated is None else _table(stated)
    return Alert("THE PLAN FILE STATES OTHER FIGURES", "For the same outages, samples and seed it says:", table)
