import pytest

from excise.errors import BadSetting
from excise.service.deployment import opened
from excise.service.folder import Folder

NOW_S = 1_790_000_000.0


def test_a_data_folder_is_opened_beside_the_service(tmp_path):
    Folder(tmp_path / "data").begin(now_s=NOW_S, passphrase="a long passphrase")
    with (
        opened(tmp_path / "data", None, now_s=NOW_S) as one,
        opened(tmp_path / "data", None, now_s=NOW_S) as two,
    ):
        case = one.state.cases.open("t", ["x"], by="ann", now_s=NOW_S)
        assert two.state.cases.get(case.id) == case
        assert one.signer().public_key == two.signer().public_key
        assert "block_strong" in one.policy.rules
    assert (tmp_path / "data" / "ledger.jsonl").read_text().count("\n") == 2


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(BadSetting, match="this is no data folder"), opened(tmp_path, None, now_s=NOW_S):
        pass
