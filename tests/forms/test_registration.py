import cv2
import numpy as np
import pytest
from drawn_forms import (
    BOXES,
    LABELS,
    Camera,
    bend_paper,
    bent_points,
    blank_form,
    corners,
    distance,
    take_scan,
    write,
)

from numerals.errors import FormError
from numerals.forms import Reference

POINTS = np.concatenate([corners(box) for box in BOXES])
OTHER_LABELS = ("Price", "Net", "Street", "Item number", "Postage", "Sum", "Account", "Bank")


@pytest.fixture(scope="module")
def blank():
    return blank_form()


@pytest.fixture(scope="module")
def reference(blank):
    return Reference(blank)


@pytest.fixture
def filled(blank, draw):
    form = blank
    for i, box in enumerate(BOXES):
        form = write(form, box, draw(str(1234 * (i + 1)), font=3 + i), share=1.1)
    return form


def project(camera, points=POINTS):
    return cv2.perspectiveTransform(points[None], camera.matrix())[0]


@pytest.mark.parametrize(
    "camera",
    [
        Camera(),
        Camera(turn=10, shadow=True),
        Camera(turn=-10, tilt=0.08, shadow=True),
        Camera(scale=0.5, turn=4, size=(600, 800)),
        Camera(scale=0.5, shift=(150, -200)),  # small in a large picture
        Camera(scale=2, turn=-3, tilt=-0.05, size=(2400, 3200), shadow=True),
        Camera(turn=180),
        Camera(shift=(0, 400)),  # the lower part is cut off
    ],
    ids=str,
)
def test_registers_a_filled_form_within_two_pixels(reference, filled, camera):
    registration = reference.register(take_scan(filled, camera))
    assert distance(registration.matrix, POINTS, project(camera)) < 2
    assert 0.9 < registration.agreement <= 1
    assert registration.n_inliers > 100
    assert registration.coverage > 0.6


def test_registers_to_a_filled_reference(filled, blank, draw):
    other = blank
    for box in BOXES:
        other = write(other, box, draw("90817"))
    camera = Camera(turn=5, tilt=0.03, shadow=True)
    registration = Reference(filled, BOXES).register(take_scan(other, camera))
    assert distance(registration.matrix, POINTS, project(camera)) < 2


@pytest.mark.parametrize("amplitude", [3, 8])
def test_registers_bent_paper_at_each_field(reference, filled, amplitude):
    camera = Camera(turn=3, tilt=0.02)
    registration = reference.register(take_scan(bend_paper(filled, amplitude), camera))
    for box in BOXES:
        true = project(camera, bent_points(corners(box), amplitude))
        assert distance(registration.near(box), corners(box), true) < 2


@pytest.mark.parametrize("contrast", [0.15, 0.5])
def test_registers_faint_print(reference, filled, contrast):
    camera = Camera(turn=-4)
    scan = 180 + contrast * (take_scan(filled, camera).astype(float) - 180)
    registration = reference.register(scan.clip(0, 255).astype(np.uint8))
    assert distance(registration.matrix, POINTS, project(camera)) < 2


def test_registers_noisy_and_compressed_scans(reference, filled):
    camera = Camera(turn=2, shadow=True)
    scan = take_scan(filled, camera)
    noise = np.random.default_rng(0).normal(0, 25, scan.shape)
    noisy = (scan + noise).clip(0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 25])
    registration = reference.register(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE))
    assert distance(registration.matrix, POINTS, project(camera)) < 2


@pytest.mark.parametrize(
    "picture",
    [
        np.full((1000, 800), 240, np.uint8),
        np.zeros((30, 40), np.uint8),
        np.random.default_rng(0).integers(0, 256, (900, 700)).astype(np.uint8),
        take_scan(blank_form("Invoice 2031", OTHER_LABELS), Camera(turn=2)),
    ],
    ids=["white", "tiny", "noise", "another form with the same layout"],
)
def test_images_without_the_form_are_refused(reference, picture):
    with pytest.raises(FormError, match=r"does not show the form.*check"):
        reference.register(picture)


def test_a_mirrored_form_is_refused(reference, filled):
    with pytest.raises(FormError):
        reference.register(np.ascontiguousarray(take_scan(filled, Camera())[:, ::-1]))


def test_half_a_form_has_less_coverage(reference, filled):
    whole = reference.register(take_scan(filled, Camera()))
    half = reference.register(take_scan(filled, Camera(shift=(0, 500))))
    assert half.coverage < whole.coverage
    assert half.agreement > 0.9  # of the part that is visible


def test_a_reference_without_print_is_refused():
    with pytest.raises(FormError, match="too little print outside the fields"):
        Reference(np.full((800, 600), 255, np.uint8))


def test_registration_is_deterministic(reference, filled):
    scan = take_scan(filled, Camera(turn=1))
    first, second = (reference.register(scan) for _ in range(2))
    np.testing.assert_array_equal(first.matrix, second.matrix)


def test_labels_and_boxes_of_the_drawn_form_agree():
    assert len(LABELS) == len(BOXES)
