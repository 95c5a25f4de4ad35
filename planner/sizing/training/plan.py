r"""Training memory by optimizer, ZeRO stage, recomputation and layout; the smallest cluster; the network it needs.

.. math::
    need &= state + x\,(activations + logits) + C \le u \cdot memory \\
    state &= P/(TP \cdot PP) \cdot \begin{cases} w + g + o & ZeRO 0 \\ w + g + o/N & 1 \\ w + (g + o)/N & 2 \\
             (w + g + o)/N & 3 \end{cases} \\
    activations &= s b h / TP \cdot (34 L (1 - y) + 2 L y + 32 [y > 0]), \quad logits = 6 s b V / TP

=============  ===================================================================================================
symbol         meaning
=============  ===================================================================================================
P              parameters that are trained; for LoRA those beside the frozen base, f·P
w, g, o        bytes per parameter of weights, gradients, optimizer (`OPTIMIZERS`)
N              data-parallel copies over which ZeRO spreads
s, b, h, L, V  sequence length, sequences per accelerator, hidden size, layers, vocabulary
34, 2, y       bytes of activations per token, layer and hidden unit: with fused attention; where they are recomputed, of
               which one layer at a time is unfolded (Korthikanti et al. 2022); share of the layers recomputed. A pipeline
               holds as many layers' worth on its first stage, since microbatches are under way
x              1.25 under ZeRO 3 over several copies, whose measured peaks are so much above the formula; else 1
C, u           overhead_gb, memory_use_fraction
=============  ===================================================================================================

LoRA keeps a frozen base of 2 bytes per parameter (in 8 bit 1, QLoRA 0.516, embeddings and head in 16 bit), spread over N
under ZeRO 3. What it trains follows from rank and targets: r·(inputs + outputs) of every matrix that is targeted.
Source: planner sizing constants; Rajbhandari et al. 2020 for ZeRO.
"""

from collections.abc import Iterator
from typing import NamedTuple

from planner.domain.answers import LoraTargets, Method, Optimizer
from planner.domain.inputs import Accelerator, LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.training.state import BASE_BYTES, LORA_RANK, OPTIMIZERS, StateBytes, lora_parameters_b
from planner.sizing.training.throughput import MEASURED_OVER_FORMULA, SEQUENCE_TOKENS
from planner.units import GIGA

ACTIVATION_BYTES_PER_UNIT, RECOMPUTED_BYTES_PER_UNIT, LOGIT_BYTES = 34.0, 2.0, 6.0
MOST_COPIES = 2048
"""Data-parallel copies: beyond as many, a step has no sequence for each of them."""
LARGEST_CLUSTER = 1 << 17
FABRICS: tuple[tuple[str, float], ...] = (
    ("10 Gb/s", 1.25),
    ("100 Gb/s", 12.5),
    ("400 Gb/s per accelerator", 50.0),
    ("800 Gb/s per accelerator", 100.0),
)
"""Classes of networks between nodes: name, GB/s one way for each accelerator."""
USUAL_FABRIC_GB_PER_S = 50.0
GLOBAL_BATCH_TOKENS = 4e6
"""Tokens of one step over all copies: GPT-3 3.2 million (Brown et al. 2020), Llama 3 4 to 16 million (2024)."""


class ParallelLayout(NamedTuple):
    """How a model is spread over accelerators."""

    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    zero: int = 3
    recompute: float = 0.0
    """Share of the layers whose activations are computed twice."""

    @property
    def accelerators(self) -> int:
        return self.tensor * self.pipeline * self.data


class Setup(NamedTuple):
    """What is trained and how, apart from the layout."""

    model: LanguageModel
    method: Method = "full"
    optimizer: Optimizer | None = None
    """None: Adam in mixed precision; for QLoRA 8-bit Adam paged to the host, as it is published."""
    sequence_tokens: float = SEQUENCE_TOKENS
    micro_batch: float = 1.0
    lora_fraction: float | None = None
    """Share of the parameters that LoRA trains; None: by rank and targets."""
    lora_rank: int = LORA_RANK
    lora_targets: LoraTargets = "all"

    @property
    def state_bytes(self) -> StateBytes:
        usual: Optimizer = "adam_8bit_paged" if self.method == "qlora" else "adam"
        return OPTIMIZERS[self.optimizer or usual]

    @property
    def trained_b(self) -> float:
        """Parameters that are trained, 1e9."""
        if self.method == "full":
            return self.model.parameters_b
        if self.lora_fraction is not None:
            return self.model.parameters_b * self.lora_fraction
        return lora_parameters_b(self.model, self.lora_rank, self.lora_targets)


