"""Write docs/formulation.md, the mathematics on one page, from the docstrings of planner/formulation: `make docs`."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from pathlib import Path
from types import ModuleType

from planner.assembly import present_value
from planner.assembly.reduction import dominance as reduce
from planner.formulation import objective, parameters, resilience, variables
from planner.formulation.build import FAMILIES
from planner.report.document.write import write_whole
from planner.search import engine, periods
from planner.search.bounds import knapsack, lagrangian, openings, relaxation
from planner.solver import rounding

TARGET = Path(__file__).parent / "formulation.md"

INTRODUCTION = """# The program

Written by `make docs` from the docstrings of `planner/formulation/`; do not edit. What the numbers mean to a reader of a
plan is in [model.md](model.md).

## Symbols

| index | runs over |
|---|---|
| $w$ | workloads |
| $o$ | options: a node type under a contract ($R_c$: those of class $c$ paid by the hour, $K_c$: its commitments) |
| $c$ | substitution classes: options that serve every workload alike |
| $t$ | periods |
| $s$ | load slices of a period |
| $v$ | periods of signing |
| $h$ | hosted APIs, one for each workload they serve ($h_{ts}$ with two indices: hours of a slice) |
| $j$ | casts: ways to place a training run ($J_w$: those of run $w$, $J_{bt}$: those that hold host $b$ in $t$) |
| $b$ | hosts: pools that can hold a training run; among failures: pools of what can be started |
| $q$ | providers |
| $d$, $k$ | failure domains, and columns: nodes that serve the protected work alike |
| $i$ | grants of credits; savings plans |
| $a$, $y$, $\\lambda$ | agreements on spend, plan-years, tiers (0: none) |

