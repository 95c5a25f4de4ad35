"""Text of a scenario, YAML or JSON, into nodes that remember their places."""

from planner.errors import InputErrors, Mistake, SourcePlace
from planner.inputs.source.document import Mapping, Node, Scalar, SourceDocument
from planner.inputs.source.json_source import faults, looks_like_json, read_json, refuse_if_too_large
from planner.inputs.source.text import MAX_YAML_BYTES
from planner.inputs.source.yaml.builder import Builder
from planner.inputs.source.yaml.words import too_much_yaml


def read_yaml(text: str, file: str) -> SourceDocument:
    """The document, or InputErrors with every mistake of its YAML."""
    root, mistakes = compose(text, file)
    if mistakes or not isinstance(root, Mapping):
        raise InputErrors(mistakes, text)
    return SourceDocument(root, text, file)


def compose(text: str, file: str) -> tuple[Mapping | None, list[Mistake]]:
    """The top-level mapping as far as it could be read, and what is wrong with the YAML."""
    if looks_like_json(text):
        refuse_if_too_large(text, file)
        if (read := read_json(text, file)) is not None:
            return read, []
    if len(text) > MAX_YAML_BYTES:
        return None, (faults(text, file) if looks_like_json(text) else []) or [too_much_yaml(file)]
    root, mistakes = compose_node(text, file)
    if looks_like_json(text) and any(mistake.code == "too_many_nodes" for mistake in mistakes):
        return None, faults(text, file) or mistakes
    if isinstance(root, Mapping) or (root is None and mistakes):
        return root, mistakes
    empty = root is None or (isinstance(root, Scalar) and root.value is None)
    what = "the file is empty" if empty else "expected a mapping at the top level, like `workloads: [...]`"
    place = SourcePlace(file, 1, 1) if root is None or empty else root.place
    code = "empty" if empty else "not_a_mapping"
    return None, [*mistakes, Mistake(what, place, help="`planner init` writes a scenario to start from", code=code)]


def compose_node(text: str, file: str) -> tuple[Node | None, list[Mistake]]:
    """Any YAML value with its places, and what is wrong with it."""
    builder = Builder(text, file)
    builder.build()
    return builder.root, builder.mistakes
