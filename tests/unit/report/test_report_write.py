"""A file is written whole or not at all."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from planner.errors import Exit
from planner.report.document import write
from planner.report.document.write import WriteError, write_whole


def test_a_new_file_holds_the_text_and_obeys_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "plan.csv", "a\r\nü\r\n")
    finally:
        os.umask(before)
    assert (tmp_path / "plan.csv").read_bytes() == "a\r\nü\r\n".encode()
    assert stat.S_IMODE((tmp_path / "plan.csv").stat().st_mode) == 0o640


def test_an_existing_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old")
    path.chmod(0o604)
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@pytest.mark.parametrize("broken", ["replace", "fsync"])
def test_a_failure_leaves_the_old_file_and_no_scraps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write.os, broken, fail)
    with pytest.raises(WriteError, match="no space left on device") as caught:
        write_whole(path, "new")
    assert caught.value.exit_code == Exit.BAD_INPUT
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def test_an_interruption_leaves_the_old_file_and_no_scraps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(write.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="is a directory"):
        write_whole(tmp_path, "x")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError) as caught:
        write_whole(tmp_path / "no" / "plan.json", "x")
    assert caught.value.help == f"create the folder `{tmp_path / 'no'}` first"


def test_a_link_keeps_pointing_at_its_file(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_whole(tmp_path / "link.json", "new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_whole(Path("/dev/null"), "x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_what_a_killed_run_left_is_gone_after_the_next(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    left, other = tmp_path / ".plan.json.0123456789ab.tmp", tmp_path / ".other.json.0123456789ab.tmp"
    left.write_text("half")
    other.write_text("not ours")
    write_whole(path, "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == [other.name, "plan.json"]


def test_what_another_run_is_writing_stays(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    path, written = tmp_path / "plan.json", tmp_path / ".plan.json.0123456789ab.tmp"
    with written.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        write_whole(path, "new")
        assert written.exists()
    write_whole(path, "newer")
    assert not written.exists()


def test_a_killed_run_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    code = (
        "import os, signal, pathlib; from planner.report.document import write\n"
        "write.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"write.write_whole(pathlib.Path({str(path)!r}), 'x')"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert [p.suffix for p in tmp_path.iterdir()] == [".tmp"]
    write_whole(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]
