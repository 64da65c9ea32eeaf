"""Where the files of what was measured are."""

from importlib.resources import files
from pathlib import Path


def measured_file(name: str) -> Path | None:
    """Return a file of what was measured: in the wheel, or in the tree that this runs from.

    >>> measured_file("nothing.json") is None
    True
    """
    for folder in (files("excise") / "measured", Path(__file__).parents[3] / "docs" / "measured"):
        path = Path(str(folder)) / name
        if path.is_file():
            return path
    return None
