"""Requests that schemathesis generates from OpenAPI get no 5xx and documented responses."""

import json

import pytest
from served import encoded

schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis")

from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks

SETTINGS = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
# The check that valid data is accepted is left out: a file that is not a picture, or an unknown
# name, is valid by the schema and is rejected.
CHECKS = (
    checks.not_a_server_error,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture(scope="module")
def served_schema(client):
    client.post("/v1/read", content=encoded("417"))  # so that there is something to review
    batch = client.post("/v1/batches", json={"name": "fuzzed"}).json()["id"]
    client.post(f"/v1/batches/{batch}/items", files={"files": ("a.png", encoded("417"))})

    async def running(scope, receive, send):
        """Handle lifespan events here; schemathesis would start and stop the running service."""
        if scope["type"] != "lifespan":
            await client.app(scope, receive, send)
            return
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    return schemathesis.openapi.from_asgi("/openapi.json", running)


def test_generated_requests_get_documented_responses(served_schema):
    tried = 0
    for found in served_schema.get_all_operations():
        operation = found.ok()
        if operation.path == "/v1/events":  # it does not end: test_event_route
            continue

        @SETTINGS
        @given(case=operation.as_strategy())
        def check(case):
            case.validate_response(case.call(timeout=300), checks=CHECKS)

        check()
        tried += 1
    assert tried == 70  # as many as test_service_works knows


def test_documented_examples_are_valid(client):
    """Documented request examples can be sent; response examples have the same keys."""
    paths = client.get("/openapi.json").json()["paths"]
    body = paths["/v1/digits"]["post"]["requestBody"]["content"]["application/json"]["example"]
    answer = client.post("/v1/digits", json=body)
    assert answer.is_success, answer.text
    for path, sent in (("/v1/digits", {"json": body}), ("/v1/read", {"content": encoded("417")})):
        described = paths[path]["post"]["responses"]["200"]["content"]["application/json"]
        answer = client.post(path, **sent).json()
        assert _shape(described["example"]) <= _shape(answer), json.dumps(answer)


def _shape(value, where="") -> set[str]:
    """Return the keys of an object and its nested objects; digits as keys are data."""
    if isinstance(value, list):
        return set().union(*(_shape(each, where + "[]") for each in value[:1]))
    if not isinstance(value, dict) or where.endswith("probabilities"):
        return {where}
    return set().union(*(_shape(each, f"{where}.{key}") for key, each in value.items()))
