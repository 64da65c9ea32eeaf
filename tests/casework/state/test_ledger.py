from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from excise.casework.case import CaseFilter, Outcome
from excise.casework.decision import Draft, Kind, Scope
from excise.casework.policy import Policy
from excise.casework.state import State
from excise.casework.state.tables import CASES, CHECKPOINTS, DECISIONS, LEDGER, PROGRAMMES
from excise.observation.signing import Signer

NOW_S = 1_790_000_000.0


@pytest.fixture
def busy(state: State, quiet: Policy) -> State:
    return fill(state, quiet)


def fill(state: State, policy: Policy) -> State:
    """Some of everything: cases, comments, a decision, a programme, an outcome."""
    case = state.cases.open("One", ["x", "y"], by="ann", now_s=NOW_S)
    state.cases.comment(case.id, "look", by="ann", now_s=NOW_S + 1)
    draft = Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACCOUNT,
        subject="x",
        reason="r",
        reason_code="c",
        hours=2.0,
        act=True,
        case=case.id,
    )
    decision = state.decisions.propose(draft, policy=policy, by="ann", now_s=NOW_S + 2)
    state.decisions.undo(decision.id, because="no", policy=policy, by="bob", now_s=NOW_S + 3)
    state.programmes.add(
        "lab", contract="c-1", accounts=["z"], starts_at_s=0.0, until_s=NOW_S * 2, by="ann", now_s=NOW_S + 4
    )
    state.cases.close(case.id, Outcome.CONFIRMED, because="yes", by="ann", now_s=NOW_S + 5)
    state.ledger.saw("the account page of x", case=case.id, by="ann", now_s=NOW_S + 6)
    return state


def test_what_was_written_holds(busy: State) -> None:
    verified = busy.ledger.verify()
    assert verified.faults == ()
    assert verified.entries == 8


def change(state: State, statement: sa.Executable) -> None:
    with state.database.engine.begin() as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (sa.update(DECISIONS).values(reason="another"), "changed past the ledger"),
        (sa.update(DECISIONS).values(until_s=NOW_S * 2), "changed past the ledger"),
        (sa.delete(DECISIONS), "was written down, and is gone"),
        (sa.update(PROGRAMMES).values(until_s=NOW_S * 3), "changed past the ledger"),
        (sa.update(CASES).values(outcome="unsure"), "changed past the ledger"),
    ],
)
def test_a_record_changed_past_the_ledger_is_found(busy: State, statement: sa.Executable, text: str) -> None:
    change(busy, statement)
    assert any(text in fault.text for fault in busy.ledger.verify().faults)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(draw=st.data())
