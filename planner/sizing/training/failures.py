"""Failures of a cluster: how often, what they cost, how long a run takes with them."""

from math import inf, sqrt

from planner.domain.workloads import TrainingRun
from planner.units import HOURS_PER_YEAR


def mean_hours_between_failures(run: TrainingRun, accelerators: int) -> float:
    """M = 8760 / (failures per accelerator and year × accelerators), of the whole cluster.

    >>> llama = TrainingRun(name="llama", kind="training_run", flop=3.8e25)   # 0.173 failures a year each
    >>> round(mean_hours_between_failures(llama, 16_384), 1)
    3.1
    """
    failures = run.failures_per_accelerator_year * accelerators
    return HOURS_PER_YEAR / failures if failures > 0 else inf


def checkpoint_interval_hours(run: TrainingRun, accelerators: int) -> float:
    """τ: as stated, else √(2δM) (Young, Communications of the ACM 17(9), 1974); infinite if nothing ever fails."""
    if run.checkpoint_interval_hours is not None:
        return run.checkpoint_interval_hours
    write_hours = run.checkpoint_write_minutes / 60
    return sqrt(2 * write_hours * mean_hours_between_failures(run, accelerators)) if write_hours > 0 else 0.0


def goodput(run: TrainingRun, accelerators: int) -> float:
    """Share of the time in which a cluster makes progress: max(0, 1 − δ/τ − (τ/2 + R)/M).

    >>> run = TrainingRun(name="r", kind="training_run", flop=1e24, failures_per_accelerator_year=0.1752,
    ...                   checkpoint_write_minutes=6, restart_hours=0.5)
    >>> round(goodput(run, 1_000), 4)                  # M = 50 h, τ = √(2·0.1·50) = 3.16 h: 1 − 0.0316 − 2.08/50
    0.9268
    """
    write_hours = run.checkpoint_write_minutes / 60
    interval, between = checkpoint_interval_hours(run, accelerators), mean_hours_between_failures(run, accelerators)
    writing = write_hours / interval if interval > 0 else 0.0
    lost = 0.0 if inf in (between, interval) else (interval / 2 + run.restart_hours) / between
    return max(0.0, 1 - writing - lost)


def run_hours(work: float, rate_per_node_hour: float, nodes: int, goodput: float) -> float:
    """Wall-clock hours of a run: H = W / (rate × n × goodput); infinite if nothing moves.

    >>> run_hours(work=7300, rate_per_node_hour=2.0, nodes=5, goodput=0.5)
    1460.0
    """
    speed = rate_per_node_hour * nodes * goodput
    return work / speed if speed > 0 else inf
