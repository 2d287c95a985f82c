"""The certificate of an audit: one page of HTML, and the same as JSON."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from numerals import __version__
from numerals.audit.answers import SETTLED, now
from numerals.audit.earlier import earlier_audits, earlier_stages
from numerals.audit.result import AuditResult
from numerals.audit.stage import AUDIT_FOLDER, open_stage
from numerals.audit.statement import (
    confidence_sentence,
    count_sentence,
    format_confidence,
    format_rate,
    limits,
    statement,
)
from numerals.errors import DataError
from numerals.files import open_all_atomic

CERTIFICATE_HTML = "certificate.html"
CERTIFICATE_JSON = "certificate.json"

_DRAW = "numpy.random.default_rng(seed).choice(n_population, n, replace=False)"
_STAGE_HEAD = ("audit", "stage", "tested", "numbers", "reviewed", "wrong", "allowed", "result")


def certificate_values(run_path: str, result: AuditResult) -> dict[str, Any]:
    """Return the content of the certificate as values that JSON can hold."""
    stage = open_stage(run_path)
    earlier = earlier_audits(run_path)
    return {
        "numerals": __version__,
        "numpy": np.__version__,
        "written": now(),
        "run": Path(run_path).absolute().name,
        "statement": statement(result),
        "confidence": 1 - result.plan.delta,
        "limits": limits(result, earlier),
        "result": result.to_dict(),
        "reviewers": stage.reviewers,
        "settled": len(stage.answers(SETTLED)),
        "answers_sha256": result.answers_sha256,
        "draw": _DRAW,
        "earlier_stages": earlier_stages(run_path),
        "earlier_audits": earlier,
    }


def write_certificate(run_path: str, result: AuditResult) -> Path:
    """Write ``certificate.html`` and ``certificate.json`` for a closed stage.

    Parameters
    ----------
    run_path : str
        The folder of the run.
    result : AuditResult

    Returns
    -------
    Path
        The HTML file.

    Raises
    ------
    DataError
        If the stage is open, or the files cannot be written.
    """
    folder = Path(run_path, AUDIT_FOLDER)
    if not result.decided_at:
        raise DataError(f"{folder}: the stage is open; review its numbers first")
    values = certificate_values(run_path, result)
    paths = folder / CERTIFICATE_HTML, folder / CERTIFICATE_JSON
    with open_all_atomic(*paths) as (html, text):
        html.write(_render(values, result).encode())
        text.write(json.dumps(values, indent=1, ensure_ascii=False).encode() + b"\n")
    return paths[0]


def _render(values: dict[str, Any], result: AuditResult) -> str:
    template = Template((Path(__file__).parent / "certificate.html").read_text(encoding="utf-8"))
    title = f"Error rate of the run {values['run']}"
    texts = {
        "title": title,
        "version": __version__,
        "written": values["written"][:10],
        "status": result.status,
        "status_text": "passed" if result.passed else "not passed",
        "statement": values["statement"],
        "confidence": confidence_sentence(result),
        "count": count_sentence(result),
    }
    parts = {
        "facts": "".join(_row("td", fact) for fact in _facts(values, result)),
        "stages": _stages_html([*values["earlier_audits"], *values["earlier_stages"]]),
        "limits": "".join(f"<li>{_escape(sentence)}</li>" for sentence in values["limits"]),
        "draw": _draw_html(values, result),
    }
    return template.substitute({key: _escape(text) for key, text in texts.items()} | parts)


def _facts(values: dict[str, Any], result: AuditResult) -> list[tuple[str, str]]:
    plan = result.plan
    reviewers = ", ".join(values["reviewers"])
    if plan.double:
        reviewers += f"; two answers to each number, {values['settled']} differences settled"
    return [
        ("Tested", f"at most {format_rate(plan.max_error)} wrong"),
        ("Confidence", f"{format_confidence(plan.delta)}, declared stages: {plan.stages}"),
        ("Accepted numbers", f"{plan.n_population:,} with a confidence of {plan.min_confidence:g}"
         " or more"),
        ("Sample", f"{plan.n:,} numbers, drawn one by one at random; {plan.allowed} may be wrong"),
        ("Reviewers", reviewers),
        ("Estimate before the review", f"{format_rate(plan.estimated_risk)} wrong, from "
         f"confidences {_recalibration(result)}"),
        ("Planned", plan.created),
        ("Result", result.decided_at),
        ("Numbers of the run", f"SHA-256 {plan.run_sha256}"),
    ]  # fmt: skip


def _recalibration(result: AuditResult) -> str:
    plan = result.plan
    if plan.n_calibration == 0:
        return "as the model has them"
    return (
        f"recalibrated on {plan.n_calibration:,} reviewed numbers (slope {plan.slope:.2f}, offset "
        f"{plan.offset:+.2f} of the log odds)"
    )


def _stages_html(stages: Sequence[dict[str, Any]]) -> str:
    """Return a table of what has been tested before."""
    if not stages:
        return ""
    rows = [
        (
            f"earlier audit {each['audit']}" if each["audit"] else "this audit",
            f"{each['stage']} of {each['stages']}",
            f"{format_rate(each['max_error'])} at {format_confidence(each['delta'])}",
            f"{each['n_population']:,}",
            f"{each['n']:,}",
            each["n_wrong"],
            each["allowed"],
            each["status"] or "open",
        )
        for each in stages
    ]
    body = "".join(_row("td", row) for row in rows)
    head = _row("th", _STAGE_HEAD)
    return f"<h2>Before</h2><table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _draw_html(values: dict[str, Any], result: AuditResult) -> str:
    plan = result.plan
    folder = f"stage-{plan.stage}"
    return (
        f"<code>{_escape(_DRAW)}</code> with seed <code>{plan.seed}</code>, n_population "
        f"{plan.n_population} and n {plan.n} (NumPy {_escape(values['numpy'])}) gives indices of "
        "the accepted numbers in the order of the run, without those that had been reviewed "
        f"before (<code>{folder}/reviewed.jsonl</code>). <code>{folder}/plan.json</code> has the "
        f"sample, <code>{folder}/answers-*.jsonl</code> the answers with their times."
    )


def _row(tag: str, cells: Sequence[object]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_escape(str(cell))}</{tag}>' for cell in cells)}</tr>"


def _escape(text: str) -> str:
    return escape(text).replace(" %", "\u00a0%")
