"""What is used or not: providers, pools and options, where a scenario limits their number or what each is worth."""

from collections.abc import Callable, Sequence

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
    return liked + "|".join(COUNTED[kind](option) for kind in counted(scenario))


def pool_of(option: Option) -> str:
    """A node type in a region of a provider; of hosted models the provider."""
    return option.provider if option.action == "hosted_api" else option.pool


COUNTED: dict[str, Callable[[Option], str]] = {"providers": lambda option: option.provider, "pools": pool_of}
"""What an option makes use of, by the kinds whose number a scenario may limit (`max_` and the kind)."""


def counted(scenario: Scenario) -> list[str]:
    """Kinds of which the scenario limits the number."""
    return [kind for kind in COUNTED if getattr(scenario, f"max_{kind}") is not None]


def uses_of(scenario: Scenario, options: Sequence[Option]) -> tuple[Use, ...]:
    """What is used or not, of the kinds that are limited; what is held, fixed, owned or a savings plan is free."""
    free = [
        option.held or option.exact_nodes is not None or option.asset is not None or bool(option.savings_plan)
        for option in options
    ]
    kinds = {kind: COUNTED[kind] for kind in counted(scenario)}
    if scenario.min_line_usd is not None:
        kinds["option"] = lambda option: "" if option.action == "commit" else option.id
    found: list[Use] = []
    for kind, name in kinds.items():
        members: dict[str, set[int]] = {}
        for o, option in enumerate(options):
            if not free[o] and name(option):
                members.setdefault(name(option), set()).add(o)
        found += [Use(kind, key, frozenset(of)) for key, of in members.items()]
    return tuple(found)
