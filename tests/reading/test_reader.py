import io
import json

import cv2
import numpy as np
import pytest
from PIL import Image

import numerals
from numerals.errors import ImageError
from numerals.models import load_model
from numerals.reading import mask_low_confidence, read_file
from numerals.records import Page


@pytest.fixture(scope="module")
def reader():
    return numerals.Reader()


@pytest.mark.parametrize("text", ["7", "42", "1234567890", "6058", "00700"])
def test_drawn_numbers_are_read(reader, draw, text):
    assert reader.read(draw(text)).text == text


def test_white_digits_on_black_are_read(reader, draw):
    assert reader.read(255 - draw("2468")).text == "2468"


def test_a_wide_gap_in_a_field_is_a_space(draw):
    assert numerals.Reader(layout="field").read(draw("123 456")).text == "123 456"


def test_numbers_side_by_side_on_a_page_are_separate_lines(reader, draw):
    page = np.full((500, 900), 245, np.uint8)
    for top, left, text in ((60, 40, "123"), (64, 420, "4567"), (260, 50, "89"), (262, 430, "105")):
        number = draw(text, margin=12)
        page[top : top + number.shape[0], left : left + number.shape[1]] = number
    assert [line.text for line in reader.read(page).lines] == ["123", "4567", "89", "105"]


def test_lines_are_in_reading_order(reader, draw):
    page = np.full((520, 600), 245, np.uint8)
    for top, left, text in ((10, 200, "31"), (180, 20, "4159"), (340, 100, "26")):
        number = draw(text, margin=12)
        page[top : top + number.shape[0], left : left + number.shape[1]] = number
    assert reader.read(page).text == "31\n4159\n26"


def test_lines_of_different_sizes_are_read(draw):
    page = np.full((640, 900), 245, np.uint8)
    for top, scale, text in ((10, 0.4, "112"), (80, 2.5, "3456"), (480, 0.5, "789")):
        number = cv2.resize(draw(text, margin=12), None, fx=scale, fy=scale)
        page[top : top + number.shape[0], 40 : 40 + number.shape[1]] = number
    every = numerals.Reader(printed=True)  # small, neat digits may be classified as print
    assert every.read(page).text == "112\n3456\n789"


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_note_on_a_dark_desk_is_read(reader, draw, upside_down):
    note = np.full((400, 600), 235, np.uint8)
    number = draw("27453", margin=20)
    note[140 : 140 + number.shape[0], 150 : 150 + number.shape[1]] = np.minimum(number, 235)
    height, width = note.shape
    given = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    corners = np.array([(260, 190), (830, 120), (910, 560), (180, 600)], np.float32)
    matrix = cv2.getPerspectiveTransform(given, corners[[2, 3, 0, 1]] if upside_down else corners)
    photo = cv2.warpPerspective(note, matrix, (1100, 800), borderValue=50)
    page = reader.read(photo)
    assert page.text == "27453"
    center = (150 + number.shape[1] / 2, 140 + number.shape[0] / 2)
    expected = cv2.perspectiveTransform(np.array([[center]]), matrix)[0, 0]
    x_min, y_min, x_max, y_max = page.lines[0].box
    assert ((x_min + x_max) / 2, (y_min + y_max) / 2) == pytest.approx(expected, abs=15)


@pytest.mark.parametrize("text", ["8597", "3528", "75"])
def test_touching_digits_are_cut(reader, draw, text):
    assert reader.read(draw(text, gap=-1)).text == text


def test_blank_paper_has_no_lines(reader):
    rng = np.random.default_rng(0)
    paper = rng.normal(200, 4, (400, 600)).clip(0, 255).astype(np.uint8)
    page = reader.read(paper)
    assert page.lines == ()
    assert page.text == ""


def test_boxes_are_in_pixels_of_the_original(reader, draw):
    small = draw("58", height=60)
    large = np.kron(small, np.ones((12, 12), np.uint8))  # larger than the working copy
    page = reader.read(large)
    assert page.text == "58"
    assert (page.width, page.height) == (large.shape[1], large.shape[0])
    columns = np.flatnonzero((large < 150).any(axis=0))
    assert abs(page.lines[0].box[0] - columns[0]) < 40
    assert abs(page.lines[0].box[2] - columns[-1]) < 40


def test_all_sources_are_read_alike(reader, draw, tmp_path):
    picture = Image.fromarray(draw("907"))
    path = tmp_path / "number.png"
    picture.save(path)
    data = path.read_bytes()
    sources = [path, str(path), data, io.BytesIO(data), picture, np.asarray(picture)]
    assert {numerals.read(source).text for source in sources} == {"907"}


