"""Tables of a batch over HTTP: list them, show their cells, and fill in empty ones."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import cv2
import pytest
from batch_requests import list_items, make_batch, upload, wait_until_read
from composed_tables import ruled_table
from served import failure_of

from numerals.web.batches.worker_process import WorkerProcess

TEXTS = [["17", "", "30"], ["4", "52", "608"], ["91", "25", "7"], ["46", "83", "29"]]


@pytest.fixture(scope="module", autouse=True)
def read_here(module_patch):
    """Read in this process: starting others takes seconds."""
    module_patch.setattr(WorkerProcess, "run", lambda _, function, argument, __: function(argument))


@pytest.fixture(scope="module")
def batch(client):
    """Return the id of a batch with a table and a number that is in none."""
    batch = make_batch(client, name="Register")
    page = cv2.imencode(".png", ruled_table(TEXTS))[1].tobytes()
    turned = cv2.imencode(".png", cv2.rotate(ruled_table(TEXTS), cv2.ROTATE_90_CLOCKWISE))[1]
    upload(client, batch, "417.png", page__png=page, turned__png=turned.tobytes())
    wait_until_read(client, batch)
    return batch


@pytest.fixture(scope="module")
def listed(client, batch):
    """Return the tables of the batch, by file name."""
    answer = client.get(f"/v1/batches/{batch}/tables").json()
    assert answer["total"] == len(answer["tables"]) == 2
    return {table["name"]: table for table in answer["tables"]}


def address(batch: str, table: dict) -> str:
    return f"/v1/batches/{batch}/items/{table['item']}/tables/{table['page']}/{table['table']}"


def grid(table: dict) -> list[list[str]]:
    cells = [[""] * table["columns"] for _ in range(table["rows"])]
    for number in table["numbers"]:
        cells[number["row"] - 1][number["column"] - 1] += number["text"]
    return cells


def test_tables_are_listed_with_their_size(client, batch, listed):
    table = listed["page.png"]
    assert (table["page"], table["table"], table["rows"], table["columns"]) == (1, 1, 4, 3)
    answer = client.get(f"/v1/batches/{batch}/tables?offset=1&limit=1").json()
    assert (answer["total"], len(answer["tables"])) == (2, 1)


@pytest.mark.parametrize("name", ["page.png", "turned.png"])
def test_empty_cells_have_the_box_where_a_number_would_be(client, batch, listed, name):
    table = client.get(address(batch, listed[name])).json()
    cells = grid(table)
    assert [len(row) for row in cells] == [3] * 4 and cells[0][1] == ""
    assert sum(bool(text) for row in cells for text in row) == 11
    assert {"alternatives", "box", "crop", "state"} <= set(table["numbers"][0])
    [empty] = [each for each in table["empty"] if (each["row"], each["column"]) == (1, 2)]
    x_min, y_min, x_max, y_max = empty["box"]
    center = ((x_min + x_max) / 2, (y_min + y_max) / 2)
    expected = (345, 110) if name == "page.png" else (520 - 110, 345)
    assert center == pytest.approx(expected, abs=40)


def test_empty_cell_is_filled_in_exported_and_undone(client, batch, listed):
    table = listed["page.png"]
    cell = f"{address(batch, table)}/cells/1/2"
    assert "empty already" in failure_of(client.put(cell, json={"text": " "}), 422)
    item = client.put(cell, json={"text": "305", "by": "ann"}).json()
    assert (item["text"], item["read"], item["state"], item["crop"]) == (
        "305",
        "",
        "corrected",
        None,
    )
    again = client.put(cell, json={"text": "305", "by": "ann"}).json()
    assert (again["id"], again["version"]) == (item["id"], item["version"])  # nothing is added
    other = client.put(cell, json={"text": "306", "by": "bob"})
    assert other.status_code == 409 and other.json()["current"]["text"] == "305"
    assert grid(client.get(address(batch, table)).json())[0][1] == "305"
    text = client.get(f"/v1/batches/{batch}/export?format=csv").text
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["text"] == "305"]
    assert [(row["table"], row["row"], row["column"]) for row in rows] == [("1", "1", "2")]
    answer = client.post(f"/v1/review/{item['id']}/undo", json={"by": "ann"})
    assert (answer.json()["text"], answer.json()["state"]) == ("", "waiting")
    assert grid(client.get(address(batch, table)).json())[0][1] == ""
    assert "305" not in client.get(f"/v1/batches/{batch}/export?format=csv").text
    assert client.get(f"/v1/batches/{batch}").json()["to_review"] == sum(
        item["to_review"] for item in list_items(client, batch)
    )


def test_cell_with_a_number_is_answered_as_in_the_review(client, batch, listed):
    table = listed["turned.png"]
    [number] = [
        each
        for each in client.get(address(batch, table)).json()["numbers"]
        if (each["row"], each["column"]) == (2, 3)
    ]
    item = client.put(f"{address(batch, table)}/cells/2/3", json={"text": "609"}).json()
    assert (item["id"], item["text"]) == (number["line_id"], "609")


def test_filled_cell_survives_reading_again(client, batch, listed):
    table = listed["turned.png"]
    cell = f"{address(batch, table)}/cells/1/2"
    assert client.put(cell, json={"text": "12", "by": "ann"}).is_success
    assert client.post(f"/v1/batches/{batch}/read-again", json={}).status_code == 202
    wait_until_read(client, batch)
    cells = grid(client.get(address(batch, table)).json())
    assert (cells[0][1], cells[1][2]) == ("12", "609")


def test_column_that_was_not_found_is_added(client, batch, listed):
    table = listed["page.png"]
    before = client.get(address(batch, table)).json()
    [box] = [e["box"] for e in before["empty"] if (e["row"], e["column"]) == (2, 4)]
    assert box[0] > max(n["box"][2] for n in before["numbers"] if n["column"] == 2)
    answer = client.put(f"{address(batch, table)}/cells/2/4", json={"text": "8"})
    assert answer.json()["box"] == box
    after = client.get(address(batch, table)).json()
    assert (after["columns"], grid(after)[1][3]) == (4, "8")
    assert client.post(f"/v1/review/{answer.json()['id']}/undo", json={}).is_success


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tables/1/1/cells/6/1", 404),
        ("/tables/1/1/cells/1/6", 404),
        ("/tables/1/2/cells/1/1", 404),
        ("/tables/2/1/cells/1/1", 404),
        ("/tables/1/1/cells/0/1", 422),
        ("/tables/1/1/cells/1/99999999999", 422),
        ("/tables/1/x/cells/1/1", 422),
    ],
)
def test_cells_that_do_not_exist_are_refused(client, batch, listed, path, status):
    item = listed["page.png"]["item"]
    answer = client.put(f"/v1/batches/{batch}/items/{item}{path}", json={"text": "1"})
    failure_of(answer, status)
    number = next(i for i in list_items(client, batch) if i["name"] == "417.png")["id"]
    failure_of(client.get(f"/v1/batches/{batch}/items/{number}/tables/1/1"), 404)
    failure_of(client.put(f"/v1/batches/{batch}/items/{item}/tables/1/1/cells/1/1", json={}), 422)
    for query in ("limit=0", "limit=5001", "offset=-1"):
        failure_of(client.get(f"/v1/batches/{batch}/tables?{query}"), 422)
    failure_of(client.get("/v1/batches/99999/tables"), 404)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": 17}, 422),
        ({"text": "abc"}, 422),
        ({"text": "1" * 201}, 422),
        ({"text": "1", "by": "n" * 101}, 422),
        ({"text": "1", "by": ["ann"]}, 422),
        ({"text": "=1+HYPERLINK(2)"}, 422),
        ({"text": "1" * 9000}, 413),
        ([1], 422),
    ],
)
def test_answers_that_are_no_numbers_change_nothing(client, batch, listed, body, status):
    place = address(batch, listed["page.png"])
    before = client.get(place).json()
    failure_of(client.put(f"{place}/cells/1/2", json=body), status)
    assert client.get(place).json() == before


def test_two_reviewers_fill_in_a_cell_once(client, batch, listed):
    place = address(batch, listed["page.png"])
    before = client.get(place).json()
    empty = before["empty"][-1]
    cell = f"{place}/cells/{empty['row']}/{empty['column']}"

    def put(name):
        return client.put(cell, json={"text": "7", "by": name}).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(put, [f"user {at}" for at in range(8)]))
    assert set(codes) == {200}  # the same answer is no conflict
    assert len(client.get(place).json()["numbers"]) == len(before["numbers"]) + 1
