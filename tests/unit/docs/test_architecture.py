"""What docs/architecture.md says of doors, held: what lies inside a package is imported by the package alone."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import planner

ROOT = Path(__file__).parents[3]
FILES = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in sorted((ROOT / "planner").rglob("*.py"))}
DOORS = {name.removesuffix(".__init__"): path for name, path in FILES.items() if path.name == "__init__.py"}
MODULES = set(FILES) - {f"{door}.__init__" for door in DOORS}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(door: str) -> set[str]:
    """What the door of a package names."""
    body = tree(DOORS[door]).body
    return {alias.asname or alias.name for node in body if isinstance(node, ast.ImportFrom) for alias in node.names}


def imports(path: Path) -> Iterator[tuple[str, str, str]]:
    """(place, package or module, name asked of it) of every import of this product in a file."""
    for node in ast.walk(tree(path)):
        place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{place}: relative import"
            yield from ((place, node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((place, alias.name, "") for alias in node.names)


def within(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def test_only_the_door_is_imported_from_outside() -> None:
    wrong, walked = [], 0
    for name, path in FILES.items():
        for place, source, asked in imports(path):
            walked += source in MODULES or source in DOORS
            inner = source if source in MODULES else f"{source}.{asked}"
            package, _, module = inner.rpartition(".")
            outside = inner in MODULES and package != "planner" and not within(name, package)
            if outside and (source in MODULES or module not in named(package)):
                wrong.append(f"{place}: imports {inner}; import from {package} what its door (__init__.py) names")
    assert walked > 1000
    assert not wrong, "\n".join(wrong)


def test_a_door_names_only_what_others_use() -> None:
    scripts = {f"{folder}.{p.stem}": p for folder in ("datasets", "docs") for p in (ROOT / folder).rglob("*.py")}
    used = {
        (source, asked)
        for name, path in (FILES | scripts).items()
        for _, source, asked in imports(path)
        if not within(name, source)
    }
    used |= {home for home in planner._HOMES.values() if home[1]}
    public = {"planner", "planner.audit", "planner.cli"}
    idle = [
        f"{door}: {name}" for door in DOORS if door not in public for name in named(door) if (door, name) not in used
    ]
    assert not idle, "\n".join(idle)


def test_every_package_says_what_it_is_for() -> None:
    silent = [door for door, path in DOORS.items() if not ast.get_docstring(tree(path))]
    assert not silent
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    unnamed = [door for door in DOORS if door.count(".") == 1 and f"| `{door.removeprefix('planner.')}` |" not in page]
    assert not unnamed


def test_a_package_can_be_taken_in_at_a_glance() -> None:
    """Twelve files at most, the door among them; `constraints` has one file a family."""
    sizes = {door: len([*path.parent.glob("*.py")]) for door, path in DOORS.items()}
    del sizes["planner.formulation.constraints"]
    assert {door: size for door, size in sizes.items() if size > 12} == {}


def test_a_class_name_means_one_thing() -> None:
    homes: dict[str, list[str]] = {}
    for name, path in FILES.items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(name)
    assert not {name: found for name, found in homes.items() if len(found) > 1}


def texts(module: ast.Module) -> Iterator[ast.Constant]:
    """Texts that the program may show: neither explanations of code nor names of types."""
    code: set[int] = set()
    for node in ast.walk(module):
        types: list[ast.AST | None] = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        exported = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        if isinstance(node, ast.Expr) or exported:
            types.append(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("cast", "TypeVar"):
            types.append(node.args[0])
        code |= {id(part) for one in types if one is not None for part in ast.walk(one)}
    constants = (node for node in ast.walk(module) if isinstance(node, ast.Constant) and id(node) not in code)
    return (node for node in constants if isinstance(node.value, str))


def test_no_text_for_a_reader_names_a_class() -> None:
    """A class that is renamed everywhere takes the head of a column with it."""
    classes = {
        node.name
        for path in FILES.values()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and re.search("[a-z][A-Z]", node.name)
    }
    said = [
        f"{path.relative_to(ROOT)}:{text.lineno}: {name}"
        for path in FILES.values()
        for text in texts(tree(path))
        for name in classes & set(re.findall("[A-Za-z]+", str(text.value)))
    ]
    assert said == []
