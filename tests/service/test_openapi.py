import json

from excise.enforcement.gateways import Endpoint
from excise.service import openapi
from excise.service.forgetting import Taken, Wished


async def handler(request):
    raise NotImplementedError


TABLE = (
    Endpoint(path="/v1/forget", methods=("POST",), scope="act", handler=handler, takes=Wished, gives=Taken),
    Endpoint(path="/v1/in/{path:path}", methods=(), scope="decide", handler=handler),
    Endpoint(path="/open", methods=("GET",), scope="open", handler=handler),
)


def test_every_endpoint_is_in_the_document() -> None:
    found = json.loads(openapi.document(TABLE, "1"))
    assert found["openapi"].startswith("3.1")
    assert set(found["paths"]) == {"/v1/forget", "/v1/in/{path}", "/open"}
    forget = found["paths"]["/v1/forget"]["post"]
    assert forget["x-excise-scope"] == "act"
    assert forget["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Wished"
    }
    assert found["components"]["schemas"]["Wished"]["required"] == ["accounts"]
    assert set(forget["responses"]) >= {"200", "400", "401", "403", "429"}
    assert found["paths"]["/v1/in/{path}"]["post"]["parameters"][0]["name"] == "path"
    assert found["paths"]["/open"]["get"]["security"] == []


def test_a_page_is_there_until_another_takes_its_place() -> None:
    assert [one.path for one in openapi.endpoints(TABLE, "1")] == ["/openapi.json", "/"]
    home = Endpoint(path="/", methods=("GET",), scope="open", handler=handler)
    assert [one.path for one in openapi.endpoints((*TABLE, home), "1")] == ["/openapi.json"]
