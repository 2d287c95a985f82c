"""Photograph a canvas: camera position, light, blur, noise and compression."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.synthesis.page_canvas import CANVAS_SIDE, Canvas, Quad
from numerals.synthesis.page_colors import crop_texture

_Rng = np.random.Generator
_Mask = npt.NDArray[np.uint8]
_Field = npt.NDArray[np.float32]

SAMPLE_SIDE = 512
"""Side of a sample, pixels."""

_SAMPLE_SIZE = (SAMPLE_SIDE, SAMPLE_SIDE)


@dataclass(frozen=True, eq=False)
class PageSample:
    """A picture with labels of its numbers and ink.

    Attributes
    ----------
    image : ndarray of uint8, shape (SAMPLE_SIDE, SAMPLE_SIDE, 3)
        RGB.
    kinds : ndarray of uint8, shape (SAMPLE_SIDE, SAMPLE_SIDE)
        Kind of ink of each pixel, as on a `Canvas`.
    written, printed : list of ndarray of float32, shape (4, 2)
        Corners of the handwritten and of the printed numbers, pixels.
    unlabelled, unlabelled_print : ndarray of uint8, shape (SAMPLE_SIDE, SAMPLE_SIDE)
        1 where `written` or `printed` may lack numbers.
    texts : list of str
        Text of each number in `written`; empty if unknown.
    turns : int, default=0
        Quarter turns clockwise by which the picture is rotated.
    """

    image: npt.NDArray[np.uint8]
    kinds: _Mask
    written: list[Quad]
    printed: list[Quad]
    unlabelled: _Mask
    unlabelled_print: _Mask
    texts: list[str]
    turns: int = 0


def photograph_canvas(canvas: Canvas, rng: _Rng, textures: Sequence[Path]) -> PageSample:
    """Return a picture of a canvas: a scan, an oblique photograph, or a note on a desk.

    Parameters
    ----------
    canvas : Canvas
    rng : numpy.random.Generator
    textures : sequence of Path
        Pictures of surfaces, of which desks are made.
    """
    to_sample, shows_desk = _sample_view(rng)
    border = cv2.BORDER_CONSTANT if shows_desk else cv2.BORDER_REPLICATE
    image = np.asarray(
        cv2.warpPerspective(
            canvas.image, to_sample, _SAMPLE_SIZE, flags=cv2.INTER_LINEAR, borderMode=border,
            borderValue=(-1, -1, -1),
        ),
        np.float32,
    )  # fmt: skip
    if shows_desk:
        image = _add_desk(image, rng, textures)

    def project(mask: _Mask) -> _Mask:
        warped = cv2.warpPerspective(mask, to_sample, _SAMPLE_SIZE, flags=cv2.INTER_NEAREST)
        return np.asarray(warped, np.uint8)

    def project_numbers(is_printed: bool) -> list[Quad]:
        return [
            np.asarray(cv2.perspectiveTransform(number.quad[None], to_sample)[0], np.float32)
            for number in canvas.numbers
            if number.is_printed == is_printed
        ]

    return PageSample(
        _capture(_add_light(image, rng), rng),
        project(canvas.kinds),
        project_numbers(False),
        project_numbers(True),
        project(canvas.unlabelled),
        project(canvas.unlabelled_print),
        [number.text for number in canvas.numbers if not number.is_printed],
    )


def _sample_view(rng: _Rng) -> tuple[npt.NDArray[np.float64], bool]:
    """Return the projection from canvas to sample, and whether the sheet's edge is visible."""
    angle = np.radians(rng.normal(0, 2.2) if rng.random() < 0.8 else rng.uniform(-9, 9))
    tilt = rng.normal(0, 0.025, (4, 2)) if rng.random() < 0.5 else 0.0
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * SAMPLE_SIDE / 2
    center = np.full(2, CANVAS_SIDE / 2) + rng.uniform(-40, 40, 2)
    kind, zoom = rng.random(), 1.0
    if kind < 0.1:  # a corner or an edge of the sheet
        center += rng.choice([-1, 1], 2) * rng.uniform(60, 260, 2) * (rng.random(2) < 0.7)
    elif kind < 0.2:  # most of the sheet, and the desk around it
        zoom = rng.uniform(1.2, 2.2)
        angle *= 3
        tilt = np.asarray(tilt) * 2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    source = center + (zoom * corners) @ turn.T * (1 + np.asarray(tilt))
    target = corners + SAMPLE_SIDE / 2
    to_sample = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return np.asarray(to_sample, np.float64), kind < 0.2


