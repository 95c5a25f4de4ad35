"""Files are written whole or not at all."""

import contextlib
import os
import re
import secrets
import stat
from pathlib import Path
from typing import BinaryIO

from planner.errors import Exit, PlannerError


class WriteError(PlannerError):
    """The answer could not be written; whatever stood there before still does."""

    exit_code = Exit.BAD_INPUT


def write_whole(path: Path, content: str | bytes) -> None:
    """Replace the file at `path` by `content` (text as UTF-8) in one step that survives a crash.

    A new file obeys the umask, an existing one keeps its mode and owner, a link keeps pointing at its
    file. Devices and pipes, which cannot be replaced, are written to.
    """
    data = content if isinstance(content, bytes) else content.encode("utf-8", errors="backslashreplace")
    try:
        before = path.stat() if path.exists() else None
        if before is not None and stat.S_ISDIR(before.st_mode):
            raise WriteError(f"`{path}` is a directory", help="name a file to write to")
        if before is not None and not stat.S_ISREG(before.st_mode):
            path.write_bytes(data)
            return
        _replace(Path(os.path.realpath(path)), data, before)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WriteError(f"cannot write `{path}`: {reason}", help=_help_for(path)) from error


def _help_for(path: Path) -> str:
    if not path.parent.exists():
        return f"create the folder `{path.parent}` first"
    return "choose another place with `-o`"


def _replace(target: Path, data: bytes, before: os.stat_result | None) -> None:
    _sweep(target)
    scratch, descriptor = _scratch_for(target)
    try:
        with os.fdopen(descriptor, "wb") as file:  # open, and so locked, until the file is in its place
            _write_through(file, data, before)
            os.replace(scratch, target)  # noqa: PTH105  (the one call whose atomicity is promised)
    except BaseException:
        with contextlib.suppress(OSError):
            scratch.unlink()
        raise
    _settle(target.parent)


def _scratch_for(target: Path) -> tuple[Path, int]:
    """A new file beside `target`, open and locked."""
    while True:
        scratch = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        _locked(descriptor)
        if os.fstat(descriptor).st_nlink:
            return scratch, descriptor
        os.close(descriptor)  # another run swept it away before it was locked


def _sweep(target: Path) -> None:
    """Remove what a run left that was killed while it wrote `target`: scratch files that nobody holds a lock on."""
    pattern = re.compile(rf"\.{re.escape(target.name[:100])}\.[0-9a-f]{{12}}\.tmp")
    with contextlib.suppress(OSError):
        for left in [entry for entry in target.parent.iterdir() if pattern.fullmatch(entry.name)]:
            with contextlib.suppress(OSError):
                descriptor = os.open(left, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
                try:
                    if _locked(descriptor):
                        left.unlink()
                finally:
                    os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Take the lock that is held while a scratch file is written; False if somebody else has it or there are no locks."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _write_through(file: BinaryIO, data: bytes, before: os.stat_result | None) -> None:
    """Write a new file and wait until the disk has it."""
    if before is not None:
        _keep(file.fileno(), before)
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def _keep(descriptor: int, before: os.stat_result) -> None:
    """Owner (where we may) and mode of the file that is replaced."""
    with contextlib.suppress(OSError, AttributeError):
        os.fchown(descriptor, before.st_uid, before.st_gid)
    with contextlib.suppress(AttributeError):
        os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def _settle(folder: Path) -> None:
    """Make the rename itself durable; not every file system lets a folder be synced."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
