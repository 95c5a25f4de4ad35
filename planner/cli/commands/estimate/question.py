"""What `planner estimate` was asked: models and requests from flags."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from planner.cli.output import UsageError
from planner.cli.suggesting import closed, like

if TYPE_CHECKING:  # at run time it is read only when a command needs it
    from planner.domain.inputs import Catalog, LanguageModel

FORMATS = {
    "fp16": "bf16", "float16": "bf16", "bfloat16": "bf16", "fp8_block": "fp8", "fp4": "nvfp4", "awq": "int4",
    "gptq": "int4", "int4_wo": "int4", "w4a16": "int4", "w8a8": "int8", "mxfp8": "fp8", "float32": "fp32",
    "fp8-cs": "fp8", "fp8-mx": "fp8",
}  # fmt: skip
"""Other names of number formats."""
TRAINING_FORMATS = {"nvfp4": "fp4", "mxfp4": "fp4"}
MODEL_ALIASES = {
    "mistral-7b": "mistral-7b-v0.1", "qwen2-72b": "qwen2.5-72b",
}  # fmt: skip
"""Other names of models, where the architecture is the same."""
AUTO = "auto"
"""Said of what is to be chosen."""
LAYERS_PER_WIDTH = 128
"""Hidden size per layer of usual dense models (Llama 8B 128, 70B 102, 405B 130)."""


def request_of(kind: type[Any], values: Mapping[str, Any]) -> Any:
    """A request of the values given; what makes no sense is said as a mistake of usage."""
    from pydantic import ValidationError

    try:
        return kind.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        said = "; ".join(_said(one["loc"], one["msg"]) for one in error.errors())
        raise UsageError(said[:400].lower(), help="`planner estimate --help` shows what it takes") from error


def _said(where: tuple[int | str, ...], message: str) -> str:
    """One mistake, with its place where it has one."""
    message = message.removeprefix("Value error, ").replace("Extra inputs are not permitted", "no such field")
    return f"{'.'.join(str(part) for part in where)}: {message}" if where else message


def format_of(name: str) -> str:
    """The format that a name means.

    >>> format_of("FP16"), training_format("nvfp4")
    ('bf16', 'fp4')
    """
    return FORMATS.get(name.lower(), name.lower())


def training_format(name: str) -> str:
    return TRAINING_FORMATS.get(format_of(name), format_of(name))


SERVING_ONLY = {
    "kv_precision", "input_tokens", "output_tokens", "concurrency", "latency", "ttft", "tpot", "engine", "mature_software",
    "derating", "utilisation", "prefix_cache_hit", "speculative_speedup", "disaggregation_speedup", "flop_per_unit",
}  # fmt: skip
TRAINING_ONLY = {
    "tokens", "sequence", "micro_batch", "method", "lora_fraction", "lora_rank", "lora_targets", "optimizer",
    "zero", "recompute", "mfu", "deadline_days",
    "failures", "checkpoint_minutes", "restart_hours",
}  # fmt: skip
"""Parameters of the command that mean nothing in the other mode."""


def refuse_misplaced(ctx: typer.Context, train: bool) -> None:
    """An option that was given, and that the mode does not know, is a mistake: it would be passed over in silence."""
    wrong, right = (SERVING_ONLY, "--serve") if train else (TRAINING_ONLY, "--train")
    for parameter in ctx.command.params:
        source = ctx.get_parameter_source(parameter.name or "")
        if parameter.name in wrong and source is not None and source.name == "COMMANDLINE":
            raise UsageError(f"`{parameter.opts[0]}` goes with `{right}`", help=f"add `{right}`, or leave it out")


def parallel_ways(text: str) -> int | None:
    """Parallel ways from a flag; None for `auto`.

    >>> parallel_ways("8"), parallel_ways("auto")
    (8, None)
    """
    if text == AUTO:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise typer.BadParameter(f"`{text[:20]}` is neither a whole number above 0 nor `auto`")
    return int(text)


def magnitude(flag: str, text: str) -> float:
    """A number above 0, written plainly or short."""
    from planner.domain.fields import parse_magnitude

    try:
        value = parse_magnitude(text)
        number = float(value) if isinstance(value, int | float | str) else 0.0
    except ValueError as error:
        raise UsageError(f"`{flag}` is `{text[:40]}`, which is no number", help="write e.g. 405e9 or 405B") from error
    if not 0 < number < float("inf"):
        raise UsageError(f"`{flag}` is {number:g}", help="write a number above 0")
    return number


FEWEST_PARAMETERS = 1e6
"""A model has more; a smaller number was meant in billions or millions."""


def parameters(flag: str, text: str) -> float:
    """A number of parameters; a bare small number is asked back, because it may be billions."""
    number = magnitude(flag, text)
    if number < FEWEST_PARAMETERS:
        short = f"{number:g}"
        raise UsageError(f"`{flag}` is {short}: parameters, or billions of them?", help=f"write {short}B, or {short}M")
    return number


def share(text: str) -> float:
    """A share from a flag: `70%` or 0.7.

    >>> share("70%"), share("0.7")
    (0.7, 0.7)
    """
    from planner.domain.fields import parse_fraction

    try:
        return float(parse_fraction(text))  # type: ignore[arg-type]  # a float, or it has raised
    except ValueError as error:
        raise typer.BadParameter(f"`{text[:20]}` is no share; write 0.7 or 70%") from error


def several(flag: str, text: str | None) -> tuple[str | None, ...]:
    """One number, or several separated by commas.

    >>> several("--concurrency", "1,8,64"), several("--concurrency", "1k")
    (('1', '8', '64'), ('1k',))
    """
    if text is None or "," not in text:
        return (text,)
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", text):
        apart, one = text.replace(",", ", "), text.replace(",", "")
        raise UsageError(f"`{flag}` is `{text}`: one number, or several?", help=f"write {one}, or '{apart}'")
    return tuple(part.strip() for part in text.split(",") if part.strip())


def accelerator_of(catalog: "Catalog", name: str) -> str:
    """Its id; names may differ from the catalog's in spaces, dashes and capitals."""
    from planner.cli.market import accelerator_id

    kind = [alias for alias, target in catalog.aliases.items() if target in catalog.accelerators]
    return accelerator_id(catalog, _spelt(name, [*catalog.accelerators, *kind]) or name)


