"""Stored lines with corrections, and small models and data sets for training tests."""

import gzip
import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np

from numerals.data import write_digits
from numerals.ink import find_field_ink
from numerals.models.line_model import REJECT
from numerals.records import Digit, Digits, Line, Page, union
from numerals.synthesis.font_glyphs import load_font_glyphs
from numerals.synthesis.number_texts import OPERATORS, SIGNS

CHARACTERS = "0123456789" + SIGNS + OPERATORS + REJECT  # of the shipped line model


def drawn_line(read: str, picture: np.ndarray) -> Line:
    """Return the line of a picture of separate digits, with the reading `read`."""
    ink = find_field_ink(picture)
    boxes = [tuple(round(v * ink.scale) for v in part.box) for part in ink.lines[0].components]
    boxes = (boxes + boxes[-1:] * len(read))[: len(read)]
    digits = tuple(Digit(c, 0.6, box) for c, box in zip(read, boxes, strict=True))
    return Line(read, 0.6, union([digit.box for digit in digits]), digits)


def store_lines(draw, store, pairs, *, per_page=1, script="latin", source="scan"):
    """Store lines that were read as the first of each pair and say the second; answer them."""
    from numerals.corrections.review_queue import ReviewQueue
    from numerals.store import make_page_entry

    pairs = list(pairs)
    for start in range(0, len(pairs), per_page):
        part = pairs[start : start + per_page]
        pictures = [draw(truth, margin=24) for _, truth in part]
        width = max(picture.shape[1] for picture in pictures)
        pictures = [
            np.pad(p, ((0, 0), (0, width - p.shape[1])), constant_values=245) for p in pictures
        ]
        lines, top = [], 0
        for (read, _), picture in zip(part, pictures, strict=True):
            lines.append(_lowered(drawn_line(read, picture), top))
            top += picture.shape[0]
        page = Page(tuple(lines), width, top, f"{source}-{start}.png", 1, script)
        stored = store.add([make_page_entry(page, np.concatenate(pictures))], page.source, "trial")
        for line_id, (_, truth) in zip(stored.line_ids[0], part, strict=True):
            ReviewQueue(store).answer(line_id, truth, "ann")


def _lowered(line: Line, top: int) -> Line:
    def lower(box):
        return box[0], box[1] + top, box[2], box[3] + top

    digits = tuple(replace(digit, box=lower(digit.box)) for digit in line.digits)
    return replace(line, box=lower(line.box), digits=digits)


def write_line_model(path: Path, *, seed: int = 0, networks: int = 1, **options: str) -> Path:
    """Write an untrained line model."""
    import torch

    from numerals.networks.line_net import LineNet
    from numerals.networks.to_onnx import write_line_onnx

    torch.manual_seed(seed)
    made = [LineNet(len(CHARACTERS) + 1, (4, 4, 8, 8, 8), hidden=8) for _ in range(networks)]
    metadata = {
        "format": "numerals-line-1",
        "name": "latin-line",
        "script": "latin",
        "characters": json.dumps(list(CHARACTERS)),
    }
    write_line_onnx([(network.eval(), 1.0) for network in made], metadata | options, path)
    return path


def write_worse_line_model(path: Path, character: str = "7", bias: float = -12.0) -> Path:
    """Write a network of the shipped Latin line model with a bias against one character.

    A few steps of training repair it; one network is trained in half the time of two.
    """
    import torch

    from numerals.models import line_model_path, load_line_model
    from numerals.networks.from_onnx import read_line_nets
    from numerals.networks.to_onnx import write_line_onnx

    shipped = line_model_path("latin")
    model, networks = load_line_model(shipped), read_line_nets(shipped)
    index = list(model.characters).index(character)
    network, temperature = networks[0]
    with torch.no_grad():
        network.classify.bias[index] += bias
    write_line_onnx([(network.eval(), temperature)], {**model.metadata, "name": "latin-line"}, path)
    return path


def write_digit_model(path: Path, *, seed: int = 0, script: str = "latin") -> Path:
    """Write an untrained digit model."""
    import torch

    from numerals.networks.digit_net import DigitNet
    from numerals.networks.to_onnx import write_digit_onnx

    torch.manual_seed(seed)
    told = {"format": "numerals-digit-1", "name": f"{script}-digit", "script": script}
    told["classes"] = json.dumps(list("0123456789"))
    write_digit_onnx([DigitNet(11, (4, 8, 8)).eval()], 1.0, told, path)
    return path


def write_qmnist(folder: Path, n_writers: int = 80) -> None:
    """Write a training part of MNIST with writers, each with the ten digits of a font."""
    glyphs, characters = load_font_glyphs()
    fonts = glyphs[:, [characters.index(c) for c in "0123456789"]]
    fonts = fonts[fonts.any(axis=(2, 3)).all(axis=1)]
    images = np.concatenate([fonts[i % len(fonts)] for i in range(n_writers)])
    labels = np.tile(np.arange(10), n_writers)
    (folder / "mnist").mkdir(parents=True)
    (folder / "qmnist").mkdir()
    write_digits(Digits(images, labels), folder / "mnist" / "train-images-idx3-ubyte.gz")
    table = np.zeros((len(labels), 8), ">i4")
    table[:, 0], table[:, 2] = labels, np.repeat(np.arange(n_writers), 10)
    with gzip.open(folder / "qmnist" / "qmnist-train-labels-idx2-int.gz", "wb") as stream:
        stream.write(struct.pack(">BBBBII", 0, 0, 0x0C, 2, *table.shape) + table.tobytes())
