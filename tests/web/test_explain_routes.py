"""``/v1/digits``, ``/v1/similar`` and ``/v1/explain``: single digits."""

import json

import cv2
import numpy as np
import pytest
from served import digit_rows, encoded, failure_of

from numerals.models import load_model

JSON = {"content-type": "application/json"}
PNG = {"content-type": "image/png"}
SEVEN = digit_rows("7")[0]


def test_probabilities_are_those_of_the_model(client):
    digits = client.post("/v1/digits", json={"images": digit_rows("407")}).json()["digits"]
    assert [digit["text"] for digit in digits] == ["4", "0", "7"]
    proba = load_model("latin").predict_proba(np.array(digit_rows("407"), np.uint8))
    for digit, row in zip(digits, proba, strict=True):
        assert list(digit["probabilities"].values()) == pytest.approx(row, abs=1e-5)
        assert digit["confidence"] == pytest.approx(row.max(), abs=1e-4)


def test_digits_of_other_sizes_are_centred(client):
    large = np.kron(np.array(SEVEN), np.ones((2, 2), int)).tolist()
    (digit,) = client.post("/v1/digits", json={"images": [large]}).json()["digits"]
    assert digit["text"] == "7"


def test_pictures_of_digits_are_classified(client):
    files = [("picture", (f"{text}.png", encoded(text))) for text in "47"]
    digits = client.post("/v1/digits", files=files).json()["digits"]
    assert [digit["text"] for digit in digits] == ["4", "7"]


def test_other_scripts_have_their_own_characters(client):
    (digit,) = client.post("/v1/digits?script=kannada", json={"images": [SEVEN]}).json()["digits"]
    assert set(digit["probabilities"]) == set("೦೧೨೩೪೫೬೭೮೯")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("null", "the body must be"),
        ("[]", "the body must be"),
        ("{}", "the body must be"),
        ('{"images": []}', "the body must be"),
        ('{"images": [null]}', "images[0]: expected 8 to 256 rows"),
        ('{"images": [[[1]]]}', "images[0]: expected 8 to 256 rows"),
        (json.dumps({"images": [[[]] * 8]}), "rows of 8 to 256 pixels"),
        (json.dumps({"images": [[[0] * 300] * 8]}), "rows of 8 to 256 pixels"),
        (json.dumps({"images": [[[0] * 8] * 7 + [[0] * 9]]}), "rows of equal length"),
        (
            json.dumps({"images": [SEVEN, [[256] * 8] * 8]}),
            "images[1]: expected pixels",
        ),
        (json.dumps({"images": [[[0.5] * 8] * 8]}), "integers from 0 to 255"),
        (json.dumps({"images": [[[True] * 8] * 8]}), "integers from 0 to 255"),
        (json.dumps({"images": [[[0] * 8] * 8] * 1001}), "send at most 1000"),
    ],
)
def test_invalid_digits_are_reported(client, body, message):
    assert message in failure_of(client.post("/v1/digits", content=body, headers=JSON), 422)


@pytest.mark.parametrize("route", ["digits", "explain", "similar"])
def test_unreadable_picture_error_has_its_file_name(client, route):
    answer = client.post(f"/v1/{route}", files={"picture": ("photo.png", b"nothing")})
    assert failure_of(answer, 415).startswith("photo.png: is not a picture")


@pytest.mark.parametrize("script", ["klingon", "auto", "/etc/passwd"])
def test_unknown_scripts_are_reported(client, script):
    for route, body in (("digits", {"images": [SEVEN]}), ("explain", {"image": SEVEN})):
        answer = client.post(f"/v1/{route}", params={"script": script}, json=body)
        assert f"unknown script '{script}'" in failure_of(answer, 422)


class TestWithLabExtra:
    @pytest.fixture(autouse=True)
    def _skip_without_lab(self):
        pytest.importorskip("sklearn", reason="needs numerals[lab]")
        pytest.importorskip("threadpoolctl", reason="needs numerals[lab]")

    def test_most_similar_digit_is_the_digit_itself(self, client):
        answer = client.post(
            "/v1/similar?data=mnist:test&k=3&sigma=0.2", json={"image": SEVEN}
        ).json()
        first, *others = answer["neighbours"]
        assert (answer["data"], first["index"], first["label"]) == ("mnist:test", 7, "7")
        assert (first["similarity"], first["weight"]) == (1, 1)
        assert all(0 < other["weight"] < 1 for other in others)
        assert first["picture"].startswith("data:image/png;base64,")

    @pytest.mark.parametrize("query", ["k=0", "k=201", "sigma=0", "sigma=nan", "data=nothing"])
    def test_invalid_queries_are_reported(self, client, query):
        failure_of(client.post(f"/v1/similar?{query}", json={"image": SEVEN}), 422)

    def test_explanation_of_a_seven(self, client):
        explanation = client.post("/v1/explain", json={"image": SEVEN}).json()
        assert explanation["answer"] == "7" != explanation["runner_up"]["text"]
        assert np.array(explanation["image"]).tolist() == SEVEN
        for name in ("occlusion", "why_not"):
            assert np.shape(explanation[name]) == (28, 28)
        # Hiding ink must lower the log-odds more than hiding paper.
        ink = np.array(SEVEN) > 128
        occlusion = np.array(explanation["occlusion"])
        assert occlusion[ink].mean() > occlusion[~ink].mean()
        assert len(explanation["neighbours"]) == 8
        assert explanation["neighbours_note"] == "the most similar digits of mnist"

    def test_script_without_data_has_no_neighbours(self, client):
        explanation = client.post("/v1/explain?script=kannada", json={"image": SEVEN}).json()
        assert explanation["neighbours"] == []
        assert "no kannada digits are on this machine" in explanation["neighbours_note"]


def test_text_is_empty_without_a_digit(client):
    blank = np.zeros((28, 28), int).tolist()
    digits = client.post("/v1/digits", json={"images": [blank, SEVEN]}).json()["digits"]
    assert [digit["text"] for digit in digits] == ["", "7"]
    assert digits[0]["confidence"] > 0.5
    white = bytes(cv2.imencode(".png", np.full((90, 90), 255, np.uint8))[1])
    (digit,) = client.post("/v1/digits", content=white, headers=PNG).json()["digits"]
    assert digit["text"] == ""


def test_binary_masks_are_classified(client):
    mask = (np.array(SEVEN) > 100).astype(int).tolist()
    (digit,) = client.post("/v1/digits", json={"images": [mask]}).json()["digits"]
    assert digit["text"] == "7"
