"""Every refusal has one shape, which the providers' clients know."""

import json

from excise.service.refusals import problem


def test_a_refusal_is_json_whatever_its_text():
    text = 'a "quote", a \n line, </script> and \u202e'
    assert json.loads(problem(text, "unreadable")) == {"error": {"message": text, "code": "unreadable"}}
