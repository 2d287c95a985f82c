"""Training of the page network: samples, steps, resuming, and its loss."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
pytest.importorskip("onnx", reason="needs pip install 'numerals[lab]'")

from numerals.models.page_model import load_page_model
from numerals.networks.page_net import CHANNELS
from numerals.networks.page_onnx import write_page_onnx
from numerals.synthesis.page_canvas import UNKNOWN
from numerals.training.make_page_model import page_metadata
from numerals.training.page_loss import MAPS, page_loss
from numerals.training.page_recipe import PageRecipe
from numerals.training.page_shards import PageSamples
from numerals.training.page_trainer import PageTrainer
from page_networks import write_body

TINY = PageRecipe(steps=2, batch_size=2, crop_size=64, warmup_steps=1, n_held_out=1)


@pytest.fixture
def samples(tmp_path):
    """Return four samples on disk, in two shards; a dark bar is the number."""
    stems = []
    for i in range(2):
        rng = np.random.default_rng(i)
        images = rng.integers(180, 256, (2, 512, 512, 3)).astype(np.uint8)
        images[:, 200:240] = 30
        maps = np.zeros((2, len(MAPS), 128, 128), np.uint8)
        maps[:, MAPS.index("core"), 52:58] = 1
        maps[:, MAPS.index("region"), 50:60] = 1
        maps[:, MAPS.index("weight")] = maps[:, MAPS.index("printed_weight")] = 1
        maps[:, MAPS.index("kinds"), 50:60] = 1
        stems.append(tmp_path / f"shard-{i}")
        np.save(f"{stems[-1]}-im.npy", images)
        np.save(f"{stems[-1]}-tg.npy", maps)
    return PageSamples.open(stems)


@pytest.fixture
def body(tmp_path):
    return write_body(tmp_path / "body.onnx")


def test_samples_are_indexed_over_all_shards(samples):
    assert len(samples) == 4
    assert all(samples[i][0].shape == (512, 512, 3) for i in range(4))
    assert not np.array_equal(samples[0][0], samples[2][0])
    with pytest.raises(IndexError):
        samples[4]


def test_steps_update_the_network_and_its_average(samples, body, tmp_path):
    trainer = PageTrainer(TINY, samples, tmp_path / "run", body)
    before = {k: v.clone() for k, v in trainer.network.state_dict().items()}
    trainer.train(lambda line: None)
    after = trainer.network.state_dict()
    assert trainer.step == 2
    assert all(not torch.equal(after[k], v) for k, v in before.items())
    assert not torch.equal(trainer.average.weights["head.0.weight"], before["head.0.weight"])


def test_a_run_resumes_from_its_checkpoint(samples, body, tmp_path):
    first = PageTrainer(TINY, samples, tmp_path / "run", body)
    first.train(lambda line: None)
    again = PageTrainer(replace(TINY, steps=5), samples, tmp_path / "run", body)
    assert again.step == 2
    for key, value in first.average.weights.items():
        assert torch.equal(again.average.weights[key], value)
    again.train(lambda line: None)
    assert again.step == 5
    assert PageTrainer(TINY, samples, tmp_path / "run", body).step == 5


def test_training_lowers_the_loss(samples, body, tmp_path):
    lines = []
    recipe = replace(TINY, steps=100, head_lr=1e-2, body_lr=1e-2)
    PageTrainer(recipe, samples, tmp_path / "run", body).train(lines.append)
    first, last = (float(line.split(": ")[1].split()[0]) for line in lines)
    assert last < 0.75 * first


def test_the_model_file_records_the_training(samples, body, tmp_path):
    trainer = PageTrainer(TINY, samples, tmp_path / "run", body)
    trainer.train(lambda line: None)
    assert all(0 <= value <= 1 for value in trainer.evaluate().values())
    write_page_onnx(trainer.average.network, tmp_path / "page.onnx", page_metadata(trainer))
    model = load_page_model(tmp_path / "page.onnx")
    assert model.metadata["n_samples"] == "4"
    assert '"steps": 2' in model.metadata["training"]


def targets(**planes):
    """Return maps of shape (1, 7, 16, 16), known everywhere and empty except for `planes`."""
    maps = torch.zeros((1, len(MAPS), 16, 16), dtype=torch.uint8)
    maps[:, MAPS.index("weight")] = maps[:, MAPS.index("printed_weight")] = 1
    for name, (where, value) in planes.items():
        maps[0, MAPS.index(name)][where] = value
    return maps


LEFT, RIGHT = (slice(None), slice(0, 8)), (slice(None), slice(8, 16))


def test_pixels_of_unknown_truth_have_no_gradient():
    maps = targets(
        weight=(LEFT, 0), printed_weight=(LEFT, 0), kinds=(LEFT, UNKNOWN), turns=(LEFT, UNKNOWN)
    )
    maps[0, MAPS.index("core"), 4:8] = 1
    maps[0, MAPS.index("region"), 4:8, 8:] = 1
    logits = torch.randn(1, CHANNELS, 16, 16, generator=torch.manual_seed(0)).requires_grad_()
    page_loss(logits, maps).total.backward()
    assert not logits.grad[..., LEFT[1]].any()
    assert logits.grad[..., RIGHT[1]].abs().sum(dim=(2, 3)).all()


def test_correct_logits_have_a_lower_loss_than_shifted_ones():
    core, print_ = (slice(4, 8), slice(4, 12)), (slice(12, 15), slice(4, 12))
    region = (slice(3, 16), slice(3, 13))
    maps = targets(core=(core, 1), printed_core=(print_, 1), region=(region, 1))
    correct = torch.full((1, CHANNELS, 16, 16), -9.0)
    correct[:, :3] = 18.0 * maps[:, :3] - 9
    correct[:, 3] = correct[:, 8] = 9.0  # ground, upright
    wrong = correct.clone()
    wrong[:, 0] = correct[:, 0].roll(5, dims=1)
    assert page_loss(correct, maps).total < 0.1 < page_loss(wrong, maps).total


def test_a_sample_of_unknown_truth_has_no_gradient():
    everywhere = (slice(None), slice(None))
    maps = targets(
        weight=(everywhere, 0),
        printed_weight=(everywhere, 0),
        kinds=(everywhere, UNKNOWN),
        turns=(everywhere, UNKNOWN),
    )
    logits = torch.randn(1, CHANNELS, 16, 16).requires_grad_()
    loss = page_loss(logits, maps)
    loss.total.backward()
    assert torch.isfinite(loss.total) and not logits.grad.any()
