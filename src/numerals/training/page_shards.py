"""The samples of the page recipe: composed in worker processes, and stored in files (shards)."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.data import load_digits
from numerals.errors import DataNotFoundError
from numerals.files import atomic_file
from numerals.ink.normalize import MNIST_SIZE
from numerals.models.page_model import MAP_STRIDE
from numerals.processes import spawn_pool
from numerals.records import Digits
from numerals.synthesis.digit_hands import Hand, make_font_hands, make_hands
from numerals.synthesis.ink_masks import make_writing_pool
from numerals.synthesis.page_camera import SAMPLE_SIDE
from numerals.synthesis.page_samples import PageMaterial, load_page_material, sample_page
from numerals.synthesis.page_targets import make_targets
from numerals.training.line_pools import lower_worker_priority
from numerals.training.page_loss import MAPS

SAMPLES_PER_SHARD = 500
"""Samples that a worker composes at a time; each shard has its own material."""

NUMBERS_PER_SHARD = 1200
"""Written numbers in the material of a shard."""

_OTHER_SCRIPTS = ("kannada-mnist", "cmaterdb-bangla", "cmaterdb-devanagari")


@dataclass(frozen=True, eq=False)
class PageSamples:
    """The samples of all shards, memory-mapped.

    Attributes
    ----------
    images : sequence of ndarray of uint8, shape (n, 512, 512, 3)
        One array per shard.
    maps : sequence of ndarray of uint8, shape (n, 7, 128, 128)
        Target maps, in the order of `MAPS`.
    """

    images: Sequence[npt.NDArray[np.uint8]]
    maps: Sequence[npt.NDArray[np.uint8]]

    @classmethod
    def open(cls, stems: Sequence[Path]) -> "PageSamples":
        """Open the files ``STEM-im.npy`` and ``STEM-tg.npy`` of each shard."""
        return cls(
            [np.load(f"{stem}-im.npy", mmap_mode="r", allow_pickle=False) for stem in stems],
            [np.load(f"{stem}-tg.npy", mmap_mode="r", allow_pickle=False) for stem in stems],
        )

    def __len__(self) -> int:
        return sum(len(shard) for shard in self.images)

    def __getitem__(self, index: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        remaining = index
        for images, maps in zip(self.images, self.maps, strict=True):
            if remaining < len(images):
                return images[remaining], maps[remaining]
            remaining -= len(images)
        raise IndexError(f"index {index} is out of range for {len(self)} samples")


def compose_samples(
    folder: Path, n_shards: int, *, on_shard: Callable[[int], None] = lambda n_done: None
) -> list[Path]:
    """Compose the shards that do not exist yet.

    Parameters
    ----------
    folder : Path
        Directory of the shards. Those of a stopped run are reused.
    n_shards : int
        Shards of `SAMPLES_PER_SHARD` samples; a sample takes 0.9 MB.
    on_shard : callable
        Called with the number of shards that exist after each one.

    Returns
    -------
    list of Path
        Paths of the shards' files without their endings; see `PageSamples.open`.

    Raises
    ------
    DataNotFoundError
        If ``NUMERALS_DATA`` does not contain ``training-pages``.
    """
    find_data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    stems = [folder / f"shard-{i}" for i in range(n_shards)]
    missing = [i for i, stem in enumerate(stems) if not Path(f"{stem}-tg.npy").exists()]
    with spawn_pool(os.cpu_count() or 1, lower_worker_priority) as pool:
        n_done = n_shards - len(missing)
        for _ in pool.map(compose_shard, missing, [stems[i] for i in missing]):
            n_done += 1
            on_shard(n_done)
    return stems


def find_data_folder() -> Path:
    """Return the folder of ``NUMERALS_DATA``.

    Raises
    ------
    DataNotFoundError
        If it is not set, or does not contain ``training-pages``.
    """
    folder = os.environ.get("NUMERALS_DATA")
    if not folder or not (Path(folder) / "training-pages").is_dir():
        raise DataNotFoundError(
            "page: training-pages/ is needed below the folder that NUMERALS_DATA names "
            f"(now {folder!r}); see docs/pages.md"
        )
    return Path(folder)


def compose_shard(seed: int, stem: Path) -> None:
    """Compose one shard, and write ``STEM-im.npy`` and ``STEM-tg.npy`` atomically."""
    rng = np.random.default_rng(seed)
    material = make_page_material(rng, load_digits("qmnist"))
    map_side = SAMPLE_SIDE // MAP_STRIDE
    images = np.zeros((SAMPLES_PER_SHARD, SAMPLE_SIDE, SAMPLE_SIDE, 3), np.uint8)
    maps = np.zeros((SAMPLES_PER_SHARD, len(MAPS), map_side, map_side), np.uint8)
    for i in range(SAMPLES_PER_SHARD):
        sample = sample_page(rng, material)
        targets = make_targets(sample)
        images[i] = sample.image
        maps[i] = np.stack([getattr(targets, name) for name in MAPS])
    for name, array in (("im", images), ("tg", maps)):
        with atomic_file(Path(f"{stem}-{name}.npy")) as partial:
            np.save(partial, array)


def make_page_material(rng: np.random.Generator, digits: Digits) -> PageMaterial:
    """Return the material of page samples; Latin numbers are composed of `digits`.

    Raises
    ------
    DataNotFoundError
        If a data set or ``training-pages`` is not on disk.
    """
    folder = find_data_folder()
    other_hands: list[Hand] = []
    for name in _OTHER_SCRIPTS:
        other_hands += make_hands(_resize_to_glyphs(load_digits(name)))
    fonts = _system_fonts()
    pool = make_writing_pool(
        rng,
        make_hands(digits),
        make_font_hands(),
        other_hands,
        sorted((folder / "training-pages/not_numbers/fonts").glob("*.woff")),
        [path for path in fonts if "Arabic" not in path.name],
        [path for path in fonts if "Arabic" in path.name],
        NUMBERS_PER_SHARD,
    )
    return load_page_material(folder, pool)


def _resize_to_glyphs(digits: Digits) -> Digits:
    size = (MNIST_SIZE, MNIST_SIZE)
    if digits.images.shape[1:] == size:
        return digits
    images = [cv2.resize(image, size, interpolation=cv2.INTER_AREA) for image in digits.images]
    return replace(digits, images=np.stack(images))


def _system_fonts() -> list[Path]:
    """Return installed fonts with letters and digits, and those that Matplotlib contains."""
    from matplotlib import font_manager, get_data_path

    paths = [Path(path) for path in font_manager.findSystemFonts(fontext="ttf")]
    paths += sorted((Path(get_data_path()) / "fonts/ttf").glob("DejaVu*.ttf"))
    excluded = ("Symbol", "Math", "Emoji", "Display")
    fonts = [path for path in sorted(paths) if not any(word in path.name for word in excluded)]
    # Noto has one file per script; those of other scripts lack Latin letters.
    latin = ("NotoSans-", "NotoSerif-", "NotoSansMono-", "NotoNaskhArabic-", "NotoSansArabic-")
    return [path for path in fonts if "Noto" not in path.name or path.name.startswith(latin)]
