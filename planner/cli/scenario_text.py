"""A scenario's text, read once: standard input can be read only once, and variants all start from the same text."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from planner.domain.inputs import Catalog
    from planner.inputs import Loaded

Named = Mapping[str, tuple[tuple[str, str], ...]]
"""Settings (path and value) by the name of a variant."""


class ScenarioText(NamedTuple):
    text: str
    file: str
    folder: Path

    @classmethod
    def read(cls, path: str) -> "ScenarioText":
        """The text of a file, or of standard input if the path is `-`."""
        from planner.inputs import STDIN
        from planner.inputs.source import decode, read_bytes, read_text

        if path == "-":
            return cls(decode(read_bytes(sys.stdin.buffer), STDIN), STDIN, Path())
        return cls(read_text(Path(path)), path, Path(path).parent)

    def load(self, overrides: list[str], catalog: "Catalog | None") -> "Loaded":
        from planner.inputs import load_text

        return load_text(self.text, self.file, folder=self.folder, overrides=overrides, catalog=catalog)

    def with_variants(self, named: Named, overrides: list[str]) -> str:
        """The text with named variants in its `what_if` block, checked: it says what it said, and these.

        Args:
            overrides: `--set` of the command line, which hold in every variant.
        """
        from planner.serve import VariantsError, with_variants

        fixed = {path.strip(): value for path, _, value in (one.partition("=") for one in overrides)}
        before = self.load([], None)
        wanted = {name: tuple({**fixed, **dict(settings)}.items()) for name, settings in named.items()}
        text = with_variants(self.text, before.document, wanted)
        after = self._replace(text=text).load([], None).scenario
        names = [variant.name for variant in after.what_if]
        same = after.model_copy(update={"what_if": ()}) == before.scenario.model_copy(update={"what_if": ()})
        if not same or names != [*(variant.name for variant in before.scenario.what_if), *named]:
            raise VariantsError("the variants cannot be written into this scenario", help="download it as YAML")
        return text

    def save_variants(self, named: Named, overrides: list[str]) -> str:
        """Write them into the file, whole or not at all; says what was done."""
        from planner.inputs import STDIN
        from planner.report.document import write_whole
        from planner.serve import VariantsError

        if self.file == STDIN:
            raise VariantsError("the scenario came from standard input", help="download it as YAML")
        now = ScenarioText.read(self.file)
        there = {variant.name for variant in now.load([], None).scenario.what_if}
        new = {name: settings for name, settings in named.items() if name not in there}
        if not new:
            return "All names stand in the scenario already."
        write_whole(Path(self.file), now.with_variants(new, overrides))
        return f"Saved as `what_if` in {self.file}: {', '.join(new)}."
