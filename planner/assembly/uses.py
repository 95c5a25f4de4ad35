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
    most = most_of(scenario)
    if scenario.min_line_usd is not None or not most.keys() <= COUNTED.keys():
        return liked + option.id  # what else is counted may tell any two options apart
    return liked + "|".join(COUNTED[kind](option) for kind in most)


def pool_of(option: Option) -> str:
    """A node type in a region of a provider; of hosted models the provider."""
    return option.provider if option.action == "hosted_api" else option.pool


COUNTED: dict[str, Callable[[Option], str]] = {"providers": lambda option: option.provider, "pools": pool_of}
"""What an option makes use of, by the kinds whose number a scenario may limit (`max_` and the kind)."""


MAXIMA = tuple(name for name in Scenario.model_fields if name.startswith("max_"))


def most_of(scenario: Scenario) -> dict[str, int]:
    """Limits of the scenario that are whole numbers of things, by field without its `max_`."""
    stated = {name.removeprefix("max_"): getattr(scenario, name) for name in MAXIMA}
    return {name: most for name, most in stated.items() if isinstance(most, int)}


def uses_of(scenario: Scenario, options: Sequence[Option]) -> tuple[Use, ...]:
    """What is used or not, of the kinds that are limited; what is held, fixed, owned or a savings plan is free."""
    free = [
        option.held or option.exact_nodes is not None or option.asset is not None or bool(option.savings_plan)
        for option in options
    ]
    kinds = {kind: COUNTED[kind] for kind in most_of(scenario) if kind in COUNTED}
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
