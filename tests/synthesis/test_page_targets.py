"""Target maps of a sample: cores, regions, weights, kinds and turns."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_masks import sample_of

from numerals.models.page_model import CORE_HEIGHT, MAP_STRIDE
from numerals.synthesis.page_camera import SAMPLE_SIDE, crop_to_number, rotate_sample
from numerals.synthesis.page_canvas import MARK, NUMBER, UNKNOWN, WRITING
from numerals.synthesis.page_targets import make_targets

BOX = (100, 100, 220, 160)


def bounds(values):
    """Return the box of the nonzero pixels of a map, in pixels of the sample."""
    rows, columns = np.nonzero(values)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) * MAP_STRIDE


def test_a_number_has_a_core():
    targets = make_targets(sample_of(BOX))
    half = CORE_HEIGHT * 60 / 2
    np.testing.assert_allclose(
        bounds(targets.core), (100 + 9, 130 - half, 220 - 9, 130 + half), atol=MAP_STRIDE
    )
    np.testing.assert_allclose(bounds(targets.region), (95, 95, 225, 165), atol=MAP_STRIDE)
    assert not targets.printed_core.any()


def test_a_rotated_number_has_a_rotated_core():
    quad = np.array([[100, 100], [300, 140], [290, 190], [90, 150]], np.float32)
    core = make_targets(replace(sample_of(), written=[quad])).core
    rows, columns = np.nonzero(core)
    assert np.polyfit(columns, rows, 1)[0] == pytest.approx(0.2, abs=0.03)


def test_printed_numbers_have_a_separate_core_map():
    targets = make_targets(sample_of(printed=[BOX]))
    assert targets.printed_core.any() and not targets.core.any()
    assert targets.region.any()


def test_neighbours_have_separate_cores_and_the_gap_has_weight_two():
    targets = make_targets(sample_of((100, 100, 200, 160), (208, 100, 308, 160)))
    gap = (slice(120 // MAP_STRIDE, 140 // MAP_STRIDE), slice(196 // MAP_STRIDE, 212 // MAP_STRIDE))
    assert not targets.core[gap].all(axis=0).any()
    assert (targets.weight[gap] == 2).all()
    assert targets.weight[120, 120] == 1


def test_unlabelled_areas_have_weight_zero_except_for_numbers():
    sample = sample_of(BOX)
    sample.unlabelled[:, :300] = 1
    targets = make_targets(sample)
    assert not targets.weight[:, :20].any()
    assert targets.weight[targets.region > 0].all()
    assert targets.weight[:, 80:].all() and targets.printed_weight.all()


def test_numbers_prevail_among_kinds_of_ink():
    sample = sample_of(BOX)
    sample.kinds[300:310] = MARK
    sample.kinds[128:132] = np.where(sample.kinds[128:132] == NUMBER, NUMBER, MARK)
    sample.kinds[400:420, 100:200] = WRITING
    sample.kinds[450:, :] = UNKNOWN
    kinds = make_targets(sample).kinds
    assert kinds[32, 40] == NUMBER and kinds[32, 100] == MARK and kinds[76, 3] == MARK
    assert kinds[102, 40] == WRITING and kinds[120, 50] == UNKNOWN and kinds[5, 5] == 0


def test_orientation_is_labelled_at_writing():
    sample = sample_of(BOX)
    sample.kinds[300:310] = MARK
    turns = make_targets(replace(sample, turns=3)).turns
    assert turns[32, 40] == 3
    assert turns[76, 3] == UNKNOWN and turns[5, 5] == UNKNOWN


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_rotated_sample_labels_orientation_but_no_numbers(turns):
    sample = sample_of((100, 40, 220, 100))
    turned = rotate_sample(sample, turns)
    targets = make_targets(turned)
    assert not targets.core.any() and not targets.weight.any() and not targets.printed_weight.any()
    assert (targets.turns[targets.kinds == NUMBER] == turns).all()
    dark = turned.image[..., 0] < 128
    np.testing.assert_array_equal(turned.kinds == NUMBER, dark)
    upright = np.rot90(dark, turns)  # counterclockwise
    assert upright[70, 160] and not upright[160, 70]


@pytest.mark.parametrize("seed", range(6))
def test_a_crop_keeps_one_number_and_drops_cut_ones(seed):
    boxes = [(60, 60, 160, 100), (300, 60, 420, 100), (60, 300, 190, 340), (300, 300, 380, 340)]
    sample = crop_to_number(sample_of(*boxes), np.random.default_rng(seed))
    [quad] = sample.written
    assert quad.min() >= 0 and quad.max() <= SAMPLE_SIDE
    x_min, y_min, x_max, y_max = *quad[0], *quad[2]
    rows, columns = np.nonzero(sample.kinds == NUMBER)
    edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    factor = (y_max - y_min) / 40
    np.testing.assert_allclose(edges, (x_min, y_min, x_max, y_max), atol=2 + factor)
    assert make_targets(sample).core.any()


def test_cut_numbers_are_unlabelled():
    close = sample_of((100, 100, 200, 140), (204, 100, 400, 140))
    cut = [crop_to_number(close, np.random.default_rng(seed)) for seed in range(12)]
    alone = [sample for sample in cut if len(sample.written) == 1 and sample.unlabelled.any()]
    assert alone
    for sample in alone:
        weight, core = make_targets(sample).weight, make_targets(sample).core
        assert weight[core > 0].all() and not weight.all()


def test_without_a_number_the_sample_is_not_cropped():
    sample = sample_of()
    assert crop_to_number(sample, np.random.default_rng(0)) is sample