def _add_desk(image: _Field, rng: _Rng, textures: Sequence[Path]) -> _Field:
    """Fill the pixels outside of the sheet, which are negative, with a desk and a shadow."""
    is_desk = image[..., 0] < 0
    if rng.random() < 0.35:
        desk = np.ones_like(image) * np.float32(rng.uniform(0, 0.35))
    else:
        desk = crop_texture(rng, textures, SAMPLE_SIDE) * np.float32(rng.uniform(0.4, 1.1))
    if rng.random() < 0.5:  # shadow of the sheet
        shadow = cv2.GaussianBlur((~is_desk).astype(np.float32), (0, 0), rng.uniform(2, 10))
        shift = np.array([[1, 0, rng.uniform(-8, 8)], [0, 1, rng.uniform(-8, 8)]])
        shadow = cv2.warpAffine(shadow, shift, _SAMPLE_SIZE)
        desk = desk * (1 - np.float32(rng.uniform(0.2, 0.7)) * np.asarray(shadow)[..., None])
    return np.asarray(np.where(is_desk[..., None], desk, image), np.float32)


def _add_light(image: _Field, rng: _Rng) -> _Field:
    """Return the image with a gradient of light, and sometimes shadow, darkness or low contrast."""
    y, x = np.mgrid[0:SAMPLE_SIDE, 0:SAMPLE_SIDE].astype(np.float32) / SAMPLE_SIDE - 0.5
    slope = rng.uniform(-1, 1, 2) * rng.uniform(0, 0.22)
    image = image * (1 + slope[0] * x + slope[1] * y).astype(np.float32)[..., None]
    if rng.random() < 0.2:  # shadow with an edge
        angle = rng.uniform(0, 2 * np.pi)
        edge = x * np.cos(angle) + y * np.sin(angle) - rng.uniform(-0.3, 0.4)
        softness = rng.uniform(0.01, 0.12)
        dark = rng.uniform(0.15, 0.6) / (1 + np.exp(-(edge / softness).clip(-30, 30)))
        image = image * (1 - dark).astype(np.float32)[..., None]
    if rng.random() < 0.25:
        image = image * np.float32(rng.uniform(0.4, 0.9))
    if rng.random() < 0.25:  # low contrast
        low = np.float32(rng.uniform(0, 0.35))
        image = low + image * (1 - low) * np.float32(rng.uniform(0.7, 1))
    return np.asarray(image, np.float32)


def _capture(image: _Field, rng: _Rng) -> npt.NDArray[np.uint8]:
    """Return the image with the defects of a camera: color cast, blur, noise, 8 bits, JPEG."""
    if rng.random() < 0.35:
        image = np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2)
    elif rng.random() < 0.4:
        image = image * rng.uniform(0.8, 1.08, 3).astype(np.float32)
    if rng.random() < 0.6:
        sigma = rng.uniform(0.3, 1.4) if rng.random() < 0.9 else rng.uniform(1.4, 2.5)
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
    if rng.random() < 0.5:
        channels = 1 if rng.random() < 0.5 else 3
        noise = rng.normal(0, rng.uniform(0.005, 0.045), (*_SAMPLE_SIZE, channels))
        image = image + noise.astype(np.float32)
    picture = np.asarray((image * 255).clip(0, 255), np.uint8)
    if rng.random() < 0.05:
        picture = np.asarray(255 - picture, np.uint8)
    elif rng.random() < 0.04:  # binarized by a scanner
        gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        level, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        picture = np.repeat(np.where(gray > level, 255, 0).astype(np.uint8)[..., None], 3, axis=2)
    if rng.random() < 0.6:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 92))]
        picture = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR), np.uint8
        )
    return picture


