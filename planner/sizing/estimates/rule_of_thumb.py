"""Rules of thumb: 2p and 6p FLOP, bytes per parameter, nothing lost. The back-of-envelope mode of `planner estimate`."""

from collections.abc import Iterator

from planner.domain.answers import Price, Rule
from planner.domain.inputs import Accelerator
from planner.units import GIGA, SECONDS_PER_HOUR

TERA = 1e12
TRAINING_BYTES = 8.0
"""Bytes per parameter that training adds to fp32 weights, by the rule of thumb."""


def forward_flop(parameters: float, tokens: float) -> float:
    """A forward pass costs 2 FLOP per parameter and token.

    >>> f"{forward_flop(175e9, 1024):.3g}"
    '3.58e+14'
    """
    return 2 * parameters * tokens


def training_flop(parameters: float, tokens: float) -> float:
    """Training costs 6 FLOP per parameter and token.

    >>> f"{training_flop(405e9, 15e12):.4g}"
    '3.645e+25'
    """
    return 6 * parameters * tokens


def seconds_at(flop: float, tflops: float, utilisation: float = 1.0) -> float:
    """Time at a share of a peak."""
    return flop / (tflops * TERA * utilisation)


def training_memory_gb(parameters: float) -> float:
    """fp32 weights and 8 bytes more per parameter.

    >>> training_memory_gb(175e9)
    2100.0
    """
    return parameters * (4 + TRAINING_BYTES) / GIGA


def serving_rules(
    parameters: float, active: float, tokens: float, a: Accelerator | None, price: Price | None
) -> Iterator[Rule]:
    """One request of so many tokens, each counted once; a token uses the active parameters."""
    flop = forward_flop(active, tokens)
    yield Rule("FLOP of one request", flop, "FLOP", f"2 · {_counted(parameters, active)} · tokens")
    yield Rule("weights in fp32", parameters * 4 / GIGA, "GB", "4 bytes per parameter")
    yield Rule("weights in 16 bit", parameters * 2 / GIGA, "GB", "2 bytes per parameter")
    if a is None or a.bf16_tflops is None:
        return
    seconds = seconds_at(flop, a.bf16_tflops)
    yield Rule(f"seconds on one {a.id}", seconds, "s", "FLOP / 16-bit peak, nothing lost")
    if price is not None:
        usd = price.usd_per_accelerator_hour * seconds / SECONDS_PER_HOUR / tokens * 1000
        yield Rule("USD per 1,000 tokens", usd, "USD", f"at {price.usd_per_accelerator_hour:g} USD per hour")


def _counted(parameters: float, active: float) -> str:
    return "parameters" if active == parameters else "active parameters"


def training_rules(
    parameters: float,
    active: float,
    tokens: float,
    a: Accelerator | None,
    price: Price | None,
    count: int,
    utilisation: float,
) -> Iterator[Rule]:
    """A run over so many tokens."""
    flop = training_flop(active, tokens)
    yield Rule("FLOP of the run", flop, "FLOP", f"6 · {_counted(parameters, active)} · tokens")
    yield Rule("memory", training_memory_gb(parameters), "GB", "12 bytes per parameter: fp32 weights and 8 more")
    if a is None or a.bf16_tflops is None:
        return
    hours = seconds_at(flop, a.bf16_tflops, utilisation) / SECONDS_PER_HOUR
    said = "nothing lost" if utilisation == 1 else f"at {utilisation:.0%} of it"
    yield Rule("accelerator-hours", hours, "h", f"FLOP / 16-bit peak, {said}")
    yield Rule(f"days on {count:,} {a.id}", hours / count / 24, "days", "accelerator-hours / accelerators")
    if price is not None:
        yield Rule(
            "USD", hours * price.usd_per_accelerator_hour, "USD", f"at {price.usd_per_accelerator_hour:g} USD per hour"
        )
