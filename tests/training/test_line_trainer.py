"""The training loop of line networks: steps, doubtful labels, checkpoints."""

import math
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
from torch import nn

from numerals.networks.line_net import LineNet
from numerals.training.line_samples import LineSample
from numerals.training.line_trainer import LineTrainer, LineTraining

CHARACTERS = "0123456789"
SETTINGS = LineTraining(
    epochs=3,
    learning_rate=5e-3,
    warmup_share=0.3,
    weight_decay=0.0,
    average_decay=0.9,
    batch_size=4,
    freezes_norms=False,
    max_doubtful_loss=lambda epoch: math.inf,
)


def make_samples(n=12, **labels):
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (40, 32 + 4 * (i % 3))).astype(np.uint8) for i in range(n)]
    return [LineSample(image, str(i), **labels) for i, image in enumerate(images)]


def make_trainer(path, settings=SETTINGS):
    torch.manual_seed(0)
    network = LineNet(len(CHARACTERS) + 1, (4, 4, 8, 8, 8), hidden=8, dropout=0.1)
    return LineTrainer(network, CHARACTERS, settings, path)


def train(trainer, samples):
    losses = []
    while not trainer.is_done:
        losses.append(trainer.train_epoch(samples, np.random.default_rng(trainer.epochs_done)))
    return losses


def test_training_lowers_the_loss(tmp_path):
    settings = replace(SETTINGS, epochs=12)
    losses = train(make_trainer(tmp_path / "line.pt", settings), make_samples())
    assert losses[-1] < 0.8 * losses[0]


def test_a_resumed_training_gives_the_same_network(tmp_path):
    samples = make_samples()
    straight = make_trainer(tmp_path / "straight.pt")
    train(straight, samples)
    make_trainer(tmp_path / "resumed.pt").train_epoch(samples, np.random.default_rng(0))
    resumed = make_trainer(tmp_path / "resumed.pt")
    assert resumed.epochs_done == 1
    train(resumed, samples)
    for name, weights in straight.average.weights.items():
        torch.testing.assert_close(resumed.average.weights[name], weights)


def test_doubtful_lines_with_a_high_loss_are_not_trained_on(tmp_path):
    settings = replace(SETTINGS, max_doubtful_loss=lambda epoch: 0.0)
    trainer = make_trainer(tmp_path / "line.pt", settings)
    before = [parameter.clone() for parameter in trainer.network.parameters()]
    assert trainer.train_epoch(make_samples(is_doubtful=True), np.random.default_rng(0)) == 0
    for old, new in zip(before, trainer.network.parameters(), strict=True):
        assert torch.equal(old, new)


@pytest.mark.parametrize("freezes_norms", [True, False])
def test_frozen_batch_norms_keep_their_statistics(tmp_path, freezes_norms):
    trainer = make_trainer(tmp_path / "line.pt", replace(SETTINGS, freezes_norms=freezes_norms))
    norm = next(m for m in trainer.network.modules() if isinstance(m, nn.BatchNorm2d))
    before = norm.running_mean.clone()
    trainer.train_epoch(make_samples(), np.random.default_rng(0))
    assert torch.equal(norm.running_mean, before) is freezes_norms
