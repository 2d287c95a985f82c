"""``numerals data audit``: rank label errors, duplicates and outliers of a data set."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import print_json, print_text, warn, with_progress
from numerals.cli.data_convert import names_corrections
from numerals.cli.data_options import DigitFileOptions, ImageFailures, load_data
from numerals.cli.model_loading import load_any_model
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import refuse_together
from numerals.errors import NumeralsError
from numerals.extras import requires_extra
from numerals.files import make_parent_folder
from numerals.private_files import private_umask

if TYPE_CHECKING:
    from numerals.lab.data_audit import DataAudit
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals data audit mnist --report audit.html

  numerals data audit photos/ --csv audit.csv

  numerals data audit digits.csv --method cosine --json

  numerals data audit mnist --split test --model latin

  numerals data audit meza --report audit.html

Each digit is predicted by a model that was fitted to other digits: by five-fold cross-validation,
or by --model, which should not have been trained on the data. The data sets of lines (orand, meza,
lectaurep) are read by the line model, and their validation split is audited.

Needs pip install 'numerals\\[lab]'.
"""

_MAX_ROWS = 20  # of the table on the terminal


@option_group("Prediction")
class PredictionOptions:
    """How the pictures are predicted."""

    method: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Method that is cross-validated, as of train. \\[default: cnn]"
        ),
    ] = None
    folds: Annotated[
        int | None,
        typer.Option(min=2, max=100, metavar="N", help="Folds of it. \\[default: 5]"),
    ] = None
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Predict with an existing model instead: a script, or a file (.onnx, .skops).",
        ),
    ] = None
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Random seed.")] = 0


@option_group("Output")
class AuditOutputOptions:
    """What is written and printed."""

    report: Annotated[
        Path | None, typer.Option(metavar="HTML", help="Write the findings with their pictures.")
    ] = None
    csv: Annotated[Path | None, typer.Option("--csv", metavar="CSV", help="Write the ranking.")] = (
        None
    )
    top: Annotated[
        int,
        typer.Option(
            min=1, max=10_000, metavar="N", help="Maximum number of findings of each kind."
        ),
    ] = 100
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False


@with_option_groups
def audit(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="The name of a data set, a file or a folder.")
    ],
    split: Annotated[
        str | None,
        typer.Option(help="Audit only this split. \\[default: all; of lines, validation]"),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="Audit the first N of each split.")
    ] = None,
    *,
    prediction: PredictionOptions,
    output: AuditOutputOptions,
    file_options: DigitFileOptions,
) -> None:
    """Rank wrong labels, duplicates within and across splits, and outliers of a data set."""
    with requires_extra("lab", "auditing"):
        from numerals.lab import digit_audit  # noqa: F401
        from numerals.reports.data_audit_report import write_data_audit_report
        from numerals.reports.figure_files import write_report_file
    from numerals.data.line_data_sets import LINE_DATA_SETS
    from numerals.reports.data_audit_tables import audit_csv

    refuse_together(
        "--model", prediction.model, {"--method": prediction.method, "--folds": prediction.folds}
    )
    for path in filter(None, (output.report, output.csv)):
        make_parent_folder(path)  # fail before long work
    failures = ImageFailures()
    if source in LINE_DATA_SETS and not Path(source).exists():
        result = _audit_lines(source, split, limit, prediction, output.top)
    else:
        loader = _SplitLoader(source, limit, failures, file_options)
        _load_splits(loader, split)
        result = _audit_digits(loader, prediction, output.top)
    # Corrections show handwriting of the users: only the user may read the files.
    with private_umask() if names_corrections(source) else nullcontext():
        if output.report:
            write_data_audit_report(output.report, result)
            warn(f"wrote {output.report}")
        if output.csv:
            write_report_file(output.csv, audit_csv(result).encode())
            warn(f"wrote {output.csv}")
    _print(result, as_json=output.as_json)
    failures.exit_if_any()


