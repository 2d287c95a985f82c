"""Checks of token, host and origin, and the security headers of responses."""

import re

import pytest
from served import digit_rows, failure_of

BODY = {"images": digit_rows("7")}
TOKEN = "a token with ü"


@pytest.fixture(scope="module")
def guarded(serve):
    return serve(token=TOKEN, hosts=("testserver", "localhost", "[::1]"))


def bearer(token: str, scheme: str = "Bearer") -> dict[str, bytes]:
    return {"authorization": f"{scheme} {token}".encode()}


@pytest.mark.parametrize(
    "headers",
    [{}, bearer("wrong"), bearer(""), bearer(TOKEN, "Basic"), bearer(TOKEN + "x"), bearer("é")],
)
def test_api_needs_the_token(guarded, headers):
    for method, path in (("GET", "models"), ("POST", "digits"), ("GET", "nothing"), ("PUT", "x")):
        answer = guarded.request(method, f"/v1/{path}", headers=headers)
        failure_of(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_api_accepts_the_token(guarded, scheme):
    assert guarded.post("/v1/digits", json=BODY, headers=bearer(TOKEN, scheme)).is_success


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/openapi.json", "/favicon.ico"])
def test_page_and_health_need_no_token(guarded, path):
    assert guarded.get(path).is_success


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "[::1]:8000", "testserver"])
def test_allowed_hosts_are_accepted(guarded, host):
    assert guarded.get("/healthz", headers={"host": host}).is_success


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "[::2]", "", "::1"])
def test_other_hosts_are_rejected(guarded, host):
    message = failure_of(guarded.get("/healthz", headers={"host": host}), 403)
    assert "--allow-host" in message


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://testserver:81"])
def test_other_origins_cannot_post(client, origin):
    failure_of(client.post("/v1/digits", json=BODY, headers={"origin": origin}), 403)


def test_own_page_can_post(client):
    assert client.post("/v1/digits", json=BODY, headers={"origin": "http://testserver"}).is_success


@pytest.mark.parametrize("path", ["/", "/v1/models", "/v1/nothing", "/static/nothing"])
def test_content_security_policy_allows_only_own_files(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


def test_api_responses_are_not_cached(client):
    assert client.get("/v1/review").headers["cache-control"] == "no-store"
    assert client.get("/").headers["cache-control"] == "no-cache"


def test_error_responses_have_security_headers(guarded):
    answer = guarded.get("/v1/models")
    assert answer.status_code == 401
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_files_that_the_page_loads_exist(client):
    page = client.get("/").text
    names = set(re.findall(r'(?:src|href)="(static/[^"]+)"', page))
    assert any(name.endswith(".js") for name in names)
    for name in names:
        answer = client.get(f"/{name}")
        assert answer.is_success, name
        if name.endswith(".js"):
            assert answer.headers["content-type"].startswith("text/javascript")
    assert client.head("/").is_success


@pytest.mark.parametrize("path", ["../settings.py", "%2e%2e/settings.py", "..%2fapp.py", ""])
def test_only_files_of_the_page_are_served(client, path):
    failure_of(client.get(f"/static/{path}"), 404)


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_rejected(client, method):
    failure_of(client.request(method, "/v1/read"), 405)
