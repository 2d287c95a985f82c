"""Batches over HTTP: create, read, list, correct, read again, export and delete them."""

import csv
import io
import json

import pytest
from batch_requests import list_items, make_batch, texts_of, upload, wait_until_read
from served import failure_of

from numerals.web.batches.worker_process import WorkerProcess


@pytest.fixture(scope="module", autouse=True)
def read_here(module_patch):
    """Read in this process: starting others takes seconds."""
    module_patch.setattr(WorkerProcess, "run", lambda _, function, argument, __: function(argument))


@pytest.fixture(scope="module")
def read_batch(client):
    """Return the id of a batch of three files that are read."""
    batch = make_batch(client, name="Ferry")
    upload(client, batch, "box 1/417.png", "box 1/23.png", bad__png=b"not a picture")
    wait_until_read(client, batch)
    return batch


def test_files_are_read_and_counted(client, read_batch):
    batch = client.get(f"/v1/batches/{read_batch}").json()
    assert (batch["name"], batch["files"], batch["done"], batch["failed"]) == ("Ferry", 3, 2, 1)
    assert (batch["lines"], batch["seconds_left"], batch["state"]) == (2, None, "done")
    assert batch in client.get("/v1/batches").json()["batches"]
    assert texts_of(client, read_batch) == {
        "bad.png": [],
        "box 1/23.png": ["23"],
        "box 1/417.png": ["417"],
    }
    [failed] = list_items(client, read_batch, filter="failed")
    assert failed["error"].startswith("is not a picture in a known format")


def test_lists_are_filtered_sorted_and_cut(client, read_batch):
    def names(**query):
        return [item["name"] for item in list_items(client, read_batch, **query)]

    assert names(search="BOX 1") == names(search="box 1/") == ["box 1/23.png", "box 1/417.png"]
    assert names(search="417") == ["box 1/417.png"]
    assert names(search="%") == names(search="_") == []
    assert names(sort="-name", limit=1) == ["box 1/417.png"]
    assert names(offset=1, limit=1) == ["box 1/23.png"]
    assert names(sort="confidence")[-1] == "bad.png"
    assert names(sort="added")[0] == "box 1/417.png"
    assert names(filter="corrected") == names(filter="waiting") == []
    for query in ("limit=501", "limit=0", "offset=-1", "filter=x", "sort=x", "search=" + "1" * 101):
        failure_of(client.get(f"/v1/batches/{read_batch}/items?{query}"), 422)


def test_a_single_file_has_what_a_review_needs(client, read_batch):
    [listed] = list_items(client, read_batch, search="417")
    item = client.get(f"/v1/batches/{read_batch}/items/{listed['id']}").json()
    assert item["page_sizes"][0]["width"] > 0 and item["position"] == 2
    [row] = item["rows"]
    assert [digit["text"] for digit in row["digits"]] == list("417")
    assert (row["version"], row["change"], row["page"], row["line"]) == ("0", None, 1, 1)
    assert client.get(row["crop"]).headers["content-type"] == "image/png"
    waiting = client.get(f"/v1/review?batch={read_batch}").json()
    assert waiting["waiting"] == 2
    assert {each["batch"] for each in waiting["items"]} == {read_batch}
    assert row["line_id"] in {each["id"] for each in waiting["items"]}
    assert client.get("/v1/review?batch=999").json() == {"waiting": 0, "items": []}


def test_read_again_keeps_corrections_and_lists_changes(client):
    batch = make_batch(client, name="again")
    upload(client, batch, "417.png", "23.png")
    wait_until_read(client, batch)
    rows = {item["name"]: item["rows"][0] for item in list_items(client, batch)}
    client.post(f"/v1/review/{rows['417.png']['line_id']}", json={"text": "4 1 7", "by": "ann"})
    assert client.get(f"/v1/batches/{batch}").json()["corrected"] == 1
    body = {"options": {"format": "regex:(29|28|4.7)", "layout": "field"}}
    answer = client.post(f"/v1/batches/{batch}/read-again", json=body)
    assert answer.status_code == 202 and answer.json()["options"]["layout"] == "field"
    found = wait_until_read(client, batch)
    assert (found["lines"], found["corrected"]) == (2, 1)
    after = {item["name"]: item["rows"][0] for item in list_items(client, batch)}
    assert after["417.png"]["text"] == "4 1 7" and after["417.png"]["state"] == "corrected"
    assert [after[name]["line_id"] for name in after] == [rows[name]["line_id"] for name in after]
    changed = client.get(f"/v1/batches/{batch}/changes").json()
    assert changed["total"] == found["changes"] == (after["23.png"]["text"] != "23")
    for change in changed["changes"]:
        assert (change["kind"], change["before"], change["name"]) == ("changed", "23", "23.png")


def test_only_failed_files_are_read_again(client, read_batch):
    body = {"only": "failed"}
    answer = client.post(f"/v1/batches/{read_batch}/read-again", json=body).json()
    assert answer["waiting"] + answer["reading"] <= 1
    assert wait_until_read(client, read_batch)["failed"] == 1


def test_paused_batches_wait(client):
    batch = make_batch(client, name="paused")
    assert client.post(f"/v1/batches/{batch}/pause").json()["state"] == "paused"
    upload(client, batch, "4.png")
    other = make_batch(client, name="other")
    upload(client, other, "7.png")
    wait_until_read(client, other)
    assert client.get(f"/v1/batches/{batch}").json()["waiting"] == 1
    client.post(f"/v1/batches/{batch}/resume")
    assert wait_until_read(client, batch)["done"] == 1


