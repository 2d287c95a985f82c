"""Pictures of the numbers of a sample."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from numerals.audit.crops import cut_crop
from numerals.audit.drawing import plan_audit
from numerals.audit.original_files import OriginalFiles
from numerals.audit.plan import Declaration
from numerals.audit.stage import open_stage
from numerals.batch.units import Unit
from numerals.errors import DataError
from numerals.printable import printable

PAGE = np.full((400, 600, 3), 240, np.uint8)
PAGE[100:150, 200:300] = 30  # the number


def frame_pixels(crop):
    return (crop[..., 2].astype(int) - crop[..., 0] > 60).sum()


def test_a_crop_shows_the_number_its_frame_and_some_context():
    crop = cut_crop(PAGE, (200, 100, 300, 150))
    assert (crop < 60).all(axis=2).sum() > 4000 and frame_pixels(crop) > 300
    assert 150 < crop.shape[0] < 260 and 200 < crop.shape[1] < 400
    assert (PAGE[100:150, 200:300] == 30).all()  # not drawn into


def test_boxes_are_in_pixels_of_the_original():
    reduced = cut_crop(PAGE, (400, 200, 600, 300), scale=2.0)
    assert reduced.shape == cut_crop(PAGE, (200, 100, 300, 150)).shape


@pytest.mark.parametrize("box", [(0, 0, 600, 400), (0, 0, 20, 12), (590, 390, 600, 400)])
def test_numbers_at_the_edge_have_a_whole_frame(box):
    crop = cut_crop(PAGE, box)
    assert crop.size and frame_pixels(crop) > 40


def test_small_numbers_are_enlarged_and_pages_reduced():
    assert cut_crop(PAGE, (10, 10, 40, 22)).shape[0] > 100
    assert max(cut_crop(np.tile(PAGE, (5, 5, 1)), None).shape) == 1200


@pytest.mark.parametrize("box", [(600, 0, 700, 50), (0, 500, 10, 510), (-50, 0, -10, 20)])
def test_boxes_outside_the_picture_are_refused(box):
    with pytest.raises(DataError, match="outside the picture"):
        cut_crop(PAGE, box)


def test_every_item_has_a_crop_or_a_reason(make_run, tmp_path):
    run = make_run(n=200, pictures=True)
    (tmp_path / "page-3.png").write_bytes(b"not a picture")
    (tmp_path / "page-4.png").unlink()
    plan_audit(run, Declaration(0.02))
    stage = open_stage(run.path)
    missing = stage.missing_crops()
    for item in stage.items():
        path = stage.crop_path(item.id)
        assert (path is None) == (item.id in missing) == (item.file in ("page-3.png", "page-4.png"))
        assert path is None or cv2.imread(str(path)) is not None
    assert any("page-4.png: no such file" in reason for reason in missing.values())
    assert any("page-3.png" in reason for reason in missing.values())


def test_pictures_in_another_folder(make_run, tmp_path):
    run = make_run(n=100, pictures=True)
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in tmp_path.glob("page-*.png"):
        path.rename(moved / path.name)
    plan_audit(run, Declaration(0.05), pictures=[moved])
    assert not open_stage(run.path).missing_crops()


def test_files_whose_names_have_to_be_escaped_are_found(tmp_path):
    class Run:
        path = str(tmp_path)

        def units(self):
            return (Unit(name, name) for name in (f"{tmp_path}/a\nb.png", f"{tmp_path}/\udcff.png"))

    for unit in Run().units():
        cv2.imwrite(unit.name.replace("\udcff", "c"), np.zeros((9, 9), np.uint8))
    Path(tmp_path, "c.png").rename(f"{tmp_path}/\udcff.png")
    names = [printable(unit.name) for unit in Run().units()]
    files = OriginalFiles(Run(), names)
    assert [files(name) for name in names] == [Path(unit.name) for unit in Run().units()]