def _spelt(name: str, known: Iterable[str]) -> str | None:
    """The one known name that differs only in spaces, dashes, dots and capitals; None if none or several do.

    >>> _spelt("DeepSeekV3", ["deepseek-v3", "deepseek-r1"]), _spelt("x", ["y"])
    ('deepseek-v3', None)
    """
    wanted = _bare(name)
    found = {one for one in known if _bare(one) == wanted}
    return min(found) if found else None


def _bare(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def model_of(
    catalog: "Catalog", datasets: Path | None, name: str | None, shape: Mapping[str, Any]
) -> "tuple[LanguageModel, tuple[str, ...]]":
    """The model asked for, and what had to be assumed of it."""
    given = {key: value for key, value in shape.items() if value is not None}
    config = given.pop("model_config", None)
    if config is not None:
        if name is not None:
            raise UsageError(f"`{name}` and `--model-config`", help="name a model, or give its configuration")
        return _from_config(config, given), ()
    if name is not None:
        known = known_model(catalog, datasets, name)
        if given:
            raise UsageError(
                f"`{name}` and `--{next(iter(given)).replace('_', '-')}`", help="name a model, or describe one"
            )
        return known, ()
    if "params" not in given:
        raise UsageError("no model", help="name one of the catalog, or give `--params` or `--model-config`")
    return _described(given)


def known_model(catalog: "Catalog", datasets: Path | None, name: str) -> "LanguageModel":
    from planner.cli.market import model_id
    from planner.inputs.catalog import FOLDER, measured_models

    measured = measured_models(datasets / FOLDER if datasets else None)
    wanted, known = MODEL_ALIASES.get(name.lower(), name.lower()), catalog.language_models
    aliases = [alias for alias, target in catalog.aliases.items() if target in known]
    if wanted not in known and wanted not in aliases:
        wanted = _spelt(wanted, known) or _spelt(wanted, measured) or _spelt(wanted, aliases) or wanted
    if wanted in measured and wanted not in known:
        return measured[wanted]
    if wanted not in known and wanted not in aliases:
        guess = closed(catalog, name) or like(wanted, {*known, *measured}) or like(wanted, aliases)
        raise UsageError(
            f"unknown language model `{name[:80]}`",
            help=guess or "`planner catalog list models` names what there is; or give `--params` or `--model-config`",
        )
    return known[model_id(catalog, wanted)]


def _from_config(file: Path, given: Mapping[str, Any]) -> "LanguageModel":
    """A model from its published configuration; parameters as stated, else counted."""
    from planner.cli.commands.estimate.checkpoint import model_from_config

    stated = {key: parameters(f"--{key.replace('_', '-')}", str(given[key])) / 1e9 for key in given if "params" in key}
    other = next((key for key in given if key not in stated), None)
    if other is not None:
        raise UsageError(f"`--model-config` and `--{other.replace('_', '-')}`", help="the configuration says it")
    return model_from_config(file, stated.get("params"), stated.get("active_params"))


def _described(given: Mapping[str, Any]) -> "tuple[LanguageModel, tuple[str, ...]]":
    """A model from flags; a shape that is not given is that of usual dense models, and said so."""
    from planner.domain.inputs import LanguageModel

    total = parameters("--params", given["params"])
    active = parameters("--active-params", given["active_params"]) if "active_params" in given else total
    if active > total:
        raise UsageError("more active parameters than parameters", help="swap the two, or mend one")
    usual = round((active / (12 * LAYERS_PER_WIDTH**2)) ** (1 / 3)) or 1
    layers = given.get("layers", usual)
    hidden = given.get("hidden", max(1, round((active / (12 * layers)) ** 0.5 / LAYERS_PER_WIDTH)) * LAYERS_PER_WIDTH)
    heads = given.get("heads", max(1, hidden // 128))
    latent = given.get("latent")
    model = LanguageModel(
        id=f"{total / 1e9:g}b",
        parameters_b=total / 1e9,
        active_parameters_b=active / 1e9,
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=given.get("kv_heads", min(heads, 8)),
        head_dim=given.get("head_dim", max(1, hidden // heads)),
        vocabulary=given.get("vocabulary", 128_000),
        attention="mla" if latent else "gqa",
        mla_latent_dim=latent,
        sliding_window=given.get("window"),
        sliding_layer_fraction=given.get("window_share", 1.0) if "window" in given else 0.0,
        experts=given.get("experts"),
        experts_per_token=given.get("experts_per_token"),
        source="flags",
    )
    missing = [key.replace("_", " ") for key in ("layers", "hidden", "heads", "kv_heads") if key not in given]
    if not missing:
        return model, ()
    return model, (f"Shape not given ({', '.join(missing)}): taken as usual for dense models of this size.",)
