import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.casework.state.among import among
from excise.casework.state.database import Database
from excise.casework.state.tables import STANDINGS, VIEWS

NAMES = ("ann", "bo's", 'c"d', "ü\\", "%", "[1]", "")


@pytest.fixture
def holding(state_at, url):
    state = state_at(url)
    with state.database.writing(by="t", now_s=1.0) as writing:
        writing.put(VIEWS, [{"person": "p", "name": name, "query": "q"} for name in NAMES])
    return state.database


@pytest.mark.parametrize("asked", [(), ("ann",), NAMES, ("nobody", "%", "ann", "ann")])
def test_it_holds_exactly_the_values(holding: Database, asked: tuple[str, ...]) -> None:
    with holding.reading() as reading:
        found = reading.column(sa.select(VIEWS.c.name).where(among(VIEWS.c.name, asked)))
    assert sorted(found) == sorted(set(asked) & set(NAMES))


def test_many_values_are_one_parameter(holding: Database) -> None:
    asked = [f"n{n}" for n in range(100_000)] + ["ann"]
    with holding.reading() as reading:
        assert reading.column(sa.select(VIEWS.c.name).where(among(VIEWS.c.name, asked))) == ["ann"]


def test_it_is_looked_up_in_an_index(lite) -> None:
    of = STANDINGS.c
    asked = sa.select(of.account).where(among(of.account, ["a", "b"]), of.bits > 1.0)
    with lite.database.reading() as reading:
        text = asked.compile(reading.connection, compile_kwargs={"literal_binds": False})
        plan = reading.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ('["a","b"]', 1.0)).all()
    assert any(row[3].startswith("SEARCH standings USING") for row in plan), plan


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
def test_any_text_is_found_again(text: str) -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        value = sa.literal(text)
        assert connection.execute(sa.select(among(value, [text]))).scalar()
        assert not connection.execute(sa.select(among(value, [text + "x"]))).scalar()
