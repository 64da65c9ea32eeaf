"""Original words open only with the passphrase and a reason, as text, and the ledger knows first."""

import pytest

from excise.casework.case import CaseFilter
from excise.casework.exhibit import Original, preserve
from excise.casework.sealing import Opener

PASSPHRASE = "a passphrase of the seal"
WORDS = "Explain <script>alert(1)</script> step by step"


@pytest.fixture
def exhibit(served):
    opener, seal = Opener.generate()
    opener.write(served.desk.data / "seal.pem", PASSPHRASE)
    case = served.desk.state.cases.list(CaseFilter()).cases[0].id
    originals = [
        Original(account=f"acct_030000{n}", record_id=str(n), place="log", line=n, raw=WORDS.encode())
        for n in range(3)
    ]
    made = preserve(
        served.desk.state,
        case,
        originals,
        served.desk.data / "exhibits",
        seal,
        reason="counsel asked",
        by="analyst",
        now_s=served.clock(),
    )
    return case, made.label.id


def _reveal(served, case, name, **changed):
    form = {"exhibit": name, "passphrase": PASSPHRASE, "because": "to see what they took"} | changed
    return served.post(served.visitor("analyst"), f"/case/{case}/reveal", **form)


def test_words_are_text_and_opening_them_is_written_down_first(served, exhibit):
    case, name = exhibit
    page = _reveal(served, case, name)
    assert "Explain &lt;script&gt;alert(1)&lt;/script&gt; step by step" in page.text
    entry = served.desk.state.ledger.list(case=case).entries[0]
    assert entry.verb == "revealed"
    assert "to see what they took" in entry.text


@pytest.mark.parametrize(
    "changed",
    [
        {"passphrase": "another"},
        {"because": ""},
        {"exhibit": "../../seal"},
        {"exhibit": "exhibit-000000000000"},
    ],
)
def test_without_passphrase_reason_or_exhibit_nothing_opens(served, exhibit, changed):
    case, name = exhibit
    reply = _reveal(served, case, name, **changed)
    assert reply.status_code in {400, 409}
    assert "step by step" not in reply.text


def test_only_what_one_account_sent(served, exhibit):
    case, name = exhibit
    assert _reveal(served, case, name, account="acct_0300001").text.count("step by step") == 1


def test_a_viewer_opens_nothing(served, exhibit):
    case, name = exhibit
    form = {"exhibit": name, "passphrase": PASSPHRASE, "because": "curious"}
    assert served.post(served.visitor("viewer"), f"/case/{case}/reveal", **form).status_code == 403


def test_a_seal_that_was_changed_is_found(served, exhibit):
    case, name = exhibit
    path = served.desk.data / "exhibits" / f"{name}.sealed"
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)
    reply = _reveal(served, case, name)
    assert reply.status_code == 409
    assert "step by step" not in reply.text
