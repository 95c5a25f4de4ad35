"""planner: what compute to sign, buy and build, at minimum total cost of ownership (docs/python.md).

>>> import planner
>>> print(*dir(planner))
Answer Catalog Plan Scenario audit charts compare grid load_catalog read_plan read_scenario solve
"""

__all__ = [
    "Answer",
    "Catalog",
    "Plan",
    "Scenario",
    "audit",
    "charts",
    "compare",
    "grid",
    "load_catalog",
    "read_plan",
    "read_scenario",
    "solve",
]
__version__ = "0.2.0"

_HOMES = {
    "Answer": ("planner.analysis", "Answer"),
    "Catalog": ("planner.domain.inputs", "Catalog"),
    "Plan": ("planner.domain.records", "Plan"),
    "Scenario": ("planner.domain.scenario", "Scenario"),
    "audit": ("planner.audit", None),  # the package itself: it can be called
    "charts": ("planner.notebook", "charts"),
    "compare": ("planner.notebook", "compare"),
    "grid": ("planner.notebook", "grid"),
    "load_catalog": ("planner.inputs.catalog", "load_catalog"),
    "read_plan": ("planner.inputs", "read_plan"),
    "read_scenario": ("planner.inputs", "read_for_market"),
    "solve": ("planner.analysis", "answer"),
}


def __getattr__(name: str) -> object:
    """Import on first use: `planner --help` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    from importlib import import_module

    home, attribute = _HOMES[name]
    module = import_module(home)
    return module if attribute is None else getattr(module, attribute)


def __dir__() -> list[str]:
    """What programs may rely on."""
    return sorted(__all__)
