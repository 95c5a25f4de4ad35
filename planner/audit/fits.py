"""Rules on rates: what one node serves in an hour is what was measured, or what the sizing model says."""

from collections.abc import Iterator

from planner.audit.books import Books
from planner.audit.compare import Check, holds, same, same_number
from planner.audit.ledger import Ledger
from planner.domain.accelerator import Accelerator
from planner.domain.catalog import Constant
from planner.domain.findings import Fit, Rejection
from planner.domain.language_model import LanguageModel
from planner.domain.offer import Held, InstanceOffer
from planner.domain.plan import FitRecord
from planner.domain.training_run import TrainingRun
from planner.domain.workload import Inference
from planner.sizing.admission import size
from planner.sizing.constants import constants_from


def references(ledger: Ledger) -> Iterator[Check]:
    """Every fit is of a workload and an option that exist, and can serve something."""
    books = ledger.books
    for i, fit in enumerate(books.plan.inputs.fits):
        where = f"fits[{i}]"
        yield holds("unknown-option", where, fit.option in books.options, fit.option, "an option")
        yield holds("unknown-workload", where, fit.workload in books.workloads, fit.workload, "a workload")
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
        rate = stated.get(fit.workload)
        if fit.basis != "measured":
            yield holds("fit-measured", where, rate is None, fit.basis, f"measured: {rate}")
            continue
        yield same_number("fit-measured", where, fit.rate_per_node_hour, rate or 0.0)
        if isinstance(ledger.books.workloads[fit.workload], Inference):
            yield same_number("fit-measured", f"{where} replica", fit.replica_nodes, 1.0)


def _known(ledger: Ledger) -> Iterator[FitRecord]:
    books = ledger.books
    for fit in books.plan.inputs.fits:
        record = books.options.get(fit.option)
        if record is not None and fit.workload in books.workloads and record.action != "hosted_api":
            yield fit


def _throughput(ledger: Ledger, option: str) -> dict[str, float]:
    entry = ledger.prices.origins.get(option)
    return entry.throughput if isinstance(entry, InstanceOffer | Held) else {}


def sized(ledger: Ledger) -> Iterator[Check]:
    """A sized rate is what the sizing model says of the embedded accelerator, model and constants."""
    known: dict[tuple[str, str | None, int], Fit | Rejection] = {}
    for fit in _known(ledger):
        if fit.basis == "sized":
            where, record = f"{fit.workload} on {fit.option}", ledger.books.options[fit.option]
            node = (fit.workload, record.accelerator, record.accelerators_per_node)
            if node not in known:
                known[node] = _size(ledger.books, fit)
            found = known[node]
            if not isinstance(found, Fit):
                yield holds("fit-sized", where, False, "a fit", f"{found.bottleneck}: {found.offered}")
                continue
            for name in ("rate_per_node_hour", "replica_nodes", "ttft_ms", "tpot_ms"):
                claimed, rate = getattr(fit, name), getattr(found, name)
                yield same_number("fit-sized", f"{where} {name}", claimed, rate, 1e-9, 0.0)
            for name in ("precision", "tensor_parallel", "pipeline_parallel", "batch"):
                yield same("fit-sized", f"{where} {name}", getattr(fit, name), getattr(found, name))


def _size(books: Books, fit: FitRecord) -> Fit | Rejection:
    workload, record, inputs = books.workloads[fit.workload], books.options[fit.option], books.plan.inputs
    if isinstance(workload, TrainingRun):
        raise LookupError("a run is sized by its own rules")
    chips = inputs.accelerators
    model, reference = getattr(workload, "model", None), getattr(workload, "reference_accelerator", None)
    if isinstance(model, str):
        model = LanguageModel.model_validate(inputs.language_models[model])
    rows = {n: Constant(n, v, v, v, "", "plan", "") for n, v in inputs.constants.items()}
    return size(
        workload,
        Accelerator.model_validate(chips[record.accelerator or ""]),
        record.accelerators_per_node,
        model=model,
        reference=None if reference is None else Accelerator.model_validate(chips[reference]),
        constants=constants_from(rows),
        derating=getattr(workload, "derating", None) or books.asked.derating,
    )


RULES = (references, measured, sized)
