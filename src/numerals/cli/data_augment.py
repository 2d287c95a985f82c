"""``numerals data augment``: preview the distorted digits that a network is trained on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import print_text
from numerals.cli.data_options import DigitFileOptions, Split, load_data
from numerals.cli.data_show import SelectionOptions
from numerals.cli.option_groups import with_option_groups
from numerals.cli.usage import UsageError
from numerals.cli.verb_command import examples
from numerals.extras import requires_extra
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from numerals.classifiers.cnn_base import CNNClassifier

EPILOG = (
    examples(
        "numerals data augment mnist --preview augmented.png",
        "numerals data augment mnist --method cnn --set augment=1 --index 7 --preview seven.png",
        "numerals data augment photos/ --random 6 --versions 12 --preview augmented.png",
    )
    + "\n\nNeeds pip install 'numerals\\[lab]'."
)

_N_DIGITS = 8  # shown by default


@with_option_groups
def augment(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="The name of a data set, a file or a folder.")
    ],
    preview: Annotated[Path, typer.Option("--preview", metavar="PNG", help="Picture to write.")],
    method: Annotated[
        str,
        typer.Option(
            metavar="METHOD", help="Network whose augmentation to show, cnn-tutorial or cnn."
        ),
    ] = "cnn-tutorial",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change a setting of the method; repeatable."
        ),
    ] = None,
    versions: Annotated[
        int, typer.Option(min=1, max=100, metavar="N", help="Augmented versions of each digit.")
    ] = 9,
    split: Split = "train",
    *,
    selection: SelectionOptions,
    file_options: DigitFileOptions,
) -> None:
    """Draw digits, each beside random versions of it as a network is trained on.

    By default it shows the first eight digits. --seed is the seed of the distortions and of
    --random.
    """
    selection.check()
    network = _make_network(method, settings or [])
    digits = load_data(source, split=split, file_options=file_options)
    from numerals.displays import make_captioned_sheet
    from numerals.reports.contact_sheet import write_sheet

    indices = selection.select(digits, f"{source} {split}", default_first=_N_DIGITS)
    images = digits.images[indices]
    augmented = network.augment_images(images, versions, random_state=selection.seed)
    names = [digits.classes[label] if label >= 0 else "?" for label in digits.labels[indices]]
    captions = []
    for index, name in zip(indices.tolist(), names, strict=True):
        captions += [f"{index}: {to_ascii_digits(name)}", *[""] * versions]
    sheet = make_captioned_sheet(_beside(images, augmented), captions, columns=1 + versions)
    write_sheet(sheet, preview)
    print_text(preview)


def _beside(
    images: "npt.NDArray[np.uint8]", augmented: "npt.NDArray[np.uint8]"
) -> "npt.NDArray[np.uint8]":
    """Return each image followed by its versions, shape (n, height, width)."""
    import numpy as np

    rows = np.concatenate([images[:, None], augmented], axis=1)
    return rows.reshape(-1, *images.shape[1:])


def _make_network(method: str, settings: list[str]) -> "CNNClassifier":
    with requires_extra("lab", "augmenting"):
        from numerals.classifiers import METHODS, make_classifier
        from numerals.classifiers.cnn_base import CNNClassifier
        from numerals.classifiers.pixel_pipelines import parse_setting

    network = make_classifier(method, dict(parse_setting(setting) for setting in settings))
    if not isinstance(network, CNNClassifier):
        known = [name for name in METHODS if isinstance(METHODS[name].make(), CNNClassifier)]
        raise UsageError(f"{method} does not augment its images; choose {' or '.join(known)}")
    return network