@pytest.mark.parametrize("format", ["csv", "json", "parquet", "xlsx"])
def test_export(client, read_batch, format):
    if format in ("parquet", "xlsx"):
        pytest.importorskip("pyarrow" if format == "parquet" else "xlsxwriter")
    answer = client.get(f"/v1/batches/{read_batch}/export?format={format}")
    assert answer.status_code == 200, answer.text
    assert f'filename="Ferry.{format}"' in answer.headers["content-disposition"]
    if format == "csv":
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [(row["file"], row["text"], bool(row["error"])) for row in rows] == [
            ("bad.png", "", True),
            ("box 1/23.png", "23", False),
            ("box 1/417.png", "417", False),
        ]
    if format == "json":
        assert [each["name"] for each in json.loads(answer.text)["files"]][1] == "box 1/23.png"
    if format == "parquet":
        from pyarrow.parquet import read_table

        assert read_table(io.BytesIO(answer.content)).num_rows == 3
    service = client.app.state.numerals.batches
    assert not list((service.files.folder / "uploads").iterdir())


def test_pages_are_rendered(client, read_batch):
    [item] = list_items(client, read_batch, search="417")
    place = f"/v1/batches/{read_batch}/items/{item['id']}"
    page = client.get(f"{place}/pages/1/picture?side=100")
    assert page.headers["content-type"] == "image/png"
    assert float(page.headers["x-scale"]) > 1
    tag = {"If-None-Match": page.headers["etag"]}
    assert client.get(f"{place}/pages/1/picture?side=100", headers=tag).status_code == 304
    assert client.get(f"{place}/thumbnail").headers["content-type"] == "image/jpeg"
    failure_of(client.get(f"{place}/pages/2/picture"), 404)
    failure_of(client.get(f"{place}/pages/1/picture?side=5000"), 422)
    [bad] = list_items(client, read_batch, filter="failed")
    message = failure_of(client.get(bad["thumbnail"]), 415)
    assert message.startswith("bad.png") and "batches" not in message  # no path of this machine


def test_deleted_batches_are_gone(client):
    batch = make_batch(client, name="deleted")
    upload(client, batch, "4.png", "7.png")
    wait_until_read(client, batch)
    first, second = list_items(client, batch)
    assert client.delete(f"/v1/batches/{batch}/items/{first['id']}").status_code == 204
    failure_of(client.get(f"/v1/batches/{batch}/items/{first['id']}"), 404)
    assert client.delete(f"/v1/batches/{batch}/pictures").json()["bytes"] == 0
    failure_of(client.get(second["rows"][0]["crop"]), 404)
    failure_of(client.get(f"{second['thumbnail']}"), 404)
    message = failure_of(client.post(f"/v1/batches/{batch}/read-again", json={}), 409)
    assert "pictures were deleted" in message
    assert client.delete(f"/v1/batches/{batch}").status_code == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/items"), ("POST", "/pause")):
        failure_of(client.request(method, f"/v1/batches/{batch}{path}"), 404)
    assert batch not in {each["id"] for each in client.get("/v1/batches").json()["batches"]}


@pytest.mark.parametrize(
    "body",
    [
        {"options": {"script": "klingon"}},
        {"options": {"format": "roster:/etc/passwd"}},
        {"options": {"format": "nonsense"}},
        {"options": {"layout": "digit", "format": "digits:1"}},
        {"options": {"dpi": 10_000}},
        {"options": {"max_error": 2}},
        {"options": {"unknown": 1}},
        {"templates": ["no-such-form"]},
        {"templates": ["../../etc/passwd"]},
        {"templates": ["x"] * 21},
        {"name": "x" * 201},
        {"nothing": 1},
        {"options": None},
    ],
    ids=str,
)
def test_invalid_batches_are_rejected(client, body):
    before = client.get("/v1/batches").json()
    failure_of(client.post("/v1/batches", json=body), 422)
    assert client.get("/v1/batches").json() == before


def test_names_and_keys(client):
    assert client.post("/v1/batches", json={}).json()["name"].startswith("Files of ")
    key = {"Idempotency-Key": "batch-1"}
    first, again = (client.post("/v1/batches", json={"name": "a"}, headers=key) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    failure_of(client.post("/v1/batches", json={"name": "b"}, headers=key), 422)
    failure_of(client.post("/v1/batches", json={"name": "a\x1b[31m"}), 422)
    batch = first.json()["id"]
    assert client.patch(f"/v1/batches/{batch}", json={"name": " b "}).json()["name"] == "b"
    assert client.patch(f"/v1/batches/{batch}", json={}).json()["name"] == "b"


@pytest.mark.parametrize("number", ["x", "0", "-1", "1" * 20, "٣", "999"])
def test_unknown_ids(client, number):
    for path in ("", "/items", "/items/1", "/changes", "/export", "/items/1/thumbnail"):
        failure_of(client.get(f"/v1/batches/{number}{path}"), 404)
    files = {"files": ("a.png", b"x")}
    failure_of(client.post(f"/v1/batches/{number}/items", files=files), 404)


def test_a_service_without_a_store_has_no_batches(serve):
    client = serve(store=None)
    for method, path in (("GET", "batches"), ("POST", "batches"), ("GET", "events")):
        body = {"json": {}} if method == "POST" else {}
        assert "--no-store" in failure_of(client.request(method, f"/v1/{path}", **body), 404)
