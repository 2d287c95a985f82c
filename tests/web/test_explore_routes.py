"""Routes for models, data sets and confusion matrices."""

import numpy as np
import pytest
from served import failure_of


def test_models_have_properties_and_active_flags(client):
    models = {model["name"]: model for model in client.get("/v1/models").json()["models"]}
    digit, line = models["latin-digit"], models["latin-line"]
    assert (digit["kind"], digit["characters"], digit["active"]) == ("digits", "0123456789", True)
    assert line["kind"] == "lines"
    assert "/" in line["characters"]
    for model in models.values():
        shown = (*model["figures"].values(), *model["training"].values())
        assert all(isinstance(value, int | float | str) for value in shown)


def test_models_with_invalid_metadata_are_listed(serve, monkeypatch):
    odd = {"figures": '{"a": NaN, "b": 1e999, "c": {"d": 1}}', "training": "[" * 99_999}
    odd["classes"] = "7"
    monkeypatch.setattr("numerals.web.explore_routes.open_session", lambda path: (None, odd))
    for model in serve().get("/v1/models").json()["models"]:
        assert (model["characters"], model["training"]) == ("", {})
        assert model["figures"] == {"a": "nan", "b": "inf"}


def test_listed_formats_and_scripts_are_accepted_by_read(client, picture):
    assert "auto" in client.get("/v1/scripts").json()["scripts"]
    specs = [each["spec"] for each in client.get("/v1/formats").json()["formats"]]
    assert {"amount", "date", "digits:N"} <= set(specs)
    assert not any(spec.startswith("roster") for spec in specs)  # a file of the service's machine


def test_data_sets_have_class_counts(client):
    found = {each["name"]: each for each in client.get("/v1/data").json()["data"]}
    assert set(found) == {"mnist", "mnist:test"}
    assert (found["mnist"]["count"], found["mnist"]["counts"]) == (120, [12] * 10)
    assert found["mnist:test"]["classes"] == list("0123456789")


def test_digits_are_listed_by_class_and_page(client):
    answer = client.get("/v1/data/mnist/digits?label=3&offset=2&limit=2").json()
    assert answer["total"] == 12
    assert [(d["index"], d["label"]) for d in answer["digits"]] == [(23, 3), (33, 3)]
    assert answer["digits"][0]["picture"].startswith("data:image/png;base64,")
    beyond = client.get("/v1/data/mnist/digits?label=3&offset=12").json()
    assert beyond == {"total": 12, "digits": []}


def test_confusion_matrix_and_the_digits_of_a_cell(client):
    answer = client.get("/v1/models/latin-digit/confusion?data=mnist").json()
    matrix = np.array(answer["matrix"])
    assert (answer["data"], answer["count"], answer["classes"]) == (
        "mnist:test",  # confusion prefers the test split
        40,
        list("0123456789"),
    )
    assert matrix.sum(axis=1).tolist() == [4] * 10
    assert answer["accuracy"] == pytest.approx(np.trace(matrix) / 40)
    cell = client.get("/v1/models/latin-digit/confusion/7/7?data=mnist&limit=2").json()
    assert cell["total"] == matrix[7, 7]
    assert all((d["label"], d["answer"]) == (7, 7) for d in cell["digits"])
    confidences = [d["confidence"] for d in cell["digits"]]
    assert len(confidences) == 2
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("/v1/models/nothing/confusion", 404, "unknown model 'nothing'; known: "),
        ("/v1/models/latin-line/confusion", 422, "choose a digit model"),
        ("/v1/models/latin-digit/confusion?data=nothing", 422, "unknown data set"),
        ("/v1/models/latin-digit/confusion/-1/2", 422, "path.truth"),
        ("/v1/models/latin-digit/confusion/a/2", 422, "path.truth"),
        ("/v1/data/nothing/digits", 422, "unknown data set on this machine 'nothing'"),
        ("/v1/data/mnist/digits?limit=0", 422, "query.limit"),
        ("/v1/data/mnist/digits?offset=-1", 422, "query.offset"),
        ("/v1/data/..%2F..%2Fetc/digits", 404, ""),
    ],
)
def test_unknown_names_are_reported(client, address, status, message):
    assert message in failure_of(client.get(address), status)
