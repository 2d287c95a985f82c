"""The recipe of digit models: training, resuming, calibration, augmentation and export."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")

from numerals.errors import DataError
from numerals.models import DIGIT_FORMAT, load_model
from numerals.networks import augment
from numerals.networks.digit_net import DigitNet
from numerals.networks.to_onnx import write_digit_onnx
from numerals.records import Digits
from numerals.synthesis.digit_negatives import make_european_digits, make_negatives
from numerals.synthesis.font_glyphs import load_font_glyphs
from numerals.training import digit_trainer
from numerals.training.digit_calibration import fit_digit_temperature, mean_proba
from numerals.training.digit_members import load_member, train_member
from numerals.training.digit_pools import NO_DIGIT, make_pools, to_tensor
from numerals.training.digit_recipes import DIGIT_RECIPES, Cycle, DigitRecipe
from numerals.training.held_out_digits import hold_out
from numerals.training.make_digit_model import train_members

TINY = DigitRecipe(
    members=1,
    cycles=(Cycle(1, 4e-3), Cycle(1, 1e-3)),
    widths=(4, 8, 8),
    batch_plain=32,
    batch_degraded=8,
    batch_synthetic=4,
    batch_negatives=8,
    n_negatives=60,
)


@pytest.fixture(scope="module")
def digits():
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(c) for c in "0123456789"]
    images = np.tile(glyphs[:, columns].reshape(-1, 28, 28), (6, 1, 1))
    writers = np.arange(len(images)) // 10
    return Digits(images, np.arange(len(images)) % 10, writers=writers)


def test_a_finished_member_is_not_trained_again(digits, tmp_path):
    result = train_member(digits, TINY, 0, tmp_path, 1)
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [entry["epoch"] for entry in log] == [1, 2]
    assert log[1]["loss"] < log[0]["loss"]
    assert train_member(digits, TINY, 0, tmp_path, 1) == result


def test_a_resumed_run_gives_the_same_network(digits, tmp_path, monkeypatch):
    straight, resumed = tmp_path / "straight", tmp_path / "resumed"
    for folder in (straight, resumed):
        folder.mkdir()
    train_member(digits, TINY, 0, straight, 1)

    class Stop(Exception):
        pass

    save = digit_trainer.save_checkpoint

    def save_and_stop(*arguments):
        save(*arguments)
        raise Stop

    monkeypatch.setattr(digit_trainer, "save_checkpoint", save_and_stop)
    with pytest.raises(Stop):
        train_member(digits, TINY, 0, resumed, 1)
    monkeypatch.setattr(digit_trainer, "save_checkpoint", save)
    train_member(digits, TINY, 0, resumed, 1)
    first, second = (load_member(folder, 0, TINY.widths) for folder in (straight, resumed))
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_a_run_directory_of_other_settings_is_an_error(digits, tmp_path):
    (tmp_path / "recipe.json").write_text('{"members": 9}')
    with pytest.raises(DataError, match="other settings"):
        train_members(digits, TINY, tmp_path)


def test_the_onnx_file_has_the_probabilities_of_the_networks(digits, tmp_path):
    torch.manual_seed(0)
    networks = [DigitNet(11, (4, 8, 8)), DigitNet(11, (6, 8, 8))]
    images = to_tensor(digits.images[:200])
    for network in networks:  # update the statistics of batch norms
        network.train()
        network(images)
        network.eval()
    metadata = {
        "format": DIGIT_FORMAT,
        "classes": json.dumps(list("0123456789")),
        "script": "latin",
    }
    write_digit_onnx(networks, 0.7, metadata, tmp_path / "m.onnx")
    proba = load_model(tmp_path / "m.onnx").predict_proba(digits.images[:200])
    expected = mean_proba(networks, images, 0.7)[:, :10].numpy()
    np.testing.assert_allclose(proba, expected, atol=2e-3)  # weights are stored as float16


def test_the_temperature_of_an_underconfident_network_is_below_one(digits):
    part = Digits(digits.images[:50], digits.labels[:50])
    labels = {
        image.numpy().tobytes(): int(label)
        for image, label in zip(to_tensor(part.images), part.labels, strict=True)
    }

    class Underconfident(DigitNet):
        """Correct for all digits, with a logit of 1 for the correct class."""

        def forward(self, images):
            predicted = [labels.get(image.numpy().tobytes(), NO_DIGIT) for image in images]
            return torch.nn.functional.one_hot(torch.tensor(predicted), 11) * 1.0

    assert fit_digit_temperature([Underconfident(11, (4, 8, 8))], part) < 1


def test_all_digits_of_a_held_out_writer_are_held_out(digits):
    held_out = hold_out(digits, 300)
    writers = digits.writers
    assert not set(writers[held_out]) & set(writers[~held_out])
    assert 300 <= held_out.sum() <= 330


def test_without_writers_the_last_digits_of_each_class_are_held_out(digits):
    unknown = Digits(digits.images, digits.labels)
    held_out = hold_out(unknown, 300)
    for label in range(10):
        mask = held_out[digits.labels == label]
        assert 25 <= mask.sum() <= 35 and mask[-mask.sum() :].all()


def test_recipes_are_named_after_their_script_and_have_all_their_epochs():
    for name, recipe in DIGIT_RECIPES.items():
        assert name == f"{recipe.script}-digit"
        assert [recipe.cycle(epoch)[0] for epoch in (0, recipe.epochs - 1)] == [
            recipe.cycles[0],
            recipe.cycles[-1],
        ]


def test_other_scripts_have_no_synthetic_latin_digits(digits):
    recipe = replace(TINY, script="kannada", batch_synthetic=0)
    pools = make_pools(digits, recipe, np.random.default_rng(0))
    assert torch.equal(pools.synthetic[0], pools.digits[0])
    assert len(pools.negatives[0]) == recipe.n_negatives


@pytest.mark.parametrize("change", ["warp", "degrade"])
def test_augmentation_keeps_shape_and_range_and_depends_on_the_seed(digits, change):
    images = to_tensor(digits.images[:64])

    def run(seed):
        generator = torch.Generator().manual_seed(seed)
        if change == "warp":
            return augment.warp(images, augment.Warp(), generator)
        return augment.degrade(images, generator)

    first = run(1)
    assert first.shape == images.shape
    assert first.min() >= 0 and first.max() <= 1.0001
    torch.testing.assert_close(first, run(1))
    assert not torch.equal(first, run(2))


def test_a_warp_of_zero_limits_is_the_identity(digits):
    images = to_tensor(digits.images[:16])
    warped = augment.warp(images, augment.Warp().scaled(0), torch.Generator())
    torch.testing.assert_close(warped, images, atol=1e-4, rtol=0)


def test_composed_images_are_glyphs_with_ink(digits):
    rng = np.random.default_rng(0)
    negatives = make_negatives(digits.images, digits.labels, 300, rng)
    european, values = make_european_digits(digits.images, digits.labels, 50, rng)
    for images in (negatives, european):
        assert images.dtype == np.uint8 and images.shape[1:] == (28, 28)
        assert images.any(axis=(1, 2)).all()
    assert set(values.tolist()) == {1, 7}


def test_bars_of_european_sevens_are_not_at_the_foot(digits):
    """Bars at the foot look like a 2: held-out twos were classified as 7."""
    stroke = np.array([(7, 5), (20, 5), (12, 23)])
    seven = cv2.polylines(np.zeros((28, 28), np.uint8), [stroke], False, 255, 2, cv2.LINE_AA)
    images, labels = np.stack([seven, digits.images[1]]), np.array([7, 1])
    european, values = make_european_digits(images, labels, 200, np.random.default_rng(0))
    assert european[values == 7][:, 21:, 18:].max() < 128
