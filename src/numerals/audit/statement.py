"""What an audit states, in sentences."""

from collections.abc import Sequence
from typing import Any

from numerals.audit.result import AuditResult


def format_rate(rate: float) -> str:
    """Return a rate in percent with two or more significant digits.

    Examples
    --------
    >>> format_rate(0.005), format_rate(0.0093), format_rate(0.1234), format_rate(0.000125)
    ('0.5 %', '0.93 %', '12 %', '0.013 %')
    """
    return f"{100 * rate:.2g} %"


def statement(result: AuditResult) -> str:
    """Return what the audit shows about the accepted numbers, in one sentence."""
    plan = result.plan
    if result.passed:
        return (
            f"At most {format_rate(plan.max_error)} ({result.max_wrong:,}) of the "
            f"{plan.n_population:,} accepted numbers of this run are wrong."
        )
    if result.bound is None or result.bound_wrong is None:
        return (
            f"Nothing: the review was ended after {result.n_wrong} wrong numbers, more than the "
            f"{plan.allowed} that this stage allows."
        )
    return (
        f"At most {format_rate(result.bound)} ({result.bound_wrong:,}) of the "
        f"{plan.n_population:,} accepted numbers of this run are wrong, not the "
        f"{format_rate(plan.max_error)} that was tested."
    )


def confidence_sentence(result: AuditResult) -> str:
    """Return what the confidence of the statement means."""
    confidence, delta = format_confidence(result.plan.delta), format_rate(result.plan.delta)
    return (
        f"Confidence {confidence} over the random draw of the sample: if the statement were false, "
        f"an audit like this one would have found so few wrong numbers with a probability of at "
        f"most {delta}."
    )


def format_confidence(delta: float) -> str:
    """Return 1 - delta in percent.

    Examples
    --------
    >>> format_confidence(0.05), format_confidence(0.001)
    ('95 %', '99.9 %')
    """
    return f"{100 * (1 - delta):.6g} %"


def count_sentence(result: AuditResult) -> str:
    """Return what the reviewers found, in one sentence."""
    plan = result.plan
    sentence = f"{result.n_wrong} of {result.n_answered:,} reviewed numbers were wrong"
    if result.n_illegible:
        sentence += f" ({result.n_illegible} illegible or no number)"
    sentence += f"; up to {plan.allowed} were allowed."
    return sentence if result.n_wrong == 0 else f"{sentence} The wrong ones are corrected."


def limits(result: AuditResult, earlier: Sequence[dict[str, Any]]) -> list[str]:
    """Return what the statement does not say, one sentence or two each.

    Parameters
    ----------
    result : AuditResult
    earlier : sequence of dict
        The stages of earlier audits of the run.
    """
    plan = result.plan
    sentences = [
        "It is about the accepted numbers of this run as a whole: not about one file, one writer "
        "or one field, and not about numbers that were rejected or not found on a page.",
        "It is not about other runs. numerals audit watch compares the confidences of a new run "
        "with those of this one.",
        "It trusts the reviewers: a number is wrong if it differs from their answer. "
        + (
            "Two of them answered each number without seeing the reading or the other answer."
            if plan.double
            else "One of them answered each number without seeing the reading."
        ),
    ]
    if plan.compare == "digits":
        sentences.append("Only digits were compared, not signs, separators and spaces.")
    if plan.n_reviewed:
        sentences.append(
            f"{plan.n_reviewed:,} numbers had been reviewed before. They are delivered as they "
            "were corrected, and are not among the numbers that the sample was drawn from."
        )
    if earlier:
        n_audits = max(each["audit"] for each in earlier) + 1
        total = sum({each["audit"]: each["delta"] for each in earlier}.values()) + plan.delta
        sentences.append(
            f"It is audit {n_audits} of this run. The probability that at least one of the "
            f"{n_audits} passes with a false statement is at most {format_rate(min(total, 1))}."
        )
    return sentences
