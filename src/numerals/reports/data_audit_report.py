"""The HTML page that `numerals data audit` writes."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.lab.data_audit import (
    AuditedPicture,
    DataAudit,
    DuplicateGroup,
    LabelFinding,
    Outlier,
)
from numerals.reports.html_page import GalleryTile, PageSection, write_page
from numerals.reports.text_tables import percent
from numerals.scripts import to_ascii_digits

_MAX_TILE_WIDTH = 520  # pixels
_MIN_WIDE_TILE = 180  # pixels; narrower pictures of lines and of groups are enlarged
_MAX_GROUP_PICTURES = 6  # shown in the tile of a group of duplicates
_GAP = 4  # pixels between the pictures of a group

_LABELS_TEXT = {
    "digits": "Label → most probable other class, with the probability of each, of models that were"
    " not fitted to the digit. Confident learning (Northcutt, Jiang, Chuang 2021) counts a label as"
    " a suspect, marked ●, if the digit is predicted as another class with at least the mean"
    " probability of the digits of that class.",
    "lines": "Label → reading. The first number is the probability of the label under the line"
    " model, the second one the calibrated confidence of the reading. A label is a suspect, marked"
    " ●, if the reading is more likely right than wrong.",
}
_DUPLICATES_TEXT = (
    "Equal pictures, and near duplicates: pictures whose distance is at most 0.4 times the typical"
    " distance to the next neighbors. Groups with different labels come first, then groups across"
    " splits, which make a test accuracy too high."
)
_OUTLIERS_TEXT = {
    "digits": "Digits that are far from all others: mean distance to the eight nearest neighbors,"
    " relative to the median of all digits.",
    "lines": "Lines that the model cannot read: probability that its reading is wrong.",
}


def write_data_audit_report(path: Path, audit: DataAudit) -> None:
    """Write an audit as an HTML file.

    Parameters
    ----------
    path : Path
    audit : DataAudit
    """
    lead = (
        f"{audit.n_suspects:,} of {audit.n_labels:,} labels are suspects. A person decides: some of"
        " them are right, and the picture is hard to read."
    )
    facts = [
        (f"{audit.n_suspects:,}", "suspect labels"),
        (f"{percent(audit.agreement)} %", "labels equal to the prediction"),
        (f"{audit.n_duplicates.groups:,}", "groups of duplicates"),
        (f"{audit.n_duplicates.across_splits:,}", "of them across splits"),
        *((f"{size:,}", f"{audit.kind} in {split}") for split, size in audit.sizes.items()),
    ]
    sections = [
        _labels_section(audit),
        _duplicates_section(audit),
        _outliers_section(audit),
        _method_section(audit),
    ]
    write_page(path, f"Label audit of {audit.name}", lead, sections, facts=facts)


def _labels_section(audit: DataAudit) -> PageSection:
    text = f"{_LABELS_TEXT[audit.kind]}\n\n{_count('least probable labels', audit.labels)}"
    return PageSection(
        "Labels", text, gallery=[_label_tile(each, audit.kind) for each in audit.labels]
    )


def _duplicates_section(audit: DataAudit) -> PageSection:
    if not audit.duplicates:
        return PageSection("Duplicates", f"{_DUPLICATES_TEXT}\n\nNone.")
    shown = f"{len(audit.duplicates):,} of {audit.n_duplicates.groups:,} groups."
    tiles = [_group_tile(group) for group in audit.duplicates]
    return PageSection("Duplicates", f"{_DUPLICATES_TEXT}\n\n{shown}", gallery=tiles)


def _outliers_section(audit: DataAudit) -> PageSection:
    heading = "Outliers" if audit.kind == "digits" else "Unreadable lines"
    tiles = [_outlier_tile(outlier, audit.kind) for outlier in audit.outliers]
    return PageSection(heading, _OUTLIERS_TEXT[audit.kind], gallery=tiles)


def _method_section(audit: DataAudit) -> PageSection:
    statements = [
        f"Predictions: {audit.predictions}.",
        *(f"Note: {note}." for note in audit.notes),
        f"Duration: {audit.seconds:.0f} s.",
    ]
    return PageSection("Method", "\n\n".join(statements))


def _count(what: str, findings: Sequence[object]) -> str:
    return f"The {len(findings):,} {what}, least probable first." if findings else "None."


def _label_tile(finding: LabelFinding, kind: str) -> GalleryTile:
    picture = finding.picture
    mark = " ●" if finding.is_suspect else ""
    caption = f"{_name(picture)} → {to_ascii_digits(finding.suggestion)}{mark}"
    probabilities = f"{finding.label_proba:.3f} : {finding.suggestion_proba:.3f}"
    return GalleryTile(_tile_image(picture, kind), caption, f"{probabilities}\n{_place(picture)}")


def _group_tile(group: DuplicateGroup) -> GalleryTile:
    shown = group.pictures[:_MAX_GROUP_PICTURES]
    labels = dict.fromkeys(map(_name, group.pictures))
    kind = "equal" if group.is_exact else "near"
    places = [_place(picture) for picture in shown]
    if len(group.pictures) > len(shown):
        places.append(f"and {len(group.pictures) - len(shown):,} more")
    caption = f"{' / '.join(labels)} ({kind})"
    return GalleryTile(_side_by_side([p.image for p in shown]), caption, "\n".join(places))


def _outlier_tile(outlier: Outlier, kind: str) -> GalleryTile:
    note = f"{outlier.score:.2f}\n{_place(outlier.picture)}"
    return GalleryTile(_tile_image(outlier.picture, kind), _name(outlier.picture), note)


def _name(picture: AuditedPicture) -> str:
    return to_ascii_digits(picture.label) or "no label"


def _place(picture: AuditedPicture) -> str:
    return f"{picture.split} {picture.file or f'#{picture.index}'}"


def _tile_image(picture: AuditedPicture, kind: str) -> npt.NDArray[np.uint8]:
    return _fit(picture.image, min_width=_MIN_WIDE_TILE if kind == "lines" else 0)


def _fit(image: npt.NDArray[np.uint8], *, min_width: int) -> npt.NDArray[np.uint8]:
    """Return the image with a width of `min_width` to `_MAX_TILE_WIDTH`."""
    height, width = image.shape
    target = min(max(width, min_width), _MAX_TILE_WIDTH)
    if target == width:
        return image
    size = (target, max(1, round(height * target / width)))
    method = cv2.INTER_AREA if target < width else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)


def _side_by_side(images: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    height = max(image.shape[0] for image in images)
    tiles = [np.pad(i, ((0, height - i.shape[0]), (0, _GAP)), constant_values=128) for i in images]
    return _fit(np.concatenate(tiles, axis=1)[:, :-_GAP], min_width=_MIN_WIDE_TILE)
