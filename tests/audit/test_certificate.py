"""The certificate says what was shown, and everything that it rests on."""

import json
from pathlib import Path

import numpy as np
import pytest

from numerals.audit.certificate import write_certificate
from numerals.audit.drawing import plan_audit
from numerals.audit.plan import Declaration
from numerals.audit.planning import propose_stage
from numerals.audit.result import audit_result
from numerals.audit.statement import statement
from numerals.errors import DataError


def finish(run, declaration, change=lambda text: text, **options):
    """Plan, answer and close a stage; return its result."""
    plan_audit(run, declaration, seed=11, **options)
    run.answer(change=change)
    return audit_result(run)


def load(run):
    return json.loads(Path(run.path, "audit", "certificate.json").read_text())


def test_a_passed_audit(make_run):
    run = make_run(name="<b>run")
    result = finish(run, Declaration(0.05), allowed=0)
    html = write_certificate(run.path, result).read_text()
    sentence = "At most 5 % (100) of the 2,000 accepted numbers of this run are wrong."
    assert statement(result) == sentence
    assert sentence.replace(" %", "\u00a0%") in html
    assert "&lt;b&gt;run" in html and "<b>run" not in html
    assert "<script" not in html and "http" not in html.split("</head>")[1]
    values = load(run)
    assert values["statement"] == sentence and values["reviewers"] == ["anna"]
    assert values["result"]["plan"]["seed"] == 11


def test_the_draw_can_be_repeated_from_the_certificate(make_run):
    run = make_run()
    proposal = propose_stage(run, Declaration(0.05))
    result = finish(run, Declaration(0.05))
    write_certificate(run.path, result)
    plan = load(run)["result"]["plan"]
    rng = np.random.default_rng(plan["seed"])
    order = rng.choice(plan["n_population"], plan["n"], replace=False)
    assert tuple(proposal.population[order].tolist()) == result.plan.rows


def test_a_failed_audit_states_its_bound(make_run):
    run = make_run()
    result = finish(run, Declaration(0.05), change=lambda text: text[:-1] + "?", allowed=0)
    html = write_certificate(run.path, result).read_text()
    assert "not passed" in html and "not the 5\u00a0% that was tested" in html
    assert load(run)["result"]["bound"] > 0.9


def test_earlier_audits_are_listed(make_run):
    run = make_run()
    finish(run, Declaration(0.05), change=lambda text: "illegible", allowed=0)
    result = finish(run, Declaration(0.1, stages=2), again=True, min_confidence=0.9)
    html = write_certificate(run.path, result).read_text()
    values = load(run)
    assert [each["status"] for each in values["earlier_audits"]] == ["failed"]
    assert "earlier audit 1" in html
    assert "at least one of the 2 passes with a false statement is at most 10 %" in " ".join(
        values["limits"]
    )


def test_an_open_stage_has_no_certificate(make_run):
    run = make_run()
    plan_audit(run, Declaration(0.05))
    with pytest.raises(DataError, match="is open"):
        write_certificate(run.path, audit_result(run))
