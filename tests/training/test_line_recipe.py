"""The recipe of line models: batches, loss, epochs, resuming, calibration and export."""

import json
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")

from numerals.data import load_digits
from numerals.errors import DataError, TrainingError
from numerals.models import is_line_model, load_line_model
from numerals.networks.line_net import LineNet
from numerals.networks.to_onnx import write_line_onnx
from numerals.synthesis.line_sets import Lines
from numerals.training import line_epochs, line_trainer
from numerals.training import make_line_model as recipe_module
from numerals.training.line_calibration import fit_log_odds
from numerals.training.line_epochs import LineEpochs
from numerals.training.line_loss import count_columns, line_losses, pad_strips
from numerals.training.line_pools import split_writers
from numerals.training.line_recipes import LineRecipe
from numerals.training.line_samples import LineSample, line_batches, split_samples
from numerals.training.line_validation import validation_figures
from numerals.training.make_line_model import (
    NOISY_LABEL_WARMUP_EPOCHS,
    make_line_model,
    max_doubtful_loss,
)

CHARACTERS = LineRecipe().characters
TINY = LineRecipe(
    widths=(4, 4, 8, 8, 8),
    hidden=8,
    depths=(1, 2, 2),
    epochs=2,
    n_composed=64,
    n_passes=2,
    real_sets=(),
    n_held_out_writers=500,
    batch_size=16,
)


def strip(n_columns, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (40, n_columns)).astype(np.uint8)


def logits_of(text, n_columns=None):
    """Return confident logits of a text, with a blank column after each character."""
    labels = [label for c in text for label in (CHARACTERS.index(c), len(CHARACTERS))]
    labels += [len(CHARACTERS)] * ((n_columns or len(labels)) - len(labels))
    logits = torch.full((1, len(labels), len(CHARACTERS) + 1), -20.0)
    logits[0, torch.arange(len(labels)), torch.tensor(labels)] = 20.0
    return logits


@pytest.mark.parametrize(
    ("predicted", "text", "has_signs", "is_correct"),
    [
        ("1.250,-", "1.250,-", True, True),
        ("1.250,-", "1250", True, False),
        ("1.250,-", "1250", False, True),
        ("1250", "1250", False, True),
        ("1260", "1250", False, False),
        ("", "", True, True),
        ("7", "", True, False),
    ],
)
def test_signs_are_blanks_if_the_text_lacks_them(predicted, text, has_signs, is_correct):
    logits = logits_of(predicted, 16)
    sample = LineSample(strip(64), text, has_signs)
    loss = line_losses(logits, torch.tensor([16]), [sample], CHARACTERS).item()
    assert loss < 1e-3 if is_correct else loss > 1


def test_batches_contain_every_line_once_and_lines_of_similar_width():
    samples = [LineSample(strip(w, w), str(w)) for w in range(20, 120)]
    batches = list(line_batches(samples, 8, np.random.default_rng(0)))
    assert sorted(sample.text for batch in batches for sample in batch) == sorted(
        sample.text for sample in samples
    )
    widths = [[sample.image.shape[1] for sample in batch] for batch in batches]
    assert max(max(w) - min(w) for w in widths) < 20


def test_strips_are_padded_to_a_multiple_of_four():
    strips, widths = pad_strips([LineSample(strip(21), "1"), LineSample(strip(30), "2")])
    assert strips.shape == (2, 1, 40, 32)
    assert widths.tolist() == [21, 30]
    assert count_columns(widths, strips, torch.zeros(2, 8, 11)).tolist() == [6, 8]
    assert strips[0, 0, :, 21:].max() == 0


@pytest.mark.parametrize("first", [0, 1, 2])
def test_epochs_repeat_composed_lines_and_augment_real_ones(monkeypatch, first):
    def compose(pool, recipe, epoch):
        future = Future()
        future.set_result(Lines((strip(30),), (str(epoch),)))
        return [future]

    monkeypatch.setattr(line_epochs, "submit_composition", compose)
    recipe = replace(TINY, epochs=4, n_passes=2, real_repeats=(2.0, 3.0))
    real = LineSample(strip(50), "77", has_signs=False)
    with ThreadPoolExecutor(1) as pool:
        epochs = LineEpochs(pool, recipe, [[real]], first)
        for epoch in range(first, recipe.epochs):
            samples = epochs.take()
            composed = [sample.text for sample in samples if sample.has_signs]
            assert composed == [str(e) for e in (epoch - 1, epoch) if e >= 0]
            others = [sample for sample in samples if not sample.has_signs]
            assert "".join(sample.text for sample in others).count("7") >= 6
            assert not any(np.array_equal(sample.image, real.image) for sample in others)


def test_the_file_has_the_probabilities_of_the_network(tmp_path):
    torch.manual_seed(0)
    network = LineNet(len(CHARACTERS) + 1, (4, 8, 8, 8, 16), hidden=8).eval()
    metadata = {
        "format": "numerals-line-1",
        "characters": json.dumps(list(CHARACTERS)),
        "script": "latin",
    }
    path = tmp_path / "line.onnx"
    write_line_onnx([(network, 1.5)], metadata, path)
    assert is_line_model(path)
    model = load_line_model(path)
    lines = [strip(37), strip(160, 1), strip(40, 2)]
    for line, log_proba in zip(lines, model.log_probabilities(lines), strict=True):
        strips, _ = pad_strips([LineSample(line, "")])
        with torch.inference_mode():
            expected = (network(strips) / 1.5).log_softmax(2)[0]
        assert log_proba.shape == expected.shape
        # Narrow lines are padded in a batch; columns of padding have a small influence.
        np.testing.assert_allclose(np.exp(log_proba), expected.exp(), atol=0.02)


