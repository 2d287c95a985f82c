import numpy as np
import pytest

from numerals.errors import ModelError
from numerals.models import is_line_model, load_line_model, model_path


def test_files_of_other_models_are_refused(tmp_path):
    assert not is_line_model(model_path("latin"))
    with pytest.raises(ModelError, match="expected 'numerals-line-1'"):
        load_line_model(model_path("latin"))
    (tmp_path / "text.onnx").write_text("numbers")
    with pytest.raises(ModelError, match="not an ONNX model"):
        load_line_model(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="no such model file"):
        load_line_model(tmp_path / "none.onnx")
    assert not is_line_model(tmp_path / "none.onnx")
    assert not is_line_model(np.__file__)