@pytest.mark.parametrize(("layout", "n_axes"), [("page", 3), ("table", 3), ("field", 2)])
def test_detection_uses_color_for_all_sources(layout, n_axes, draw, tmp_path, monkeypatch):
    path = tmp_path / "red.png"
    Image.fromarray(draw("907")).convert("RGB").save(path)
    dimensions_read, dimensions_passed_on = [], []
    monkeypatch.setattr(
        numerals.Reader,
        "read_picture",
        lambda _, picture: dimensions_read.append(picture.pixels.ndim) or Page((), 9, 9),
    )
    reader = numerals.Reader(layout=layout)
    reader.read(path)
    list(reader.read_pages(path))
    read_file(
        reader,
        path,
        "a",
        on_page=lambda _, picture: dimensions_passed_on.append(picture.pixels.ndim),
    )
    assert dimensions_read == [n_axes] * 3
    assert dimensions_passed_on == [2]  # stores keep grayscale pixels


def test_pages_of_a_tiff_are_read(reader, draw, tmp_path):
    path = tmp_path / "two.tif"
    first, second = (Image.fromarray(draw(text)) for text in ("12", "34"))
    first.save(path, save_all=True, append_images=[second])
    assert [page.text for page in reader.read_pages(path)] == ["12", "34"]
    assert reader.read(path, page=2).text == "34"
    with pytest.raises(ImageError, match="got page=3"):
        reader.read(path, page=3)


def test_unknown_layouts_are_rejected(draw):
    assert numerals.Reader(layout="digit").read(draw("6", height=90)).text == "6"
    assert numerals.Reader(layout="field").read(draw("1 2 3")).text.replace(" ", "") == "123"
    with pytest.raises(ValueError, match="expected one of page, table, field, digit"):
        numerals.Reader(layout="word")


def test_to_dict_is_json(reader, draw):
    page = reader.read(draw("35")).to_dict()
    assert json.loads(json.dumps(page)) == page
    [line] = page["lines"]
    assert line["text"] == "35"
    digit = line["digits"][0]
    assert digit["text"] == "3"
    assert 0.5 < digit["confidence"] <= 1
    assert "3" not in [option["text"] for option in digit["alternatives"]]


def test_a_line_is_not_more_confident_than_its_digits(reader, draw):
    [line] = reader.read(draw("4096")).lines
    assert 0.5 < line.confidence <= min(digit.confidence for digit in line.digits) + 0.01


def test_a_segmented_line_has_the_product_of_its_digits_confidences(draw):
    [line] = numerals.Reader(load_model("latin")).read(draw("4096")).lines
    assert line.text == "4096"
    assert line.confidence == pytest.approx(np.prod([d.confidence for d in line.digits]))


def test_the_reading_of_a_masked_digit_is_an_alternative(draw):
    page = numerals.Reader(layout="field").read(draw("71 20"))
    masked = mask_low_confidence(page, 1.1)
    assert masked.text == "?? ??"
    assert masked.lines[0].digits[0].alternatives[0][0] == "7"
    assert mask_low_confidence(page, 0.0) == page


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.5, 3.0])
def test_a_blot_is_not_a_confident_number(reader, scale):
    y, x = np.mgrid[: 200 * scale, : 300 * scale] / scale
    blot = np.where((x - 150) ** 2 + ((y - 100) * 1.3) ** 2 < 60**2, 30, 240).astype(np.uint8)
    assert all(line.confidence < 0.5 for line in reader.read(blot).lines)


@pytest.mark.parametrize("shape", [(1, 1), (1, 100_000), (100_000, 1), (3, 3)])
def test_unusual_shapes_are_read(reader, shape):
    rng = np.random.default_rng(0)
    page = reader.read(rng.integers(0, 256, shape).astype(np.uint8))
    assert (page.height, page.width) == shape


def test_noise_is_read_without_a_confident_number(reader):
    rng = np.random.default_rng(0)
    page = reader.read(rng.integers(0, 256, (450, 450)).astype(np.uint8))
    assert all(line.confidence < 0.5 for line in page.lines)


@pytest.mark.parametrize("text", ["56", "381"])
def test_the_side_of_a_cell_does_not_lower_the_confidence(text):
    cell = np.full((34, 90), 245, np.uint8)
    cv2.putText(cell, text, (14, 25), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 60, 2, cv2.LINE_AA)
    cell[2:, 86:88] = 90
    [line] = numerals.Reader(layout="field").read(cell).lines
    assert line.text == text and line.confidence > 0.8


def test_digits_among_letters_have_low_confidence(reader, draw):
    [alone] = reader.read(draw("50")).lines
    among = [d for line in reader.read(draw("kw50xmh")).lines for d in line.digits]
    assert alone.confidence > 0.5
    assert all(digit.confidence < 0.6 for digit in among)
