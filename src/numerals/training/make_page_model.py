"""The recipe of the page model: compose samples, train the page network, write the model file."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from numerals import __version__
from numerals.models.page_model import PAGE_FORMAT
from numerals.networks.page_onnx import write_page_onnx
from numerals.training.hardware import describe_machine
from numerals.training.page_recipe import PageRecipe
from numerals.training.page_shards import PageSamples, compose_samples
from numerals.training.page_trainer import PageTrainer
from numerals.training.run_directory import claim_run_directory


def make_page_model(
    recipe: PageRecipe,
    folder: Path,
    out: Path,
    *,
    report: Callable[[str], None] = lambda line: None,
) -> dict[str, str]:
    """Compose samples, train and write a page model; resume a run that was stopped.

    Parameters
    ----------
    recipe : PageRecipe
    folder : Path
        Directory of the run, with the samples and a checkpoint.
    out : Path
        ONNX file to write.
    report : callable
        Called with lines of text about the progress.

    Returns
    -------
    dict of str to str
        Metadata of the file.

    Raises
    ------
    DataError
        If the directory belongs to a run with other settings.
    DataNotFoundError
        If ``NUMERALS_DATA`` does not contain ``training-pages``.
    ModelError
        If rapidocr, which contains the pretrained body, is not installed.
    """
    claim_run_directory(folder, asdict(recipe), "recipe.json")
    stems = compose_samples(
        folder / "samples",
        recipe.shards,
        on_shard=lambda n_done: report(f"composed {n_done} of {recipe.shards} shards"),
    )
    trainer = PageTrainer(recipe, PageSamples.open(stems), folder)
    trainer.train(report)
    metadata = page_metadata(trainer) | {"figures": json.dumps(trainer.evaluate())}
    write_page_onnx(trainer.average.network.cpu().eval(), out, metadata)
    return metadata


def page_metadata(trainer: PageTrainer) -> dict[str, str]:
    """Return the metadata of the model file, without figures."""
    return {
        "format": PAGE_FORMAT,
        "name": "page",
        "version": __version__,
        "training": json.dumps(asdict(trainer.recipe)),
        "n_samples": str(len(trainer.samples)),
        "seconds": str(round(trainer.seconds)),
        "machine": describe_machine(),
    }