@pytest.mark.data
def test_training_and_validation_have_different_writers(data_folder):
    digits = load_digits("qmnist", "train")
    recipe = LineRecipe()
    train, held_out = (split_writers(digits, recipe, part) for part in ("train", "validation"))
    assert len(np.unique(held_out.writers)) == 60
    assert not set(train.writers) & set(held_out.writers)
    assert len(train) + len(held_out) == len(digits)


@pytest.mark.data
def test_a_resumed_run_gives_the_same_figures(data_folder, one_process, tmp_path, monkeypatch):
    monkeypatch.setattr(recipe_module, "N_VALIDATION", 12)
    reports = []
    one = make_line_model(TINY, tmp_path / "one", tmp_path / "one.onnx", on_epoch=reports.append)
    assert [(report["network"], report["epoch"]) for report in reports] == [
        ("line-0", 1),
        ("line-0", 2),
        ("line-1", 1),
        ("line-1", 2),
    ]

    class Stop(Exception):
        pass

    def stop(report):
        raise Stop

    with pytest.raises(Stop):
        make_line_model(TINY, tmp_path / "two", tmp_path / "two.onnx", on_epoch=stop)
    two = make_line_model(TINY, tmp_path / "two", tmp_path / "two.onnx")
    assert one["figures"] == two["figures"]
    line = [strip(64)]
    for path in ("one.onnx", "two.onnx"):
        assert len(load_line_model(tmp_path / path).log_probabilities(line)) == 1
    shorter = replace(TINY, epochs=1)
    with pytest.raises(DataError, match="other settings"):
        make_line_model(shorter, tmp_path / "two", tmp_path / "two.onnx")


@pytest.mark.data
def test_a_diverging_run_keeps_its_last_checkpoint(data_folder, one_process, tmp_path, monkeypatch):
    monkeypatch.setattr(recipe_module, "N_VALIDATION", 12)
    folder, out = tmp_path / "run", tmp_path / "line.onnx"
    finite = line_trainer.line_losses

    def diverge(logits, columns, samples, characters):
        losses = finite(logits, columns, samples, characters)
        return losses * float("nan") if (folder / "line-0.pt").exists() else losses

    monkeypatch.setattr(line_trainer, "line_losses", diverge)
    with pytest.raises(TrainingError, match="diverged in epoch 2"):
        make_line_model(TINY, folder, out)
    assert torch.load(folder / "line-0.pt", weights_only=True)["values"]["epochs_done"] == 1
    assert not out.exists()


def test_the_fit_of_log_odds_is_not_biased_by_wrong_labels():
    rng = np.random.default_rng(0)
    odds = rng.normal(1, 2, 40_000)
    is_correct = rng.random(odds.size) < 1 / (1 + np.exp(-(0.6 * odds - 0.5)))
    error_rate = np.where(np.arange(odds.size) % 2, 0.2, 0.0)
    agrees = is_correct & (rng.random(odds.size) >= error_rate)
    fitted = fit_log_odds(odds, agrees.astype(float), 1 - error_rate, np.ones(odds.size))
    np.testing.assert_allclose(fitted, (0.6, -0.5), atol=0.05)


def test_the_split_of_real_lines_depends_only_on_their_number():
    samples = [LineSample(strip(20), str(i)) for i in range(50)]
    train, held_out = split_samples(samples, 0.1)
    assert len(held_out) == 5 and sorted(s.text for s in train + held_out) == sorted(
        s.text for s in samples
    )
    again = split_samples([LineSample(strip(30), s.text) for s in samples], 0.1)
    assert [s.text for s in again[1]] == [s.text for s in held_out]


def test_doubtful_labels_are_all_used_in_the_first_epochs_only():
    limits = [max_doubtful_loss(epoch) for epoch in range(30)]
    assert all(np.isinf(limits[:NOISY_LABEL_WARMUP_EPOCHS]))
    assert np.isfinite(limits[NOISY_LABEL_WARMUP_EPOCHS:]).all() and limits[-1] == 1


def test_validation_counts_signs_only_where_the_labels_have_them():
    class Fixed(torch.nn.Linear):
        def forward(self, strips):
            return logits_of("1.2", strips.shape[3] // 4)

    samples = [LineSample(strip(64), "12"), LineSample(strip(64), "1.2")]
    unsigned = [LineSample(strip(64), "12", has_signs=False)]
    sets = {"signed": samples[:1], "same": samples[1:], "unsigned": unsigned}
    figures = validation_figures(Fixed(1, 1), sets, CHARACTERS)
    exact = {name: figures[f"{name}_exact"] for name in sets}
    assert exact == {"signed": 0, "same": 100, "unsigned": 100}
    assert figures["signed_digits"] == 100
