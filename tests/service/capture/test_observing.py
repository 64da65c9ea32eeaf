from excise.observation.secret import Key
from excise.report.progress import now_s
from excise.service.capture.observing import Fate, Observers, Observing, Stream
from excise.service.capture.recent import Recent
from excise.store.retention import Retention

STREAM = Stream("litellm", "litellm", "user")
KEYS = (Key(bytes(32), created_at_s=0.0), Key(b"1" * 32, created_at_s=1.0))


def observing(*, recent: Recent | None = None, forgotten: dict[str, int] | None = None) -> Observing:
    retention = Retention(bytes(32), floor_at_us=None, forgotten={})
    for account, at_us in (forgotten or {}).items():
        retention = retention.with_accounts([account], at_us=at_us)
    return Observing(Observers(KEYS), recent=recent or Recent(), retention=retention, latest_s=now_s())


def test_each_record_has_its_fate(sent) -> None:
    one = observing()
    told = [
        one.add(STREAM, line)
        for line in (
            sent(1),
            sent(1),
            b"no json",
            sent(2, at_s=now_s() + 3 * 86400),
            sent(3, metadata={}),
            b'{"id":"x"}',
        )
    ]
    seen = one.finish()
    assert [said.fate for said in told] == [
        Fate.ACCEPTED,
        Fate.DUPLICATE,
        Fate.REJECTED,
        Fate.REJECTED,
        Fate.ACCEPTED,
        Fate.REJECTED,
    ]
    assert "days after the present" in told[3].reason
    assert [said.without_account for said in told] == [0, 0, 0, 0, 1, 0]
    assert len(seen.fresh) == len(seen.said) == 2
    assert [batch.key for batch in seen.batches] == [key.id for key in KEYS]
    assert [batch.rows().num_rows for batch in seen.batches] == [2, 2]
    assert [said.account for said in seen.said] == ["ann", None]


def test_what_came_of_late_is_a_duplicate(sent) -> None:
    recent = Recent()
    first = observing(recent=recent)
    first.add(STREAM, sent(1))
    recent.add(list(first.finish().fresh))
    second = observing(recent=recent)
    told = second.add(STREAM, sent(1))
    assert second.finish().fresh == ()
    assert told.fate is Fate.DUPLICATE
    other = observing(recent=recent)
    told = other.add(Stream("litellm", "another source", "user"), sent(1))
    other.finish()
    assert told.fate is Fate.ACCEPTED


def test_the_forgotten_do_not_come_back(sent) -> None:
    one = observing(forgotten={"ann": round(now_s() * 1e6)})
    told = [one.add(STREAM, sent(1)), one.add(STREAM, sent(2, account="bob"))]
    seen = one.finish()
    assert [said.fate for said in told] == [Fate.REJECTED, Fate.ACCEPTED]
    assert [said.account for said in seen.said] == ["bob"]


def test_many_records_are_the_same_as_few(sent) -> None:
    one = observing()
    for n in range(2500):
        one.add(STREAM, sent(n))
    seen = one.finish()
    assert len(seen.fresh) == 2500
    assert sum(batch.rows().num_rows for batch in seen.batches) == 5000
