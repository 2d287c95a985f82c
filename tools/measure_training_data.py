"""Measure the training digits and lines of the shipped models, to compare pictures with them.

``python tools/measure_training_data.py`` writes ``src/numerals/diagnosis/training_ranges.json``:
percentiles of the properties that `numerals.diagnosis` measures, for each script whose training
data is on disk (``NUMERALS_DATA``). Only training parts are measured: digits of the training split,
lines composed from the digits of the training writers and, for Latin, training parts of the sets of
real lines, and strips of composed and real pages.
"""

import argparse
import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.line_data_sets import is_page_held_out, load_line_texts
from numerals.diagnosis.digit_properties import measure_digit
from numerals.diagnosis.strip_properties import measure_strip
from numerals.diagnosis.training_ranges import COUNTED, PERCENTILES, RANGES_PATH
from numerals.models import load_line_model
from numerals.models.line_model import line_model_path
from numerals.models.page_model import load_page_model
from numerals.reading.line_reader import find_character_boxes
from numerals.reading.strip_reader import read_strips
from numerals.synthesis.page_samples import compose_page_sample
from numerals.synthesis.real_pages import load_real_pages
from numerals.training.digit_recipes import DIGIT_RECIPES
from numerals.training.held_out_digits import load_training_digits
from numerals.training.line_pools import compose_lines, load_line_image, split_writers
from numerals.training.line_recipes import LINE_RECIPES, LineRecipe
from numerals.training.line_samples import split_indices
from numerals.training.page_shards import find_data_folder, make_page_material
from numerals.training.page_strips import cut_composed, cut_labelled

SCRIPTS = ("latin", "kannada", "bangla", "devanagari")
N_DIGITS = 10_000  # digits of a script
N_SIMILAR = 500  # of them, digits whose most similar other digit is searched
N_COMPOSED = 800  # lines
N_REAL = 400  # lines of each set of real lines
N_PAGES = 20  # composed pages, and real pages
N_DECIMALS = 4

_Image = npt.NDArray[np.uint8]


def main() -> None:
    """Measure all scripts and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", type=Path, default=RANGES_PATH)
    out = parser.parse_args().out
    scripts = {}
    for script in SCRIPTS:
        scripts[script] = {"digits": measure_digits(script), "lines": measure_lines(script)}
        print(script, {kind: part["count"] for kind, part in scripts[script].items()}, flush=True)
    content = {
        "command": "python tools/measure_training_data.py",
        "percentiles": PERCENTILES,
        "scripts": scripts,
    }
    out.write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False) + "\n")
    print(f"wrote {out}, {out.stat().st_size:,} bytes")


def measure_digits(script: str) -> dict[str, Any]:
    """Return the ranges of the training digits of a script, of all and of each class."""
    digits = load_training_digits(DIGIT_RECIPES[f"{script}-digit"].data)
    order = np.random.default_rng(0).permutation(len(digits))[:N_DIGITS]
    rows = [measure_digit(image) for image in digits.images[order]]
    labels = digits.labels[order]
    return {
        "data": f"{digits.name} train",
        "count": len(rows),
        "all": to_percentiles(rows),
        "classes": {
            name: class_ranges([r for r, y in zip(rows, labels, strict=True) if y == label])
            for label, name in enumerate(digits.classes)
        },
        "similarity": quantiles(nearest_similarities(digits.images, order[:N_SIMILAR])),
    }


def class_ranges(rows: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Return the percentiles of a class, and the shares of its numbers of parts and holes."""
    counts = {
        name: {
            str(int(value)): round(float(np.mean([row[name] == value for row in rows])), 4)
            for value in sorted({row[name] for row in rows})
        }
        for name in COUNTED
    }
    return to_percentiles(rows, ("aspect", "slant", "stroke_width")) | counts


def to_percentiles(
    rows: Sequence[dict[str, float]], names: Sequence[str] = ()
) -> dict[str, list[float]]:
    """Return the percentiles of each property; rows may lack some."""
    names = names or sorted(set(itertools.chain(*rows)) - set(COUNTED))
    return {name: quantiles([row[name] for row in rows if name in row]) for name in names}


def quantiles(values: Sequence[float] | npt.NDArray[np.float64]) -> list[float]:
    """Return the percentiles of values."""
    return [round(float(v), N_DECIMALS) for v in np.percentile(values, PERCENTILES)]


def nearest_similarities(images: _Image, queries: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the cosine similarity of some images to the most similar other image."""
    unit = images.reshape(len(images), -1).astype(np.float32)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-9)
    similarities = unit[queries] @ unit.T
    similarities[np.arange(len(queries)), queries] = -1
    return np.asarray(similarities.max(axis=1), np.float64)


def measure_lines(script: str) -> dict[str, Any]:
    """Return the ranges of the training strips of a script's line model."""
    recipe = LINE_RECIPES[f"{script}-line"]
    path = line_model_path(script)
    assert path is not None
    model = load_line_model(path)
    sources = dict(training_strips(recipe))
    strips = [strip for part in sources.values() for strip in part]
    rows = [
        measure_strip(strip, find_character_boxes(strip, reading.decoded.spans))
        for strip, reading in zip(strips, read_strips(model, strips), strict=True)
        if reading is not None
    ]
    return {
        "data": ", ".join(f"{len(part)} {name}" for name, part in sources.items()),
        "count": len(rows),
        "all": to_percentiles(rows),
    }


def training_strips(recipe: LineRecipe) -> Iterator[tuple[str, list[_Image]]]:
    """Yield the name and some training strips of each source of a recipe."""
    yield "composed lines", list(compose_lines(recipe, "train", 0, N_COMPOSED).images)
    for name in recipe.real_sets:
        paths = [path for path, _ in load_line_texts(name, "train")]
        chosen = split_indices(len(paths), recipe.real_held_out_share)[0][:N_REAL]
        yield f"lines of {name}", [load_line_image(paths[i]) for i in chosen]
    if recipe.n_pages:
        rng = np.random.default_rng([recipe.random_state, 0])
        digits = split_writers(load_training_digits(recipe.data), recipe, "train")
        material, page_model = make_page_material(rng, digits), load_page_model()
        samples = (compose_page_sample(rng, material) for _ in range(N_PAGES))
        cut = [s.image for sample in samples for s in cut_composed(sample, page_model, rng)]
        yield "strips of composed pages", cut
        pages = load_real_pages(find_data_folder() / "training-pages").with_numbers
        trained = [page.path for page in pages if not is_page_held_out(page.path.name)]
        real = [s.image for path in trained[:N_PAGES] for s in cut_labelled(path, page_model)]
        yield "strips of real pages", real


if __name__ == "__main__":
    main()
