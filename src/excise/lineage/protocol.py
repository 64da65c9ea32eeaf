"""The protocol: what will be asked, of whom and until when, written and hashed before anyone looks.

A test that is chosen after its result is no evidence. So the hypothesis, the method with its settings, the
prompts, the seed, the budget and the stopping rule are frozen first; the finding names their hash, and a run
refuses to go on under a protocol that says anything else.
"""

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from excise.errors import BadSetting, BadTable
from excise.observation.canonical import canonical, sha256, sha256_of

FILE = "protocol.json"
"""The name of a protocol in the folder of its finding."""


class Input(Struct, frozen=True, kw_only=True):
    """A file that the test rests on.

    Attributes:
        role: what it is to the test, such as ``served`` or ``twins``.
        file: its name, without its folder.
        sha256: of its bytes.
        rows: how many records were read of it.
    """

    role: str
    file: str
    sha256: str
    rows: int

    @classmethod
    def of(cls, role: str, path: Path, rows: int) -> "Input":
        """Describe a file as it is now."""
        return cls(role=role, file=path.name, sha256=sha256_of(path), rows=rows)


class Model(Struct, frozen=True, kw_only=True):
    """A model that is asked.

    Attributes:
        role: the ``suspect``; a ``control``, which should come out at no bits; or a ``reference``, which a
            method weighs the suspect's answers by.
        name: as on the command line.
        access: what it lets one see.
        way: how it is asked, where there are several ways.
        identity: a hash of what it is made of, where that can be known.
    """

    role: Literal["suspect", "control", "reference"]
    name: str
    access: tuple[str, ...]
    way: str = ""
    identity: str = ""


class Setting(Struct, frozen=True):
    """One setting of a method, and its value as text."""

    name: str
    value: str


class Protocol(Struct, frozen=True, kw_only=True):
    """What a run does, in full.

    Attributes:
        hypothesis: what the test is about, in a sentence.
        null: what it is weighed against, in a sentence.
        method: a member of ``lineage/methods``.
        settings: the method's, all of them.
        statistic: what is computed from an answer, in a sentence.
        models: who is asked, the suspect first.
        placebo: whether the suspect is also asked about texts of which none was served, as a control.
        inputs: the files that it rests on.
        prompts_sha256: of the questions in the order in which they are asked.
        questions: how many there are to each model.
        seed: of everything that is drawn.
        budget: questions to each model at most.
        stop_at_bits: the run ends when the evidence reaches this.
        stopping: the stopping rule in a sentence.
        version: of Excise.
        frozen_at_s: when it was written, epoch seconds.
    """

    hypothesis: str
    null: str
    method: str
    settings: tuple[Setting, ...]
    statistic: str
    models: tuple[Model, ...]
    placebo: bool
    inputs: tuple[Input, ...]
    prompts_sha256: str
    questions: int
    seed: int
    budget: int
    stop_at_bits: float
    stopping: str
    version: str
    frozen_at_s: float
    kind: str = "excise-lineage-protocol-1"

    @property
    def suspect(self) -> Model:
        """The model that the question is about."""
        return self.models[0]

    @property
    def sha256(self) -> str:
        """The hash that a finding names: of the canonical JSON, which is what the file holds."""
        return sha256(canonical(self))


def freeze(protocol: Protocol, folder: Path) -> Protocol:
    """Write a protocol into its folder, or take up the one that is there if it says the same.

    Returns:
        the protocol that holds: an earlier one keeps its own ``frozen_at_s``.

    Raises:
        BadSetting: there is one that says something else; the message names what.
        BadTable: there is one that is not as it was written.
    """
    path = folder / FILE
    if path.exists():
        earlier = read(path)
        differs = [
            name
            for name in Protocol.__struct_fields__
            if name != "frozen_at_s" and getattr(earlier, name) != getattr(protocol, name)
        ]
        if differs:
            said = "; ".join(
                f"{name}: {_short(getattr(earlier, name))} there, {_short(getattr(protocol, name))} here"
                for name in differs
            )
            raise BadSetting(
                f"{path} was frozen with other terms ({said}). A protocol is not changed after the fact: "
                "run it as it is, or freeze a new one with another --out"
            )
        return earlier
    folder.mkdir(parents=True, exist_ok=True)
    new = path.with_name(FILE + ".new")
    new.write_bytes(canonical(protocol))
    new.replace(path)
    return protocol


def read(path: Path) -> Protocol:
    """Read a protocol.

    Raises:
        BadTable: it is none, or not in canonical form, so that its hash would not be the one named elsewhere.
    """
    data = path.read_bytes()
    try:
        protocol = msgspec.json.decode(data, type=Protocol)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadTable(f"{path}: {error}; this is no protocol of excise lineage") from None
    if canonical(protocol) != data:
        raise BadTable(f"{path} is not as it was written; restore it")
    return protocol


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."
