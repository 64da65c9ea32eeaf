from excise.enforcement.traffic.spool import Spool


def test_what_waits_is_encrypted_and_comes_back_in_order(tmp_path):
    spool = Spool(tmp_path / "s", "token", most_bytes=10_000)
    assert not spool
    for n in range(5):
        assert spool.put(b"words %d\n" % n)
    assert spool
    held = b"".join(path.read_bytes() for path in (tmp_path / "s").iterdir())
    assert b"words" not in held
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "s").iterdir()} == {0o600}
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700
    anew = Spool(tmp_path / "s", "token", most_bytes=10_000)
    assert [body for _, body in anew.batches()] == [b"words %d\n" % n for n in range(5)]
    for path, _ in anew.batches():
        anew.remove(path)
    assert not anew
    assert anew.put(b"more\n")


def test_another_token_opens_nothing_and_loses_nothing(tmp_path):
    Spool(tmp_path, "token", most_bytes=10_000).put(b"words\n")
    assert list(Spool(tmp_path, "other", most_bytes=10_000).batches()) == []
    assert len(list(Spool(tmp_path, "token", most_bytes=10_000).batches())) == 1


def test_it_takes_so_much_and_no_more(tmp_path):
    spool = Spool(tmp_path, "token", most_bytes=250)
    # Each takes 28 bytes more than it holds.
    assert [spool.put(bytes(200)), spool.put(bytes(1))] == [True, False]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 250
    path, _ = next(spool.batches())
    spool.remove(path)
    assert spool.put(bytes(100))


def test_what_was_half_written_is_cleared_away(tmp_path):
    (tmp_path / "000000000000.tmp").write_bytes(b"half")
    Spool(tmp_path, "token", most_bytes=250)
    assert list(tmp_path.iterdir()) == []
