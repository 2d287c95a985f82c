"""``POST /v1/read?template=NAME``: pages are read as forms."""

import io
from pathlib import Path

import pytest
from PIL import Image
from served import encoded, failure_of

from damaged_tiff import damaged_tiff

EXAMPLE = Path(__file__).parents[2] / "examples" / "form"
SHEET = (EXAMPLE / "sheet-1.jpg").read_bytes()


@pytest.fixture(scope="module")
def template(client):
    blank = (EXAMPLE / "blank-form.png").read_bytes()
    detected = client.post("/v1/templates/detect", content=blank).json()
    boxes = [each for each in detected["boxes"] if each["kind"] == "box"][:2]
    fields = [{"name": f"field {i}", "box": each["box"]} for i, each in enumerate(boxes)]
    body = {"fields": fields, "picture_id": detected["picture_id"]}
    assert client.put("/v1/templates/ferry", json=body).status_code == 200
    return "ferry"


def test_fields_are_lines_that_can_be_corrected(client, template):
    read = client.post(f"/v1/read?template={template}&name=a.jpg", content=SHEET).json()
    [page] = read["pages"]
    assert [line["field"] for line in page["lines"]] == ["field 0", "field 1"]
    assert page["relations"] == []
    line = page["lines"][0]
    assert line["text"].isdigit() and line["confidence"] > 0.5
    given = {"line_id": line["line_id"], "text": "9"}
    assert client.post("/v1/corrections", json=given).json()["state"] == "corrected"
    again = f"/v1/read?template={template}&name=a.jpg&replaces={read['id']}"
    answered = client.post(again, content=SHEET).json()["pages"][0]["lines"][0]
    assert (answered["line_id"], answered["answer"]) == (line["line_id"], "9")


def test_pages_that_cannot_be_read_do_not_stop_the_others(client, template):
    sheet, other = Image.open(io.BytesIO(SHEET)), Image.open(io.BytesIO(encoded("417")))
    scan = damaged_tiff([sheet, other, other, sheet], [2])
    read = client.post(f"/v1/read?template={template}&name=scan.tif", content=scan).json()
    assert [(page["page"], len(page["lines"])) for page in read["pages"]] == [(1, 2), (4, 2)]
    assert "page 2 of 4: is damaged" in read["error"]
    assert "page 3: the scan does not show the form" in read["error"]


def test_other_pictures_and_names_are_refused(client, template):
    assert "does not show the form" in failure_of(
        client.post(f"/v1/read?template={template}", content=encoded("417")), 422
    )
    assert "no form named" in failure_of(client.post("/v1/read?template=other", content=SHEET), 404)
    for name in ("../ferry", "%2e%2e/ferry", "a" * 101):
        assert client.post(f"/v1/read?template={name}", content=SHEET).status_code in (404, 422)
