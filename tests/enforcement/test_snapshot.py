import pytest

from excise.casework.decision import Degradation, Kind, Limits, Scope
from excise.enforcement.snapshot import SnapshotDamaged, load, save


def test_a_saved_table_comes_back_as_it_was(kit, keeper, tmp_path):
    effects = [
        kit.effect("acme", Kind.THROTTLE, limits=Limits(rpm=5), actor="actor-1"),
        kit.effect("acme", Kind.DEGRADE, degradation=Degradation(max_tokens=9), simulated=True),
        kit.effect("2001:db8::/32", scope=Scope.ADDRESS),
        kit.effect("ended", until_s=999.0),
        kit.effect("name\0with/odd\ud800 parts"),
    ]
    keeper.apply(*effects)
    path = tmp_path / "table"
    save(keeper.desk.table, path, at_s=1_000.0, reference_key=kit.KEY)
    assert path.stat().st_mode & 0o777 == 0o600
    kept = load(path)
    assert (kept.table.sequence, kept.saved_at_s, kept.reference_key) == (2, 1_000.0, kit.KEY)
    assert kept.table.filled
    key = str
    assert sorted(kept.table.effects(), key=key) == sorted((e for e in effects if e.until_s > 1_000), key=key)
    assert kept.table.held(accounts=(), end_user=None, address="2001:db8::5", at_s=1.0).live
    assert list(tmp_path.iterdir()) == [path]


def test_any_damage_is_seen(kit, keeper, tmp_path):
    keeper.apply(kit.effect("acme"))
    path = tmp_path / "table"
    save(keeper.desk.table, path, at_s=1_000.0, reference_key=kit.KEY)
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :])
        with pytest.raises(SnapshotDamaged, match="no saved table, or not all of it"):
            load(path)
    for end in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:end])
        with pytest.raises(SnapshotDamaged):
            load(path)
    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        load(tmp_path / "nothing")
