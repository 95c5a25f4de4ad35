"""Build the documentation site from the Markdown of this folder and the docstrings: `make docs-site`.

usage: make_site.py OUTPUT_FOLDER

The Markdown stays readable on its own; the reference of the Python packages is made by mkdocstrings.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FIRST = (
    "start",
    "reading",
    "cookbook",
    "cto",
    "cfo",
    "ml_engineer",
    "finops",
    "faq",
    "architecture",
    "model",
    "scenario",
    "formulation",
    "sizing",
    "ownership",
)
LEFT_OUT = ("seed_answers",)


def main(target: str) -> int:
    """Write the site into a folder; returns the exit code of mkdocs."""
    with tempfile.TemporaryDirectory() as scratch:
        pages = Path(scratch) / "docs"
        shutil.copytree(HERE, pages, ignore=shutil.ignore_patterns("*.py", "__pycache__", *LEFT_OUT))
        shutil.copy(ROOT / "README.md", pages / "index.md")
        shutil.copy(ROOT / "CHANGELOG.md", pages / "changelog.md")
        reference = pages / "reference"
        reference.mkdir()
        packages = sorted({path.parent for path in (ROOT / "planner").rglob("__init__.py")})
        for package in packages:
            (reference / f"{_dotted(package)}.md").write_text(_page(package), encoding="utf-8")
        config = Path(scratch) / "mkdocs.yml"
        config.write_text(yaml.safe_dump(_config(pages, packages, Path(target).resolve())), encoding="utf-8")
        return subprocess.call([sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(config)])


def _dotted(package: Path) -> str:
    return ".".join(package.relative_to(ROOT).parts)


def _page(package: Path) -> str:
    """Reference of a package: its door, then its modules."""
    modules = [path.stem for path in sorted(package.glob("*.py")) if not path.stem.startswith("_")]
    names = [_dotted(package), *(f"{_dotted(package)}.{module}" for module in modules)]
    return f"# {_dotted(package)}\n\n" + "\n".join(f"::: {name}\n" for name in names)


def _config(pages: Path, packages: list[Path], target: Path) -> dict[str, object]:
    written = {path.stem: path.name for path in sorted(pages.glob("*.md"))}
    first = [written.pop(name) for name in FIRST if name in written]
    start = [written.pop("index"), *first]
    decisions = [f"decisions/{path.name}" for path in sorted((pages / "decisions").glob("*.md"))]
    return {
        "site_name": "planner",
        "docs_dir": str(pages),
        "site_dir": str(target),
        "theme": {"name": "material", "font": False, "features": ["navigation.indexes", "search.highlight"]},
        "plugins": [
            "search",
            {"mkdocstrings": {"handlers": {"python": {"paths": [str(ROOT)], "options": {"show_source": True}}}}},
        ],
        "markdown_extensions": ["tables", "toc", "pymdownx.superfences", {"pymdownx.arithmatex": {"generic": True}}],
        "nav": [
            *start,
            {"More": sorted(written.values())},
            {"Decisions": decisions},
            {"Reference": [{_dotted(package): f"reference/{_dotted(package)}.md"} for package in packages]},
        ],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
