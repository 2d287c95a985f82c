"""Templates over HTTP: suggestions, saving, trying, limits and hostile values."""

import io
import json
import zipfile

import cv2
import numpy as np
import pytest
from PIL import Image
from served import encoded, failure_of

from numerals.example_pictures import find_examples
from numerals.forms import load_template
from numerals.web.template_routes import templates_folder

FORM = find_examples() / "form"
FIELD = {"name": "total", "box": [300, 710, 560, 772]}


def post_picture(client, route, content, **query):
    return client.post(
        f"/v1/templates/{route}", files={"picture": ("a.png", content)}, params=query
    )


@pytest.fixture(scope="module")
def detected(client):
    answer = post_picture(client, "detect", (FORM / "blank-form.png").read_bytes())
    assert answer.is_success, answer.text
    return answer.json()


@pytest.fixture
def save(client, detected):
    def save(name="ferry", **changes):
        body = {"fields": [FIELD], "picture_id": detected["picture_id"]} | changes
        return client.put(f"/v1/templates/{name}", json=body)

    yield save
    for template in client.get("/v1/templates").json():
        client.delete(f"/v1/templates/{template['name']}")


def test_detect_suggests_the_boxes_of_the_example(client, detected):
    assert (detected["width"], detected["height"], detected["filled"]) == (1240, 900, False)
    assert [box["cells"] for box in detected["boxes"]] == [6, 8, 0, 0, 0, 0, 0, 0, 0]
    assert detected["boxes"][0]["kind"] == "comb"
    picture = client.get(f"/v1/templates/pictures/{detected['picture_id']}")
    assert picture.headers["content-type"] == "image/png"
    assert cv2.imdecode(np.frombuffer(picture.content, np.uint8), 0).shape == (900, 1240)


def test_template_is_saved_listed_and_deleted(client, save):
    relations = [{"sum": ["total"], "equals": "all"}]
    saved = save(
        fields=[FIELD, FIELD | {"name": "all", "box": [1, 2, 90, 40]}], relations=relations
    )
    assert saved.is_success, saved.text
    assert client.get("/v1/templates/ferry").json() == saved.json()
    assert saved.json()["relations"] == relations
    assert client.get("/v1/templates").json() == [
        {"name": "ferry", "fields": 2, "relations": 1, "has_picture": True, "error": ""}
    ]
    assert client.get("/v1/templates/ferry/picture").content.startswith(b"\x89PNG")
    path = templates_folder(client.app.state.numerals) / "ferry.toml"
    assert [field.name for field in load_template(path).fields] == ["total", "all"]
    assert client.delete("/v1/templates/ferry").status_code == 204
    assert "no form named" in failure_of(client.get("/v1/templates/ferry"), 404)
    failure_of(client.delete("/v1/templates/ferry"), 404)


def test_saved_template_reads_the_example_sheet(client, save, detected):
    names = "crew date adults start children end seniors total phone".split()
    fields = [
        {"name": name, "box": box["box"], "cells": box["cells"]}
        for name, box in zip(names, detected["boxes"], strict=True)
    ]
    relations = [{"sum": ["adults", "children", "seniors"], "equals": "total"}]
    assert save(fields=fields, relations=relations).is_success
    answer = post_picture(client, "ferry/try", (FORM / "sheet-1.jpg").read_bytes()).json()
    values = {field["name"]: field["text"] for field in answer["fields"]}
    assert values == dict(
        zip(names, "204817 20260114 138 41907 46 41915 27 211 5550142867".split(), strict=True)
    )
    assert answer["relations"] == [
        {"relation": "adults + children + seniors = total", "holds": True}
    ]
    assert answer["picture"].startswith("data:image/jpeg;base64,")
    assert (answer["width"], answer["height"]) == (1460, 1120) and answer["agreement"] > 0.9


def test_constraints_of_a_stack_are_kept(client, save):
    stack = {"unique": True, "after": "previous form", "max_step": "2.5"}
    assert save(fields=[FIELD | stack]).is_success
    described = client.get("/v1/templates/ferry").json()["fields"][0]
    assert {key: described[key] for key in stack} == stack
    failure_of(save(fields=[FIELD | {"max_step": "2"}]), 422)


def test_roster_is_kept_with_the_template(client, save, tmp_path):
    pupils = ["1017", "007", " 1022 "]
    assert save(fields=[FIELD | {"roster": pupils, "unique": True}]).is_success
    field = client.get("/v1/templates/ferry").json()["fields"][0]
    assert (field["roster"], field["format"]) == (["1017", "007", "1022"], None)
    folder = templates_folder(client.app.state.numerals)
    (file,) = folder.glob("ferry.*.txt")
    content = client.get("/v1/templates/ferry/archive").content
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    rules = load_template(tmp_path / "ferry.toml").rules
    assert rules.columns["total"].unique
    assert rules.columns["total"].format == f"roster:{tmp_path / file.name}"
    again = client.get("/v1/templates/ferry").json()
    kept = {key: again[key] for key in ("fields", "relations", "filled", "decimal")}
    assert client.put("/v1/templates/ferry", json=kept).json() == again
    assert [file] == list(folder.glob("ferry.*.txt"))
    assert save(fields=[FIELD]).is_success
    assert not list(folder.glob("ferry.*.txt"))


