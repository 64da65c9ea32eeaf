"""Files that are there whole or not at all, whatever moment the process or the machine stops."""

import os
from pathlib import Path

UNFINISHED = ".tmp"
"""How the name of a file ends that was not finished; such files count for nothing and may be removed."""


def replace(path: Path, data: bytes) -> None:
    """Put a file in place, or replace it, in one step: a reader sees the old one or the new one.

    It has reached the disk when this returns.
    """
    write(path, data)
    sync(path.parent)


def write(path: Path, data: bytes) -> None:
    """Like ``replace``, but the folder's own entry reaches the disk only with ``sync``: for many files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + UNFINISHED)
    with unfinished.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(path)


def sync(folder: Path) -> None:
    """Let a folder's entries reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def add_line(path: Path, line: bytes) -> None:
    """Append one line to a file of lines. A line that an earlier process left unfinished is cut off first."""
    with path.open("ab+") as out:
        size = out.seek(0, os.SEEK_END)
        if size:
            out.seek(0)
            kept = out.read().rfind(b"\n") + 1
            if kept != size:
                out.truncate(kept)
        out.write(line + b"\n")
        out.flush()
        os.fsync(out.fileno())
