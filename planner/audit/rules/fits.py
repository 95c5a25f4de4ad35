"""Rules on rates: what one node serves in an hour is what was measured, or what the sizing model says."""

from collections.abc import Iterator

from planner.audit.books import Books, Check, holds, same, same_number, way_of
from planner.audit.ledger import Ledger
from planner.domain.inputs import Accelerator, Constant, LanguageModel
from planner.domain.records import Fit, FitRecord, OptionRecord, Rejection
from planner.domain.scenario import Held, InstanceOffer
from planner.domain.workloads import Inference, TrainingRun, Workload
from planner.sizing import SizingConstants, constants_from, size
from planner.sizing.training import run_verdict, smallest_cluster_nodes


def references(ledger: Ledger) -> Iterator[Check]:
    """Every fit is of a workload, a mode and an option that exist, and can serve something."""
    books = ledger.books
    for i, fit in enumerate(books.plan.inputs.fits):
        where = f"fits[{i}]"
        yield holds("unknown-option", where, fit.option in books.options, fit.option, "an option")
        known = fit.workload in books.workloads
        yield holds("unknown-workload", where, known, fit.workload, "a workload")
        if known and fit.mode:
            stated = way_of(books.workloads[fit.workload], fit.mode) is not None
            yield holds("fallback-share", where, stated, fit.mode, "a fallback that the scenario states")
        record = books.options.get(fit.option)
        hosted = record is not None and record.action == "hosted_api"
        fine = (fit.rate_per_node_hour > 0 or hosted) and fit.replica_nodes >= 0
        yield holds("fit-rate", where, fine, fit.rate_per_node_hour, "above 0")
        yield holds("fit-basis", where, fit.basis in {"sized", "measured"}, fit.basis, "sized or measured")


def measured(ledger: Ledger) -> Iterator[Check]:
    """A measured rate is the one the scenario states, and where it states one nothing else is used."""
    for fit in _known(ledger):
        where = f"{fit.workload} on {fit.option}"
        stated = _throughput(ledger, fit.option)
        rate = stated.get(fit.workload + ("/fallback" if fit.mode else ""))
        if fit.basis != "measured":
            yield holds("fit-measured", where, rate is None, fit.basis, f"measured: {rate}")
            continue
        yield same_number("fit-measured", where, fit.rate_per_node_hour, rate or 0.0)
        yield from _range(fit, where, rate or 0.0, rate or 0.0)
        if isinstance(ledger.books.workloads[fit.workload], Inference):
            yield same_number("fit-measured", f"{where} replica", fit.replica_nodes, 1.0)


def _known(ledger: Ledger) -> Iterator[FitRecord]:
    books = ledger.books
    for fit in books.plan.inputs.fits:
        record, workload = books.options.get(fit.option), books.workloads.get(fit.workload)
        if record is None or workload is None or way_of(workload, fit.mode) is None:
            continue
        if record.action != "hosted_api":
            yield fit


def _throughput(ledger: Ledger, option: str) -> dict[str, float]:
    entry, own = ledger.prices.origins.get(option), ledger.estate.holdings.of(option)
    if own is not None and own.server is not None:
        return own.server.throughput
    return entry.throughput if isinstance(entry, InstanceOffer | Held) else {}


def sized(ledger: Ledger) -> Iterator[Check]:
    """A sized rate is what the sizing model says of the embedded accelerator, model and constants."""
    books = ledger.books
    known: dict[tuple[str, str, str | None, int, float], Fit | Rejection] = {}
    for fit in _known(ledger):
        if fit.basis == "sized":
            where, record = f"{fit.workload} on {fit.option}", books.options[fit.option]
            trip = _round_trip_ms(books, books.workloads[fit.workload], record)
            node = (fit.workload, fit.mode, record.accelerator, record.accelerators_per_node, trip)
            if node not in known:
                known[node] = _size(books, fit, trip)
            found = known[node]
            if not isinstance(found, Fit):
                yield holds("fit-sized", where, False, "a fit", f"{found.bottleneck}: {found.offered}")
                continue
            rate = found.rate_per_node_hour * _maturity(books, record)
            yield same_number("fit-sized", f"{where} rate", fit.rate_per_node_hour, rate, 1e-9, 0.0)
            yield from _range(
                fit, where, found.rate_low * _maturity(books, record), found.rate_high * _maturity(books, record)
            )
            for name in ("replica_nodes", "ttft_ms", "tpot_ms"):
                claimed, own = getattr(fit, name), getattr(found, name)
                yield same_number("fit-sized", f"{where} {name}", claimed, own, 1e-9, 0.0)
            for name in ("precision", "tensor_parallel", "pipeline_parallel", "batch"):
                yield same("fit-sized", f"{where} {name}", getattr(fit, name), getattr(found, name))


