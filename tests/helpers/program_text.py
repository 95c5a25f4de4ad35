"""A program as readable text, the same from PuLP 3 and 4: one row a line, terms by name of the variable."""

from collections.abc import Iterable
from typing import Any

from planner.formulation.build import Built

SENSE = {-1: "<=", 0: "==", 1: ">="}


def rows_of(built: Built, family: str) -> str:
    """The rows of one family with their keys."""
    lines = []
    for (name, key), row in zip(built.program.keys, built.program.problem.constraints(), strict=True):
        if name == family:
            inside = ", ".join(str(k) for k in key)
            lines.append(f"{name}({inside}): {_terms(row.items())} {SENSE[row.sense]} {_number(-row.constant)}")
    return "\n".join(lines) + "\n"


def objective_of(built: Built) -> str:
    problem = built.program.problem
    return "minimise\n" + "".join(f"  {_term(c, v.name)}\n" for v, c in _sorted(problem.objective.items()))


def variables_of(built: Built) -> str:
    """Bounds and kind of every variable."""
    lines = []
    for v in built.program.problem.variables():
        low = "-inf" if v.lowBound is None else _number(v.lowBound)
        high = "inf" if v.upBound is None else _number(v.upBound)
        lines.append(f"{low} <= {v.name} <= {high}{', whole' if v.cat == 'Integer' else ''}")
    return "\n".join(sorted(lines, key=lambda line: line.split(" <= ")[1])) + "\n"


def _sorted(items: Iterable[tuple[Any, float]]) -> list[tuple[Any, float]]:
    return sorted(items, key=lambda item: item[0].name)


def _terms(items: Iterable[tuple[Any, float]]) -> str:
    return " ".join(_term(coefficient, variable.name) for variable, coefficient in _sorted(items))


def _term(coefficient: float, name: str) -> str:
    return f"{'-' if coefficient < 0 else '+'} {_number(abs(coefficient))} {name}"


def _number(value: float) -> str:
    return f"{value + 0.0:.9g}"
