"""Page evaluation: metrics of each set, the risk-coverage curve and the misread lines."""

from pathlib import Path

from numerals.evaluation import PageOutcome, PageTruth, align_lines, evaluate_pages
from numerals.records import Line, Page

BOXES = [(0, 0, 10, 10), (0, 20, 10, 30)]


def outcome(name, truth, texts, set_name, number=1):
    lines = tuple(Line(text, 0.9, box) for text, box in zip(texts, BOXES, strict=False))
    page = Page(lines, 100, 100, number=number)
    return PageOutcome(
        PageTruth(Path(name), tuple(truth), set_name), (page,), align_lines(truth, lines)
    )


def test_several_sets_have_an_overall_accuracy():
    evaluation = evaluate_pages(
        [outcome("a.png", ["12"], ["12"], "x"), outcome("b.png", ["34", "5"], ["35"], "y")]
    )
    assert list(evaluation.sets) == ["x", "y", "all"]
    assert evaluation.overall.n_lines == 3
    assert evaluation.to_dict()["all"]["n_exact"] == 1
    assert evaluation.risk_coverage.coverage[-1] == 1


def test_a_single_set_is_the_overall_accuracy():
    evaluation = evaluate_pages([outcome("a.png", ["12"], ["12"], "x")])
    assert evaluation.overall is evaluation.sets["x"]


def test_without_lines_there_is_no_curve():
    evaluation = evaluate_pages([outcome("a.png", ["12"], [], "x")])
    assert evaluation.risk_coverage is None


def test_misread_lines_have_the_place_where_they_were_read():
    page = outcome("a.png", ["12", "34"], ["12", "35"], "x", number=2)
    assert not page.is_exact
    [line] = page.misread_lines()
    assert (line.outcome.answer, line.page_number, line.box) == ("35", 2, BOXES[1])


def test_missed_lines_have_no_place():
    [line] = outcome("a.png", ["12", "34"], ["12"], "x").misread_lines()
    assert (line.outcome.truth, line.box) == ("34", None)
