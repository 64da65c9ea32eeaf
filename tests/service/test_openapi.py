"""The OpenAPI document holds every endpoint, with the scope that each needs."""

import json

from msgspec import Struct

from excise.enforcement.gateways import Endpoint
from excise.service.openapi import document, endpoints


class Asked(Struct):
    """What is asked."""

    account: str


async def _nothing(request):
    raise AssertionError(request)


TABLE = (
    Endpoint(path="/v1/decide", methods=("POST",), scope="decide", handler=_nothing, takes=Asked),
    Endpoint(path="/v1/nginx/{path:path}", methods=("GET",), scope="decide", handler=_nothing),
    Endpoint(path="/healthz", methods=("GET",), scope="open", handler=_nothing),
)


def test_each_endpoint_is_there_with_its_scope_and_its_shape():
    found = json.loads(document(TABLE, "1.0"))
    decide = found["paths"]["/v1/decide"]["post"]
    assert decide["x-excise-scope"] == "decide"
    assert decide["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Asked")
    assert "Asked" in found["components"]["schemas"]
    assert found["paths"]["/healthz"]["get"]["security"] == []
    assert found["paths"]["/v1/nginx/{path}"]["get"]["parameters"][0]["name"] == "path"


def test_a_plain_page_stands_where_no_other_does():
    assert {one.path for one in endpoints(TABLE, "1.0")} == {"/", "/openapi.json"}
    front = Endpoint(path="/", methods=("GET",), scope="open", handler=_nothing)
    assert {one.path for one in endpoints((*TABLE, front), "1.0")} == {"/openapi.json"}
