"""The result of an audit of labelled pictures: suspicious labels, duplicates and outliers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class AuditedPicture:
    """A picture of the audited data.

    Attributes
    ----------
    split : str
    index : int
        Index in its split, from 0.
    label : str
        Class or text; empty if it has none.
    image : ndarray of uint8, shape (height, width)
        Grey levels: of digits, ink bright; of lines, as in the file.
    file : str
        Name of its file; empty if it has none of its own.
    """

    split: str
    index: int
    label: str
    image: npt.NDArray[np.uint8]
    file: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        named = {"split": self.split, "index": self.index, "label": self.label}
        return named | ({"file": self.file} if self.file else {})


@dataclass(frozen=True, eq=False)
class LabelFinding:
    """A label that is probably wrong.

    Attributes
    ----------
    picture : AuditedPicture
    suggestion : str
        The most probable other class or text.
    label_proba, suggestion_proba : float in [0, 1]
        Probabilities of a model that was not fitted to the picture.
    is_suspect : bool
        Whether the label is counted as an error; others are ranked below.
    """

    picture: AuditedPicture
    suggestion: str
    label_proba: float
    suggestion_proba: float
    is_suspect: bool

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return self.picture.to_dict() | {
            "suggestion": self.suggestion,
            "label_probability": round(self.label_proba, 4),
            "suggestion_probability": round(self.suggestion_proba, 4),
            "suspect": self.is_suspect,
        }


@dataclass(frozen=True, eq=False)
class DuplicateGroup:
    """Pictures that are equal, or nearly equal.

    Attributes
    ----------
    pictures : tuple of AuditedPicture
    is_exact : bool
        Whether all pixels are equal.
    """

    pictures: tuple[AuditedPicture, ...]
    is_exact: bool

    @property
    def crosses_splits(self) -> bool:
        """Whether they are in several splits."""
        return len({picture.split for picture in self.pictures}) > 1

    @property
    def has_label_conflict(self) -> bool:
        """Whether they have different labels, of which at most one is right."""
        return len({picture.label for picture in self.pictures if picture.label}) > 1

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "exact": self.is_exact,
            "crosses_splits": self.crosses_splits,
            "label_conflict": self.has_label_conflict,
            "pictures": [picture.to_dict() for picture in self.pictures],
        }


@dataclass(frozen=True)
class DuplicateCounts:
    """Numbers of groups of duplicates.

    Attributes
    ----------
    groups : int
    across_splits : int
        Groups whose pictures are in several splits.
    label_conflicts : int
        Groups whose pictures have different labels.
    repeated : mapping of str to int
        Pictures of each split that have a duplicate in another split.
    """

    groups: int
    across_splits: int
    label_conflicts: int
    repeated: Mapping[str, int]


def count_duplicates(groups: Sequence[DuplicateGroup]) -> DuplicateCounts:
    """Count groups of duplicates."""
    return DuplicateCounts(
        len(groups),
        sum(group.crosses_splits for group in groups),
        sum(group.has_label_conflict for group in groups),
        dict(Counter(split for split, _ in find_repeated(groups))),
    )


def find_repeated(groups: Sequence[DuplicateGroup]) -> set[tuple[str, int]]:
    """Return split and index of the pictures that have a duplicate in another split."""
    crossing = [group for group in groups if group.crosses_splits]
    return {(picture.split, picture.index) for group in crossing for picture in group.pictures}


@dataclass(frozen=True, eq=False)
class Outlier:
    """A picture that is unlike all others, or a line that cannot be read.

    Attributes
    ----------
    picture : AuditedPicture
    score : float
        Digits: mean distance to the nearest neighbors, relative to the median of all digits.
        Lines: probability that the reading is wrong.
    """

    picture: AuditedPicture
    score: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return self.picture.to_dict() | {"score": round(self.score, 4)}


@dataclass(frozen=True, eq=False)
class DataAudit:
    """What an audit found, in descending order of suspicion.

    Attributes
    ----------
    name : str
        Name of the data.
    kind : {"digits", "lines"}
    sizes : mapping of str to int
        Pictures of each split.
    predictions : str
        How the probabilities were predicted.
    agreement : float in [0, 1]
        Share of the labels that equal the prediction.
    n_labels, n_suspects : int
        Number of labels that were audited, and of those that are counted as errors.
    labels : tuple of LabelFinding
        The least probable labels.
    n_duplicates : DuplicateCounts
    duplicates : tuple of DuplicateGroup
        Those with label conflicts first, then those across splits.
    outliers : tuple of Outlier
    seconds : float
    notes : tuple of str
        Restrictions of this audit, one statement each.
    """

    name: str
    kind: str
    sizes: Mapping[str, int]
    predictions: str
    agreement: float
    n_labels: int
    n_suspects: int
    labels: tuple[LabelFinding, ...]
    n_duplicates: DuplicateCounts
    duplicates: tuple[DuplicateGroup, ...]
    outliers: tuple[Outlier, ...]
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def n_pictures(self) -> int:
        """Pictures of all splits."""
        return sum(self.sizes.values())

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "data": self.name,
            "kind": self.kind,
            "sizes": dict(self.sizes),
            "predictions": self.predictions,
            "agreement": round(self.agreement, 5),
            "audited_labels": self.n_labels,
            "suspects": self.n_suspects,
            "duplicate_groups": asdict(self.n_duplicates),
            "seconds": round(self.seconds, 1),
            "notes": list(self.notes),
            "labels": [finding.to_dict() for finding in self.labels],
            "duplicates": [group.to_dict() for group in self.duplicates],
            "outliers": [outlier.to_dict() for outlier in self.outliers],
        }
