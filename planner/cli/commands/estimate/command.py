"""`planner estimate`: FLOP, memory, accelerators, time and cost of serving or training a model."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from planner.cli.commands.estimate.answer import EstimateQuestion, answer, swept
from planner.cli.commands.estimate.question import (
    accelerator_of,
    format_of,
    magnitude,
    model_of,
    parallel_ways,
    refuse_misplaced,
    request_of,
    several,
    share,
    training_format,
)
from planner.cli.commands.estimate.questions_file import questions_of, with_chips
from planner.cli.options import DatasetsOption, DebugOption, FormatOption
from planner.cli.output import UsageError, sink

EXAMPLES = """
planner estimate llama-3.1-70b --serve --input 1024 --output 256 --latency interactive
planner estimate llama-3.1-70b --serve --accelerator h100 --tensor 4 --precision fp8 --concurrency 64 --format json
planner estimate --params 405e9 --train --tokens 15e12 --accelerator h100-sxm-80gb --count 16000
planner estimate llama-3.1-8b --train --tokens 20B --deadline-days 14
planner estimate llama-2-7b --train --method qlora --accelerator rtx-4090 --tokens 50M
planner estimate qwen3-32b --accelerator h100 --concurrency 1,8,64 --format csv
planner estimate --model-config my-model/config.json --accelerator-file my-chips.json
planner estimate stable-diffusion-1.5
planner estimate gpt-3-175b --rule-of-thumb --accelerator a100-sxm-40gb
"""


Method = Literal["full", "lora", "lora_8bit", "qlora"]
Optimizer = Literal[
    "adam", "adam_amp", "adam_8bit", "adam_8bit_bf16", "adam_8bit_paged", "adam_bf16", "adam_offloaded", "adafactor",
    "muon",
]  # fmt: skip


def _number(flag: str, what: str) -> Any:
    return typer.Option(flag, metavar="N", help=what)


def _ways(flag: str, short: str, what: str) -> Any:
    return typer.Option(flag, short, parser=parallel_ways, metavar="N|auto", help=f"{what}  [default: auto]")


def estimate(
    ctx: typer.Context,
    model: Annotated[
        str | None, typer.Argument(metavar="[MODEL]", help="A model of the catalog; or give `--params`.")
    ] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Serve it.  [default, unless --tokens or --train]")] = False,
    train: Annotated[bool, typer.Option("--train", help="Train it.")] = False,
    accelerator: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this; may be repeated.")] = None,
    accelerator_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Accelerators that the catalog lacks: JSON or CSV, as in accelerators.csv."),
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, metavar="N", help="Accelerators in all.")] = None,
    tensor: Annotated[int | None, _ways("--tensor", "--tp", "Tensor parallelism.")] = None,
    pipeline: Annotated[int | None, _ways("--pipeline", "--pp", "Pipeline stages.")] = None,
    data: Annotated[int | None, _ways("--data", "--dp", "Data parallelism; serving: of the attention.")] = None,
    precision: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT",
            help="bf16, fp8, int8, nvfp4, mxfp4, int4.  [default: 16 bit, published]",
        ),
    ] = None,
    kv_precision: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="Format of the cache.  [default: 16 bit]")
    ] = None,
    input_tokens: Annotated[str, typer.Option("--input", metavar="TOKENS", help="Tokens of a prompt.")] = "1024",
    output_tokens: Annotated[
        str, typer.Option("--output-tokens", "--output", metavar="TOKENS", help="Tokens of an answer.")
    ] = "256",
    concurrency: Annotated[
        str | None,
        typer.Option(metavar="N[,N…]", help="Requests under way; several at once.  [default: as many as may be]"),
    ] = None,
    latency: Annotated[
        Literal["realtime", "interactive", "relaxed", "batch"] | None, typer.Option(help="Latency tier.")
    ] = None,
    ttft: Annotated[float | None, typer.Option(metavar="MS", help="Limit on the time to first token.")] = None,
    tpot: Annotated[float | None, typer.Option(metavar="MS", help="Limit on the time per token.")] = None,
    engine: Annotated[str | None, typer.Option(metavar="NAME", help="tensorrt-llm, vllm, sglang, vllm-2024.")] = None,
    mature_software: Annotated[bool, typer.Option("--mature-software", help="Take all software for mature.")] = False,
    derating: Annotated[
        float, typer.Option(parser=share, metavar="SHARE", help="Share an untuned stack reaches.")
    ] = 1.0,
    utilisation: Annotated[
        float, typer.Option(parser=share, metavar="SHARE", help="Share of full load that is paid for and used.")
    ] = 1.0,
    prefix_cache_hit: Annotated[
        float, typer.Option(parser=share, metavar="SHARE", help="Share of input tokens already in the cache.")
    ] = 0.0,
    speculative_speedup: Annotated[
        float, typer.Option(metavar="FACTOR", help="Steps saved by speculative decoding.")
    ] = 1.0,
    disaggregation_speedup: Annotated[float, typer.Option(metavar="FACTOR", help="Gain of separate prefill.")] = 1.0,
    tokens: Annotated[str | None, typer.Option(metavar="N", help="Tokens to train on.")] = None,
    sequence: Annotated[str, typer.Option(metavar="TOKENS", help="Sequence length of training.")] = "4096",
    micro_batch: Annotated[float, typer.Option(metavar="N", help="Sequences per accelerator at once.")] = 1.0,
    method: Annotated[Method, typer.Option(help="What is trained.")] = "full",
    lora_fraction: Annotated[
        float | None,
        typer.Option(
            parser=share,
            metavar="SHARE",
            help="Share that LoRA trains.  [default: by rank and targets]",
        ),
    ] = None,
    lora_rank: Annotated[int, typer.Option(min=1, metavar="N", help="Rank of LoRA.")] = 16,
    lora_targets: Annotated[Literal["attention", "all"], typer.Option(help="Matrices that LoRA adapts.")] = "all",
    optimizer: Annotated[
        Optimizer | None,
        typer.Option(help="Optimizer and the format of its state.  [default: adam; for qlora adam_8bit_paged]"),
    ] = None,
    zero: Annotated[
        int | None, typer.Option(min=0, max=3, metavar="STAGE", help="ZeRO stage.  [default: chosen]")
    ] = None,
    recompute: Annotated[
        Literal["none", "full"] | None, typer.Option(help="Recompute activations.  [default: if needed]")
    ] = None,
    mfu: Annotated[
        float | None, typer.Option(parser=share, metavar="SHARE", help="FLOP utilisation.  [default: formula]")
    ] = None,
    deadline_days: Annotated[
        float | None, typer.Option(metavar="DAYS", help="The cluster that is ready by then.")
    ] = None,
    failures: Annotated[
        float | None,
        typer.Option(metavar="N", help="Failures per accelerator and year that stop training.  [default: 0.173]"),
    ] = None,
    checkpoint_minutes: Annotated[
        float | None,
        typer.Option(metavar="N", help="Minutes training stands still for a checkpoint.  [default: 0.105]"),
    ] = None,
    restart_hours: Annotated[
        float | None, typer.Option(metavar="N", help="Hours to be back after a failure.  [default: 0.1]")
    ] = None,
    flop_per_unit: Annotated[
        str | None, typer.Option(metavar="FLOP", help="Work beyond text: FLOP of one unit.")
    ] = None,
    price: Annotated[float | None, typer.Option(min=0, metavar="USD", help="Your price per accelerator-hour.")] = None,
    model_config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A checkpoint's config.json: reads the architecture.")
    ] = None,
    params: Annotated[
        str | None, typer.Option(metavar="N", help="Parameters, of a model that is not in the catalog.")
    ] = None,
    active_params: Annotated[str | None, typer.Option(metavar="N", help="Parameters that one token uses.")] = None,
    layers: Annotated[int | None, _number("--layers", "Layers.")] = None,
    hidden: Annotated[int | None, _number("--hidden", "Hidden size.")] = None,
    heads: Annotated[int | None, _number("--heads", "Attention heads.")] = None,
    kv_heads: Annotated[int | None, _number("--kv-heads", "Heads of keys and values.")] = None,
    head_dim: Annotated[int | None, _number("--head-dim", "Width of a head.")] = None,
    latent: Annotated[int | None, _number("--latent", "Cached elements per token and layer (MLA).")] = None,
    experts: Annotated[int | None, _number("--experts", "Experts.")] = None,
    experts_per_token: Annotated[int | None, _number("--experts-per-token", "Experts that a token uses.")] = None,
    window: Annotated[int | None, _number("--window", "Sliding window of attention, tokens.")] = None,
    window_share: Annotated[
        float | None, typer.Option(parser=share, metavar="SHARE", help="Share of the layers that see only the window.")
    ] = None,
    vocabulary: Annotated[int | None, _number("--vocabulary", "Size of the vocabulary.")] = None,
    request_file: Annotated[
        Path | None,
        typer.Option(
            "--request", metavar="FILE", help="Questions as JSON, as in the answer; `-` reads standard input."
        ),
    ] = None,
    rule_of_thumb: Annotated[
        bool, typer.Option("--rule-of-thumb", help="The plain 2p and 6p rules, nothing lost.")
    ] = False,
    output_format: FormatOption = None,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Write to FILE, whole or not at all.")
    ] = None,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """Estimate FLOP, memory, accelerators, time and cost of serving or training a model, on every accelerator."""
    from planner.domain.answers import ServingRequest, TrainingRequest
    from planner.inputs.catalog import load_catalog
    from planner.report.answers import estimate_report, estimates_report

    where = sink(output_format, output)
    catalog, chips = with_chips(load_catalog(datasets), accelerator_file)
    if request_file is not None:
        questions = questions_of(catalog, datasets, request_file)
        answers = [answer(question, catalog) for question in questions]
        where.show(estimates_report(answers))
        return
    if serve and train:
        raise UsageError("`--serve` and `--train` at once", help="ask one after the other")
    train = train or (tokens is not None and not serve)
    refuse_misplaced(ctx, train)
    shape: dict[str, Any] = {
        "params": params, "active_params": active_params, "layers": layers, "hidden": hidden, "heads": heads,
        "kv_heads": kv_heads, "head_dim": head_dim, "latent": latent, "experts": experts,
        "experts_per_token": experts_per_token, "vocabulary": vocabulary,
        "window": window, "window_share": window_share, "model_config": model_config,
    }  # fmt: skip
    asked, remarks = model_of(catalog, datasets, model, shape)
    names = tuple(accelerator_of(catalog, name) for name in accelerator or chips)
    at_once = several("--concurrency", concurrency)
    formats = tuple(format_of(name) for name in precision or ())
    common: dict[str, Any] = {
        "accelerators": names,
        "count": count,
        "tensor": tensor,
        "pipeline": pipeline,
        "data": data,
    }
    common["price_usd_per_accelerator_hour"] = price
    losses = {
        "failures_per_accelerator_year": failures,
        "checkpoint_write_minutes": checkpoint_minutes,
        "restart_hours": restart_hours,
    }
    request: ServingRequest | TrainingRequest
    if train:
        request = request_of(TrainingRequest, common | {
            "tokens": tokens, "method": method, "lora_fraction": lora_fraction,
            "lora_rank": lora_rank, "lora_targets": lora_targets,
            "optimizer": optimizer,
            "precision": training_format(formats[0]) if formats else "bf16", "sequence_tokens": sequence,
            "micro_batch": micro_batch,
            "recompute": recompute, "zero": zero, "mfu": mfu,
            "deadline_days": deadline_days,
        } | {name: value for name, value in losses.items() if value is not None})  # fmt: skip
    else:
        kv = None if kv_precision is None else format_of(kv_precision)
        request = request_of(ServingRequest, common | {
            "precisions": formats or None, "kv_precision": kv, "input_tokens": input_tokens,
            "output_tokens": output_tokens, "concurrency": at_once[0], "latency": latency,
            "ttft_ms": ttft, "tpot_ms": tpot, "engine": engine, "mature_software": mature_software,
            "derating": derating, "utilisation": utilisation, "prefix_cache_hit_fraction": prefix_cache_hit,
            "speculative_speedup": speculative_speedup, "disaggregation_speedup": disaggregation_speedup,
        })  # fmt: skip
    if flop_per_unit is not None:
        stated = {"flop_per_unit": magnitude("--flop-per-unit", flop_per_unit), "unit": "units of the stated FLOP"}
        asked = asked.model_copy(update=stated)
    found = answer(EstimateQuestion(asked, request, rule_of_thumb, remarks), catalog)
    if len(at_once) > 1:
        others = [request_of(type(request), request.model_dump() | {"concurrency": one}) for one in at_once[1:]]
        more = (answer(EstimateQuestion(asked, one, rule_of_thumb, remarks), catalog) for one in others)
        found = swept([found, *more])
    where.show(estimate_report(found))
