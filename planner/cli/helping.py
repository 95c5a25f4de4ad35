"""Help that begins with examples: the epilog of a command is shown first."""

from typing import Any

import typer.core


class _Examples:
    """A command, or group of them, whose epilog holds its examples, one a line."""

    epilog: str | None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        if self.epilog:
            lines = [line.strip() for line in self.epilog.strip().splitlines()]
            formatter.write("Examples:\n" + "".join(f"  {line}\n" for line in lines) + "\n")
        super().format_help(ctx, formatter)  # type: ignore[misc]  # of the command it is mixed into

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Shown already."""


class ExamplesFirst(_Examples, typer.core.TyperCommand):
    """A command that shows its examples first."""


class GroupExamplesFirst(_Examples, typer.core.TyperGroup):
    """A group of commands that shows its examples first."""
