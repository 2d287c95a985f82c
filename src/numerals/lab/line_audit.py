"""Audit data sets of lines: labels that the line model contradicts, duplicates, unreadable lines.

The line model that ships was trained on the training splits of these data sets. Labels are
therefore audited in the validation split, unless another split or model is requested.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.data.line_data_sets import LINE_DATA_SETS, load_line_texts
from numerals.errors import DataError, ModelError
from numerals.evaluation.model_evaluation import TrackProgress
from numerals.images import load_picture
from numerals.lab.data_audit import (
    AuditedPicture,
    DataAudit,
    DuplicateGroup,
    LabelFinding,
    Outlier,
    count_duplicates,
    find_repeated,
)
from numerals.lab.picture_comparison import duplicate_groups
from numerals.models import LineModel
from numerals.models.line_model import SHIPPED_LINE_MODELS, line_model_path, load_line_model
from numerals.reading.strip_reader import read_strips
from numerals.reading.text_probability import text_probabilities
from numerals.search.near_duplicates import find_neighborhoods
from numerals.training.held_out_lines import matches_label
from numerals.training.line_pools import load_line_image
from numerals.training.line_samples import LineSample

SPLITS = ("train", "validation")
"""Splits of data sets of lines."""

HELD_OUT_SPLITS = ("validation",)
"""Splits that the shipped line models were not trained on."""

MIN_SUSPECT_CONFIDENCE = 0.5
"""Confidence above which a reading that contradicts the label is more likely right than wrong."""

_LINES_PER_STEP = 64  # read between two steps of the progress bar
_THUMBNAIL_SIZE = (96, 24)  # pixels, width and height: lines are compared at this size


@dataclass(frozen=True, eq=False)
class LabelledLine:
    """A line of a data set.

    Attributes
    ----------
    split : str
    index : int
        Index in its split, from 0.
    path : Path
        The picture.
    sample : LineSample
        Its strip and text.
    """

    split: str
    index: int
    path: Path
    sample: LineSample

    def to_picture(self) -> AuditedPicture:
        """Return the line as an audited picture, with the grey levels of its file."""
        name = f"{self.path.parent.name}/{self.path.name}"
        pixels = load_picture(self.path).pixels
        return AuditedPicture(self.split, self.index, self.sample.text, pixels, name)


def open_line_model(name: str) -> LineModel:
    """Load the line model of a script, or an ONNX file.

    Raises
    ------
    ModelError
        If it is not a line model, or the script has none.
    """
    path = line_model_path(name) or Path(name)
    if not path.is_file():
        raise ModelError(
            f"{name}: no line model; name an ONNX file, or one of {', '.join(SHIPPED_LINE_MODELS)}"
        )
    return load_line_model(path)


def load_labelled_lines(
    name: str,
    splits: Sequence[str] = SPLITS,
    *,
    limit: int | None = None,
    track: TrackProgress | None = None,
) -> list[LabelledLine]:
    """Load the lines of a data set.

    Parameters
    ----------
    name : str
        A name in `LINE_DATA_SETS`.
    splits : sequence of str
    limit : int, optional
        Load only the first `limit` lines of each split.
    track : callable, optional
        Displays progress, as ``cli.console.with_progress`` does.

    Raises
    ------
    DataNotFoundError
        If the data set is not below ``NUMERALS_DATA``.
    DataError
        If there are no lines in these splits.
    UnknownNameError
        If there is no such data set.
    """
    rows = [
        (split, index, path, text)
        for split in splits
        for index, (path, text) in enumerate(islice(load_line_texts(name, split), limit))
    ]
    if not rows:
        raise DataError(
            f"{name}: no lines in split {' or '.join(splits)}; choose {' or '.join(SPLITS)}"
        )
    kind = LINE_DATA_SETS[name]
    steps = track(rows, len(rows), "loading") if track else rows
    return [
        LabelledLine(split, index, path, LineSample(load_line_image(path), text, kind.has_signs))
        for split, index, path, text in steps
    ]


def audit_lines(
    name: str,
    lines: Sequence[LabelledLine],
    model: LineModel,
    *,
    label_splits: Sequence[str] = HELD_OUT_SPLITS,
    top: int = 100,
    track: TrackProgress | None = None,
) -> DataAudit:
    """Rank label errors, duplicates and unreadable lines.

    A label is a suspect if the model reads another text with a calibrated confidence above
    `MIN_SUSPECT_CONFIDENCE`. Labels are ranked by their probability under the model minus that
    confidence.

    Parameters
    ----------
    name : str
        Name of the data set.
    lines : sequence of LabelledLine
        One or more.
    model : LineModel
        Should not have been trained on the lines of `label_splits`.
    label_splits : sequence of str, default=("validation",)
        Splits whose labels are audited. Duplicates are searched in all lines.
    top : int, default=100
        Maximum number of labels, of duplicate groups and of lines to list.
    track : callable, optional
        Displays progress, as ``cli.console.with_progress`` does.

    Raises
    ------
    DataError
        If no line is in `label_splits`.
    """
    started = time.perf_counter()
    chosen = [line for line in lines if line.split in label_splits]
    if not chosen:
        raise DataError(f"{name}: no lines in split {' or '.join(label_splits)}")
    readings = _read(model, chosen, track)
    suspects = [reading for reading in readings if reading.is_suspect]
    ranked = sorted((r for r in readings if not r.agrees and r.text), key=_margin)
    unreadable = sorted((r for r in readings if not r.is_suspect), key=lambda r: r.confidence)
    groups = _find_duplicates(lines, track)
    return DataAudit(
        name=name,
        kind="lines",
        sizes=_count(lines),
        predictions=f"line model {model.metadata.get('name', model.script)}",
        agreement=sum(reading.agrees for reading in readings) / len(readings),
        n_labels=len(readings),
        n_suspects=len(suspects),
        labels=tuple(_to_finding(reading) for reading in ranked[:top]),
        n_duplicates=count_duplicates(groups),
        duplicates=tuple(groups[:top]),
        outliers=tuple(Outlier(r.line.to_picture(), 1 - r.confidence) for r in unreadable[:top]),
        seconds=time.perf_counter() - started,
        notes=_notes(label_splits, readings, find_repeated(groups)),
    )


@dataclass(frozen=True, eq=False)
class _LineReading:
    line: LabelledLine
    text: str
    confidence: float
    label_proba: float
    agrees: bool

    @property
    def is_suspect(self) -> bool:
        return not self.agrees and self.confidence > MIN_SUSPECT_CONFIDENCE


def _notes(
    label_splits: Sequence[str],
    readings: Sequence[_LineReading],
    repeated: Collection[tuple[str, int]],
) -> tuple[str, ...]:
    notes = [f"labels of {' and '.join(label_splits)} are audited ({len(readings):,} lines)"]
    others = [r.agrees for r in readings if (r.line.split, r.line.index) not in repeated]
    if 0 < len(others) < len(readings):
        share = 100 * sum(others) / len(others)
        notes.append(
            f"of the {len(others):,} that have no duplicate in another split, {share:.2f} % agree"
            " with their label"
        )
    if not set(label_splits) <= set(HELD_OUT_SPLITS):
        notes.append("the shipped line model was trained on most of these lines; errors are missed")
    return tuple(notes)


def _margin(reading: _LineReading) -> float:
    return reading.label_proba - reading.confidence


def _read(
    model: LineModel, lines: Sequence[LabelledLine], track: TrackProgress | None
) -> list[_LineReading]:
    batches = [lines[i : i + _LINES_PER_STEP] for i in range(0, len(lines), _LINES_PER_STEP)]
    readings = []
    for batch in track(batches, len(batches), "reading") if track else batches:
        strips = [line.sample.image for line in batch]
        label_probas = text_probabilities(
            model,
            strips,
            [line.sample.text for line in batch],
            has_signs=batch[0].sample.has_signs,
        )
        for line, reading, label_proba in zip(
            batch, read_strips(model, strips), label_probas, strict=True
        ):
            text = reading.line.text if reading else ""
            confidence = reading.line.confidence if reading else 0.0
            agrees = matches_label(text, line.sample)
            readings.append(_LineReading(line, text, confidence, label_proba, agrees))
    return readings


def _to_finding(reading: _LineReading) -> LabelFinding:
    return LabelFinding(
        reading.line.to_picture(),
        reading.text,
        reading.label_proba,
        reading.confidence,
        reading.is_suspect,
    )


def _find_duplicates(
    lines: Sequence[LabelledLine], track: TrackProgress | None
) -> list[DuplicateGroup]:
    if len(lines) < 2:
        return []
    thumbnails = np.stack([_thumbnail(line.sample.image) for line in lines])
    neighborhoods = find_neighborhoods(thumbnails, track=track)
    return duplicate_groups(thumbnails, neighborhoods, lambda number: lines[number].to_picture())


def _thumbnail(strip: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.resize(strip, _THUMBNAIL_SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def _count(lines: Sequence[LabelledLine]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.split] = counts.get(line.split, 0) + 1
    return counts
