"""Line networks at the start of a recipe: with random weights, or from a shipped model."""

import torch
from torch import nn

from numerals.errors import DataError
from numerals.models.available_models import default_model_path
from numerals.models.line_model import load_line_model
from numerals.networks.from_onnx import read_line_nets
from numerals.networks.line_net import LineNet
from numerals.training.line_recipes import LineRecipe

_NEW_WEIGHT_SCALE = 0.1  # of the random weights of new characters
_NEW_BIAS_MARGIN = 2.0  # logits below the lowest bias of the other characters


def make_initial_network(recipe: LineRecipe) -> LineNet:
    """Return the network that a recipe trains, before the first epoch.

    A shipped network may be that of another script: digits of all scripts have the same classes.

    Raises
    ------
    DataError
        If no line model ships for the recipe's initial script.
    """
    if not recipe.initial_script:
        n_classes = len(recipe.characters) + 1
        return LineNet(n_classes, recipe.widths, recipe.hidden, recipe.dropout, recipe.depths)
    path = default_model_path(recipe.initial_script, "lines")
    if path is None:
        raise DataError(
            f"no line model ships for {recipe.initial_script}, from which {recipe.name} starts; "
            "install the package that contains it"
        )
    network = read_line_nets(path, dropout=recipe.dropout)[0][0]
    return _add_characters(network, len(recipe.characters) + 1)


def load_second_network(recipe: LineRecipe) -> tuple[LineNet, float, list[str]] | None:
    """Return the second network of the shipped model from which a recipe starts.

    Returns
    -------
    network : LineNet
    temperature : float
    characters : list of str
        Characters that the network was trained on.
    None
        If there is no such model, or if it has one network.
    """
    path = default_model_path(recipe.initial_script, "lines") if recipe.initial_script else None
    if path is None:
        return None
    networks = read_line_nets(path, dropout=recipe.dropout)
    if len(networks) < 2:
        return None
    network, temperature = networks[1]
    characters = sorted(load_line_model(path).second_characters)
    return _add_characters(network, len(recipe.characters) + 1), temperature, characters


def _add_characters(network: LineNet, n_classes: int) -> LineNet:
    """Add classes before the blank; their initial probabilities are low."""
    old = network.classify
    n_new = n_classes - old.out_features
    if n_new > 0:
        new = nn.Linear(old.in_features, n_classes)
        with torch.no_grad():
            new.weight[: -1 - n_new], new.weight[-1] = old.weight[:-1], old.weight[-1]
            new.bias[: -1 - n_new], new.bias[-1] = old.bias[:-1], old.bias[-1]
            new.weight[-1 - n_new : -1] *= _NEW_WEIGHT_SCALE
            new.bias[-1 - n_new : -1] = old.bias.min() - _NEW_BIAS_MARGIN
        network.classify = new
    return network
