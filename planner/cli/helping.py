"""Help that begins with examples: the epilog of a command is shown first."""

from typing import Any

import typer.core


class ExamplesFirst(typer.core.TyperCommand):
    """A command whose epilog holds its examples, one a line."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        write_examples(self.epilog, formatter)
        super().format_help(ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Shown already."""


class GroupExamplesFirst(typer.core.TyperGroup):
    """A group of commands whose epilog holds its examples, one a line."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        write_examples(self.epilog, formatter)
        super().format_help(ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Shown already."""


def write_examples(examples: str | None, formatter: Any) -> None:
    if examples:
        lines = [line.strip() for line in examples.strip().splitlines()]
        formatter.write("Examples:\n" + "".join(f"  {line}\n" for line in lines) + "\n")
