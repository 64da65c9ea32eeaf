"""How an open folder is read: one file is one member, and there is no list to edit.

An open folder is a package whose ``__init__`` holds a contract (an abstract class). Every other file in it
defines exactly one subclass, and the file's name is the member's name everywhere: on the command line, in
settings, in stored rows and in the docs. Packages of other people join through the entry-point group of the
folder (``excise.formats``, ``excise.ties``, ``excise.features``, ``excise.detectors``, ...); the entry
point's name is the member's name and its value the class.
"""

import importlib
import inspect
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import TypeVar

from excise.errors import ExciseError, UnknownMember

Contract = TypeVar("Contract")


class BrokenMember(ExciseError):
    """A file in an open folder does not hold exactly one member."""


def purpose(member: object) -> str:
    """Return what a member is for: the first line of its class's docstring.

    >>> from excise.linking.link import ties
    >>> purpose(ties()["credential"])[:11]
    'An API key.'
    """
    return (type(member).__doc__ or "").strip().splitlines()[0]


def members(folder: str, contract: type[Contract]) -> dict[str, type[Contract]]:
    """Return the members of an open folder, by name, in the order of their names.

    Args:
        folder: the package, such as ``"excise.ingest.formats"``.
        contract: the abstract class that its members implement.

    Raises:
        BrokenMember: a file holds no subclass of the contract, or several; two members share a name; or an
            entry point names something else.

    >>> from excise.ingest.formats import Format
    >>> "litellm" in members("excise.ingest.formats", Format)
    True
    """
    return dict(_members(folder, contract))  # type: ignore[arg-type]  # a class is hashable


def member(folder: str, contract: type[Contract], name: str) -> type[Contract]:
    """Return one member by name.

    Raises:
        UnknownMember: there is none; the message names the nearest.
    """
    found = members(folder, contract)
    if name not in found:
        raise UnknownMember.among(name, folder.rpartition(".")[2], found)
    return found[name]


@cache
def _members(folder: str, contract: type[Contract]) -> tuple[tuple[str, type[Contract]], ...]:
    package = importlib.import_module(folder)
    found: dict[str, type[Contract]] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{folder}.{info.name}")
        here = [
            value
            for value in vars(module).values()
            if inspect.isclass(value) and issubclass(value, contract) and value.__module__ == module.__name__
        ]
        if len(here) != 1:
            raise BrokenMember(
                f"{module.__file__}: a member file defines exactly one {contract.__name__}, "
                f"this one {len(here)}"
            )
        found[info.name] = here[0]
    for point in entry_points(group="excise." + folder.rpartition(".")[2]):
        if point.name in found:
            raise BrokenMember(
                f"{point.value}: {folder} already has a member {point.name!r}; rename the entry point"
            )
        loaded = point.load()
        if not (inspect.isclass(loaded) and issubclass(loaded, contract)):
            raise BrokenMember(
                f"{point.value}: the entry point {point.name!r} of {folder} is no subclass of "
                f"{contract.__name__}; correct it, or uninstall its package"
            )
        found[point.name] = loaded
    return tuple(sorted(found.items()))
