import pickle

import pytest

torch = pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
from torch import nn

from numerals.training.checkpoint import restore_checkpoint, save_checkpoint


def test_parts_values_and_random_state_are_restored(tmp_path):
    path = tmp_path / "checkpoint.pt"
    saved, restored = nn.Linear(2, 1), nn.Linear(2, 1)
    save_checkpoint(path, {"network": saved}, {"epochs_done": 3})
    expected = torch.rand(4)
    assert restore_checkpoint(path, {"network": restored}) == {"epochs_done": 3}
    assert torch.equal(torch.rand(4), expected)
    assert torch.equal(restored.weight, saved.weight)


def test_without_a_file_nothing_changes(tmp_path):
    network = nn.Linear(2, 1)
    before = network.weight.clone()
    assert restore_checkpoint(tmp_path / "none.pt", {"network": network}) == {}
    assert torch.equal(network.weight, before)


def test_a_failed_write_leaves_the_previous_checkpoint(tmp_path):
    path, network = tmp_path / "checkpoint.pt", nn.Linear(2, 1)
    save_checkpoint(path, {"network": network}, {"step": 1})
    with pytest.raises((AttributeError, pickle.PicklingError)):  # a function cannot be pickled
        save_checkpoint(path, {"network": network}, {"step": lambda: 2})
    assert restore_checkpoint(path, {"network": network}) == {"step": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.pt"]
