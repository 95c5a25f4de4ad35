"""planner: what compute to sign, buy and build, at minimum total cost of ownership.

>>> import planner
>>> sorted(planner.__all__)
['Plan', 'Scenario', 'audit', 'read_scenario', 'solve']
"""

__all__ = ["Plan", "Scenario", "audit", "read_scenario", "solve"]
__version__ = "0.2.0"

_HOMES = {
    "Plan": ("planner.domain.records.plan", "Plan"),
    "Scenario": ("planner.domain.scenario", "Scenario"),
    "audit": ("planner.audit", "audit"),
    "read_scenario": ("planner.inputs.scenario_file", "read_scenario"),
    "solve": ("planner.analysis.answer", "answer"),
}


def __getattr__(name: str) -> object:
    """Import on first use: `planner --help` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
