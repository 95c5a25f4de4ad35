"""The answer of `planner estimate`: sizing, on the accelerators asked for."""

from typing import TYPE_CHECKING, NamedTuple

from planner.cli.output import UsageError

if TYPE_CHECKING:  # at run time it is read only when a command needs it
    from planner.domain.answers import Estimate, ServingRequest, TrainingRequest
    from planner.domain.inputs import Catalog, LanguageModel


class EstimateQuestion(NamedTuple):
    """All that was asked."""

    model: "LanguageModel"
    request: "ServingRequest | TrainingRequest"
    rule_of_thumb: bool = False
    remarks: tuple[str, ...] = ()


def answer(question: EstimateQuestion, catalog: "Catalog") -> "Estimate":
    """Size the model on the accelerators asked for."""
    from planner.domain.answers import Estimate, TrainingRequest
    from planner.sizing import constants_from
    from planner.sizing.estimates import market_of, serving_lines, total_flop, training_lines, unit_lines

    model, request, remarks = question.model, question.request, question.remarks
    if question.rule_of_thumb:
        return _thumb(question, catalog)
    c, market = constants_from(catalog.constants), market_of(catalog)
    if isinstance(request, TrainingRequest):
        if model.layers is None or model.hidden is None:
            raise UsageError(f"`{model.id}` states no layers to size its training from", help="describe it by flags")
        lines = training_lines(model, request, catalog, market, c)
        return Estimate("train", model, request, training=lines, total_flop=total_flop(model, request), remarks=remarks)
    flop, unit = _unit(model)
    if flop is not None:
        units = unit_lines(model, flop, request, catalog, market, c)
        return Estimate("units", model, request, units=units, total_flop=flop, unit=unit, remarks=remarks)
    longest = model.max_context
    if longest is not None and request.input_tokens + request.output_tokens > longest:
        remarks = (*remarks, f"The request is longer than the {longest:,} tokens of context the model was made for.")
    served = serving_lines(model, request, catalog, market, c)
    return Estimate("serve", model, request, serving=served, remarks=remarks)


def swept(found: "list[Estimate]") -> "Estimate":
    """Estimates that differ by the requests under way, as one: an accelerator's lines stand together."""
    lines = [line._replace(asked=one.request.concurrency) for one in found for line in one.serving]  # type: ignore[union-attr]
    if not lines:
        raise UsageError("several `--concurrency` without text to serve", help="give one")
    order = {line.accelerator: k for k, line in reversed(list(enumerate(found[0].serving)))}
    together = sorted(lines, key=lambda line: order[line.accelerator])
    return found[0]._replace(serving=tuple(together))


def _unit(model: "LanguageModel") -> tuple[float | None, str]:
    """FLOP of one unit of work that is not text, and what the unit is; None for language models."""
    if model.flop_per_unit is not None:
        return model.flop_per_unit, model.unit or "units of the stated FLOP"
    if model.attention != "none":
        return None, ""
    raise UsageError(f"`{model.id}` does not generate text token by token", help="state the work by `--flop-per-unit`")


def _thumb(question: EstimateQuestion, catalog: "Catalog") -> "Estimate":
    from planner.domain.answers import Estimate, TrainingRequest
    from planner.sizing.estimates import cheapest, market_of, serving_rules, stated, training_rules

    request, model = question.request, question.model
    counted = model.parameters_b * 1e9, model.active_parameters_b * 1e9
    name = request.accelerators[0] if request.accelerators else None
    a = catalog.accelerators[name] if name else None
    price = cheapest(market_of(catalog).on_demand, name, 1) if name else None
    if request.price_usd_per_accelerator_hour is not None:
        price = stated(request.price_usd_per_accelerator_hour)
    if isinstance(request, TrainingRequest):
        if request.tokens is None:
            raise UsageError("no `--tokens` to train on", help="state them, e.g. --tokens 300B")
        rules = tuple(training_rules(*counted, request.tokens, a, price, request.count or 1, request.mfu or 1.0))
    else:
        rules = tuple(serving_rules(*counted, request.input_tokens + request.output_tokens, a, price))
    return Estimate("rule_of_thumb", model, request, rules=rules, remarks=question.remarks)
