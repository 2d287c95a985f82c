"""The page model: invalid files are refused; maps have the right shape and values."""

import numpy as np
import pytest

from numerals.errors import ModelError
from numerals.models import model_path
from numerals.models.page_model import MAP_STRIDE, PAGE_FORMAT, load_page_model


@pytest.fixture(scope="module")
def model():
    return load_page_model()


def maps_of(page_maps):
    names = ("written", "printed", "number_ink", "other_ink", "print_ink", "mark_ink")
    return [getattr(page_maps, name) for name in names]


def test_files_of_other_models_are_refused(tmp_path):
    with pytest.raises(ModelError, match=f"format='numerals-digit-1', expected '{PAGE_FORMAT}'"):
        load_page_model(model_path("latin"))
    (tmp_path / "text.onnx").write_text("numbers")
    with pytest.raises(ModelError, match="not an ONNX model"):
        load_page_model(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="no such model file"):
        load_page_model(tmp_path / "none.onnx")


def test_file_with_other_outputs_is_refused(tmp_path):
    onnx = pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")
    info = onnx.helper.make_tensor_value_info
    image = info("image", onnx.TensorProto.UINT8, ["height", "width", 3])
    maps = info("maps", onnx.TensorProto.UINT8, [3, "height", "width"])
    node = onnx.helper.make_node("Transpose", ["image"], ["maps"], perm=[2, 0, 1])
    graph = onnx.helper.make_graph([node], "page", [image], [maps])
    opset = onnx.helper.make_opsetid("", 17)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=9)
    onnx.helper.set_model_props(model, {"format": PAGE_FORMAT})
    onnx.save(model, str(tmp_path / "three.onnx"))
    with pytest.raises(ModelError, match=r"three\.onnx: its inputs and outputs have"):
        load_page_model(tmp_path / "three.onnx")


def test_shipped_model_has_training_metadata(model):
    assert model.metadata["format"] == PAGE_FORMAT
    assert {"name", "version", "training"} <= set(model.metadata)


@pytest.mark.parametrize("shape", [(64, 96), (50, 70), (33, 401)])
@pytest.mark.parametrize("factor", [0.5, 1.0, 1.7])
def test_maps_have_one_pixel_per_stride_of_the_resized_picture(model, shape, factor):
    maps = model.predict_maps(np.full((*shape, 3), 240, np.uint8), factor)
    resized = [max(8, round(side * factor)) for side in shape]
    expected = tuple(-(-side // MAP_STRIDE) for side in resized)
    assert all(m.shape == expected for m in maps_of(maps))
    assert maps.turns.shape == (4, *expected)
    assert maps.scale == pytest.approx(MAP_STRIDE / factor, rel=0.03)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (7, 7)])
def test_tiny_pictures_have_maps(model, shape):
    maps = model.predict_maps(np.zeros((*shape, 3), np.uint8), 1.0)
    assert all(np.isfinite(m).all() and m.size for m in maps_of(maps))


def test_maps_are_probabilities(model, draw):
    gray = draw("58213")
    maps = model.predict_maps(np.repeat(gray[..., None], 3, axis=2), 0.7)
    for values in maps_of(maps):
        assert values.min() >= 0 and values.max() <= 1
    assert maps.turns.sum(axis=0) == pytest.approx(1, abs=0.02)
    kinds = maps.number_ink + maps.other_ink + maps.print_ink + maps.mark_ink
    assert kinds.max() < 1.02


def test_maps_locate_a_drawn_number(model, draw):
    gray = np.full((400, 600), 245, np.uint8)
    number = draw("58213", height=36, margin=0)
    gray[100 : 100 + number.shape[0], 320 : 320 + number.shape[1]] = number
    maps = model.predict_maps(np.repeat(gray[..., None], 3, axis=2), 1.0)
    for values in (maps.written, maps.number_ink):
        rows, columns = np.nonzero(values > 0.5)
        assert rows.size
        assert 90 < rows.min() * maps.scale and rows.max() * maps.scale < 160
        assert 310 < columns.min() * maps.scale
        assert columns.max() * maps.scale < 330 + number.shape[1]


def test_loaded_models_are_cached():
    assert load_page_model() is load_page_model()
