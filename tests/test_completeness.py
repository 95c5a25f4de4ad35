"""What belongs together is there: a family has formula, golden and rules of the audit; an error is raised."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

from planner import errors
from planner.formulation.build import FAMILIES

ROOT = Path(__file__).parent.parent
AUDITED_BY: dict[str, tuple[str, ...]] = {
    "capacity": ("busy-nodes", "whole-nodes", "replicas-whole"),
    "holding": ("held-nodes", "survive"),
    "demand": ("unserved-share", "fit-rate"),
    "commitment": ("min-nodes", "max-nodes", "commitment-term", "exact-nodes"),
    "market": ("max-nodes", "cap-stated"),
    "spot": ("spot-share", "spot-loss"),
    "budget": ("budget-total", "budget-year"),
    "fallback": ("fallback-share", "fallback-npv"),
    "residency": ("residency-share",),
    "share": ("provider-share",),
    "uses": ("max-providers", "max-pools"),
    "signings": ("max-signings",),
    "lines": ("min-line",),
    "gang": ("run-once", "run-pool", "run-nodes", "run-work", "run-cluster"),
    "window": ("run-work", "run-window"),
    "availability": ("survive", "standing-reserve"),
    "storage": ("charge-egress", "charge-storage"),
    "credit": ("credit-limit", "credit-expiry", "credit-provider", "credit-covered"),
    "cash": ("budget-period", "budget-upfront", "runway", "cash-balance"),
    "carbon": ("carbon", "carbon-cap"),
    "savings": ("savings-nodes", "savings-committed", "savings-rate", "savings-scope", "savings-price"),
    "tiers": ("agreement-level", "agreement-spend", "agreement-rebate", "agreement-shortfall"),
    "facility": ("site-power", "site-opened", "site-required", "site-max", "servers-max"),
}
"""Family → rules of the second accountant that would catch its violation."""
NAMES = [family.name for family in FAMILIES]


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / "planner" / folder).rglob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_family_opens_with_its_formula(name: str) -> None:
    module = importlib.import_module(f"planner.formulation.constraints.{name}")
    text = module.__doc__ or ""
    assert ".. math::" in text
    assert "in code" in text, "the table of symbols"
    assert "unit" in text


@pytest.mark.parametrize("name", NAMES)
def test_a_family_has_a_golden(name: str) -> None:
    golden = ROOT / "tests" / "golden" / f"{name}.lp"
    assert golden.exists()
    assert golden.read_text().count("\n") >= 1
    assert golden.read_text().startswith(f"{name}(")


def test_every_file_of_a_family_is_in_the_table_of_contents() -> None:
    files = {p.stem for p in sources("formulation/constraints") if p.stem != "__init__"}
    assert files == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_family_is_audited(name: str) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sources("audit"))
    missing = [rule for rule in AUDITED_BY[name] if f'"{rule}"' not in text]
    assert not missing


def test_every_family_is_in_the_map_of_the_audit() -> None:
    assert set(AUDITED_BY) == set(NAMES)


# --- errors -----------------------------------------------------------------------------------------


def error_classes() -> list[str]:
    found = inspect.getmembers(errors, inspect.isclass)
    return sorted(n for n, c in found if issubclass(c, Exception) and c.__module__ == errors.__name__)


def raised() -> set[str]:
    """Names of what planner/ raises, and of the bases of what it raises."""
    names: set[str] = set()
    bases: dict[str, set[str]] = {}
    for path in sources("."):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                names.add(node.exc.func.id)
            if (
                isinstance(node, ast.Return)
                and isinstance(node.value, ast.Call)
                and isinstance(node.value.func, ast.Name)
            ):
                names.add(node.value.func.id)
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {b.id for b in node.bases if isinstance(b, ast.Name)}
    known: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in known:
            known.add(name)
            waiting += bases.get(name, ())
    return known


@pytest.mark.parametrize("name", error_classes())
def test_an_error_class_is_raised_somewhere(name: str) -> None:
    assert name in raised()


def test_every_error_has_an_exit_code_that_is_not_success() -> None:
    for name in error_classes():
        assert getattr(errors, name).exit_code in set(errors.Exit) - {errors.Exit.ANSWERED}
