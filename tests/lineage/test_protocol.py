import msgspec
import pytest

from excise.errors import BadSetting, BadTable
from excise.lineage.protocol import FILE, Input, Model, Protocol, Setting, freeze, read

PROTOCOL = Protocol(
    hypothesis="It was.",
    null="It was not.",
    method="twins",
    settings=(Setting("tokens", "50"),),
    statistic="A difference.",
    models=(Model(role="suspect", name="hf:x", access=("text", "weights")),),
    placebo=True,
    inputs=(Input(role="served", file="served.jsonl", sha256="00", rows=5),),
    prompts_sha256="11",
    questions=10,
    seed=1,
    budget=100,
    stop_at_bits=30.0,
    stopping="at 30 bits",
    version="0",
    frozen_at_s=5.0,
)


def test_a_protocol_is_frozen_once(tmp_path):
    assert freeze(PROTOCOL, tmp_path / "a") == PROTOCOL
    later = msgspec.structs.replace(PROTOCOL, frozen_at_s=9.0)
    assert freeze(later, tmp_path / "a") == PROTOCOL
    assert read(tmp_path / "a" / FILE) == PROTOCOL
    assert PROTOCOL.suspect.name == "hf:x"


@pytest.mark.parametrize("name", sorted(set(Protocol.__struct_fields__) - {"frozen_at_s"}))
def test_it_is_not_changed_after_the_fact(tmp_path, name):
    freeze(PROTOCOL, tmp_path)
    value = getattr(PROTOCOL, name)
    others = {
        bool: lambda: not value,
        str: lambda: value + "?",
        tuple: lambda: value * 2,
        int: lambda: value + 1,
        float: lambda: value / 2,
    }
    changed = msgspec.structs.replace(PROTOCOL, **{name: others[type(value)]()})
    assert changed.sha256 != PROTOCOL.sha256
    with pytest.raises(BadSetting, match=rf"frozen with other terms \({name}: .*with another --out"):
        freeze(changed, tmp_path)
    assert read(tmp_path / FILE) == PROTOCOL


def test_a_file_that_was_touched_is_refused(tmp_path):
    freeze(PROTOCOL, tmp_path)
    path = tmp_path / FILE
    data = path.read_bytes()
    path.write_bytes(data + b"\n")
    with pytest.raises(BadTable, match="not as it was written"):
        read(path)
    path.write_bytes(data.replace(b'"seed":1', b'"seed":"1"'))
    with pytest.raises(BadTable, match="no protocol of excise lineage"):
        read(path)


def test_an_input_is_known_by_its_bytes(tmp_path):
    (tmp_path / "served.jsonl").write_bytes(b"abc")
    one = Input.of("served", tmp_path / "served.jsonl", 3)
    assert (one.file, one.rows, one.sha256[:8]) == ("served.jsonl", 3, "ba7816bf")
