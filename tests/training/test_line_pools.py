import numpy as np
import pytest

from numerals.training.line_pools import Sample, alter_all, cut, splice


def digits_apart(text, width=10):
    """A line whose digits are columns of the brightness that each stands for, 2 dark between."""
    image = np.zeros((40, width * len(text)), np.uint8)
    for i, digit in enumerate(text):
        image[:, width * i + 1 : width * (i + 1) - 1] = 20 * int(digit) + 20
    spans = [(width * i + 1, width * (i + 1) - 1) for i in range(len(text))]
    return image, spans


def seen(image):
    """The digits that a line of `digits_apart` shows."""
    row = image[0].astype(int)
    starts = np.flatnonzero((row > 0) & (np.r_[0, row[:-1]] == 0))
    return "".join(str((value - 20) // 20) for value in row[starts])


def test_pieces_are_cut_half_way_between_digits_that_stand_apart():
    image, spans = digits_apart("407")
    pieces = cut(image, "407", spans)
    assert [piece.text for piece in pieces] == ["4", "0", "7"]
    assert [piece.image.shape for piece in pieces] == [(40, 10)] * 3
    assert [seen(piece.image) for piece in pieces] == ["4", "0", "7"]


def test_digits_that_overlap_stay_together():
    image, spans = digits_apart("4077")
    spans[1] = (spans[1][0], spans[2][0] + 3)
    assert [piece.text for piece in cut(image, "4077", spans)] == ["4", "07", "7"]


@pytest.mark.parametrize("spans", [[], [(0, 10)], [(0, 10)] * 4])
def test_a_line_whose_digits_are_not_all_marked_is_not_cut(spans):
    assert cut(np.zeros((40, 30), np.uint8), "407", spans) == ()


def marked(text):
    image, spans = digits_apart(text)
    return Sample(image, text, False, True, cut(image, text, spans))


def test_spliced_lines_show_what_their_text_says():
    lines, rng = [marked("123"), marked("4567"), marked("89")], np.random.default_rng(0)
    spliced = [splice(lines, rng) for _ in range(50)]
    assert all(seen(line.image) == line.text for line in spliced)
    assert {len(line.text) for line in spliced} >= {3, 4, 5, 6, 7}
    assert len({line.text for line in spliced}) > 40
    assert all(not line.has_signs and line.is_doubtful for line in spliced)


def test_altering_puts_some_lines_together_anew():
    texts = ["123", "4567", "890"]
    altered = alter_all([marked(text) for text in texts] * 40, seed=1)
    known = {a + b for a in texts for b in ["", *texts]}
    new = np.mean([sample.text not in known for sample in altered])
    assert 0.3 < new < 0.7


def test_lines_of_one_piece_stay_as_they_are():
    image, spans = digits_apart("12")
    whole = Sample(image, "12", False, True, cut(image, "12", [spans[0], spans[0]]))
    assert len(whole.pieces) == 1
    assert {sample.text for sample in alter_all([whole] * 20, seed=0)} <= {"12", "1212"}
