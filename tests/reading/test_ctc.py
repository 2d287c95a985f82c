import math

import numpy as np
import pytest
from ctc_frames import BLANK, CLASSES, all_texts, best_alignment, lines, peaks, to_log
from hypothesis import given, settings
from hypothesis import strategies as st

from numerals.formats import parse_format
from numerals.reading.ctc import decode, decode_together, forward_log_probability

DIGITS = tuple("0123456789")


def _text(labels):
    return "".join(CLASSES[label] for label in labels)


@settings(deadline=None, max_examples=50)
@given(lines(), st.lists(st.integers(0, 2), max_size=6))
def test_forward_is_the_sum_over_all_alignments(frames, labels):
    expected = all_texts(frames).get(tuple(labels), 0.0)
    found = math.exp(forward_log_probability(frames, labels))
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-300)


@settings(deadline=None, max_examples=50)
@given(lines())
def test_a_wide_beam_finds_the_most_probable_texts(frames):
    expected = sorted(((p, _text(t)) for t, p in all_texts(frames).items()), reverse=True)
    found = decode(frames, CLASSES, beam_width=2000, n_best=8, min_proba=0.0)
    for decoded, (probability, _) in zip(found, expected, strict=False):
        assert math.exp(decoded.log_probability) == pytest.approx(probability, rel=1e-5)
    assert len(found) == min(8, len(expected))


@settings(deadline=None, max_examples=50)
@given(lines(), st.sets(st.text("174", max_size=3), min_size=1, max_size=4))
def test_a_format_selects_the_most_probable_valid_texts(frames, valid):
    possible = {_text(t): p for t, p in all_texts(frames).items() if _text(t) in valid}
    found = decode(
        frames,
        CLASSES,
        beam_width=2000,
        min_proba=0.0,
        accepts=valid.__contains__,
        may_begin=lambda prefix: any(text.startswith(prefix) for text in valid),
    )
    probabilities = [math.exp(decoded.log_probability) for decoded in found]
    assert probabilities == pytest.approx(sorted(possible.values(), reverse=True), rel=1e-5)
    for decoded in found:
        assert possible[decoded.text] == pytest.approx(math.exp(decoded.log_probability), rel=1e-5)


@settings(deadline=None, max_examples=50)
@given(lines())
def test_spans_are_those_of_the_best_alignment(frames):
    for decoded in decode(frames, CLASSES, n_best=3, min_proba=0.0):
        alignment = np.full(len(frames), BLANK)
        for character, (first, last) in zip(decoded.text, decoded.spans, strict=True):
            assert (alignment[first : last + 1] == BLANK).all()
            alignment[first : last + 1] = CLASSES.index(character)
        labels = tuple(CLASSES.index(character) for character in decoded.text)
        chosen = float(np.exp(frames[np.arange(len(frames)), alignment].sum()))
        assert chosen == pytest.approx(best_alignment(frames, labels), rel=1e-4)


@settings(deadline=None, max_examples=50)
@given(lines())
def test_the_default_beam_loses_little_probability(frames):
    found = decode(frames, CLASSES)
    best = max(all_texts(frames).values())
    assert math.exp(found[0].log_probability) == pytest.approx(best, rel=0.02)


def test_equal_neighbors_need_a_blank_between():
    rows = [[1, 0, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0], [1, 0, 0, 0]]
    [best] = decode(to_log(rows), CLASSES, n_best=1)
    assert best.text == "11"
    assert best.spans == ((0, 0), (2, 3))


def test_a_character_has_the_probable_alternatives_of_its_span():
    frames = peaks([{"1": 0.5, "7": 0.3, "4": 0.1}])
    best = decode(frames, CLASSES)[0]
    assert best.text == "1"
    assert best.character_proba[0] == pytest.approx(5 / 9, rel=1e-3)
    assert [text for text, _ in best.alternatives[0]] == ["7", "4"]
    assert best.alternatives[0][0][1] == pytest.approx(1 / 3, rel=1e-3)