def test_any_change_deletion_reordering_or_truncation_is_found(
    draw: st.DataObject, tmp_path_factory: pytest.TempPathFactory, quiet: Policy
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    outside = folder / "ledger.jsonl"
    with State.open(folder / "s.db", secret=bytes(16), now_s=NOW_S, outside=outside) as state:
        fill(state, quiet)
        signer = Signer.open(folder / "key.pem")
        state.ledger.checkpoint(signer, now_s=NOW_S + 9, outside=folder / "checkpoints.jsonl")

        def faults(*, with_copy: bool) -> int:
            return len(
                state.ledger.verify(
                    outside=outside if with_copy else None,
                    checkpoints=folder / "checkpoints.jsonl",
                    public_keys=frozenset({signer.public_key}),
                ).faults
            )

        assert faults(with_copy=True) == 0
        with state.database.reading() as reading:
            count = reading.value(sa.select(sa.func.count()).select_from(LEDGER))
        of = LEDGER.c
        one = draw.draw(st.integers(1, count))
        what = draw.draw(st.sampled_from(["change", "delete", "swap", "cut", "insert"]))
        with state.database.engine.begin() as connection:
            if what == "change":
                name = draw.draw(st.sampled_from([c.name for c in LEDGER.columns if c.name != "sequence"]))
                value = 1.5 if name == "at_s" else draw.draw(st.text("abc", min_size=1, max_size=5))
                connection.execute(sa.update(LEDGER).where(of.sequence == one).values({name: value}))
            elif what == "delete":
                connection.execute(sa.delete(LEDGER).where(of.sequence == one))
            elif what == "swap":
                other = one % count + 1
                for before, after in ((one, -1), (other, one), (-1, other)):
                    connection.execute(sa.update(LEDGER).where(of.sequence == before).values(sequence=after))
            elif what == "cut":
                connection.execute(sa.delete(LEDGER).where(of.sequence >= one))
            else:
                row = dict(connection.execute(sa.select(LEDGER)).mappings().first() or {})
                connection.execute(sa.insert(LEDGER), [{**row, "sequence": count + one}])
        assert faults(with_copy=True) > 0
        assert faults(with_copy=False) > 0, "the signed checkpoint finds it too"


def test_a_chain_made_anew_after_a_change_does_not_pass_the_signature(
    lite: State, quiet: Policy, tmp_path: Path
) -> None:
    fill(lite, quiet)
    signer = Signer.open(tmp_path / "key.pem")
    lite.ledger.checkpoint(signer, now_s=NOW_S + 9)
    forged(lite)
    faults = lite.ledger.verify(public_keys=frozenset({signer.public_key})).faults
    assert [fault.text for fault in faults] == [f"entry {faults[0].sequence} is not the one that was signed"]
    texts = [fault.text for fault in lite.ledger.verify(outside=tmp_path / "ledger.jsonl").faults]
    assert any("not what the copy outside holds" in text for text in texts)
    other = Signer.open(tmp_path / "other.pem")
    foreign = lite.ledger.verify(public_keys=frozenset({other.public_key})).faults
    assert "signed by a key that is not ours" in foreign[0].text


def forged(state: State) -> None:
    """Change the third entry, and make all hashes after it anew."""
    import msgspec

    from excise.casework.state.chain import hash_of
    from excise.casework.state.database import entry_of

    with state.database.reading() as reading:
        entries = [entry_of(row) for row in reading.rows(sa.select(LEDGER).order_by(LEDGER.c.sequence))]
    previous = entries[1].hash
    with state.database.engine.begin() as connection:
        for place, entry in enumerate(entries[2:]):
            fields: dict[str, object] = {"previous": previous}
            if place == 0:
                fields["text"] = "nothing happened"
            new = msgspec.structs.replace(entry, **fields)
            new = msgspec.structs.replace(new, hash=hash_of(new))
            previous = new.hash
            connection.execute(
                sa.update(LEDGER)
                .where(LEDGER.c.sequence == new.sequence)
                .values(text=new.text, previous=new.previous, hash=new.hash)
            )


def test_a_database_put_back_is_found_by_its_copy_outside(
    tmp_path: Path, quiet: Policy, state_at: Callable[..., State]
) -> None:
    import shutil

    outside = tmp_path / "ledger.jsonl"
    state = fill(state_at(tmp_path / "s.db", outside), quiet)
    state.close()
    shutil.copy(tmp_path / "s.db", tmp_path / "old.db")
    again = state_at(tmp_path / "s.db", outside)
    again.cases.open("later", ["q"], by="ann", now_s=NOW_S + 99)
    assert again.ledger.verify(outside=outside).faults == ()
    again.close()
    old = state_at(tmp_path / "old.db")
    assert "the end was cut off" in old.ledger.verify(outside=outside).faults[0].text


def test_a_copy_that_was_changed_or_cut_is_found(lite: State, quiet: Policy, tmp_path: Path) -> None:
    fill(lite, quiet)
    copy = tmp_path / "ledger.jsonl"
    whole = copy.read_bytes()
    lines = whole.splitlines(keepends=True)
    for damaged in (
        whole.replace(b"look", b"l00k"),
        b"".join(lines[:-1]),
        b"".join([lines[1], lines[0], *lines[2:]]),
        whole + b"hello\n",
        b"".join(lines[1:]),
    ):
        copy.write_bytes(damaged)
        assert lite.ledger.verify(outside=copy).faults
    copy.write_bytes(whole)
    assert lite.ledger.verify(outside=copy).faults == ()


def test_it_pages_and_signs_once(lite: State, quiet: Policy, tmp_path: Path) -> None:
    fill(lite, quiet)
    page = lite.ledger.list(most=4)
    assert [entry.sequence for entry in page.entries] == sorted(
        (entry.sequence for entry in page.entries), reverse=True
    )
    rest = lite.ledger.list(before=page.before, most=1_000)
    assert len(page.entries) + len(rest.entries) == lite.ledger.verify().entries
    assert {entry.by for entry in lite.ledger.list(by="bob").entries} == {"bob"}
    case = lite.cases.list(CaseFilter(status=())).cases[0].id
    assert all(entry.case == case for entry in lite.ledger.list(case=case).entries)
    signer = Signer.open(tmp_path / "key.pem")
    first = lite.ledger.checkpoint(signer, now_s=NOW_S)
    assert first is not None
    assert lite.ledger.checkpoint(signer, now_s=NOW_S + 1) is None
    change(lite, sa.update(CHECKPOINTS).values(signature="00" * 64))
    assert "signature of checkpoint" in lite.ledger.verify().faults[0].text
