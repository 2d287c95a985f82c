import numpy as np
import pytest

from numerals.errors import DataError
from numerals.models.line_model import STRIP_HEIGHT
from numerals.records import Digits
from numerals.reports.line_sheet import draw_line_sheet
from numerals.synthesis.digit_hands import Hand, make_font_hands, make_hands
from numerals.synthesis.line_composition import (
    compose_distraction,
    compose_line,
    strike_out_characters,
    write_line,
)
from numerals.synthesis.line_sets import LineComposer, join_lines, read_line_set, write_line_set
from numerals.synthesis.number_texts import SIGNS, sample_text
from numerals.synthesis.sign_glyphs import draw_sign


def blocks(n_writers=2):
    """Return digits that are upright blocks, the wider the larger the digit; two writers."""
    images = np.zeros((10 * n_writers, 28, 28), np.uint8)
    labels = np.tile(np.arange(10), n_writers)
    for image, label in zip(images, labels, strict=True):
        image[4:24, 10 : 12 + label] = 255
    return Digits(images, labels, writers=np.repeat(np.arange(n_writers), 10))


@pytest.fixture(scope="module")
def composer():
    return LineComposer(blocks(), random_state=3)


def test_texts_have_digits_and_signs():
    rng = np.random.default_rng(0)
    texts = [sample_text(rng) for _ in range(2000)]
    assert set("".join(texts)) == set("0123456789" + SIGNS)
    assert sum(text.isdigit() for text in texts) > 900
    assert 0 < min(map(len, texts)) <= max(map(len, texts)) < 30


def test_lines_do_not_depend_on_portions(composer):
    whole, parts = composer.compose(0, 6), [composer.compose(0, 2), composer.compose(2, 4)]
    assert whole.texts == join_lines(parts).texts
    for a, b in zip(whole.images, join_lines(parts).images, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (
        composer.compose(0, 6).texts != LineComposer(blocks(), random_state=4).compose(0, 6).texts
    )


def test_parallel_and_serial_lines_are_equal(composer):
    (alone,) = [join_lines(composer.compose_parallel(300, n_jobs=1))]
    together = join_lines(composer.compose_parallel(300, n_jobs=2))
    assert alone.texts == together.texts
    np.testing.assert_array_equal(alone.images[-1], together.images[-1])


def test_lines_have_the_input_height_of_recognizers(composer):
    lines = composer.compose(0, 40)
    assert {image.shape[0] for image in lines.images} == {STRIP_HEIGHT}
    assert all(image.dtype == np.uint8 and image.any() for image in lines.images)


def test_character_centers_are_ordered_and_the_frame_holds_the_ink():
    rng = np.random.default_rng(1)
    (hand, _) = make_hands(blocks())
    for touching, overlapping in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)):
        for _ in range(20):
            written = write_line(
                hand, "1907 25", rng, touching=touching, overlapping=overlapping, european=1.0
            )
            assert len(written.centers) == 7
            assert list(written.centers) == sorted(written.centers)
            columns = np.flatnonzero(written.ink.any(axis=0))
            assert written.frame.left == pytest.approx(columns[0], abs=4)  # strokes have soft ends
            assert written.frame.right == pytest.approx(columns[-1], abs=4)


def test_without_variation_digits_have_the_data_sets_size():
    hands = make_hands(blocks(1))
    quiet = {"touching": 0, "overlapping": 0, "european": 0, "wear": 0}
    sizes = {}
    for variation in (0.0, 1.0):
        sizes[variation] = set()
        for seed in range(6):
            rng = np.random.default_rng(seed)
            image, _ = compose_line(hands, rng, "9", **quiet, variation=variation)
            rows, columns = np.nonzero(image > 100)
            sizes[variation].add((np.ptp(rows) + 1, np.ptp(columns) + 1))
    # A block of 11 x 20 pixels, 26 high in the strip.
    assert all(height in (25, 26, 27) for height, _ in sizes[0.0])
    assert all(width in (13, 14, 15, 16) for _, width in sizes[0.0])
    assert len(sizes[1.0]) > len(sizes[0.0])


def test_touching_and_overlapping_lines_have_fewer_gaps():
    (hand, _) = make_hands(blocks())

    def count_components(touching, overlapping):
        rng = np.random.default_rng(2)
        counts = []
        for _ in range(40):
            written = write_line(hand, "88888", rng, touching=touching, overlapping=overlapping)
            ink = written.ink.max(axis=0) > 0.3
            counts.append(np.count_nonzero(np.diff(ink.astype(int)) == 1))
        return np.mean(counts)

    assert count_components(0.0, 1.0) < count_components(1.0, 0.0) < count_components(0.0, 0.0)


