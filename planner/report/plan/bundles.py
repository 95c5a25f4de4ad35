"""What is paid by use has a line for every plan-year and price, blocks and contracts that are signed again when they end one for
each; where nothing else changes, the reader sees one."""

from collections.abc import Iterable
from typing import NamedTuple

from planner.domain.options import OWNED
from planner.domain.records import PlanLine
from planner.report.document import SIGNED, listed

MOST_DATES = 6
"""Dates of blocks that are named; of more there is the CSV."""


class Bundle(NamedTuple):
    """Lines that are told as one."""

    line: PlanLine
    """With the sums of all; nodes are the most at once, the unit price is the lowest."""
    fewest_nodes: float
    dearest_usd: float
    """Highest unit price."""
    again: tuple[str, ...] = ()
    """When the contract is signed again; of blocks, when each later one is."""


def bundles(lines: Iterable[PlanLine]) -> list[Bundle]:
    """One bundle for each commitment with its renewals, each order and rent of what is owned, each option that is paid by use."""
    chains: list[list[PlanLine]] = []
    for line in lines:
        before = [chain for chain in chains if _continues(chain[-1], line)]
        if before:
            min(before, key=lambda chain: abs(chain[-1].unit_price_usd - line.unit_price_usd)).append(line)
        else:
            chains.append([line])
    return [_bundle(chain) for chain in chains]


def contracts(lines: Iterable[PlanLine]) -> list[PlanLine]:
    """One line for each signing: a rent that rises has one for each price."""
    chains: list[list[PlanLine]] = []
    for line in sorted(lines, key=lambda line: line.start_index):
        mine = next((chain for chain in chains if _one_rent(chain[-1], line)), None)
        if mine is None:
            chains.append([line])
        else:
            mine.append(line)
    return [_bundle(chain).line for chain in chains]


_SAME = ("action", "option", "unit", "why", "list_price_usd", "price_source", "price_as_of", "price_basis")
_RENEWED = ("nodes", "unit_price_usd", "upfront_usd", "term_periods")


def _continues(line: PlanLine, later: PlanLine) -> bool:
    """The same thing under the same contract, after it."""
    if line.action in OWNED:
        return _one_rent(line, later)
    if not all(getattr(line, name) == getattr(later, name) for name in _SAME):
        return False
    if line.action not in SIGNED or is_block(line):
        return line.end_index <= later.start_index
    renewed = all(getattr(line, name) == getattr(later, name) for name in _RENEWED)
    return renewed and line.end_index == later.start_index and not line.held


def _one_rent(line: PlanLine, later: PlanLine) -> bool:
    """Whether both are of one contract, whose rent rises."""
    return line.action in OWNED and (line.option, line.signed_index) == (later.option, later.signed_index)


def is_block(line: PlanLine) -> bool:
    return line.contract.startswith("block of ")


def blocks_signed(bundle: Bundle, period: str) -> str:
    """When blocks are signed: each period without a pause, or at the dates that are named."""
    line, signed = bundle.line, [bundle.line.signed, *bundle.again]
    if len(signed) == 1:
        return f"sign {line.signed}"
    if len(signed) * (line.term_periods or 1) == line.end_index - line.start_index:
        return f"one each {period}"
    if len(signed) > MOST_DATES:
        return f"{len(signed)} blocks with pauses between them"
    return f"{len(signed)} blocks: {listed(signed)}"


def _bundle(chain: list[PlanLine]) -> Bundle:
    nodes, prices = [line.nodes for line in chain], [line.unit_price_usd for line in chain]
    if len(chain) == 1:
        return Bundle(chain[0], nodes[0], prices[0])
    most, quantity = max(chain, key=lambda line: line.nodes), sum(line.quantity for line in chain)
    merged = chain[0].model_copy(
        update={
            "end": chain[-1].end,
            "end_index": chain[-1].end_index,
            "nodes": most.nodes,
            "accelerators": most.accelerators,
            "quantity": quantity,
            "unit_price_usd": min(prices),
            "upfront_usd": sum(line.upfront_usd for line in chain),
            "paid_upfront_usd": sum(line.paid_upfront_usd for line in chain),
            "total_usd": sum(line.total_usd for line in chain),
            "in_horizon_usd": sum(line.in_horizon_usd for line in chain),
            "utilisation": _mean([line.utilisation for line in chain], chain),
            "held_fraction": _mean([line.held_fraction for line in chain], chain),
        }
    )
    again = () if chain[0].action in OWNED or chain[0].action not in SIGNED else tuple(x.signed for x in chain[1:])
    return Bundle(merged, min(nodes), max(prices), again)


def _mean(shares: list[float | None], chain: list[PlanLine]) -> float | None:
    """Mean share over lines by their quantity; None where one is unknown."""
    known = [share * line.quantity for share, line in zip(shares, chain, strict=True) if share is not None]
    quantity = sum(line.quantity for line in chain)
    return sum(known) / quantity if len(known) == len(chain) and quantity else None
