"""``POST /v1/read`` has every reading option of the command line."""

import inspect
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from served import failure_of, picture_of

from numerals.cli.read import read
from numerals.web.read_query import ReadQuery

# Options of the input and output, and those that would read files of the service's machine.
NOT_READING = {"paths", "as_json", "as_csv", "annotate", "join", "out", "model"}
# Options of runs over many files, and the columns of their tables.
RUNS = {"files_from", "jobs", "cluster", "shard_size", "retry_failed", "columns"}
STORING = {"store", "store_url", "keep", "keep_days"}
# Option -> query parameter. On the command line, each layout is an option.
NAMES = {
    "number_format": "format",
    "only_digits": "only",
    "digits": "layout",
    "field": "layout",
    "table": "layout",
}


def saved(image, kind="PNG"):
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


@pytest.fixture(scope="module")
def read_page(client):
    """Return a function that sends a picture with a query and returns the first page."""

    def send(image, kind="PNG", **query):
        answer = client.post(
            "/v1/read", params={"keep": "false", **query}, content=saved(image, kind)
        )
        assert answer.is_success, answer.text
        return answer.json()["pages"][0]

    return send


@pytest.fixture(scope="module")
def sheet():
    """Return a page with a handwritten number above a printed line."""
    written = picture_of("417")
    page = np.full((420, 520), 245, np.uint8)
    page[20 : 20 + written.shape[0], 100 : 100 + written.shape[1]] = written
    image = Image.fromarray(page)
    font = ImageFont.load_default(40)
    ImageDraw.Draw(image).text((100, 320), "Total 55.10", fill=20, font=font)
    return image


def test_query_has_all_options_of_the_command_line():
    options = set(inspect.signature(read).parameters) - NOT_READING - RUNS - STORING
    assert {NAMES.get(name, name) for name in options} <= set(ReadQuery.model_fields)


def test_printed_numbers_are_read_on_request(read_page, sheet):
    assert not any(line.get("printed") for line in read_page(sheet)["lines"])
    found = read_page(sheet, printed="true")["lines"]
    assert [line["text"][-5:] for line in found if line.get("printed")] == ["55.10"]


def test_table_has_rows_and_columns(read_page):
    cell = np.pad(picture_of("417"), 30, constant_values=245)
    image = Image.fromarray(np.tile(cell, (2, 2)))
    found = read_page(image, layout="table")
    assert [(table["rows"], table["columns"]) for table in found["tables"]] == [(2, 2)]
    assert [(line["row"], line["column"]) for line in found["lines"]] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]


def test_given_turn_is_not_detected(read_page):
    image = Image.fromarray(np.ascontiguousarray(np.rot90(picture_of("417"), 2)))
    found = read_page(image, turn="180")
    assert (found["text"], found["turn"]) == ("417", 180)
    assert read_page(image, turn="0")["turn"] == 0


def test_pdf_pages_are_rendered_at_the_given_resolution(read_page):
    page = Image.fromarray(picture_of("417"))
    widths = [read_page(page, "PDF", dpi=dpi)["width"] for dpi in (72, 144)]
    assert widths[1] == pytest.approx(2 * widths[0], abs=2)


def test_max_error_sets_accepted(read_page):
    image = Image.fromarray(picture_of("417"))
    accepted = [read_page(image, max_error=share)["lines"][0]["accepted"] for share in (0, 1)]
    assert accepted == [False, True]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("turn=45", "query.turn"),
        ("turn=90&layout=field", "only a page or a table is turned"),
        ("layout=word", "query.layout"),
        ("dpi=5", "query.dpi"),
        ("dpi=many", "query.dpi"),
        ("max_error=2", "query.max_error"),
        ("printed=perhaps", "query.printed"),
        ("layout=digit&format=digits:1", "one digit has no format"),
    ],
)
def test_invalid_options_are_reported(client, picture, query, message):
    assert message in failure_of(client.post(f"/v1/read?{query}", content=picture), 422)


def test_openapi_lists_each_option(client):
    described = client.get("/openapi.json").json()["paths"]["/v1/read"]["post"]["parameters"]
    by_name = {each["name"]: each for each in described if each["in"] == "query"}
    assert set(by_name) == set(ReadQuery.model_fields)
    assert by_name["turn"]["schema"]["enum"] == ["auto", "0", "90", "180", "270"]
    assert "table" in by_name["layout"]["schema"]["enum"]
    assert (by_name["dpi"]["schema"]["minimum"], by_name["dpi"]["schema"]["maximum"]) == (20, 1200)