def crop_to_number(sample: PageSample, rng: _Rng) -> PageSample:
    """Return a sample that is cropped to one of its numbers.

    The edge pixels of the crop are repeated up to the sample's edge. Without a number the sample
    is returned unchanged.
    """
    inside = [quad for quad in sample.written if quad.min() > 2 and quad.max() < SAMPLE_SIDE - 2]
    if not inside:
        return sample
    quad = inside[int(rng.integers(len(inside)))]
    height = float(np.linalg.norm(quad[3] - quad[0]))
    margin = rng.uniform(0.05, 0.7, 4) * max(height, 4)
    low = np.maximum(quad.min(axis=0) - margin[:2], 0)
    high = np.minimum(quad.max(axis=0) + margin[2:], SAMPLE_SIDE)
    digit_height = np.exp(rng.uniform(np.log(20), np.log(170)))
    factor = min(digit_height / max(height, 4), *(SAMPLE_SIDE / (high - low)))
    size = (high - low) * factor
    offset = rng.uniform(0, 1, 2) * (SAMPLE_SIDE - size)
    (x0, y0), (x1, y1) = low.astype(int), np.ceil(high).astype(int)
    shift = offset - factor * np.array([x0, y0])
    to_new = np.array([[factor, 0, offset[0]], [0, factor, offset[1]]])

    def crop(picture: npt.NDArray[np.uint8], method: int, border: int) -> npt.NDArray[np.uint8]:
        return np.asarray(
            cv2.warpAffine(
                picture[y0:y1, x0:x1],
                to_new,
                _SAMPLE_SIZE,
                flags=method,
                borderMode=border,
                borderValue=(0, 0, 0),
            ),
            np.uint8,
        )

    def crop_quads(quads: Sequence[Quad]) -> list[Quad]:
        return [(q * np.float32(factor) + shift).astype(np.float32) for q in quads if is_inside(q)]

    def is_inside(q: Quad) -> bool:
        return q is quad or bool((q.min(axis=0) >= low).all() and (q.max(axis=0) <= high).all())

    # Numbers cut by the crop are unlabelled: the loss counts them neither as hits nor as misses.
    others = [q for q in sample.written + sample.printed if q is not quad]
    cut = [q for q in others if _is_cut(q, low, high)]
    unlabelled, unlabelled_print = sample.unlabelled.copy(), sample.unlabelled_print.copy()
    for q in cut:
        cv2.fillPoly(unlabelled, [q.astype(np.int32)], 1)
        cv2.fillPoly(unlabelled_print, [q.astype(np.int32)], 1)

    constant, replicate = cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return replace(
        sample,
        image=crop(sample.image, method, replicate),
        kinds=crop(sample.kinds, cv2.INTER_NEAREST, constant),
        written=crop_quads(sample.written),
        printed=crop_quads(sample.printed),
        texts=[text for text, q in zip(sample.texts, sample.written, strict=True) if is_inside(q)],
        unlabelled=crop(unlabelled, cv2.INTER_NEAREST, constant),
        unlabelled_print=crop(unlabelled_print, cv2.INTER_NEAREST, constant),
    )


def _is_cut(quad: Quad, low: npt.NDArray[np.floating], high: npt.NDArray[np.floating]) -> bool:
    touches = (quad.max(axis=0) > low).all() and (quad.min(axis=0) < high).all()
    is_inside = (quad.min(axis=0) >= low).all() and (quad.max(axis=0) <= high).all()
    return bool(touches and not is_inside)


def rotate_sample(sample: PageSample, turns: int) -> PageSample:
    """Rotate a sample clockwise by quarter turns.

    The result has labels for its kinds of ink and its orientation, but none for its numbers.
    """
    everywhere = np.ones(_SAMPLE_SIZE, np.uint8)
    return replace(
        sample,
        image=np.ascontiguousarray(np.rot90(sample.image, -turns)),
        kinds=np.ascontiguousarray(np.rot90(sample.kinds, -turns)),
        written=[],
        printed=[],
        texts=[],
        unlabelled=everywhere,
        unlabelled_print=everywhere,
        turns=turns % 4,
    )