@pytest.mark.parametrize(
    "roster",
    ["names.txt", ["../../etc/passwd\n"], [], ["x" * 41], [" "], ["1"] * 10_001, [["1"]], [1]],
)
def test_roster_that_cannot_be_kept_is_refused(client, save, roster):
    failure_of(save(fields=[FIELD | {"roster": roster}]), 422)
    failure_of(save(fields=[FIELD | {"roster": ["1"], "format": "digits"}]), 422)
    assert not list(templates_folder(client.app.state.numerals).glob("*.txt"))


def test_largest_roster_fits_the_limit(client, save):
    pupils = [f"{i:040d}" for i in range(10_000)]
    assert save(fields=[FIELD | {"roster": pupils}]).json()["fields"][0]["roster"] == pupils


def test_picture_of_another_template_is_copied(client, save):
    assert save().is_success
    copied = save("copy", picture_id=None, picture_of="ferry")
    assert copied.is_success and copied.json()["width"] == 1240
    failure_of(save("copy", picture_id=None, picture_of="nothing"), 404)


def test_archive_has_what_the_command_line_needs(client, save, tmp_path):
    assert save().is_success
    content = client.get("/v1/templates/ferry/archive").content
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    assert load_template(tmp_path / "ferry.toml").fields[0].name == "total"


def test_changed_template_is_used_at_once(client, save):
    assert save().is_success
    sheet = (FORM / "sheet-1.jpg").read_bytes()
    assert post_picture(client, "ferry/try", sheet).json()["fields"][0]["name"] == "total"
    assert save(fields=[FIELD | {"name": "sum"}]).is_success
    assert post_picture(client, "ferry/try", sheet).json()["fields"][0]["name"] == "sum"


def test_page_of_a_document_that_shows_the_form_is_tried(client, save):
    assert save().is_success
    sheet, other = Image.open(FORM / "sheet-1.jpg"), Image.new("L", (700, 500), 255)
    stream = io.BytesIO()
    other.save(stream, "TIFF", save_all=True, append_images=[sheet.convert("L")])
    assert post_picture(client, "ferry/try", stream.getvalue()).json()["page"] == 2
    message = failure_of(post_picture(client, "ferry/try", encoded("417")), 422)
    assert "a.png" in message and "form" in message


def test_form_can_be_turned(client):
    form = np.rot90(cv2.imread(str(FORM / "blank-form.png"), 0))
    content = bytes(cv2.imencode(".png", form)[1])
    answer = post_picture(client, "detect", content, turn=270).json()
    assert (answer["width"], answer["height"]) == (1240, 900)
    assert len(answer["boxes"]) == 9


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": []},
        {"fields": [FIELD, FIELD]},
        {"fields": [FIELD | {"box": [0, 0, 9999, 9]}]},
        {"fields": [FIELD | {"box": [1, 2, 3]}]},
        {"fields": [FIELD | {"name": "doubtful"}]},
        {"fields": [FIELD | {"name": " "}]},
        {"fields": [FIELD | {"format": "roster:/etc/passwd"}]},
        {"fields": [FIELD | {"format": "regex:("}]},
        {"fields": [FIELD | {"cells": 900}]},
        {"fields": [FIELD | {"color": "red"}]},
        {"fields": [FIELD | {"name": f"f{i}"} for i in range(1001)]},
        {"relations": [{"sum": ["total"]}]},
        {"relations": [{"sum": ["nobody"], "equals": "total"}]},
        {"decimal": ";"},
        {"image": "/etc/passwd"},
    ],
)
def test_invalid_templates_are_refused(client, save, changes):
    assert failure_of(save(**changes), 422)
    assert client.get("/v1/templates").json() == []


def test_names_that_would_leave_the_folder_are_refused(client, save):
    for name in ("..%2Fx", "%2e%2e", ".hidden", "a" * 81, "a%0a"):
        assert save(name).status_code in (404, 405, 422), name
        assert client.get(f"/v1/templates/{name}").status_code in (404, 405, 422), name
    failure_of(save(picture_id="../ferry"), 404)
    failure_of(client.get("/v1/templates/pictures/..%2Fferry"), 404)


def test_largest_template_fits_the_limit(client, save):
    fields = [FIELD | {"name": f"{'n' * 40}{i}", "format": "digits:10"} for i in range(1000)]
    assert save(fields=fields).is_success
    failure_of(save(fields=[FIELD | {"format": "x" * 1_200_000}]), 413)


@pytest.mark.parametrize("route", ["detect", "ferry/try"])
def test_files_that_are_no_pictures_are_refused(client, save, route):
    assert save().is_success
    assert "a.png" in failure_of(post_picture(client, route, b"no picture"), 415)
    failure_of(client.post(f"/v1/templates/{route}", content=b"{}", headers=JSON), 415)
    failure_of(post_picture(client, "nothing/try", b"x"), 404)
    failure_of(post_picture(client, "detect", b"x", turn=45), 422)
    failure_of(post_picture(client, "ferry/try", encoded("4"), script="../x"), 422)


JSON = {"content-type": "application/json"}


def test_service_without_a_store_has_no_templates(serve):
    client = serve(store=None)
    failure_of(client.get("/v1/templates"), 404)
    failure_of(post_picture(client, "detect", encoded("4")), 404)


def test_templates_survive_a_restart(serve, client, save, detected):
    assert save().is_success
    other = serve(store=client.app.state.numerals.settings.store)
    assert other.get("/v1/templates/ferry").json()["fields"][0]["name"] == "total"


def test_token_protects_templates(serve):
    client = serve(token="secret")
    failure_of(client.get("/v1/templates"), 401)
    failure_of(client.put("/v1/templates/a", content=json.dumps({})), 401)
