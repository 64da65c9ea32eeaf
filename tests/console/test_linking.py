"""Why two accounts are linked, and why two are not."""

from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import Scale, draw
from excise.store.intake import take_in
from excise.store.store import Store


def test_a_link_that_is_kept_says_each_strand(served):
    case = served.desk.state.cases.of_campaign("campaign-aa01").id
    page = served.visitor("viewer").get(f"/case/{case}/why").text
    assert "the same 212-word instruction" in page
    assert "not linked" not in page


def test_a_store_that_cannot_be_asked_is_said_and_the_page_stands(served):
    case = served.desk.state.cases.of_campaign("campaign-aa01").id
    reply = served.visitor("viewer").get(f"/case/{case}/why", params={"one": "a", "other": "b"})
    assert reply.status_code == 200
    assert "The store cannot be asked about them" in reply.text


def test_two_that_are_not_linked_are_asked_about_tie_by_tie(served, tmp_path):
    compose(draw(3, Scale(accounts=40, exchanges=400), days=3, harvesting=0.1), tmp_path / "log")
    shown = served.desk.folder.store
    shown.rename(tmp_path / "before")  # what the fixture keeps there is no store
    ring = Keyring.open(served.desk.folder.secret, now_s=served.clock())
    with Store.open(shown, ring) as store:
        take_in(store, ring, [tmp_path / "log" / "log.litellm.jsonl.gz"])
        seen = store.tables.observations
        names = store.run(seen.select("account").distinct().order_by("account"))["account"].to_pylist()
    case = served.desk.state.cases.of_campaign("campaign-aa01").id
    page = served.visitor("viewer").get(f"/case/{case}/why", params={"one": names[0], "other": names[7]}).text
    assert "are not linked" in page
    assert "is missing</strong>" in page or "is enough for a link" in page
    assert "is not shared" in page
    for tie in ("payment", "template", "sign up", "rhythm"):
        assert f'<th scope="row">{tie}</th>' in page
