import os
from pathlib import Path

from excise.observation.secret import Keyring
from excise.service.knowing import Knowing
from excise.service.settings import Known
from excise.store.store import Store


def test_files_are_brought_when_they_change(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("account,plan\nann,pro\n")
    knowing = Knowing(Known(accounts=(str(path),)))
    with Store.open(tmp_path / "store", Keyring.in_memory(bytes(32))) as store:
        assert knowing.bring(store)
        assert not knowing.bring(store)
        assert store.run(store.tables.accounts).column("account").to_pylist() == ["ann"]
        path.write_text("account,plan\nann,pro\nbob,free\n")
        os.utime(path, (5, 5))
        assert knowing.bring(store)
        assert store.run(store.tables.accounts).num_rows == 2
        path.unlink()
        assert not knowing.bring(store)
        assert store.run(store.tables.accounts).num_rows == 2


def test_without_files_nothing_is_brought(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store", Keyring.in_memory(bytes(32))) as store:
        assert not Knowing(Known()).bring(store)
