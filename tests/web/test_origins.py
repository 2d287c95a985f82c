"""Pages of other origins may use the API only if --allow-origin allows them."""

import pytest
from served import digit_rows, failure_of

from numerals.web.origins import parse_origin

BODY = {"images": digit_rows("7")}
OTHER, SECOND = "https://example.org", "http://localhost:3000"
TOKEN = "secret"


@pytest.fixture(scope="module")
def shared(serve):
    return serve(origins=(OTHER, SECOND), token=TOKEN, store=None)


def preflight(client, origin: str, method: str = "POST", headers: str = "authorization"):
    request_headers = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": headers,
    }
    return client.options("/v1/digits", headers=request_headers)


@pytest.mark.parametrize("origin", [OTHER, SECOND])
def test_allowed_origin_can_use_the_api(shared, origin):
    """A browser sends a preflight request without the token, then the request."""
    response = preflight(shared, origin, headers="authorization, content-type, idempotency-key")
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == origin
    assert "POST" in response.headers["access-control-allow-methods"]
    for name in ("authorization", "content-type", "idempotency-key"):
        assert name in response.headers["access-control-allow-headers"].lower()
    assert "origin" in response.headers["vary"].lower()
    given = {"origin": origin, "authorization": f"Bearer {TOKEN}"}
    answer = shared.post("/v1/digits", json=BODY, headers=given)
    assert answer.is_success
    assert answer.headers["access-control-allow-origin"] == origin
    assert "retry-after" in answer.headers["access-control-expose-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    ["http://example.org", "https://example.org:444", "https://a.example.org", "null", "http://["],
)
def test_other_origins_are_rejected(shared, origin):
    assert "--allow-origin" in failure_of(preflight(shared, origin), 403)
    given = {"origin": origin, "authorization": f"Bearer {TOKEN}"}
    answer = shared.post("/v1/digits", json=BODY, headers=given)
    assert "--allow-origin" in failure_of(answer, 403)
    assert "access-control-allow-origin" not in answer.headers


def test_allowed_origin_can_read_errors(shared):
    for given in ({}, {"authorization": "Bearer wrong"}):
        answer = shared.post("/v1/digits", json=BODY, headers={"origin": OTHER} | given)
        failure_of(answer, 401)
        assert answer.headers["access-control-allow-origin"] == OTHER


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_allowed_origins_may_change_and_delete_and_others_may_not(shared, client, method):
    assert preflight(shared, OTHER, method=method).is_success
    path, token = "/v1/batches/1", {"authorization": f"Bearer {TOKEN}"}
    failure_of(shared.request(method, path, headers={"origin": OTHER}), 401)  # without the token
    for other in ("https://a.example.org", "null"):
        failure_of(shared.request(method, path, headers={"origin": other, **token}), 403)
    failure_of(preflight(client, OTHER, method=method), 403)
    failure_of(client.request(method, path, headers={"origin": OTHER}), 403)


def test_preflight_rejects_other_methods_and_headers(shared):
    failure_of(preflight(shared, OTHER, method="TRACE"), 403)
    failure_of(preflight(shared, OTHER, headers="x-other"), 403)


def test_no_origin_is_allowed_by_default(client):
    answer = preflight(client, OTHER)
    failure_of(answer, 403)
    assert "access-control-allow-origin" not in answer.headers
    assert (
        "access-control-allow-origin"
        not in client.get("/v1/models", headers={"origin": OTHER}).headers
    )


def test_wrong_and_missing_tokens_get_different_errors(shared):
    messages = {}
    for kind, given in {
        "none": {},
        "basic": {"authorization": f"Basic {TOKEN}"},
        "wrong": {"authorization": "Bearer wrong"},
        "longer": {"authorization": f"Bearer {TOKEN}x"},
        "empty": {"authorization": "Bearer "},
    }.items():
        answer = shared.get("/v1/models", headers=given)
        messages[kind] = failure_of(answer, 401)
        is_wrong = 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert is_wrong == (kind not in ("none", "basic"))
    assert messages["none"] == messages["basic"] != messages["wrong"]
    assert "needs an access token" in messages["none"]
    assert "the access token is wrong" in messages["wrong"]
    assert TOKEN not in str(messages)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTPS://Example.ORG:443/", "https://example.org"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_parse_origin_normalizes_like_browsers(text, origin):
    assert parse_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "null",
        "example.org",
        "https://",
        "https://*.example.org",
        "file:///a",
        "http://[",
        "https://example.org/page",
        "https://a@example.org",
        "https://example.org:x",
        "http://ü.de",
    ],
)
def test_parse_origin_rejects_invalid_origins(text):
    with pytest.raises(ValueError, match=r"origin|expected|Invalid|[Pp]ort"):
        parse_origin(text)