class Need(NamedTuple):
    """Memory of one accelerator, GB."""

    layout: ParallelLayout
    state_gb: float
    base_gb: float
    """Frozen base of LoRA."""
    activation_gb: float
    overhead_gb: float

    @property
    def total_gb(self) -> float:
        return self.state_gb + self.base_gb + self.activation_gb + self.overhead_gb


def state_gb(setup: Setup, layout: ParallelLayout) -> float:
    """Weights, gradients and optimizer of what is trained, per accelerator.

    >>> seven = LanguageModel(id="x", parameters_b=7, active_parameters_b=7)
    >>> [round(state_gb(Setup(seven), ParallelLayout(data=8, zero=z)), 2) for z in (0, 1, 2, 3)]
    [112.0, 38.5, 26.25, 14.0]
    """
    w, g, o = setup.state_bytes
    n = layout.data
    spread = {0: w + g + o, 1: w + g + o / n, 2: w + (g + o) / n, 3: (w + g + o) / n}[layout.zero]
    return setup.trained_b * spread / (layout.tensor * layout.pipeline)


def base_gb(setup: Setup, layout: ParallelLayout) -> float:
    """Frozen base of LoRA and QLoRA, per accelerator."""
    copies = layout.data if layout.zero == 3 else 1
    each, model = BASE_BYTES[setup.method], setup.model
    kept = min(model.embedding_parameters_b, model.parameters_b) if 0 < each < 2 else 0.0
    base = (model.parameters_b - kept) * each + kept * BASE_BYTES["lora"]
    return base / (layout.tensor * layout.pipeline * copies)


def activation_gb(setup: Setup, layout: ParallelLayout) -> float:
    """Activations and logits, per accelerator."""
    tokens, layers = setup.sequence_tokens * setup.micro_batch, setup.model.layers or 0
    saved = ACTIVATION_BYTES_PER_UNIT - RECOMPUTED_BYTES_PER_UNIT
    per_unit = ACTIVATION_BYTES_PER_UNIT * layers - saved * layers * layout.recompute
    if layout.recompute > 0:
        per_unit += saved
    held = tokens * ((setup.model.hidden or 0) * per_unit + LOGIT_BYTES * (setup.model.vocabulary or 0))
    sharded = layout.zero == 3 and layout.data > 1
    return (MEASURED_OVER_FORMULA if sharded else 1.0) * held / layout.tensor / GIGA


def memory_of(setup: Setup, layout: ParallelLayout, c: SizingConstants) -> Need:
    """The terms of the inequality above."""
    return Need(layout, state_gb(setup, layout), base_gb(setup, layout), activation_gb(setup, layout), c.overhead_gb)


