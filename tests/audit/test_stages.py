"""An audit from its plan to its result: stages that pass, fail, and may not be repeated."""

import json

import pytest

from numerals.audit.answers import SETTLED
from numerals.audit.drawing import plan_audit
from numerals.audit.plan import Declaration
from numerals.audit.result import audit_result, propose_next_stage
from numerals.audit.stage import open_stage
from numerals.errors import DataError, OptionError

ONE_PERCENT = Declaration(0.01)
TWO_STAGES = Declaration(0.01, stages=2)


def test_an_audit_without_wrong_numbers_passes(make_run):
    run = make_run()
    plan = plan_audit(run, ONE_PERCENT, allowed=0)
    assert (plan.n_population, plan.n) == (2000, 265)
    run.answer()
    result = audit_result(run)
    assert result.passed and result.n_wrong == 0
    assert result.bound_wrong <= result.max_wrong == 20
    assert audit_result(run) == result  # as it was stored


def test_an_open_stage_tells_what_is_missing_and_not_what_is_wrong(make_run):
    run = make_run(error=0.02)
    plan = plan_audit(run, ONE_PERCENT, allowed=3)
    run.answer(n=plan.n - 5)
    result = audit_result(run)
    assert result.status == "open" and result.n_wrong is None
    assert len(result.unanswered) == 5 and result.n_answered == plan.n - 5


def test_too_many_wrong_numbers_fail_and_show_a_larger_rate(make_run):
    run = make_run(error=0.05)
    plan_audit(run, ONE_PERCENT, allowed=2)
    run.answer()
    result = audit_result(run)
    assert result.status == "failed"
    assert 0.03 < result.bound < 0.09
    assert sum(not each.is_right for each in result.reviewed) == result.n_wrong
    assert "no threshold" in propose_next_stage(run, result)


def test_the_answers_of_a_closed_stage_cannot_change(make_run):
    run = make_run(error=0.05)
    plan_audit(run, ONE_PERCENT, allowed=0)
    run.answer()
    audit_result(run)
    with pytest.raises(DataError, match="cannot change"):
        open_stage(run.path).record("0001", "anna", "00001")


def test_a_sample_is_not_drawn_again(make_run):
    run = make_run()
    plan_audit(run, ONE_PERCENT)
    with pytest.raises(DataError, match="is open"):
        plan_audit(run, ONE_PERCENT)
    run.answer()
    audit_result(run)
    with pytest.raises(DataError, match="has passed"):
        plan_audit(run, ONE_PERCENT)


def test_after_the_declared_stages_there_is_no_other(make_run):
    run = make_run(error=0.05)
    plan_audit(run, ONE_PERCENT, allowed=0)
    run.answer()
    audit_result(run)
    with pytest.raises(DataError, match="would prove nothing"):
        plan_audit(run)


def test_the_second_stage_is_stricter_and_draws_other_numbers(make_run):
    run = make_run(n=4000, error=0.05)
    first = plan_audit(run, TWO_STAGES, allowed=0)
    assert first.stage_delta == 0.025
    run.answer()
    audit_result(run)
    run.numbers = [*run.numbers]
    for position in range(3000, 4000):  # what makes some numbers certain
        run.truth[position] = run.numbers[position].text
    with pytest.raises(DataError, match="no threshold above the last stage"):
        plan_audit(run)


def test_reviewed_numbers_are_not_drawn_in_the_second_stage(make_run):
    run = make_run(n=4000, confidence=0.9999)
    first = plan_audit(run, TWO_STAGES, allowed=0)
    run.answer()
    run.answer(n=1, change=lambda text: "illegible")
    result = audit_result(run)
    assert result.status == "failed"
    proposal = propose_next_stage(run, result)
    second = plan_audit(run)
    assert second.n == proposal.choice.size.n
    assert second.stage == 2 and second.min_confidence > first.min_confidence
    assert not set(first.rows) & set(second.rows)
    assert second.n_reviewed == first.n - 1  # the illegible one is not delivered
    assert second.n_calibration == first.n


def test_a_later_stage_cannot_declare_another_rate(make_run):
    run = make_run(n=4000, confidence=0.9999)
    plan_audit(run, TWO_STAGES, allowed=0)
    run.answer(change=lambda text: "nothing")
    audit_result(run)
    with pytest.raises(OptionError, match="first one declared"):
        plan_audit(run, Declaration(0.05, stages=2))


def test_a_new_audit_is_kept_beside_the_old_one(make_run):
    run = make_run(error=0.05)
    plan_audit(run, ONE_PERCENT, allowed=0)
    run.answer()
    audit_result(run)
    plan = plan_audit(run, Declaration(0.4), again=True)
    assert plan.stage == 1 and open_stage(run.path).plan == plan
    assert plan.n_calibration == 265


def test_a_stage_that_can_only_fail_can_be_stopped(make_run):
    run = make_run()
    plan_audit(run, ONE_PERCENT, allowed=1)
    run.answer(n=1, change=lambda text: "illegible")
    with pytest.raises(DataError, match="may still pass"):
        audit_result(run, stop=True)
    run.answer(n=2, change=lambda text: "nothing")
    assert audit_result(run).is_certain_to_fail
    result = audit_result(run, stop=True)
    assert result.status == "failed" and result.bound is None


def test_a_run_with_other_numbers_is_refused(make_run):
    run = make_run()
    plan_audit(run, ONE_PERCENT)
    run.answer()
    run.numbers[3] = run.numbers[4]
    with pytest.raises(DataError, match="numbers have changed"):
        audit_result(run)


@pytest.mark.parametrize(
    "change",
    [
        {"n_wrong": 1},
        {"status": "failed"},
        {"status": 5},
        {"reviewed": [{}]},
        {"reviewed": 5},
        {"bound_wrong": "7"},
        {"answers_sha256": 1, "more": 2},
    ],
)
def test_an_edited_result_is_refused(make_run, change):
    run = make_run()
    plan_audit(run, Declaration(0.02))
    stage = run.answer()
    audit_result(run)
    path = stage.path / "result.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DataError, match=r"result\.json: is damaged"):
        audit_result(run)


@pytest.mark.parametrize(
    "change",
    [{"n": 5}, {"n": "x"}, {"sample": []}, {"allowed": None}, {"max_error": 7}, {"stages": 0}],
)
def test_an_edited_plan_is_refused(make_run, change):
    run = make_run()
    plan_audit(run, Declaration(0.02))
    path = open_stage(run.path).path / "plan.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DataError, match=r"plan\.json: is not the plan"):
        open_stage(run.path)


def test_a_run_without_numbers_is_refused(make_run):
    with pytest.raises(DataError, match="has no number to accept"):
        plan_audit(make_run(0), Declaration(0.02))


def test_double_keyed_numbers_need_two_answers_that_agree(make_run):
    run = make_run()
    plan = plan_audit(run, Declaration(0.01, double=True), allowed=0)
    stage = run.answer("anna")
    assert len(audit_result(run).unanswered) == plan.n
    run.answer("ben")
    stage.record("0002", "ben", "77")
    assert audit_result(run).disputed == ("0002",)
    assert stage.next_item(SETTLED).id == "0002"
    assert audit_result(run, disputed_are_wrong=True).status == "failed"


def test_the_draw_can_be_repeated_from_its_seed(make_run):
    first, second = make_run(name="a"), make_run(name="b")
    one, two = (plan_audit(run, ONE_PERCENT, seed=5) for run in (first, second))
    assert one.rows == two.rows
