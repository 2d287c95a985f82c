"""The samples of the page recipe: composed once, in processes, and kept on disk."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from numerals.data import load_digits
from numerals.errors import DataNotFoundError
from numerals.records import Digits
from numerals.synthesis.digit_hands import Hand, font_hands, make_hands
from numerals.synthesis.ink_masks import make_pool
from numerals.synthesis.page_camera import SAMPLE_SIDE
from numerals.synthesis.page_samples import PageMaterial, draw_sample, load_material
from numerals.synthesis.page_targets import STRIDE, make_targets
from numerals.training.line_pools import give_way
from numerals.training.page_loss import MAPS

_SHARD = 500
"""Samples that a process composes at a time; each shard has hands and pieces of its own."""

_OTHER_SCRIPTS = ("kannada-mnist", "cmaterdb-bangla", "cmaterdb-devanagari")
_GLYPH_SIDE = 28  # pixels
_N_PIECES = 1200  # numbers that are written for a shard


def compose_samples(
    folder: Path, n_shards: int, *, on_shard: Callable[[int], None] = lambda done: None
) -> list[Path]:
    """Compose what is not there yet; return the stems of the shards' files.

    Parameters
    ----------
    folder : Path
        Shards that a stopped run left there are kept.
    n_shards : int
        Of `_SHARD` samples, 0.85 MB each.
    on_shard : callable
        Called with the number of shards that are there.

    Raises
    ------
    DataNotFoundError
        If ``NUMERALS_DATA`` is not set.
    """
    find_data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    stems = [folder / f"shard-{i}" for i in range(n_shards)]
    missing = [i for i, stem in enumerate(stems) if not Path(f"{stem}-tg.npy").exists()]
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=give_way) as pool:
        try:
            done = n_shards - len(missing)
            for _ in pool.map(compose_shard, missing, [stems[i] for i in missing]):
                done += 1
                on_shard(done)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return stems


def find_data_folder() -> Path:
    """Return the folder that ``NUMERALS_DATA`` names."""
    folder = os.environ.get("NUMERALS_DATA")
    if not folder or not (Path(folder) / "training-pages").is_dir():
        raise DataNotFoundError(
            "page: training-pages/ is needed below the folder that NUMERALS_DATA names "
            f"(now {folder!r}); see docs/pages.md"
        )
    return Path(folder)


def compose_shard(seed: int, stem: Path) -> None:
    """Compose one shard and write ``STEM-im.npy`` and ``STEM-tg.npy``, whole or not at all."""
    rng = np.random.default_rng(seed)
    material = make_material(rng, load_digits("qmnist"))
    n = SAMPLE_SIDE // STRIDE
    images = np.zeros((_SHARD, SAMPLE_SIDE, SAMPLE_SIDE, 3), np.uint8)
    maps = np.zeros((_SHARD, len(MAPS), n, n), np.uint8)
    for i in range(_SHARD):
        sample = draw_sample(rng, material)
        targets = make_targets(sample)
        images[i] = sample.image
        maps[i] = np.stack([getattr(targets, name) for name in MAPS])
    for name, array in (("im", images), ("tg", maps)):
        partial = Path(f"{stem}-{name}.partial.npy")
        np.save(partial, array)
        partial.replace(f"{stem}-{name}.npy")


def make_material(rng: np.random.Generator, digits: Digits) -> PageMaterial:
    """Return what samples are made of; Latin numbers are written with `digits`."""
    folder = find_data_folder()
    others: list[Hand] = []
    for name in _OTHER_SCRIPTS:
        others += make_hands(_at_glyph_size(load_digits(name)))
    fonts = _system_fonts()
    pool = make_pool(
        rng,
        make_hands(digits),
        font_hands(),
        others,
        sorted((folder / "training-pages/not_numbers/fonts").glob("*.woff")),
        [path for path in fonts if "Arabic" not in path.name],
        [path for path in fonts if "Arabic" in path.name],
        _N_PIECES,
    )
    return load_material(folder, pool)


def _at_glyph_size(digits: Digits) -> Digits:
    size = (_GLYPH_SIDE, _GLYPH_SIDE)
    if digits.images.shape[1:] == size:
        return digits
    images = [cv2.resize(image, size, interpolation=cv2.INTER_AREA) for image in digits.images]
    return replace(digits, images=np.stack(images))


def _system_fonts() -> list[Path]:
    """Return installed fonts that print letters and digits; Matplotlib brings some of its own."""
    from matplotlib import font_manager, get_data_path

    found = [Path(path) for path in font_manager.findSystemFonts(fontext="ttf")]
    found += sorted((Path(get_data_path()) / "fonts/ttf").glob("DejaVu*.ttf"))
    odd = ("Symbol", "Math", "Emoji", "Display")
    kept = [path for path in sorted(found) if not any(word in path.name for word in odd)]
    # Noto has a file for each script; those of other scripts lack Latin letters.
    latin = ("NotoSans-", "NotoSerif-", "NotoSansMono-", "NotoNaskhArabic-", "NotoSansArabic-")
    return [path for path in kept if "Noto" not in path.name or path.name.startswith(latin)]
