"""What ``numerals audit`` prints."""

from pathlib import Path

from numerals.audit.answers import SETTLED
from numerals.audit.drift import DriftReport
from numerals.audit.earlier import earlier_audits
from numerals.audit.plan import AuditPlan
from numerals.audit.planning import Proposal
from numerals.audit.population import NumbersRun
from numerals.audit.result import AuditResult, propose_next_stage
from numerals.audit.stage import AUDIT_FOLDER
from numerals.audit.statement import (
    count_sentence,
    format_confidence,
    format_rate,
    limits,
    statement,
)
from numerals.cli.console import print_table, print_text

_N_NAMED = 8  # items in a message


def print_proposal(proposal: Proposal) -> None:
    """Print the threshold and the choices of the sample size."""
    n, fit, choice = len(proposal.population), proposal.recalibration, proposal.choice
    source = (
        "the confidences as the model has them"
        if fit.n_numbers == 0
        else f"confidences recalibrated on {fit.n_numbers:,} reviewed numbers, slope "
        f"{fit.slope:.2f} and offset {fit.offset:+.2f} of the log odds"
    )
    print_text(
        f"accepted: {n:,} numbers with a confidence of {choice.min_confidence:.4f} or more; "
        f"estimated {format_rate(choice.estimated_risk)} wrong ({source})"
    )
    rows = [
        (
            "all" if size.is_certain else size.allowed,
            f"{size.n:,}",
            f"{100 * size.power:.0f} %",
            "<- chosen" if size == choice.size else "",
        )
        for size in sorted({*choice.sizes, choice.size}, key=lambda size: size.n)
    ]
    print_table(("allowed wrong", "reviews", "passes if the estimate is right", ""), rows)


def print_plan(run_path: str, plan: AuditPlan) -> None:
    """Print what to do with a drawn sample."""
    shown = _shown(run_path)
    folder = f"{shown}/{AUDIT_FOLDER}/stage-{plan.stage}"
    passes = f"passes with at most {plan.allowed} wrong"
    if plan.allowed >= plan.n:
        passes = "passes in any case, since the wrong ones are corrected and the rest may be wrong"
    print_text(
        f"stage {plan.stage} of {plan.stages}: review {_count(plan.n)}; {passes}. Seed of the "
        f"draw: {plan.seed}\n"
        f"on a page: numerals serve --audit {shown}, then: numerals audit result {shown}\n"
        f"or in a table: fill in {folder}/sample.xlsx (pictures: {folder}/crops/), then: "
        f"numerals audit result {shown} --answers YOUR-NAME={folder}/sample.xlsx"
    )


def print_result(run: NumbersRun, result: AuditResult) -> None:
    """Print the statement, or what is missing for one."""
    if not result.decided_at:
        _print_open(run.path, result)
        return
    plan = result.plan
    print_text(f"{'PASSED' if result.passed else 'NOT PASSED'}: {statement(result)}")
    print_text(f"confidence {format_confidence(plan.delta)}; {count_sentence(result)}")
    if result.passed:
        for sentence in limits(result, earlier_audits(run.path)):
            print_text(f"- {sentence}")
    else:
        _print_next_step(run, result)
    print_text(f"{_shown(run.path)}/{AUDIT_FOLDER}/certificate.html")


def print_drift(report: DriftReport) -> None:
    """Print both runs, the test, and what it does not show."""
    rows: list[tuple[str, ...]] = [
        ("files", f"{report.new.n_files:,}", f"{report.audited.n_files:,}"),
        ("numbers", f"{report.new.n_numbers:,}", f"{report.audited.n_numbers:,}"),
        (
            "mean confidence",
            f"{report.new.mean_confidence:.4f}",
            f"{report.audited.mean_confidence:.4f}",
        ),
    ]
    if report.min_confidence is not None:
        shares = (100 * (side.accepted_share or 0) for side in (report.new, report.audited))
        label = f"confidence of {report.min_confidence:.4f} or more"
        rows.append((label, *(f"{share:.1f} %" for share in shares)))
    print_table(("", "new run", "audited run"), rows)
    test = (
        f"largest difference of the distributions {report.distance:.3f}, p = {report.p_value:.4f} "
        "(permutation of files)"
    )
    if report.has_drifted:
        print_text(f"DRIFT: {test}. The audit does not cover this run; plan one of its own.")
        return
    print_text(
        f"no drift found: {test}. This does not prove that the error rate is the same: confident "
        "wrong readings leave the confidences as they were, and few files show large differences "
        "only. Audit new runs from time to time."
    )


def _print_open(run_path: str, result: AuditResult) -> None:
    plan = result.plan
    print_text(f"stage {plan.stage}: {result.n_answered:,} of {plan.n:,} numbers are answered")
    if result.unanswered:
        print_text(f"waiting for answers: {_name_items(result.unanswered)}")
    if result.disputed:
        print_text(
            f"two answers differ: {_name_items(result.disputed)}. Let a third person answer these "
            f"as the reviewer {SETTLED} (--answers {SETTLED}=FILE), or give --disputed-wrong"
        )
    if result.is_certain_to_fail:
        print_text(
            f"more than the {plan.allowed} allowed numbers are wrong, so that this stage will "
            "fail. Review the rest to learn what it shows, or end it with --stop"
        )


def _print_next_step(run: NumbersRun, result: AuditResult) -> None:
    plan = result.plan
    proposal = propose_next_stage(run, result)
    if isinstance(proposal, str):
        print_text(f"no further stage is possible: {proposal}")
        return
    n_reviews, accepted = proposal.choice.size.n, _count(len(proposal.population))
    if proposal.choice.size.is_certain:
        print_text(
            f"no useful stage is left: it would accept {accepted} with a confidence of "
            f"{proposal.choice.min_confidence:.4f} or more, and review {n_reviews:,} of them. Use "
            "the bound above, or review the numbers that you need"
        )
        return
    needs = (
        f"{n_reviews:,} more {'review' if n_reviews == 1 else 'reviews'} for "
        f"{format_rate(plan.max_error)} at {format_confidence(plan.delta)}, of {accepted} with a "
        f"confidence of {proposal.choice.min_confidence:.4f} or more"
    )
    if plan.stage == plan.stages:
        print_text(
            f"the declared stages are used up. A new audit, which --again declares, would need "
            f"{needs}; its certificate lists this one"
        )
    else:
        print_text(f"{needs}: numerals audit plan {_shown(run.path)} draws this next stage")


def _count(n: int) -> str:
    return "1 number" if n == 1 else f"{n:,} numbers"


def _shown(path: str) -> str:
    """Return the path of a run, relative if it lies in the current folder."""
    folder = Path(path).absolute()
    return str(folder.relative_to(Path.cwd())) if folder.is_relative_to(Path.cwd()) else str(folder)


def _name_items(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _N_NAMED:,} more" if len(ids) > _N_NAMED else ""
    return ", ".join(ids[:_N_NAMED]) + more
