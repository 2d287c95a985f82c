import json

import pytest

from numerals.data.line_data_sets import load_digit_spans, load_line_texts
from numerals.errors import DataNotFoundError


@pytest.fixture
def cheques(tmp_path, monkeypatch):
    """Make a data folder with one cheque whose boxes are not sorted."""
    folder = tmp_path / "strings"
    folder.mkdir()
    (folder / "orand.csv").write_text("file,text,split\norand/a_car_1.jpg,47,train\n")
    boxes = [([30, 2, 10, 20], 7), ([5, 4, 12, 20], 4)]
    marked = {
        "images": [{"id": 3, "file_name": "a_car_1_png.rf.00aa.jpg"}],
        "annotations": [{"image_id": 3, "bbox": b, "category_id": c} for b, c in boxes],
    }
    (folder / "orand_digit_boxes.json").write_text(json.dumps(marked))
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))
    return folder


def test_spans_are_sorted_and_keyed_by_file_stem(cheques):
    ((path, text),) = load_line_texts("orand", "train")
    assert text == "47"
    assert load_digit_spans("orand") == {path.stem: [(5, 17), (30, 40)]}


def test_missing_boxes_give_no_spans(cheques):
    (cheques / "orand_digit_boxes.json").unlink()
    assert load_digit_spans("orand") == {}
    assert load_digit_spans("meza") == {}


def test_missing_data_set_names_its_path(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_DATA", str(tmp_path))
    with pytest.raises(DataNotFoundError, match=r"strings/meza\.csv is needed below"):
        list(load_line_texts("meza", "train"))
