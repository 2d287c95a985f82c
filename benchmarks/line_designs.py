"""Compare architectures of the line network after the same short training on composed lines.

They differ in the distance of neighboring output columns, in width, and in the context layer:
convolutional or recurrent. Accuracy is measured on lines of writers who were held out of the
training part; no test data is used.

    python benchmarks/line_designs.py
    python benchmarks/line_designs.py --epochs 2 --only wider
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from timing import machine
from torch import nn

from numerals.data import load_digits
from numerals.networks.line_net import LineNet, conv_block
from numerals.reports.text_tables import format_table
from numerals.synthesis.line_sets import LineComposer, Lines, join_lines
from numerals.training.line_loss import count_columns, line_losses, pad_strips
from numerals.training.line_pools import split_writers
from numerals.training.line_recipes import LineRecipe
from numerals.training.line_samples import LineSample, as_samples, line_batches
from numerals.training.line_validation import read_greedily


class ConvolutionalLineNet(nn.Module):
    """A line network with two convolutions along the line instead of a recurrent layer."""

    def __init__(
        self,
        n_classes: int,
        widths: tuple[int, int, int, int, int] = (16, 32, 64, 96, 128),
        *,
        split: int = 1,
    ) -> None:
        super().__init__()
        self.split = split
        features = LineNet(n_classes, widths).features
        context = [conv_block(widths[-1], widths[-1], (1, 5)) for _ in range(2)]
        self.features = nn.Sequential(*features, *context[0], *context[1], nn.Dropout(0.1))
        self.classify = nn.Conv2d(widths[-1], split * n_classes, 1)

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Map strips to logits, as `LineNet` does."""
        columns = self.classify(self.features(strips)).squeeze(2).transpose(1, 2)
        return split_columns(columns, self.split)


class FinerLineNet(LineNet):
    """The recurrent network with two columns of logits per column of features."""

    def __init__(self, n_classes: int, **settings: Any) -> None:
        super().__init__(2 * n_classes, **settings)

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Map strips to logits, one column per 2 pixels."""
        return split_columns(super().forward(strips), 2)


def split_columns(logits: torch.Tensor, split: int) -> torch.Tensor:
    n, columns, classes = logits.shape
    return logits.reshape(n, columns * split, classes // split)


SLIM: dict[str, Any] = {"widths": (16, 32, 64, 96, 128), "hidden": 96}
DESIGNS: dict[str, Callable[[int], nn.Module]] = {
    "convolutions, 4 pixels": ConvolutionalLineNet,
    "convolutions, 2 pixels": partial(ConvolutionalLineNet, split=2),
    "convolutions, 2 pixels, wider": partial(
        ConvolutionalLineNet, widths=(16, 32, 64, 128, 192), split=2
    ),
    "recurrent, 2 pixels": partial(FinerLineNet, **SLIM),
    "recurrent, 4 pixels": partial(LineNet, **SLIM),
    "recurrent, 4 pixels, wider": LineNet,
    "recurrent, 4 pixels, wider and deeper": partial(
        LineNet, widths=LineRecipe.widths, hidden=LineRecipe.hidden, depths=LineRecipe.depths
    ),
}
"""Name (context layer, distance of output columns) -> network; the last one is the shipped one."""


def compose(part: str, count: int, recipe: LineRecipe) -> list[LineSample]:
    digits = split_writers(load_digits(recipe.data, "train"), recipe, part)
    seed = 1 if part == "train" else 2
    lines: Lines = join_lines(LineComposer(digits, random_state=seed).compose_parallel(count))
    return as_samples(lines, recipe.max_width)


def train(network: nn.Module, samples: list[LineSample], epochs: int, recipe: LineRecipe) -> float:
    """Train with the recipe's settings; return the seconds that it took."""
    started = time.perf_counter()
    rng = np.random.default_rng(0)
    network.train().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(
        network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    steps = epochs * -(-len(samples) // recipe.batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, steps + 50, pct_start=recipe.warmup_share
    )
    for _ in range(epochs):
        for batch in line_batches(samples, recipe.batch_size, rng):
            strips, widths = pad_strips(batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = network(strips)
            columns = count_columns(widths, strips, logits)
            loss = line_losses(logits.float(), columns, batch, recipe.characters).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimizer.step()
            schedule.step()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=8000, help="number of training lines")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--only", default="", help="only designs with this in their name")
    options = parser.parse_args()
    recipe = replace(LineRecipe(), learning_rate=4e-3, warmup_share=0.1, batch_size=64)
    samples = compose("train", options.lines, recipe)
    held_out = compose("validation", 2000, recipe)
    rows = []
    for name, design in DESIGNS.items():
        if options.only not in name:
            continue
        torch.manual_seed(0)
        network = design(len(recipe.characters) + 1)
        seconds = train(network, samples, options.epochs, recipe)
        texts = read_greedily(network.eval(), held_out, recipe.characters)
        exact = np.mean([t == s.text for t, s in zip(texts, held_out, strict=True)])
        size = sum(p.numel() for p in network.parameters())
        rows.append([name, f"{size:,}", f"{seconds:.0f}", f"{100 * exact:.1f}"])
    print(machine())
    print(f"{options.lines:,} lines, {options.epochs} epochs; {len(held_out):,} lines held out")
    print(format_table(["design", "parameters", "seconds", "exact %"], rows))


if __name__ == "__main__":
    main()
