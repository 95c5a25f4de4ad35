"""What is used or not: providers, pools and options, where a scenario limits their number or what each is worth."""

from collections.abc import Callable, Sequence
from typing import Literal

from planner.domain.options import Option
from planner.domain.scenario import Scenario
from planner.formulation.parameters import Use


def named_in(option: Option, names: tuple[str, ...]) -> bool:
    """Whether a provider, a region or an accelerator of the option is named; case does not matter."""
    wanted = {name.casefold() for name in names}
    has = (option.provider, option.region, option.accelerator or "")
    return any(one.casefold() in wanted for one in has if one)


def use_of(option: Option, scenario: Scenario) -> str:
    """What its stand-in must share where the number of things in use, or their worth, is limited, or some are preferred."""
    wishes = (named_in(option, scenario.preferred), named_in(option, scenario.avoided))
    liked = "" if not any(wishes) else f"preferred {wishes[0]}, avoided {wishes[1]}: "
    if scenario.min_line_usd is not None or scenario.max_signings_per_year is not None:
        return liked + option.id
    if scenario.max_pools is not None:
        return liked + pool_of(option)
    return liked + (option.provider if scenario.max_providers is not None else "")


def pool_of(option: Option) -> str:
    """A node type in a region of a provider; of hosted models the provider."""
    return option.provider if option.action == "hosted_api" else option.pool


def uses_of(scenario: Scenario, options: Sequence[Option]) -> tuple[Use, ...]:
    """What is used or not, of the kinds that are limited; what is held, fixed, owned or a savings plan is free."""
    free = [
        option.held or option.exact_nodes is not None or option.asset is not None or bool(option.savings_plan)
        for option in options
    ]
    kinds: list[tuple[Literal["provider", "pool", "option"], bool, Callable[[Option], str]]] = [
        ("provider", scenario.max_providers is not None, lambda option: option.provider),
        ("pool", scenario.max_pools is not None, pool_of),
        ("option", scenario.min_line_usd is not None, lambda option: "" if option.action == "commit" else option.id),
    ]
    found: list[Use] = []
    for kind, limited, name in kinds:
        members: dict[str, set[int]] = {}
        for o, option in enumerate(options if limited else ()):
            if not free[o] and name(option):
                members.setdefault(name(option), set()).add(o)
        found += [Use(kind, key, frozenset(of)) for key, of in members.items()]
    return tuple(found)
