"""Reviewed lines, data and settings with which a training takes seconds."""

from pathlib import Path

from corrected_lines import store_lines, write_qmnist, write_worse_line_model
from numerals.models.activated_models import activate_model
from numerals.store import open_store
from numerals.training.finetuning import FinetuningSettings

SECONDS = FinetuningSettings(
    epochs=2,
    n_composed=24,
    correction_share=3.0,
    max_repeats=3,
    n_held_out=10,
    batch_size=16,
    learning_rate=4e-3,
    average_decay=0.3,
    interpolation=1.0,
)
"""Settings of a training that repairs the model of `write_worse_line_model`."""
MINUTES = FinetuningSettings(epochs=40, n_composed=24, n_held_out=10, batch_size=16)
"""Settings of a training that a test stops."""
TEXTS = [str(7012 + 37 * i) for i in range(30)]


def make_trainable(folder: Path, url: str, draw, n_lines: int = 30) -> None:
    """Write small data sets, activate a model that does not read 7, and store reviewed lines."""
    write_qmnist(folder / "data")
    activate_model(write_worse_line_model(folder / "worse.onnx"), "latin", "lines")
    store = open_store(url)
    store_lines(draw, store, [(text.replace("7", "1"), text) for text in TEXTS[:n_lines]])
    store.close()
