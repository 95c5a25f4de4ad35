"""The page of examples: each is a valid scenario, the small ones are solved, and no key of the reference is without one."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from planner.analysis.answer import answer
from planner.domain.fields.strict import Strict
from planner.domain.inputs.catalog import Catalog
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import parse_scenario

DOCS = Path(__file__).parents[3] / "docs"
BLOCKS = re.findall(r"```yaml\n(.*?)```", (DOCS / "keys.md").read_text(encoding="utf-8"), re.DOTALL)
NAMES = [re.search(r"^name: (\w+)", block, re.MULTILINE)[1] for block in BLOCKS]  # type: ignore[index]
SMALL = [name for name, block in zip(NAMES, BLOCKS, strict=True) if "catalog: none" in block]
ARCHITECTURE = {
    "dense_precision", "experts", "experts_per_token", "index_values_per_token", "kept_parameters_b", "kv_values_fixed",
    "kv_values_per_token", "mla_latent_dim", "prefill_active_parameters_b", "qk_head_dim", "sparse_attention_tokens",
    "state_bytes_per_sequence", "tied_embeddings", "value_head_dim",
}  # fmt: skip
"""Of models that are no dense ones with grouped queries, as the example is."""
WITHOUT = {*ARCHITECTURE, "path", "place"}
"""Keys that no example uses; may only become fewer."""
LEFT = 0.3
"""Share of (type, key) that no example uses: what all workloads have in common stands in one of them each."""


@cache
def catalog() -> Catalog:
    return load_catalog()


@cache
def example(name: str) -> Any:
    return parse_scenario(BLOCKS[NAMES.index(name)], f"{name}.yaml", catalog=catalog())


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_a_scenario(name: str) -> None:
    assert example(name).name == name


@pytest.mark.parametrize("name", SMALL)
def test_a_small_example_is_solved_and_the_second_accountant_agrees(name: str) -> None:
    found = answer(example(name), catalog(), gap=0.01, baselines=False)
    assert found.plan is not None, (found.stop, found.causes)
    assert found.plan.audit.agrees, found.plan.audit.discrepancies
    assert found.plan.lines


def used(item: Any) -> set[tuple[str, str]]:
    """(type, key) of everything that is stated."""
    if isinstance(item, tuple | list):
        return {pair for part in item for pair in used(part)}
    if not isinstance(item, Strict):
        return set()
    own = {(type(item).__name__, key) for key in item.model_fields_set}
    return own | {pair for key in item.model_fields_set for pair in used(getattr(item, key))}


def listed() -> set[tuple[str, str]]:
    """(type, key) of every row of the reference."""
    found, kind = set(), ""
    for line in (DOCS / "scenario.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            kind = line[3:].split(" (")[0].replace("Top level", "Scenario")
        elif match := re.match(r"\| `(\w+)` \|", line):
            found.add((kind, match[1]))
    return found


def test_every_type_and_nearly_every_key_has_an_example() -> None:
    shown = {pair for name in NAMES for pair in used(example(name))}
    wanted = listed()
    assert shown <= wanted
    assert {kind for kind, _ in wanted} == {kind for kind, _ in shown}
    assert {key for _, key in wanted} - {key for _, key in shown} <= WITHOUT
    assert len(wanted - shown) <= LEFT * len(wanted)
