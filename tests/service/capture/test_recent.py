from excise.service.capture.recent import Recent


def test_the_latest_are_known_and_memory_is_bounded() -> None:
    recent = Recent(100)
    for n in range(10_000):
        recent.add([str(n).encode()])
    assert all(str(n).encode() in recent for n in range(9_900, 10_000))
    assert sum(str(n).encode() in recent for n in range(10_000)) <= 200