def _audit_digits(loader: "_SplitLoader", prediction: PredictionOptions, top: int) -> "DataAudit":
    from numerals.lab.digit_audit import Predictor, audit_digits
    from numerals.lab.out_of_sample import DEFAULT_METHOD, N_FOLDS

    predictor = Predictor(
        prediction.method or DEFAULT_METHOD,
        n_folds=prediction.folds or N_FOLDS,
        random_state=prediction.seed,
        model=load_any_model(prediction.model) if prediction.model else None,
    )
    return audit_digits(loader.splits, predictor, top=top, files=loader.files, track=with_progress)


def _audit_lines(
    name: str, split: str | None, limit: int | None, prediction: PredictionOptions, top: int
) -> "DataAudit":
    from numerals.lab import line_audit

    refuse_together(name, name, {"--method": prediction.method, "--folds": prediction.folds})
    model = line_audit.open_line_model(prediction.model or "latin")
    splits = (split,) if split else line_audit.SPLITS
    lines = line_audit.load_labelled_lines(name, splits, limit=limit, track=with_progress)
    label_splits = splits if split or prediction.model else line_audit.HELD_OUT_SPLITS
    return line_audit.audit_lines(
        name, lines, model, label_splits=label_splits, top=top, track=with_progress
    )


class _SplitLoader:
    """Loads the splits of a source, and the names of its pictures if it is a folder."""

    def __init__(
        self,
        source: str,
        limit: int | None,
        failures: ImageFailures,
        file_options: DigitFileOptions,
    ) -> None:
        self.source, self.limit = source, limit
        self.failures, self.file_options = failures, file_options
        self.splits: dict[str, Digits] = {}
        self.files: dict[str, list[str]] = {}

    def load(self, split: str) -> tuple[str, ...]:
        """Load one split; return the notes of its file."""
        failed: set[Path] = set()

        def on_error(path: Path, error: NumeralsError) -> None:
            failed.add(path)
            self.failures(path, error)

        digits = load_data(
            self.source, split=split, on_error=on_error, file_options=self.file_options
        )
        self.splits[split] = digits[: self.limit]
        folder = Path(self.source)
        if folder.is_dir():
            self.files[split] = _picture_names(folder, split, failed)[: self.limit]
        return digits.notes

    def rename(self, split: str, name: str) -> None:
        """Rename a loaded split."""
        self.splits[name] = self.splits.pop(split)
        if split in self.files:
            self.files[name] = self.files.pop(split)


def _load_splits(loader: _SplitLoader, split: str | None) -> None:
    """Load one split, or all splits that there are."""
    from numerals.data import CATALOGUE, is_on_disk
    from numerals.data.split_names import splits_in_notes
    from numerals.lab.joined_splits import SINGLE_SPLIT

    requested = split or "train"
    if Path(loader.source).exists():
        known = splits_in_notes(loader.load(requested))
        if not known:  # the split was ignored
            loader.rename(requested, SINGLE_SPLIT)
        others = [] if split else [name for name in known if name != requested]
    elif split or loader.source not in CATALOGUE:
        others = [requested]
    else:
        names = CATALOGUE[loader.source].splits
        # Without any, the error of the first one says where to get it.
        others = [name for name in names if is_on_disk(loader.source, name)] or list(names)
    for name in others:
        loader.load(name)


def _picture_names(folder: Path, split: str, failed: set[Path]) -> list[str]:
    """Return the paths of the pictures that were read, relative to the folder."""
    from numerals.data.image_folders import list_pictures

    pictures, _ = list_pictures(folder, split)
    return [path.relative_to(folder).as_posix() for path, _ in pictures if path not in failed]


def _print(result: "DataAudit", *, as_json: bool) -> None:
    from numerals.reports.data_audit_tables import label_table, summary_lines

    if as_json:
        print_json(result.to_dict())
        return
    print_text("\n".join(summary_lines(result)))
    if result.labels:
        print_text("\n" + label_table(result, _MAX_ROWS).to_text())