def layouts_of(setup: Setup, accelerator: Accelerator, count: int, per_node: int) -> Iterator[ParallelLayout]:
    """Layouts of a cluster: tensor parallelism inside a node, ZeRO 1 or 3 over the copies."""
    layers = setup.model.layers or 1
    for shards in _powers(count):
        for tensor in _powers(min(shards, per_node if accelerator.link_gb_per_s > 0 else 1)):
            pipeline = shards // tensor
            if pipeline > layers or count % shards or count // shards > MOST_COPIES:
                continue
            for zero in (1, 3):
                yield ParallelLayout(tensor, pipeline, count // shards, zero)


def _powers(limit: int) -> Iterator[int]:
    power = 1
    while power <= limit:
        yield power
        power *= 2


def recomputing(
    setup: Setup, layout: ParallelLayout, usable_gb: float, c: SizingConstants, wanted: float | None
) -> Need:
    """The layout with as little recomputation as memory allows, or as much as wanted."""
    if wanted is not None:
        return memory_of(setup, layout._replace(recompute=wanted), c)
    plain, whole = (memory_of(setup, layout._replace(recompute=share), c) for share in (0.0, 1.0))
    if plain.total_gb <= usable_gb or whole.total_gb > usable_gb:
        return plain if plain.total_gb <= usable_gb else whole
    first = 1 / max(setup.model.layers or 1, 1)  # the first layer recomputed saves nothing: one is unfolded at a time
    least = memory_of(setup, layout._replace(recompute=first), c)
    share = first + (1 - first) * (least.total_gb - usable_gb) / (least.total_gb - whole.total_gb)
    return memory_of(setup, layout._replace(recompute=min(1.0, max(share, first) + 1e-9)), c)


def best_layout(
    setup: Setup,
    accelerator: Accelerator,
    count: int,
    per_node: int,
    c: SizingConstants,
    recompute: float | None = None,
    tokens_per_s: float = 0.0,
) -> tuple[Need, bool]:
    """The best layout that fits and True, or the one that lacks least and False.

    Best is: within what a usual fabric carries at `tokens_per_s` of each accelerator (where copies stand in several
    nodes), then with little recomputation, then with little model parallelism.
    """
    usable = c.memory_use_fraction * (accelerator.total_memory_gb or 0.0)
    needs = [recomputing(setup, one, usable, c, recompute) for one in layouts_of(setup, accelerator, count, per_node)]
    fitting = [need for need in needs if need.total_gb <= usable]
    if not fitting:
        return min(
            needs, key=lambda need: need.total_gb, default=memory_of(setup, ParallelLayout(data=count), c)
        ), False

    def order(need: Need) -> tuple[bool, float, int, int]:
        one = need.layout
        crowded = count > per_node and network_gb_per_s(setup, one, tokens_per_s) > USUAL_FABRIC_GB_PER_S
        return crowded, one.recompute, one.tensor * one.pipeline, one.zero

    return min(fitting, key=order), True


def smallest_cluster(
    setup: Setup, accelerator: Accelerator, per_node: int, c: SizingConstants, recompute: float | None = None
) -> int | None:
    """The fewest accelerators that hold the training: a power of two inside a node, whole nodes beyond; or None."""
    count = 1
    while count <= LARGEST_CLUSTER:
        if best_layout(setup, accelerator, count, per_node, c, recompute)[1]:
            return count
        count = count * 2 if count * 2 <= per_node or count >= per_node else per_node
    return None


def network_gb_per_s(setup: Setup, layout: ParallelLayout, tokens_per_s: float) -> float:
    """What each accelerator must send so that the network does not hold it up, at tokens/s of one accelerator.

    A copy on t·p accelerators needs s·b/(tokens/s·t·p) seconds a micro-batch. Under ZeRO 3 each of them moves in that
    time its share P/(t·p) of the weights forth and back, and of the gradients once: 3·2·P·tokens/s/(s·b). Else it moves
    gradients and weights once a step: 4·P·tokens/s over the tokens of a copy's step, GLOBAL_BATCH_TOKENS/copies. A stage of
    a pipeline hands on activations and gradients of d elements a token, in parts of its t accelerators: 4·d·tokens/s·p.
    """
    hidden = setup.model.hidden or 0
    stages = 4.0 * hidden * tokens_per_s * layout.pipeline / GIGA if layout.pipeline > 1 else 0.0
    if layout.data == 1:
        return stages
    trained = setup.trained_b
    micro = setup.sequence_tokens * setup.micro_batch
    if layout.zero == 3:
        frozen = 2 * setup.model.parameters_b * BASE_BYTES[setup.method]
        return stages + (6.0 * trained + frozen) * tokens_per_s / micro
    return stages + 4.0 * trained * tokens_per_s / max(micro, GLOBAL_BATCH_TOKENS / layout.data)


def fabric_for(gb_per_s: float) -> str:
    """The least class of network that carries so much.

    >>> fabric_for(0.0), fabric_for(9.0), fabric_for(500.0)
    ('none', '100 Gb/s', 'faster than 800 Gb/s per accelerator, or more sequences per step')
    """
    if gb_per_s == 0:
        return "none"
    able = [name for name, speed in FABRICS if speed >= gb_per_s]
    return able[0] if able else f"faster than {FABRICS[-1][0]}, or more sequences per step"
