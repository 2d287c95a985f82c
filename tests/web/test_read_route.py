"""``POST /v1/read``: the same output as ``numerals read --json``, and its errors."""

import io

import pytest
from PIL import Image
from served import encoded, failure_of

from numerals.reading import Reader, read_file


def test_response_equals_command_line_output(client, picture):
    answer = client.post("/v1/read?keep=false&name=a/b.png", content=picture).json()
    expected = read_file(Reader(), picture, "b.png").to_dict()
    for page in answer["pages"]:
        for line in page["lines"]:
            assert line.pop("line_id") is None
    assert answer == {"id": None, **expected}
    assert answer["pages"][0]["text"] == "417"


def test_form_and_raw_body_give_the_same_reading(client, picture):
    form = client.post("/v1/read", files={"picture": ("photo.png", picture)}).json()
    raw = client.post("/v1/read", content=picture, headers={"content-type": "image/png"}).json()
    assert form["source"] == "photo.png"
    assert form["pages"][0]["text"] == raw["pages"][0]["text"] == "417"


def test_stored_lines_have_ids_and_appear_in_review(client, picture):
    before = client.get("/v1/review").json()["waiting"]
    answer = client.post("/v1/read", content=picture).json()
    (line,) = answer["pages"][0]["lines"]
    assert client.get("/v1/review").json()["waiting"] == before + 1
    assert client.get(f"/v1/review/{line['line_id']}/history").json() == {"changes": []}


def test_all_pages_of_a_tiff_are_read(client):
    pages = [Image.open(io.BytesIO(encoded(text))) for text in ("417", "25")]
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    found = client.post("/v1/read", content=stream.getvalue()).json()["pages"]
    assert [(page["page"], page["text"]) for page in found] == [(1, "417"), (2, "25")]
    assert len({line["line_id"] for page in found for line in page["lines"]}) == 2


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("layout=field", "417"),
        ("script=auto", "417"),
        ("format=digits:3", "417"),
        ("format=digits:5", "417"),  # rejected, not changed: see lines
        ("min_confidence=1", "???"),
        ("only=digits", "417"),
    ],
)
def test_query_options_change_the_reading(client, picture, query, text):
    answer = client.post(f"/v1/read?{query}", content=picture)
    assert answer.json()["pages"][0]["text"] == text


def test_blank_page_has_no_lines(client):
    blank = io.BytesIO()
    Image.new("L", (300, 200), 255).save(blank, "PNG")
    answer = client.post("/v1/read", content=blank.getvalue())
    assert answer.status_code == 200
    assert answer.json()["pages"][0]["lines"] == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("script=klingon", "unknown script 'klingon'; known: auto"),
        ("script=../../secret.onnx", "unknown script"),
        ("layout=word", "query.layout"),
        ("format=nope", "unknown number format 'nope'"),
        ("format=roster:/etc/passwd", "unknown number format 'roster: over HTTP'"),
        ("format=regex:(", "a parenthesis is not closed"),
        ("format=regex:(([0-9]{1000}){1000}){1000}", "repeats too often"),
        ("format=" + "9" * 300, "query.format"),
        ("script=klingon", "unknown script 'klingon'"),
        ("min_confidence=2", "query.min_confidence"),
        ("min_confidence=nan", "query.min_confidence"),
        ("only=letters", "query.only"),
        ("keep=perhaps", "query.keep"),
    ],
)
def test_invalid_queries_are_reported(client, picture, query, message):
    assert message in failure_of(client.post(f"/v1/read?{query}", content=picture), 422)


@pytest.mark.parametrize(
    ("content", "kind", "status", "message"),
    [
        (b"", "image/png", 415, "photo.png: is empty"),
        (b"hello", "image/png", 415, "photo.png: is not a picture in a known format"),
        (b"hello", "text/plain", 415, "the content type 'text/plain' is not a picture"),
        (b"{}", "application/json", 415, "is not a picture"),
        (b"%PDF-1.7 nothing", "application/pdf", 415, "damaged or truncated PDF"),
        (b"xx", "multipart/form-data; boundary=a", 400, "multipart"),
        (b"xx", "multipart/form-data", 400, "boundary"),
        (b"<svg/>", "image/svg+xml", 415, "not a picture in a known format"),
    ],
)
def test_unreadable_bodies_are_reported(client, content, kind, status, message):
    answer = client.post("/v1/read?name=photo.png", content=content, headers={"content-type": kind})
    assert message in failure_of(answer, status)


def test_form_needs_the_field_picture(client, picture):
    answer = client.post("/v1/read", files={"image": ("a.png", picture)})
    assert "the form has no file in the field picture" in failure_of(answer, 422)
    answer = client.post("/v1/read", data={"picture": "a"}, files={"other": ("a.png", picture)})
    assert "the form has no file in the field picture" in failure_of(answer, 422)


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\a\\passwd", "pass\0wd", "passwd\r\n"])
def test_file_names_are_sanitized(client, picture, name):
    answer = client.post("/v1/read", params={"name": name}, content=picture).json()
    assert answer["source"] == "passwd"
