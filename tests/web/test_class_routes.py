"""``numerals serve --class``: pupils join with the code, draw, and the board shows it."""

import io

import numpy as np
import pytest

TOKEN = {"Authorization": "Bearer teacher"}


@pytest.fixture
def board(serve, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path))
    return serve(
        class_name="year7", class_address="http://10.0.0.5:8000", token="teacher", store=None
    )


def code_of(board):
    return board.get("/v1/class", headers=TOKEN).json()["code"]


def join(board, name=""):
    response = board.post("/class/join", json={"code": code_of(board).lower(), "name": name})
    assert response.status_code == 200
    return response.json()


def drawing(pupil, position=1, label=1, *, dark=False):
    image = np.zeros((64, 64), int)
    if not dark:
        image[8:56, 29:35] = 255
    return {
        "writer": pupil["writer"],
        "key": pupil["key"],
        "position": position,
        "label": label,
        "image": image.tolist(),
    }


def test_a_drawing_appears_on_the_board(board):
    pupil = join(board, "Ana")
    answer = board.post("/class/drawings", json=drawing(pupil)).json()
    assert answer["text"] == "1"
    shown = board.get("/v1/class", headers=TOKEN).json()
    assert shown["address"] == f"http://10.0.0.5:8000/class#{shown['code']}"
    assert shown["counts"] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert shown["pupils"] == [{"writer": 1, "name": "Ana", "count": 1, "correct": 1}]
    (tile,) = shown["drawings"]
    assert tile["picture"].startswith("data:image/png;base64,")
    assert board.get(f"/v1/class?after={tile['id']}", headers=TOKEN).json()["drawings"] == []


def test_pupils_cannot_use_the_rest_of_the_service(board):
    assert board.get("/v1/class").status_code == 401
    assert board.get("/v1/scripts").status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"key": "0" * 32},
        {"key": "ä"},
        {"writer": 2},
    ],
)
def test_other_pupils_drawings_cannot_be_replaced(board, change):
    pupil = join(board)
    board.post("/class/drawings", json=drawing(pupil))
    response = board.post("/class/drawings", json=drawing(pupil) | change)
    assert response.status_code == 403 and "join the class again" in response.text


@pytest.mark.parametrize(
    "change",
    [
        {"label": 10},
        {"position": -1},
        {"position": 200},
        {"image": [[0] * 28] * 3},
        {"image": [[300] * 28] * 28},
        {"image": []},
        {"writer": "x"},
    ],
)
def test_wrong_drawings_are_invalid(board, change):
    pupil = join(board)
    assert board.post("/class/drawings", json=drawing(pupil) | change).status_code == 422


def test_an_empty_drawing_is_not_stored(board):
    pupil = join(board)
    response = board.post("/class/drawings", json=drawing(pupil, dark=True))
    assert response.status_code == 422 and "empty" in response.text
    assert board.get("/v1/class", headers=TOKEN).json()["ids"] == []


@pytest.mark.parametrize("code", ["", "AAAAAA", "ä"])
def test_a_wrong_code_does_not_join(board, code):
    response = board.post("/class/join", json={"code": code})
    assert response.status_code == 403 and "look at the board" in response.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x00b\u202e ", "ab"),
        ("Zo\u00eb \U0001f469\u200d\U0001f467", "Zo\u00eb \U0001f469\U0001f467"),
    ],
)
def test_characters_of_a_name_that_cannot_be_printed_are_left_out(board, name, shown):
    join(board, name)
    (pupil,) = board.get("/v1/class", headers=TOKEN).json()["pupils"]
    assert pupil["name"] == shown


def test_the_teacher_removes_a_drawing(board):
    board.post("/class/drawings", json=drawing(join(board)))
    path = "/v1/class/drawings/1/remove"
    assert board.post(path).status_code == 401
    assert board.post(path, headers=TOKEN).status_code == 200
    assert board.get("/v1/class", headers=TOKEN).json()["ids"] == []
    assert board.post(path, headers=TOKEN).status_code == 404


def test_the_export_has_writers_and_no_names(board):
    assert board.get("/v1/class/export", headers=TOKEN).status_code == 422
    for _ in range(2):
        board.post("/class/drawings", json=drawing(join(board, "Ana")))
    content = board.get("/v1/class/export", headers=TOKEN).content
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert arrays["images"].shape == (2, 28, 28)
        assert list(arrays["writers"]) == [1, 2] and list(arrays["labels"]) == [1, 1]
    assert b"Ana" not in content
    text = board.get("/v1/class/export?format=csv", headers=TOKEN).text
    assert text.startswith("label,") and len(text.splitlines()) == 3


def test_the_comparison_waits_for_two_pupils_and_leaves_each_out(board):
    def compare():
        return board.get("/v1/class/comparison", headers=TOKEN).json()

    pupil = join(board)
    for position in range(20):
        board.post("/class/drawings", json=drawing(pupil, position))
    assert compare()["rows"] == [] and "two pupils" in compare()["note"]
    # The second pupil draws the same strokes and calls them 7: both are wrong about the other.
    other = join(board)
    for position in range(20):
        board.post("/class/drawings", json=drawing(other, position, 7))
    result = compare()
    rows = {row["learned_from"]: row for row in result["rows"]}
    assert rows["the class"]["class"] == 0 and rows["the class"]["examples"] == 40
    assert rows["the shipped model"]["class"] == 0.5
    assert [bool(mean["class"]) for mean in result["means"]] == [d in (1, 7) for d in range(10)]


def test_without_a_class_there_are_no_such_routes(client):
    assert client.get("/v1/class").status_code == 404
    assert client.post("/class/join", json={"code": ""}).status_code == 404


def test_a_full_disk_loses_no_drawing(board, monkeypatch):
    pupil = join(board)
    with monkeypatch.context() as patch:
        patch.setattr("numerals.classroom.journal.os.fsync", _raise_full)
        assert board.post("/class/drawings", json=drawing(pupil)).status_code == 503
    assert board.get("/v1/class", headers=TOKEN).json()["ids"] == []
    assert board.post("/class/drawings", json=drawing(pupil)).status_code == 200
    assert len(board.get("/v1/class", headers=TOKEN).json()["ids"]) == 1


def _raise_full(_):
    raise OSError(28, "No space left on device")
