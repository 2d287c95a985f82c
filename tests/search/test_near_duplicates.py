import cv2
import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'numerals[lab]'")

from numerals.data import load_digits, read_digits
from numerals.search.near_duplicates import (
    N_NEIGHBORS,
    find_duplicates,
    find_neighborhoods,
    group_equal_images,
)


@pytest.fixture
def images_14x14():
    """Return 300 images that differ more than copies of one with noise do."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (300, 5, 5)).astype(np.uint8)
    return np.stack(
        [cv2.resize(image, (14, 14), interpolation=cv2.INTER_LINEAR) for image in coarse]
    )


def duplicates_of(images):
    return find_duplicates(images, find_neighborhoods(images))


def jpeg(image, quality=60):
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)


def test_different_images_are_no_duplicates(images_14x14):
    assert duplicates_of(images_14x14) == ([], [])


def test_copies_are_equal_and_changed_copies_are_near(images_14x14):
    images = np.concatenate(
        [
            images_14x14,
            images_14x14[[3, 3, 17]],
            (images_14x14[[50]] * 0.8).astype(np.uint8),
            jpeg(images_14x14[120])[None],
        ]
    )
    equal, near = duplicates_of(images)
    assert equal == [[3, 300, 301], [17, 302]]
    assert near == [[50, 303], [120, 304]]


def test_a_group_of_near_duplicates_includes_copies(images_14x14):
    images = np.concatenate([images_14x14, images_14x14[[5]]])
    changed = np.concatenate([images, jpeg(images[5])[None]])
    assert duplicates_of(changed) == ([], [[5, 300, 301]])


def test_images_without_ink_are_no_duplicates(images_14x14):
    blank = np.zeros((3, 14, 14), np.uint8)
    assert duplicates_of(np.concatenate([images_14x14, blank])) == ([], [])
    _, is_blank = group_equal_images(blank)
    assert is_blank.all()


def test_neighbors_exclude_the_image_itself_even_among_copies(images_14x14):
    images = np.concatenate([images_14x14[:20], np.repeat(images_14x14[:1], 12, axis=0)])
    found = find_neighborhoods(images)
    assert found.indices.shape == (32, N_NEIGHBORS)
    assert not (found.indices == np.arange(32)[:, None]).any()
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_outliers_are_far_from_their_neighbors(images_14x14):
    stripe = np.zeros((1, 14, 14), np.uint8)
    stripe[:, 3] = 255
    found = find_neighborhoods(np.concatenate([images_14x14, stripe]))
    assert found.mean_distances.argmax() == 300


def test_two_images_have_one_neighbor_each(images_14x14):
    assert duplicates_of(images_14x14[:2]) == ([], [])
    assert duplicates_of(images_14x14[[4, 4]]) == ([[0, 1]], [])


@pytest.mark.data
def test_the_bitmaps_in_both_files_of_hoda_are_found(data_folder):
    train = read_digits(data_folder / "hoda" / "RemainingSamples.cdb")
    test = load_digits("hoda", "test")
    group_of, _ = group_equal_images(np.concatenate([train.images, test.images]))
    in_both = set(group_of[: len(train)]) & set(group_of[len(train) :])
    assert len(in_both) == 30
