"""What a long trial has done is kept, so that the same command goes on where it stopped."""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import msgspec

Made = TypeVar("Made")

_LATER = frozenset({"casework", "cli", "console", "enforcement", "report", "service"})
"""Folders that no trial's figures depend on: what comes after a verdict."""


def once(folder: Path | None, name: str, kind: type[Made], make: Callable[[], Made]) -> Made:
    """Return what is kept under a name, or make it and keep it.

    What other code made is not taken for what this would make: the name of the file ends in a digest of the
    package, as far as figures depend on it.

    Args:
        folder: where things are kept; nothing is where it is None.
        name: of the thing: the trial, the scale and the seed say which it is.
        kind: its type, as JSON holds it.
        make: makes it.

    >>> once(None, "world-7", int, lambda: 3)
    3
    """
    if folder is None:
        return make()
    path = folder / f"{name}-{code_digest()}.json"
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=kind)
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    half.write_bytes(msgspec.json.encode(made))
    half.replace(path)
    return made


@cache
def code_digest() -> str:
    """Return a digest of the files of the package, code, tables and word lists, but those of ``_LATER``."""
    digest = hashlib.blake2b(digest_size=6)
    for name, content in sorted(_files(files("excise"), "")):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found = []
    for one in folder.iterdir():
        if one.is_dir():
            left_out = one.name == "__pycache__" or path + one.name in _LATER
            found += [] if left_out else _files(one, f"{path}{one.name}/")
        else:
            found.append((path + one.name, one.read_bytes()))
    return found
