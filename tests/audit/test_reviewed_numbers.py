"""Numbers that were reviewed before, and what a team gets in the end."""

import csv

import pytest

from numerals.audit.corrected_numbers import accepted_numbers, write_accepted, write_corrections
from numerals.audit.drawing import plan_audit
from numerals.audit.plan import Declaration
from numerals.audit.planning import propose_stage
from numerals.audit.result import audit_result, import_answers
from numerals.audit.reviewed import Review, read_reviews
from numerals.errors import DataError

FIVE_PERCENT = Declaration(0.05)


def reviews_of(run, positions, answer=None):
    rows = [run.numbers[i] for i in positions]
    return [Review(row.file, row.page, row.line, answer or row.text) for row in rows]


def test_reviewed_numbers_recalibrate_and_are_not_drawn(make_run):
    run = make_run()
    wrong = reviews_of(run, range(0, 40, 4), "nothing")
    right = reviews_of(run, range(100, 700))
    plan = plan_audit(run, FIVE_PERCENT, reviews=[*wrong, *right])
    assert plan.n_calibration == 610 and plan.n_reviewed == 600
    assert plan.n_population == 1390
    assert not set(plan.rows) & {*range(0, 40, 4), *range(100, 700)}
    assert 0.005 < plan.estimated_risk < 0.05 / 3  # the confidences say 0.1 %


def test_many_wrong_reviews_leave_nothing_to_accept(make_run):
    run = make_run()
    with pytest.raises(DataError, match="no threshold"):
        propose_stage(run, FIVE_PERCENT, reviews=reviews_of(run, range(100), "nothing"))
    chosen = propose_stage(
        run, FIVE_PERCENT, reviews=reviews_of(run, range(100), "nothing"), min_confidence=0.9
    )
    assert len(chosen.population) == 1900


def test_reviews_of_other_readings_are_counted_as_unmatched(make_run):
    run = make_run()
    row = run.numbers[7]
    reviews = [
        Review("elsewhere.png", 1, 1, "7"),
        Review(row.file, row.page, row.line, "7", read="another model read this"),
        Review(row.file, row.page, row.line, row.text, read=row.text),
    ]
    proposal = propose_stage(run, FIVE_PERCENT, reviews=reviews)
    assert proposal.n_unmatched == 2
    assert [each.row for each in proposal.reviewed] == [7]


def test_reviews_from_a_table(tmp_path):
    path = tmp_path / "reviewed.csv"
    path.write_text("file;page;line;answer\na.png;1;2;007\na.png;1;3;\n")
    assert read_reviews(path) == [Review("a.png", 1, 2, "007")]
    path.write_text("file,page,line,answer\na.png,one,2,007\n")
    with pytest.raises(DataError, match="row 2: got the page 'one'"):
        read_reviews(path)


def test_accepted_numbers_are_corrected(make_run, tmp_path):
    run = make_run()
    special = ["99999", "illegible", "nothing"]
    before = [
        *reviews_of(run, [0]),
        *reviews_of(run, [1], "88888"),
        *reviews_of(run, [2], "illegible"),
    ]
    plan = plan_audit(run, FIVE_PERCENT, allowed=3, reviews=before, min_confidence=0.9)
    stage = run.answer()
    for item, answer in zip(plan.items, special, strict=False):
        stage.record(item.id, "anna", answer)
    result = audit_result(run)
    assert result.passed and (result.n_wrong, result.n_illegible) == (3, 2)
    numbers = list(accepted_numbers(run, result))
    assert len(numbers) == plan.n_accepted == 1999
    texts = {row.text: row for row in numbers}
    assert "00002" not in texts  # known to be illegible before the draw
    assert texts["00000"].model == "" and texts["00000"].accepted
    assert texts["88888"].model == texts["99999"].model == "reviewer"
    assert sum(row.text == "" and not row.accepted for row in numbers) == 2
    for suffix in (".csv", ".parquet", ".xlsx"):
        assert write_accepted(run, result, tmp_path / f"accepted{suffix}") == 1999
    with (tmp_path / "accepted.csv").open() as stream:
        assert [row["text"] for row in csv.DictReader(stream)] == [row.text for row in numbers]
    with write_corrections(run, result).open() as stream:
        corrections = list(csv.DictReader(stream))
    assert sorted(row["answer"] for row in corrections) == sorted(["88888", "illegible", *special])


def test_answers_from_a_table_are_recorded_once(make_run, tmp_path):
    run = make_run()
    plan = plan_audit(run, FIVE_PERCENT)
    path = tmp_path / "anna.csv"
    rows = [f"{i.id},{run.truth[at]}" for i, at in zip(plan.items, plan.rows, strict=True)]
    path.write_text("\n".join(["id,answer", *rows]) + "\n")
    assert import_answers(run, path, "anna") == plan.n
    assert import_answers(run, path, "anna") == 0
    assert audit_result(run).passed
    assert import_answers(run, path, "anna") == 0  # though the stage is closed


def test_answers_without_their_zeros_are_refused(make_run, tmp_path):
    run = make_run()
    plan = plan_audit(run, FIVE_PERCENT)
    path = tmp_path / "anna.csv"
    rows = [f"{i.id},{int(run.truth[at])}" for i, at in zip(plan.items, plan.rows, strict=True)]
    path.write_text("\n".join(["id,answer", *rows]) + "\n")
    with pytest.raises(DataError, match="as text"):
        import_answers(run, path, "anna")
    assert import_answers(run, path, "anna", as_typed=True) == plan.n
