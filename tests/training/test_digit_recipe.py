import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")

from numerals.errors import DataError
from numerals.models import FORMAT, load_model
from numerals.networks import augment
from numerals.networks.digit_net import DigitNet
from numerals.networks.graph import write_onnx
from numerals.records import Digits
from numerals.synthesis.digit_negatives import make_european, make_negatives
from numerals.synthesis.font_glyphs import load_font_glyphs
from numerals.training.digit_pools import make_pools, to_tensor
from numerals.training.digit_recipes import RECIPES, Cycle, Recipe
from numerals.training.held_out_digits import hold_out
from numerals.training.make_digit_model import fit_temperature, mean_proba, train_members
from numerals.training.members import load_member, train_member

TINY = Recipe(
    members=1,
    cycles=(Cycle(1, 4e-3), Cycle(1, 1e-3)),
    widths=(4, 8, 8),
    plain=32,
    worn=8,
    drawn=4,
    negatives=8,
    n_negatives=60,
)


@pytest.fixture(scope="module")
def digits():
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(c) for c in "0123456789"]
    images = np.tile(glyphs[:, columns].reshape(-1, 28, 28), (6, 1, 1))
    writers = np.arange(len(images)) // 10
    return Digits(images, np.arange(len(images)) % 10, writers=writers)


def test_members_train_stop_and_go_on(digits, tmp_path, monkeypatch):
    whole = train_member(digits, TINY, 0, tmp_path, 1)
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [entry["epoch"] for entry in log] == [1, 2]
    assert log[1]["loss"] < log[0]["loss"]
    assert train_member(digits, TINY, 0, tmp_path, 1) == whole  # there is nothing left to do


def test_a_stopped_run_ends_as_one_that_was_not(digits, tmp_path, monkeypatch):
    straight, halting = tmp_path / "straight", tmp_path / "halting"
    for folder in (straight, halting):
        folder.mkdir()
    train_member(digits, TINY, 0, straight, 1)

    class Stop(Exception):
        pass

    import numerals.training.digit_trainer as learn_digits

    save = learn_digits.save_checkpoint

    def save_and_stop(state, path):
        save(state, path)
        raise Stop

    monkeypatch.setattr(learn_digits, "save_checkpoint", save_and_stop)
    with pytest.raises(Stop):
        train_member(digits, TINY, 0, halting, 1)
    monkeypatch.setattr(learn_digits, "save_checkpoint", save)
    train_member(digits, TINY, 0, halting, 1)
    first, second = (load_member(folder, 0, TINY.widths) for folder in (straight, halting))
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_other_settings_need_another_folder(digits, tmp_path):
    (tmp_path / "recipe.json").write_text('{"members": 9}')
    with pytest.raises(DataError, match="other settings"):
        train_members(digits, TINY, tmp_path)


def test_the_onnx_file_computes_what_the_networks_do(digits, tmp_path):
    torch.manual_seed(0)
    networks = [DigitNet(11, (4, 8, 8)), DigitNet(11, (6, 8, 8))]
    images = to_tensor(digits.images[:200])
    for network in networks:  # give batch norm statistics to fold
        network.train()
        network(images)
        network.eval()
    metadata = {"format": FORMAT, "classes": json.dumps(list("0123456789")), "script": "latin"}
    write_onnx(networks, 0.7, metadata, tmp_path / "m.onnx")
    found = load_model(tmp_path / "m.onnx").predict_proba(digits.images[:200])
    wanted = mean_proba(networks, images, 0.7)[:, :10].numpy()
    np.testing.assert_allclose(found, wanted, atol=2e-3)  # weights are stored as float16


def test_temperature_of_an_unsure_network_is_below_one(digits):
    class Unsure(DigitNet):
        """Always right, never confident."""

        def forward(self, images):
            answers = [lookup[image.numpy().tobytes()] for image in images]
            return torch.nn.functional.one_hot(torch.tensor(answers), 11) * 1.0

    part = Digits(digits.images[:50], digits.labels[:50])
    lookup = dict.fromkeys([], 0)

    class Known(dict):
        def __missing__(self, key):
            return 10

    lookup = Known(
        (image.numpy().tobytes(), int(label))
        for image, label in zip(to_tensor(part.images), part.labels, strict=True)
    )
    assert fit_temperature([Unsure(11, (4, 8, 8))], part) < 1


def test_held_out_writers_are_whole(digits):
    held_out = hold_out(digits, 300)
    writers = digits.writers
    assert not set(writers[held_out]) & set(writers[~held_out])
    assert 300 <= held_out.sum() <= 330


def test_without_writers_the_last_of_each_class_are_held_out(digits):
    unknown = Digits(digits.images, digits.labels)
    held_out = hold_out(unknown, 300)
    for label in range(10):
        marks = held_out[digits.labels == label]
        assert 25 <= marks.sum() <= 35 and marks[-marks.sum() :].all()


def test_every_recipe_makes_a_model_of_its_script():
    for name, recipe in RECIPES.items():
        assert name == f"{recipe.script}-digit"
        assert [recipe.cycle(epoch)[0] for epoch in (0, recipe.epochs - 1)] == [
            recipe.cycles[0],
            recipe.cycles[-1],
        ]


def test_another_script_is_trained_without_latin_letters_and_fonts(digits):
    recipe = replace(TINY, script="kannada", drawn=0)
    pools = make_pools(digits, recipe, np.random.default_rng(0))
    assert torch.equal(pools.drawn[0], pools.digits[0])
    assert len(pools.negatives[0]) == recipe.n_negatives


@pytest.mark.parametrize("change", ["warp", "wear"])
def test_augmentation_keeps_shape_and_range_and_obeys_the_seed(digits, change):
    images = to_tensor(digits.images[:64])

    def run(seed):
        generator = torch.Generator().manual_seed(seed)
        if change == "warp":
            return augment.warp(images, augment.Warp(), generator)
        return augment.wear(images, generator)

    first = run(1)
    assert first.shape == images.shape
    assert first.min() >= 0 and first.max() <= 1.0001
    torch.testing.assert_close(first, run(1))
    assert not torch.equal(first, run(2))


def test_no_warp_changes_nothing(digits):
    images = to_tensor(digits.images[:16])
    still = augment.warp(images, augment.Warp().weakened(0), torch.Generator())
    torch.testing.assert_close(still, images, atol=1e-4, rtol=0)


def test_composed_images_are_centred_glyphs(digits):
    rng = np.random.default_rng(0)
    negatives = make_negatives(digits.images, digits.labels, 300, rng)
    european, values = make_european(digits.images, digits.labels, 50, rng)
    for images in (negatives, european):
        assert images.dtype == np.uint8 and images.shape[1:] == (28, 28)
        assert images.any(axis=(1, 2)).all()
    assert set(values.tolist()) == {1, 7}


def test_lone_sevens_are_barred_across_the_middle(digits):
    """A bar that falls across the foot makes them too like a 2: held-out twos were read as 7."""
    stroke = np.array([(7, 5), (20, 5), (12, 23)])
    seven = cv2.polylines(np.zeros((28, 28), np.uint8), [stroke], False, 255, 2, cv2.LINE_AA)
    images, labels = np.stack([seven, digits.images[1]]), np.array([7, 1])
    european, values = make_european(images, labels, 200, np.random.default_rng(0))
    assert european[values == 7][:, 21:, 18:].max() < 128
