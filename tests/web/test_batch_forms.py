"""Batches of forms: recognized by their print, stored by field, with relations."""

import csv
import io
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from batch_requests import list_items, make_batch, upload, wait_until_read
from served import encoded

from numerals.web.batches.worker_process import WorkerProcess

EXAMPLE = Path(__file__).parents[2] / "examples" / "form"
FIELDS = ["crew_number", "date", "adults", "children", "seniors", "total"]


@pytest.fixture(scope="module")
def forms(serve, module_patch):
    """Return a service with two templates: the ferry's form, and its mirror image."""
    module_patch.setattr(WorkerProcess, "run", lambda _, function, argument, __: function(argument))
    client = serve(n_threads=1)
    folder = client.app.state.numerals.batches.templates
    folder.mkdir()
    shutil.copy(EXAMPLE / "form.toml", folder / "ferry.toml")
    shutil.copy(EXAMPLE / "blank-form.png", folder)
    # A form of the same size with other print; a rotated one would be recognized.
    blank = cv2.imread(str(EXAMPLE / "blank-form.png"), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(folder / "other.png"), np.ascontiguousarray(blank[:, ::-1]))
    toml = (EXAMPLE / "form.toml").read_text().replace("blank-form", "other")
    (folder / "bus.toml").write_text(toml)
    return client


@pytest.fixture(scope="module")
def batch(forms):
    batch = make_batch(forms, name="Ferry", templates=["bus", "ferry"])
    sheets = {f"sheet-{n}__jpg": (EXAMPLE / f"sheet-{n}.jpg").read_bytes() for n in (1, 2)}
    upload(forms, batch, "417.png", **sheets)
    wait_until_read(forms, batch)
    return batch


def test_fields_are_stored_with_their_names(forms, batch):
    answer = forms.get(f"/v1/batches/{batch}/items").json()
    assert answer["columns"][: len(FIELDS)] == FIELDS
    other, first, second = answer["items"]
    assert other["state"] == "failed" and "shows none of the forms" in other["error"]
    assert {first["template"], second["template"]} == {"ferry"}
    texts = {row["field"]: row["text"] for row in second["rows"]}
    assert (texts["adults"], texts["children"], texts["total"]) == ("95", "", "155")
    assert {"relation": "adults + children + seniors = total", "holds": True, "page": 1} in (
        first["relations"]
    )
    assert all(row["crop"] and len(row["box"]) == 4 for row in first["rows"])


def test_relations_follow_the_answers(forms, batch):
    def sheet():
        return list_items(forms, batch, search="sheet-1")[0]

    def uncertain():
        return {row["field"] for row in sheet()["rows"] if row["uncertain"]}

    before = uncertain()
    rows = {row["field"]: row for row in sheet()["rows"]}
    line, text = rows["adults"]["line_id"], rows["adults"]["text"]
    forms.post(f"/v1/review/{line}", json={"text": "999"})
    assert sheet()["relations"][0]["holds"] is False
    assert {"children", "seniors", "total"} <= uncertain()
    forms.post(f"/v1/review/{line}", json={"text": text})
    assert sheet()["relations"][0]["holds"] is True
    assert uncertain() == before - {"adults"}
    review = forms.get(f"/v1/review?batch={batch}").json()["items"]
    assert {"crew_number", "total"} <= {item["field"] for item in review}


def test_relation_with_a_text_that_is_no_number_is_not_passed(forms, batch):
    def sheet():
        return list_items(forms, batch, search="sheet-1")[0]

    before = sheet()
    rows = {row["field"]: row for row in before["rows"]}
    line, text = rows["total"]["line_id"], rows["total"]["text"]
    forms.post(f"/v1/review/{line}", json={"text": "1:50"})
    relation = sheet()["relations"][0]
    assert (relation["holds"], relation["not_numbers"]) == (None, ["total"])
    assert {row["field"] for row in sheet()["rows"] if row["uncertain"]} >= {"children", "seniors"}
    forms.post(f"/v1/review/{line}", json={"text": text})
    assert sheet()["relations"] == before["relations"]


def test_numbers_are_sorted_by_their_value(forms, batch):
    rows = {row["name"]: row for row in list_items(forms, batch)}
    lines = {
        name: next(row for row in rows[name]["rows"] if row["field"] == "phone")
        for name in ("sheet-1.jpg", "sheet-2.jpg")
    }

    def order(*texts):
        for name, text in zip(lines, texts, strict=True):
            forms.post(f"/v1/review/{lines[name]['line_id']}", json={"text": text})
        names = [item["name"] for item in list_items(forms, batch, sort="field:phone")]
        return [name[6] for name in names[:2]]

    assert order("10", "9.5") == ["2", "1"]
    assert order("-3", "-12") == ["2", "1"]
    assert order("1.250,50", "1 250,49") == ["2", "1"]
    assert order("9", "1:50") == ["1", "2"]  # what is no number comes last
    order(*(line["text"] for line in lines.values()))


def test_forms_are_sorted_by_a_field(forms, batch):
    def order(sort):
        return [item["name"] for item in list_items(forms, batch, sort=sort)]

    assert order("field:adults") == ["sheet-2.jpg", "sheet-1.jpg", "417.png"]  # 95, 138, failed
    assert order("-field:adults") == ["sheet-1.jpg", "sheet-2.jpg", "417.png"]
    assert order("field:children")[0] == "sheet-1.jpg"  # the other one is empty
    assert set(order("field:unknown")) == {"417.png", "sheet-1.jpg", "sheet-2.jpg"}


def test_export_has_a_row_for_each_form(forms, batch):
    answer = forms.get(f"/v1/batches/{batch}/export?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["file"] for row in rows] == ["417.png", "sheet-1.jpg", "sheet-2.jpg"]
    assert rows[2]["total"] == "155" and rows[0]["error"]
    pytest.importorskip("xlsxwriter")
    openpyxl = pytest.importorskip("openpyxl")
    answer = forms.get(f"/v1/batches/{batch}/export?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    table = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert table[0][: 1 + len(FIELDS)] == ["file", *FIELDS]
    assert len(table) == 3


def test_a_deleted_template_fails_the_files_and_not_the_list(forms):
    folder = forms.app.state.numerals.batches.templates
    shutil.copy(folder / "ferry.toml", folder / "gone.toml")
    batch = make_batch(forms, templates=["gone"])
    (folder / "gone.toml").unlink()
    upload(forms, batch, a__png=encoded("4"))
    assert wait_until_read(forms, batch)["failed"] == 1
    answer = forms.get(f"/v1/batches/{batch}/items").json()
    assert answer["columns"] == [] and "gone" in answer["items"][0]["error"]
