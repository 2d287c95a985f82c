"""Hostile headers, forms and file names get a 4xx error response, never a 500."""

import json

import pytest
from served import call_raw, encoded, failure_of

HOSTILE = [
    b"",
    b" ",
    b"[",
    b"]",
    b"http://[",
    b"http://]/",
    b"http://[::1",
    b"http://a:b:c",
    b"//",
    b"://",
    b"null, null",
    b"\xff\xfe\x80",
    "\N{ARABIC-INDIC DIGIT THREE}".encode(),
    b"\x00",
    b"\x1b[31mred\x1b[0m",
    b"a\tb",
    b"%0d%0aSet-Cookie: a=b",
    b"a" * 60_000,
    b";" * 8_000,
    b'"' * 999,
    b"=;=;=",
    b"-1",
    b"1e9",
    b"9" * 5_000,
    b"0x10",
    b"Bearer",
    b"Bearer \xff\xfe",
    b"bearer  ",
    b"multipart/form-data",
    b"multipart/form-data; boundary=",
    b'multipart/form-data; boundary="',
    b"multipart/form-data; boundary=\xff\x00",
    b"multipart/form-data; boundary=" + b"b" * 71,
    b"application/json; charset=nonsense",
    b"application/json; charset=utf-16",
    b"text/\x00",
]
NAMES = [b"origin", b"host", b"content-type", b"content-length", b"authorization", b"range"]
NAMES += [b"if-none-match", b"expect", b"idempotency-key", b"access-control-request-method"]


@pytest.fixture(scope="module")
def guarded_client(serve):
    return serve(origins=("https://example.org",), token="t", hosts=("testserver",))


@pytest.mark.parametrize("name", NAMES, ids=bytes.decode)
def test_no_header_causes_a_server_error(client, guarded_client, name):
    requests = [
        (client, "POST", "/v1/read"),
        (client, "POST", "/v1/review/1/undo"),
        (client, "GET", "/static/js/main.js"),
        (guarded_client, "POST", "/v1/digits"),
        (guarded_client, "OPTIONS", "/v1/read"),
    ]
    for at, value in enumerate(HOSTILE):
        headers = [(name, value)] if at % 2 else [(name, b"a"), (name, value)]
        if name != b"host":
            headers.append((b"host", b"testserver"))
        for service, method, path in requests:
            status, response_headers, answer = call_raw(service, method, path, headers, b"{}")
            assert status < 500, (path, value)
            assert not any(set(each) & {"\n", "\x1b"} for each in response_headers.values())
            if status >= 400 and path.startswith("/v1"):
                assert set(json.loads(answer)) == {"error"}, (path, value)


def test_invalid_origins_are_rejected(client):
    for origin in (b"http://[", b"http://[::1", b"null", b"file://", b"http://", b"testserver"):
        headers = [(b"host", b"testserver"), (b"origin", origin)]
        status, _, answer = call_raw(client, "POST", "/v1/digits", headers, b"{}")
        assert status == 403, origin
        assert b"pages of other origins" in answer


def form(*parts: bytes, boundary: bytes = b"b", end: bytes = b"--\r\n") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + (
        b"--" + boundary + end
    )


def part(name: bytes, content: bytes, field: bytes = b"picture") -> bytes:
    head = b'Content-Disposition: form-data; name="' + field + b'"; filename="' + name + b'"'
    return head + b"\r\nContent-Type: image/png\r\n\r\n" + content


def send(client, body: bytes, kind: str = "multipart/form-data; boundary=b"):
    return client.post("/v1/read", content=body, headers={"content-type": kind})


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a\x00b.png", "ab.png"),
        (b"\x1b[31mred.png", "[31mred.png"),
        (b"../../etc/passwd", "passwd"),
        (b"C:\\scans\\one.png", "one.png"),
        ("4\u202e71.png".encode(), "471.png"),
        (b"\xff\xfe.png", "\ufffd\ufffd.png"),
        (b"", "picture"),
        (b"n" * 4_000, "n" * 200),
        ("números.png".encode(), "números.png"),
    ],
)
def test_file_names_are_sanitized(client, picture, name, shown):
    answer = send(client, form(part(name, picture)))
    assert answer.is_success, answer.text
    assert answer.json()["source"] == shown
    error = failure_of(send(client, form(part(name, b"no picture"))), 415)
    assert error.startswith(f"{shown}: ")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"--b--",
        b"--b\r\n--b--",
        b"--b\r\n\r\n--b--",
        form(b"no headers"),
        form(b"Content-Disposition: form-data; name=picture; filename=a" + b"x" * 9_000),
        form(b"\r\n\r\nbody"),
        form(part(b"a.png", b"x"))[:-4],
        form(part(b"a.png", b"x"), boundary=b"other"),
        b"--bb" + form(part(b"a.png", b"x")),
        form(part(b"a.png", b"x", field=b"file")),
        form(b'Content-Disposition: form-data; name="picture"\r\n\r\ntext'),
        form(b"Content-Disposition: \xff; name*=utf-8''picture; filename*=x\r\n\r\ntext"),
        form(b"Content-Disposition: form-data" + b";" * 8_000 + b"\r\n\r\ntext"),
        b"--b\r\n" * 50_000,
        b"\r" * 500_000,
    ],
)
def test_malformed_forms_are_reported(client, body):
    assert "form" in failure_of(send(client, body), send(client, body).status_code)
    assert send(client, body).status_code in (400, 413, 422)


def test_number_of_form_parts_is_limited(client, picture):
    many = form(*[part(b"a.png", b"")] * 221)
    assert "more than 220 parts" in failure_of(send(client, many), 413)
    beside = [b'Content-Disposition: form-data; name="field"\r\n\r\ntext'] * 219
    assert send(client, form(*beside, part(b"a.png", picture))).is_success


def test_pictures_may_contain_other_delimiters(client):
    picture = encoded("417") + b"\r\n--c\r\n--\r\n\r\n-b--\r\r\r\n"
    answer = send(client, b"preamble\r\n" + form(part(b"a.png", picture), end=b"-- \r\nepilogue"))
    assert answer.json()["pages"][0]["text"] == "417"
    quoted = send(client, form(part(b"a.png", picture)), 'multipart/form-data; boundary="b"')
    assert quoted.is_success


def test_first_picture_and_last_parameter_count(client, picture):
    other = form(part(b"a.png", picture), part(b"b.png", encoded("5")))
    assert send(client, other).json()["pages"][0]["text"] == "417"
    assert client.post("/v1/read?format=digits&format=nothing", content=picture).status_code == 422


@pytest.mark.parametrize(
    "query", ["%00", "%1b%5b31m", "%ed%a0%80", "%ff", "'", "a" * 201, "[", "-1"]
)
def test_invalid_parameters_are_reported(client, picture, query):
    for name in ("script", "format", "layout", "min_confidence"):
        answer = client.post(f"/v1/read?{name}={query}", content=picture)
        assert answer.status_code in (200, 404, 422), answer.text
        assert "\x1b" not in answer.text
    for path in (
        f"/v1/review/{query}",
        f"/v1/data/{query}/digits",
        f"/v1/models/{query}/confusion",
    ):
        assert client.get(path).status_code in (404, 405, 422)