def _range(fit: FitRecord, where: str, low: float, high: float) -> Iterator[Check]:
    """The low and the high rate, where they are stated."""
    for name, claimed, own in (
        ("low", fit.rate_low_per_node_hour, low),
        ("high", fit.rate_high_per_node_hour, high),
    ):
        if claimed is not None:
            yield same_number("fit-range", f"{where}: {name} rate", claimed, own, 1e-9, 0.0)


def _round_trip_ms(books: Books, workload: Workload, record: OptionRecord) -> float:
    """The workload's own before the scenario's; by region, by country, for the rest."""
    stated = workload.round_trip_ms if isinstance(workload, Inference) else None
    if isinstance(stated, float):
        return stated
    trips = books.asked.round_trips_ms if stated is None else stated
    places = [place for place in (record.region, record.country, "default") if place in trips]
    return trips[places[0]] if places else 0.0


def _maturity(books: Books, record: OptionRecord) -> float:
    """Share of the sized rate that the software of the accelerator's vendor reaches."""
    chip = books.plan.inputs.accelerators.get(record.accelerator or "", {})
    return books.asked.maturity.get(str(chip.get("vendor", "")), 1.0)


def _size(books: Books, fit: FitRecord, trip_ms: float) -> Fit | Rejection:
    workload, record = way_of(books.workloads[fit.workload], fit.mode), books.options[fit.option]
    if workload is None:
        raise LookupError(f"`{fit.workload}` has no {fit.mode}")
    chip, count = _chip(books, record.accelerator), record.accelerators_per_node
    model, reference = _model(books, workload), _reference(books, workload)
    if isinstance(workload, TrainingRun):
        return run_verdict(workload, chip, count, model=model, reference=reference, constants=_constants(books))
    if isinstance(workload, Inference) and trip_ms and workload.tier.ttft_ms is not None:
        left = workload.tier.ttft_ms - trip_ms
        if left <= 0:
            return Rejection(fit.workload, chip.id, "latency", "", f"a round trip of {trip_ms:g} ms")
        workload = workload.model_copy(update={"ttft_ms": left})
    return size(
        workload,
        chip,
        count,
        model=model,
        reference=reference,
        constants=_constants(books),
        derating=getattr(workload, "derating", None) or books.asked.derating,
    )


def _chip(books: Books, name: str | None) -> Accelerator:
    return Accelerator.model_validate(books.plan.inputs.accelerators[name or ""])


def _model(books: Books, workload: Workload) -> LanguageModel | None:
    model = getattr(workload, "model", None)
    if isinstance(model, str):
        return LanguageModel.model_validate(books.plan.inputs.language_models[model])
    return model if isinstance(model, LanguageModel) else None


def _reference(books: Books, workload: Workload) -> Accelerator | None:
    reference = getattr(workload, "reference_accelerator", None)
    return None if reference is None else _chip(books, reference)


def _constants(books: Books) -> SizingConstants:
    return constants_from({n: Constant(n, v, v, v, "", "plan", "") for n, v in books.plan.inputs.constants.items()})


def cluster_memory(ledger: Ledger) -> Iterator[Check]:
    """Where a run is sized, its cluster is large enough to hold it."""
    books = ledger.books
    for i, run in enumerate(books.plan.runs):
        workload = books.workloads.get(run.workload)
        fits = [f for s in run.shares if (f := books.fits.get((run.workload, s.option, ""))) and f.basis == "sized"]
        if not isinstance(workload, TrainingRun) or not fits:
            continue
        record = books.options[fits[0].option]
        chip, model = _chip(books, record.accelerator), _model(books, workload)
        least = smallest_cluster_nodes(
            workload, chip, record.accelerators_per_node, model=model, constants=_constants(books)
        )
        where = f"runs[{i}] {run.workload}: memory"
        yield holds("run-cluster", where, least is not None and run.nodes >= least, run.nodes, f"at least {least}")


RULES = (references, measured, sized, cluster_memory)
