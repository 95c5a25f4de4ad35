"""Files that cannot be read are told of in one way, without the numbers and cases of the system's own words."""

from pathlib import Path

import pytest

from planner.cli import run


@pytest.mark.parametrize(
    "command",
    [
        ["estimate", "--model-config"],
        ["estimate", "llama-3.1-8b", "--accelerator-file"],
        ["estimate", "--request"],
    ],
)
@pytest.mark.parametrize("content", [None, "{", "\x00"])
def test_a_file_that_cannot_be_read_is_named_with_the_reason(
    command: list[str], content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Given.json"
    if content is not None:
        file.write_text(content)
    assert run([*command, str(file)]) == 2
    said = capsys.readouterr().err
    assert f"cannot read `{file}`: " in said
    assert "rrno" not in said
    assert "help: give " in said