def test_a_line_has_one_hand():
    dark, faint = blocks(1), blocks(1)
    hands = make_hands(Digits(dark.images, dark.labels))
    hands += make_hands(Digits(faint.images // 2, faint.labels))
    rng = np.random.default_rng(0)
    for _ in range(10):
        peaks = write_line(hands[1], "0123", rng).ink.max()
        assert peaks < 0.6


@pytest.mark.parametrize("sign", SIGNS.strip())
def test_signs_have_their_vertical_position(sign):
    rng = np.random.default_rng(0)
    rows = [np.flatnonzero(draw_sign(sign, rng).any(axis=1)).mean() for _ in range(30)]
    low, high = {".": (20, 26), ",": (21, 28), "-": (11, 17)}.get(sign, (10, 18))
    assert low < np.mean(rows) < high


def test_font_hands_have_all_digits():
    hands = make_font_hands()
    assert len(hands) > 40
    assert all(set(hand.glyphs) >= set("0123456789") for hand in hands)
    assert len(make_font_hands([0, 1])) == 2


def test_other_scripts_use_their_own_digits():
    kannada = tuple("೦೧೨೩೪೫೬೭೮೯")
    digits = blocks()
    composer = LineComposer(Digits(digits.images, digits.labels, classes=kannada, script="kannada"))
    assert composer.fonts == []
    written = set("".join(composer.compose(0, 60).texts))
    assert written <= set(kannada) | set(SIGNS)
    assert written >= set(kannada)


def test_unknown_characters_raise():
    with pytest.raises(DataError, match="cannot write x"):
        compose_line(make_hands(blocks()), np.random.default_rng(0), "12x")


def test_writers_without_all_digits_are_left_out():
    digits = blocks()
    kept = np.arange(20) != 13
    assert (
        len(
            make_hands(
                Digits(digits.images[kept], digits.labels[kept], writers=digits.writers[kept])
            )
        )
        == 1
    )
    with pytest.raises(DataError, match="no writer"):
        make_hands(Digits(digits.images[:9], digits.labels[:9]))
    with pytest.raises(DataError, match="28x28"):
        make_hands(Digits(np.zeros((10, 8, 8), np.uint8), np.arange(10)))


def test_line_sets_are_written_and_read(composer, tmp_path):
    lines = composer.compose(0, 12)
    write_line_set(lines, tmp_path / "lines.npz")
    again = read_line_set(tmp_path / "lines.npz")
    assert again.texts == lines.texts
    for a, b in zip(again.images, lines.images, strict=True):
        np.testing.assert_array_equal(a, b)


def test_other_files_are_rejected(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.zeros(3))
    with pytest.raises(DataError, match="lacks pixels, texts, widths"):
        read_line_set(tmp_path / "a.npz")
    np.savez(
        tmp_path / "b.npz",
        pixels=np.zeros((40, 10), np.uint8),
        widths=np.array([4, 5]),
        texts=np.array(["1", "2"]),
    )
    with pytest.raises(DataError, match="do not match"):
        read_line_set(tmp_path / "b.npz")


def test_the_sheet_shows_every_line(composer):
    sheet = draw_line_sheet(composer.compose(0, 30))
    assert sheet.shape[1] == 1200
    assert sheet.shape[0] % 56 == 0
    assert sheet.any()


def test_hands_return_the_foot_of_a_digit():
    hand = make_hands(blocks(1))[0]
    assert isinstance(hand, Hand)
    _, foot = hand.draw("7", np.random.default_rng(0))
    assert foot == 24


def test_distractions_are_labelled_with_their_number_only():
    rng = np.random.default_rng(0)
    texts = [compose_distraction(make_font_hands([0, 1]), rng)[1] for _ in range(100)]
    assert 50 < texts.count("") < 90
    assert not any(c.isalpha() for c in "".join(texts))


def test_struck_out_characters_leave_the_text():
    rng = np.random.default_rng(0)
    (hand, _) = make_hands(blocks())
    lengths = set()
    for _ in range(40):
        written = write_line(hand, "12345", rng)
        struck = strike_out_characters(written, rng)
        assert struck.ink.sum() > written.ink.sum()
        assert len(struck.text) == len(struck.centers) < 5
        lengths.add(len(struck.text))
    assert {0, 1, 2} <= lengths
