"""Layouts that engines can run: which groups a number of accelerators can form, and why others are impossible."""

from collections.abc import Iterator

from planner.domain.inputs import Accelerator, LanguageModel
from planner.sizing.memory import LayerGroup


def why_impossible(model: LanguageModel, group: LayerGroup) -> str:
    """Why no engine runs a model in this layout; empty if one does.

    >>> model = LanguageModel(id="m", parameters_b=1, active_parameters_b=1, layers=28, heads=28, kv_heads=4)
    >>> why_impossible(model, LayerGroup(8))
    'tensor parallel 8 does not divide 28 attention heads'
    >>> [why_impossible(model, group) for group in (LayerGroup(14), LayerGroup(2, 30), LayerGroup(4, 7))]
    ['tensor parallel 14 would split 4 KV heads unevenly', 'a pipeline of 30 stages for 28 layers', '']
    """
    heads, layers = model.heads or 0, model.layers or 0
    if heads and heads % group.tensor:
        return f"tensor parallel {group.tensor} does not divide {heads} attention heads"
    shared = 1 if model.attention in ("mla", "mqa") else model.kv_heads or 1
    if shared % group.tensor and group.tensor % shared:
        return f"tensor parallel {group.tensor} would split {shared} KV heads unevenly"
    if layers and group.pipeline > layers:
        return f"a pipeline of {group.pipeline} stages for {layers} layers"
    return ""


def groups_within(model: LanguageModel, accelerator: Accelerator, count: int) -> Iterator[LayerGroup]:
    """Groups of at most `count` accelerators: tensor parallel, and pipelines where `count` is no power of two.

    Without link bandwidth only single accelerators. Six cards make 1, 2, 3, 4 or 6 ranks, 2 x 3 or 1 x 6 stages, as far
    as heads and layers allow.
    """
    widest = count if accelerator.link_gb_per_s > 0 else 1
    usual = [power for k in range(widest.bit_length()) if (power := 1 << k) <= widest]
    odd = count & (count - 1) != 0
    tensors = sorted({*usual, *(t for t in range(1, widest + 1) if odd and count % t == 0)})
    able = [t for t in tensors if not why_impossible(model, LayerGroup(t))]
    yield from (LayerGroup(t) for t in able)
    if odd and widest > 1:
        stages = (LayerGroup(t, count // t) for t in able if count % t == 0 and count > t)
        yield from (group for group in stages if not why_impossible(model, group))


def data_groups(model: LanguageModel, accelerator: Accelerator, count: int) -> Iterator[LayerGroup]:
    """Attention data parallelism of a mixture of experts: ranks by powers of two, and over all of `count`."""
    if not model.is_mixture_of_experts or accelerator.link_gb_per_s <= 0:
        return
    ranks = {1 << k for k in range(1, count.bit_length())} | {count}
    for data in sorted(ranks):
        for tensor in (1, 2, 4):
            group = LayerGroup(tensor, 1, data)
            if data > 1 and group.size <= count and not why_impossible(model, group):
                yield group
