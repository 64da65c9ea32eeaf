import pytest

from excise.casework.refusals import StateUnreachable
from excise.casework.state.leading import leading


def test_one_leads_and_the_next_when_it_is_gone(postgres) -> None:
    url = postgres.fresh()
    with leading(url) as first:
        assert first is not None
        first()
        with leading(url) as second:
            assert second is None
    with leading(url) as third:
        assert third is not None


def test_who_loses_the_database_is_told(postgres) -> None:
    with leading(postgres.fresh()) as still_leads:
        assert still_leads is not None
        postgres.stop("immediate")
        with pytest.raises(StateUnreachable, match="leads again"):
            still_leads()
    postgres.start()


def test_a_database_that_is_not_there_is_said() -> None:
    with pytest.raises(StateUnreachable), leading("postgresql://nobody@127.0.0.1:1/nothing"):
        pass


def test_over_a_file_whoever_asks_leads(tmp_path) -> None:
    with leading(f"sqlite:///{tmp_path / 'x.db'}") as one, leading(f"sqlite:///{tmp_path / 'x.db'}") as two:
        assert one is not None
        assert two is not None