Of a commitment $o$, $L_o$ is the term and $\\ell_o$ the time from signing to service, both in periods.
$W_{wts}$ is the work asked for at a demand point, in work units.
"""

SYMBOLS = {
    "served": "y_{wcts}",
    "held": "H_{cts}",
    "beyond": "f_{cts}",
    "standing": "b_{gts}",
    "running": "r_{ots}",
    "signed": "k_{ov}",
    "opened": "z_{ov}",
    "used": "n_i",
    "hosted": "a_{hts}",
    "unserved": "u_{wts}",
    "placed": "z_j",
    "homeless": "z_w",
    "gang": "g_{bt}",
    "extra": "e_{jo}",
    "ending": r"\beta_{jo}",
    "backed": "q_j",
    "progress": "q_{wt}",
    "lesser": "l_{wts}",
    "sent": "b_{wqts}",
    "stored": "d_{wq}",
    "credit": "f_{it}",
    "credited": "g_{ayt}",
    "open": "z_{kv}",
    "modules": "m_{kt}",
    "level": "z_{ay\\lambda}",
    "tiered": "s_{ay\\lambda}",
    "missing": "m_{ay\\lambda}",
    "covered": "g_{oits}",
    "rescue": "y^d_{wkts}",
    "standby": "n^d_{bts}",
    "ready": "A_{kdts}",
}
"""Symbol of each attribute of Variables; one that is missing here is an error."""

DATA = (
    "Parameters",
    "Service",
    "Kin",
    "SubstitutionClass",
    "ProgramOption",
    "HostedSupply",
    "CapLimit",
    "Host",
    "Cast",
    "Window",
    "Mode",
    "DataPrice",
    "Grant",
    "SpendTiers",
    "Saving",
    "Resilience",
)

METHOD = (
    ("Present value of a signing", present_value),
    ("Reduction", reduce),
    ("Failures to be checked", resilience),
    ("Search", import_module("planner.search.routing")),
    ("Engine", engine),
    ("Relaxation", relaxation),
    ("Rounding cuts", rounding),
    ("Opening cuts", openings),
    ("Knapsack cuts", knapsack),
    ("Periods and slices", lagrangian),
    ("Operation of a period", periods),
)

COMBINING = {"\N{COMBINING MACRON}": "\\bar", "\N{COMBINING TILDE}": "\\tilde"}


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, _variables(), _data(), "## Objective\n", _prose(objective)]
    parts += ["## Constraints\n", _contents()]
    for family in FAMILIES:
        parts += [f"### {family.name.capitalize()}\n", _prose(sys.modules[family.rows.__module__])]
    parts.append("## Method\n")
    for title, module in METHOD:
        parts += [f"### {title}\n", _prose(module)]
    return "\n".join(parts).rstrip() + "\n"


def _contents() -> str:
    return "Families in the order of `build.FAMILIES`: " + ", ".join(family.name for family in FAMILIES) + ".\n"


def _variables() -> str:
    rows = [
        (f"${SYMBOLS[name]}$", f"`x.{name}`", meaning)
        for name, kind, meaning in _attributes(variables, "Variables")
        if kind.startswith("dict")
    ]
    return f"### Variables\n\n{_table(('symbol', 'in code', 'meaning'), rows)}\n"


def _data() -> str:
    parts = ["### Data\n", _prose(import_module(parameters.Parameters.__module__))]
    for name in DATA:
        rows = [
            (f"`{field}`", f"`{kind}`", meaning or "–")
            for field, kind, meaning in _attributes(import_module(getattr(parameters, name).__module__), name)
        ]
        described = inspect.cleandoc(getattr(parameters, name).__doc__)
        parts += [f"**{name}.** {described}\n", _table(("name", "type", "meaning"), rows), ""]
    return "\n".join(parts)


def _attributes(module: ModuleType, name: str) -> Iterator[tuple[str, str, str]]:
    """Annotated attributes of a class with their types and docstrings."""
    tree = ast.parse(inspect.getsource(module))
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    for node, after in zip(found.body, [*found.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id[0] != "_":
            documented = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            text = str(after.value.value) if documented else ""
            yield node.target.id, ast.unparse(node.annotation), " ".join(text.split())


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


# --- docstrings → Markdown ----------------------------------------------------------------------


def _prose(module: ModuleType) -> str:
    """Docstring of a module as Markdown: formulas fenced, tables with bars."""
    assert module.__doc__ is not None
    return markdown(inspect.cleandoc(module.__doc__)) + "\n"


def markdown(text: str) -> str:
    """Markdown of a docstring that uses `.. math::` and simple tables."""
    lines = text.splitlines()
    out: list[str] = []
    at = 0
    while at < len(lines):
        if lines[at].startswith(".. math::"):
            formula, at = _formula(lines, at)
            out += ["```math", *formula, "```"]
        elif re.fullmatch(r"=+( +=+)+", lines[at]):
            rows, at = _ruled(lines, at)
            out.append(_table(rows[0], [(_symbol(row[0]), *row[1:]) for row in rows[1:]]))
        else:
            out.append(lines[at].replace("``", "`"))
            at += 1
    return "\n".join(out)


def _formula(lines: list[str], at: int) -> tuple[list[str], int]:
    """Lines of a formula, and where it ends."""
    first = lines[at].removeprefix(".. math::").strip()
    end = at + 1
    while end < len(lines) and (not lines[end] or lines[end].startswith(" ")):
        end += 1
    body = [line.strip() for line in (first, *lines[at + 1 : end]) if line.strip()]
    return body, end - 1 if not lines[end - 1] else end


def _ruled(lines: list[str], at: int) -> tuple[list[tuple[str, ...]], int]:
    """Rows of a simple table (head first), and where it ends; a row without a first cell continues the one above."""
    starts = [match.start() for match in re.finditer("=+", lines[at])]
    rules = [number for number in range(at, len(lines)) if lines[number] == lines[at]][:3]
    rows: list[tuple[str, ...]] = []
    for line in lines[at + 1 : rules[-1]]:
        if line == lines[at]:
            continue
        spans = zip(starts, [*starts[1:], len(line)], strict=True)
        cells = tuple(line[a:b].strip().replace("``", "`") for a, b in spans)
        if cells[0]:
            rows.append(cells)
        else:
            rows[-1] = tuple(f"{above} {below}".strip() for above, below in zip(rows[-1], cells, strict=True))
    return rows, rules[-1] + 1


def _symbol(text: str) -> str:
    """A symbol as a formula: accents that follow their letter as commands."""
    whole = ""
    for accent, letters in groupby(_letters(text), key=lambda pair: pair[1]):
        for letter, _ in letters:
            whole += f"{accent}{{{letter}}}" if accent else letter
    return f"${whole}$"


def _letters(text: str) -> Iterator[tuple[str, str]]:
    """Letters with the command of the accent that follows them, or none."""
    for letter, after in zip(text, [*text[1:], ""], strict=True):
        if letter not in COMBINING:
            yield letter, COMBINING.get(after, "")


if __name__ == "__main__":
    text = page()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if TARGET.read_text(encoding="utf-8") == text else "docs/formulation.md is stale: run `make docs`")
    write_whole(TARGET, text)
