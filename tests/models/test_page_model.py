"""The page model: which files are refused, and maps of pictures of any shape."""

import numpy as np
import pytest

from numerals.errors import ModelError
from numerals.models import model_path
from numerals.models.page_model import FORMAT, STRIDE, load_page_model


@pytest.fixture(scope="module")
def model():
    return load_page_model()


def maps_of(found):
    names = ("written", "printed", "number_ink", "other_ink", "print_ink", "mark_ink")
    return [getattr(found, name) for name in names]


def test_files_of_other_models_are_refused(tmp_path):
    with pytest.raises(ModelError, match=f"format='numerals-digit-1', expected '{FORMAT}'"):
        load_page_model(model_path("latin"))
    (tmp_path / "text.onnx").write_text("numbers")
    with pytest.raises(ModelError, match="not an ONNX model"):
        load_page_model(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="no such model file"):
        load_page_model(tmp_path / "none.onnx")


def test_a_file_with_other_maps_is_refused(tmp_path):
    onnx = pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")
    info = onnx.helper.make_tensor_value_info
    image = info("image", onnx.TensorProto.UINT8, ["height", "width", 3])
    maps = info("maps", onnx.TensorProto.UINT8, [3, "height", "width"])
    node = onnx.helper.make_node("Transpose", ["image"], ["maps"], perm=[2, 0, 1])
    graph = onnx.helper.make_graph([node], "page", [image], [maps])
    opset = onnx.helper.make_opsetid("", 17)
    made = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=9)
    onnx.helper.set_model_props(made, {"format": FORMAT})
    onnx.save(made, str(tmp_path / "three.onnx"))
    with pytest.raises(ModelError, match=r"three\.onnx: has inputs and outputs of"):
        load_page_model(tmp_path / "three.onnx")


def test_the_model_that_ships_says_how_it_was_made(model):
    assert model.metadata["format"] == FORMAT
    assert {"name", "version", "training"} <= set(model.metadata)


@pytest.mark.parametrize("shape", [(64, 96), (50, 70), (33, 401)])
@pytest.mark.parametrize("factor", [0.5, 1.0, 1.7])
def test_maps_have_a_pixel_for_each_four_of_what_was_seen(model, shape, factor):
    found = model.look(np.full((*shape, 3), 240, np.uint8), factor)
    seen = [max(8, round(side * factor)) for side in shape]
    expected = tuple(-(-side // STRIDE) for side in seen)
    assert all(m.shape == expected for m in maps_of(found))
    assert found.turns.shape == (4, *expected)
    assert found.scale == pytest.approx(STRIDE / factor, rel=0.03)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (7, 7)])
def test_pictures_however_small_are_seen(model, shape):
    found = model.look(np.zeros((*shape, 3), np.uint8), 1.0)
    assert all(np.isfinite(m).all() and m.size for m in maps_of(found))


def test_maps_are_probabilities(model, draw):
    gray = draw("58213")
    found = model.look(np.repeat(gray[..., None], 3, axis=2), 0.7)
    for values in maps_of(found):
        assert values.min() >= 0 and values.max() <= 1
    assert found.turns.sum(axis=0) == pytest.approx(1, abs=0.02)
    kinds = found.number_ink + found.other_ink + found.print_ink + found.mark_ink
    assert kinds.max() < 1.02


def test_a_drawn_number_is_seen_where_it_is(model, draw):
    gray = np.full((400, 600), 245, np.uint8)
    number = draw("58213", height=36, margin=0)
    gray[100 : 100 + number.shape[0], 320 : 320 + number.shape[1]] = number
    found = model.look(np.repeat(gray[..., None], 3, axis=2), 1.0)
    for values in (found.written, found.number_ink):
        rows, columns = np.nonzero(values > 0.5)
        assert rows.size
        assert 90 < rows.min() * found.scale and rows.max() * found.scale < 160
        assert 310 < columns.min() * found.scale
        assert columns.max() * found.scale < 330 + number.shape[1]


def test_the_same_model_is_loaded_once():
    assert load_page_model() is load_page_model()