def test_the_best_valid_text_is_found_where_the_greedy_text_is_invalid():
    certain = [{d: 0.95} for d in "453201511283036"]
    uncertain = {"1": 0.6, "6": 0.3, "7": 0.1}  # 4532015112830366 has a valid Luhn checksum
    frames = peaks([*certain, uncertain], DIGITS)
    card = parse_format("luhn:16")
    assert decode(frames, DIGITS)[0].text == "4532015112830361"
    found = decode(frames, DIGITS, may_begin=card.may_begin, accepts=card.accepts)
    assert found[0].text == "4532015112830366"
    assert math.exp(found[0].log_probability) == pytest.approx(0.95**15 * 0.3, rel=1e-3)


def test_a_skipped_digit_is_found_for_the_format():
    columns = [{d: 0.97} for d in "55501428"]
    columns.insert(4, {"9": 0.2})  # blank is more probable
    frames = peaks(columns, DIGITS)
    assert decode(frames, DIGITS)[0].text == "55501428"
    found = decode(frames, DIGITS, accepts=parse_format("digits:9").accepts)
    assert [decoded.text for decoded in found] == ["555091428"]


def test_a_wider_beam_is_tried_after_no_valid_text_was_found():
    frames = peaks([{"1": 0.6, "7": 0.4}] * 6)
    [found] = decode(frames, CLASSES, accepts="777777".__eq__)  # the least probable of 64
    assert math.exp(found.log_probability) == pytest.approx(0.4**6, rel=1e-3)


def test_no_valid_text_gives_an_empty_list():
    frames = peaks([{"1": 0.99}, {"4": 0.99}])
    assert decode(frames, CLASSES, accepts=lambda text: False) == []
    assert decode(frames, CLASSES, may_begin=lambda prefix: False, accepts=bool) == []


def test_may_begin_is_called_once_per_prefix():
    asked = []

    def may_begin(prefix):
        asked.append(prefix)
        return "77" not in prefix

    rng = np.random.default_rng(0)
    decode(to_log(rng.random((30, 4))), CLASSES, may_begin=may_begin)
    assert len(asked) == len(set(asked))


def test_long_blank_lines_and_empty_inputs():
    blank = to_log(np.tile([0, 0, 0, 1], (2000, 1)))
    [nothing] = decode(blank, CLASSES)
    assert (nothing.text, nothing.spans) == ("", ())
    assert nothing.log_probability == pytest.approx(0, abs=1e-6)
    [nothing] = decode(np.zeros((0, 4), np.float32), CLASSES)
    assert (nothing.text, nothing.log_probability) == ("", 0.0)


def test_long_uncertain_lines_do_not_underflow():
    rng = np.random.default_rng(1)
    frames = to_log(rng.random((1500, 11)) + 0.5)
    best = decode(frames, DIGITS)[0]
    labels = [DIGITS.index(character) for character in best.text]
    assert math.isfinite(best.log_probability)
    assert best.log_probability == pytest.approx(forward_log_probability(frames, labels))


def test_invalid_shapes_are_rejected():
    with pytest.raises(ValueError, match="must have 4 columns"):
        decode(np.zeros((3, 3), np.float32), CLASSES)
    with pytest.raises(ValueError, match="at least 1"):
        decode(np.zeros((3, 4), np.float32), CLASSES, n_best=0)


@settings(deadline=None, max_examples=50)
@given(lines(), lines())
def test_two_outputs_are_combined_by_the_geometric_mean(first, second):
    views = [all_texts(first), all_texts(second)]
    found = decode_together([first, second], CLASSES, beam_width=2000, n_best=999, min_proba=0.0)
    assert found == sorted(found, key=lambda text: -text.log_probability)
    for decoded in found:
        labels = tuple(CLASSES.index(character) for character in decoded.text)
        expected = math.sqrt(views[0][labels] * views[1][labels])
        assert math.exp(decoded.log_probability) == pytest.approx(expected, rel=1e-4)
        assert len(decoded.spans) == len(labels)
        assert all(last < len(first) for _, last in decoded.spans)
    both = {labels: p * views[1].get(labels, 0.0) for labels, p in views[0].items()}
    assert math.exp(found[0].log_probability) == pytest.approx(
        math.sqrt(max(both.values())), rel=1e-4
    )


def test_a_text_impossible_in_one_output_is_not_returned():
    narrow, wide = peaks([{"7": 0.9}])[:1], peaks([{"1": 0.5, "7": 0.5}, {"1": 0.9}])
    texts = [decoded.text for decoded in decode_together([narrow, wide], CLASSES)]
    assert "7" in texts or "1" in texts
    assert all(len(text) <= 1 for text in texts)
