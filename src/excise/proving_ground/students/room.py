"""What training real models takes: the packages, and a folder to keep what was made."""

import importlib.util
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from excise.errors import BadSetting

_PACKAGES = ("torch", "transformers", "tokenizers", "cryptography")


def demand_models(what: str) -> None:
    """Refuse to begin where a package is missing.

    Args:
        what: what is to be begun, as a sentence opens: "training students".

    Raises:
        BadSetting: the extra ``lineage`` is not installed.
    """
    for name in _PACKAGES:
        if importlib.util.find_spec(name) is None:
            raise BadSetting(f"{what} needs {name}; say: pip install 'excise[lineage]'")


@contextmanager
def room(kept: Path | None) -> Iterator[Path]:
    """Give the folder that was named, or one that is gone afterwards."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
    else:
        with tempfile.TemporaryDirectory(prefix="excise-students-") as made:
            yield Path(made)
