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
from numerals.training import line_epochs
from numerals.training import make_line_model as line_model
from numerals.training.line_calibration import fit_log_odds
from numerals.training.line_epochs import LineEpochs
from numerals.training.line_loss import count_columns, line_losses, to_batch
from numerals.training.line_pools import Sample, alter, batches, split_writers
from numerals.training.line_recipes import LineRecipe
from numerals.training.make_line_model import make_line_model

CHARACTERS = LineRecipe().characters
TINY = LineRecipe(
    widths=(4, 4, 8, 8, 8),
    hidden=8,
    depths=(1, 2, 2),
    epochs=2,
    composed=64,
    passes=2,
    strings=(),
    writers_held_out=500,
    batch=16,
)


def strip(n_columns, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (40, n_columns)).astype(np.uint8)


def certain(text, n_columns=None):
    """Return logits whose columns spell a text, a blank after each character."""
    labels = [label for c in text for label in (CHARACTERS.index(c), len(CHARACTERS))]
    labels += [len(CHARACTERS)] * ((n_columns or len(labels)) - len(labels))
    logits = torch.full((1, len(labels), len(CHARACTERS) + 1), -20.0)
    logits[0, torch.arange(len(labels)), torch.tensor(labels)] = 20.0
    return logits


@pytest.mark.parametrize(
    ("seen", "text", "has_signs", "is_right"),
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
def test_signs_count_as_nothing_where_the_text_lacks_them(seen, text, has_signs, is_right):
    logits = certain(seen, 16)
    sample = Sample(strip(64), text, has_signs)
    loss = line_losses(logits, torch.tensor([16]), [sample], CHARACTERS).item()
    assert loss < 1e-3 if is_right else loss > 1


def test_batches_hold_every_line_once_and_pad_little():
    samples = [Sample(strip(w, w), str(w)) for w in range(20, 120)]
    found = list(batches(samples, 8, np.random.default_rng(0)))
    assert sorted(sample.text for batch in found for sample in batch) == sorted(
        sample.text for sample in samples
    )
    widths = [[sample.image.shape[1] for sample in batch] for batch in found]
    assert max(max(w) - min(w) for w in widths) < 20


def test_strips_are_padded_to_a_multiple_of_four():
    strips, widths = to_batch([Sample(strip(21), "1"), Sample(strip(30), "2")])
    assert strips.shape == (2, 1, 40, 32)
    assert widths.tolist() == [21, 30]
    assert count_columns(widths, strips, torch.zeros(2, 8, 11)).tolist() == [6, 8]
    assert strips[0, 0, :, 21:].max() == 0


def test_real_lines_are_altered_but_stay_lines():
    sample = Sample(strip(100), "12", has_signs=False, is_doubtful=True)
    rng = np.random.default_rng(0)
    others = [alter(sample, rng) for _ in range(20)]
    assert {other.image.shape[0] for other in others} == {40}
    assert len({other.image.shape[1] for other in others}) > 5
    assert all((o.text, o.has_signs, o.is_doubtful) == ("12", False, True) for o in others)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_composed_lines_are_met_again_and_real_ones_altered(monkeypatch, first):
    def compose(pool, recipe, epoch):
        future = Future()
        future.set_result(Lines((strip(30),), (str(epoch),)))
        return [future]

    monkeypatch.setattr(line_epochs, "compose_later", compose)
    recipe = replace(TINY, epochs=4, passes=2, repeats=(2.0, 3.0))
    real = Sample(strip(50), "77", has_signs=False)
    with ThreadPoolExecutor(1) as pool:
        epochs = LineEpochs(pool, recipe, [[real]], first)
        for epoch in range(first, recipe.epochs):
            samples = epochs.take()
            composed = [sample.text for sample in samples if sample.has_signs]
            assert composed == [str(e) for e in (epoch - 1, epoch) if e >= 0]
            others = [sample for sample in samples if not sample.has_signs]
            assert "".join(sample.text for sample in others).count("7") >= 6
            assert not any(np.array_equal(sample.image, real.image) for sample in others)


def test_the_file_says_what_the_network_says(tmp_path):
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
    for line, found in zip(lines, model.log_probabilities(lines), strict=True):
        strips, _ = to_batch([Sample(line, "")])
        with torch.inference_mode():
            expected = (network(strips) / 1.5).log_softmax(2)[0]
        assert found.shape == expected.shape
        # Lines share a run with wider ones: what is right of them is blank either way.
        np.testing.assert_allclose(np.exp(found), expected.exp(), atol=0.02)


@pytest.mark.data
def test_writers_of_validation_are_not_those_of_training(data_folder):
    digits = load_digits("qmnist", "train")
    recipe = LineRecipe()
    train, held_out = (split_writers(digits, recipe, part) for part in ("train", "validation"))
    assert len(np.unique(held_out.writers)) == 60
    assert not set(train.writers) & set(held_out.writers)
    assert len(train) + len(held_out) == len(digits)


@pytest.mark.data
def test_a_run_that_was_stopped_ends_as_one_that_was_not(data_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(line_model, "N_VALIDATION", 40)
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
def test_a_run_that_diverges_keeps_what_it_had(data_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(line_model, "N_VALIDATION", 40)
    folder, out = tmp_path / "run", tmp_path / "line.onnx"
    finite = line_model.line_losses

    def diverge(logits, columns, samples, characters):
        losses = finite(logits, columns, samples, characters)
        return losses * float("nan") if (folder / "line-0.pt").exists() else losses

    monkeypatch.setattr(line_model, "line_losses", diverge)
    with pytest.raises(TrainingError, match="diverged in epoch 2"):
        make_line_model(TINY, folder, out)
    assert torch.load(folder / "line-0.pt", weights_only=True)["done"] == 1
    assert not out.exists()


def test_the_fit_of_log_odds_finds_what_was_put_in_though_labels_are_wrong():
    rng = np.random.default_rng(0)
    odds = rng.normal(1, 2, 40_000)
    is_right = rng.random(odds.size) < 1 / (1 + np.exp(-(0.6 * odds - 0.5)))
    wrong = np.where(np.arange(odds.size) % 2, 0.2, 0.0)
    agrees = is_right & (rng.random(odds.size) >= wrong)
    found = fit_log_odds(odds, agrees.astype(float), 1 - wrong, np.ones(odds.size))
    np.testing.assert_allclose(found, (0.6, -0.5), atol=0.05)
