import json

from excise.service.refusals import problem


def test_it_holds_both_words() -> None:
    assert json.loads(problem('a "quoted" thing', "bad"))["error"] == {
        "message": 'a "quoted" thing',
        "code": "bad",
    }
