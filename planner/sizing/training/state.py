"""What training keeps of each parameter: optimizers, the frozen base of LoRA, and how many parameters LoRA trains.

Source: Rajbhandari et al. 2020 for Adam in mixed precision; Hu et al. 2021 and Dettmers et al. 2023 for LoRA and QLoRA.
"""

from typing import NamedTuple

from planner.domain.answers import LoraTargets, Method, Optimizer
from planner.domain.inputs import LanguageModel
from planner.units import GIGA


class StateBytes(NamedTuple):
    """Bytes per trained parameter."""

    weights: float
    gradients: float
    optimizer: float

    @property
    def total(self) -> float:
        return self.weights + self.gradients + self.optimizer


OPTIMIZERS: dict[Optimizer, StateBytes] = {
    "adam": StateBytes(2, 2, 12),
    "adam_amp": StateBytes(4, 4, 10),
    "adam_8bit": StateBytes(2, 2, 6),
    "adam_8bit_bf16": StateBytes(2, 2, 2),
    "adam_8bit_paged": StateBytes(2, 2, 0),
    "adam_bf16": StateBytes(2, 2, 4),
    "adam_offloaded": StateBytes(2, 2, 0),
    "adafactor": StateBytes(2, 2, 4),
    "muon": StateBytes(2, 2, 8),
}
"""Mixed precision 16 bytes (master weights and two moments of 4 each); AMP style 18; 8-bit moments with a master 10, without
6, paged to the host 4; bf16 alone 8; Adafactor keeps the master and rows and columns of one moment, Muon master and momentum."""
BASE_BYTES: dict[Method, float] = {"full": 0.0, "lora": 2.0, "lora_8bit": 1.0, "qlora": 0.516}
"""Bytes per parameter of the frozen base: 16 bit, or nf4 (0.5 + a scale of 8 bits per 64, itself quantised)."""
LORA_RANK = 16
"""Where neither a share nor a rank is stated."""


def lora_parameters_b(model: LanguageModel, rank: int, targets: LoraTargets) -> float:
    """Parameters of LoRA, 1e9: rank times inputs and outputs of each targeted matrix, of every layer.

    Attention is queries, keys, values and output; `all` adds the three matrices of the MLP, whose width follows from what
    attention and embeddings leave of the parameters (of a mixture: of the active ones).

    >>> llama = LanguageModel(id="l", parameters_b=6.74, active_parameters_b=6.74, layers=32, hidden=4096, heads=32,
    ...                       kv_heads=32, head_dim=128, vocabulary=32000)
    >>> round(lora_parameters_b(llama, 16, "attention"), 4), round(lora_parameters_b(llama, 16, "all"), 4)
    (0.0168, 0.04)
    """
    layers, hidden = model.layers or 0, model.hidden or 0
    query = (model.heads or 0) * (model.head_dim or 0) or hidden
    key = (model.kv_heads or 0) * (model.head_dim or 0) or hidden
    attention = 2 * (hidden + query) + 2 * (hidden + key)
    matrices = 2 * hidden * query + 2 * hidden * key
    wide = model.active_parameters_b - model.embedding_parameters_b
    inner = max(wide * GIGA / layers - matrices, 0.0) / (3 * hidden) if layers and hidden else 0.0
    mlp = 3 * (hidden + inner) if targets == "all" else 0.0
    return rank * layers * (attention + mlp) / GIGA
