"""Simulate audits of stacks whose truth is known: how often a passed statement is false.

The readers are 1, 1.6 and 4 times overconfident: they make that many times the errors that their
confidences say. Errors cluster by page: the error probabilities of all numbers of a page have a
common log-normal factor.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from timing import machine

from numerals.audit.accepted_choice import choose_accepted
from numerals.audit.plan import Declaration
from numerals.audit.recalibration import Recalibration, fit_recalibration
from numerals.audit.sample_size import max_wrong
from numerals.errors import DataError

OVERCONFIDENCE = (1.0, 1.6, 4.0)

N_PAGES, N_PER_PAGE = 1000, 20
PAGE_DEVIATION = 1.0  # of the logarithm of a page's factor
WIDTHS = 10, 13, 13, 10, 12  # characters of the columns
N_REVIEWED = 500  # numbers that a recalibration is fitted on


@dataclass(frozen=True)
class Stack:
    """Numbers with their confidences, and which of them are wrong."""

    confidence: np.ndarray
    is_wrong: np.ndarray


@dataclass(frozen=True)
class Outcome:
    """What came of one audit."""

    passed: bool
    is_false: bool
    n_reviews: int
    accepted_share: float


def make_stack(rng: np.random.Generator, overconfidence: float) -> Stack:
    """Draw a stack: stated error probabilities between 0.00001 and 0.5, and errors by page."""
    stated = np.exp(rng.uniform(np.log(1e-5), np.log(0.5), (N_PAGES, N_PER_PAGE)))
    page = np.exp(rng.normal(-(PAGE_DEVIATION**2) / 2, PAGE_DEVIATION, (N_PAGES, 1)))
    actual = np.minimum(overconfidence * page * stated, 0.9)
    return Stack(1 - stated.ravel(), (rng.random(stated.shape) < actual).ravel())


def audit(
    rng: np.random.Generator, stack: Stack, declaration: Declaration, n_reviewed: int
) -> Outcome:
    """Audit a stack by a reviewer who makes no errors, with all stages that are declared."""
    is_reviewed = np.zeros(len(stack.confidence), bool)
    is_reviewed[rng.choice(len(stack.confidence), n_reviewed, replace=False)] = True
    n_reviews, above = 0, None
    for _ in range(declaration.stages):
        waiting = np.flatnonzero(~is_reviewed)
        recalibration = Recalibration()
        if is_reviewed.any():
            reviewed = stack.confidence[is_reviewed], ~stack.is_wrong[is_reviewed]
            recalibration = fit_recalibration(*reviewed)
        try:
            choice = choose_accepted(
                stack.confidence[waiting], recalibration, declaration, above=above
            )
        except DataError:
            break
        accepted = waiting[choice.is_accepted]
        sample = rng.choice(accepted, choice.size.n, replace=False)
        is_reviewed[sample] = True
        n_reviews += choice.size.n
        if stack.is_wrong[sample].sum() <= choice.size.allowed:
            rest = accepted[~is_reviewed[accepted]]
            allowed = max_wrong(len(accepted), declaration.max_error)
            is_false = bool(stack.is_wrong[rest].sum() > allowed)
            return Outcome(True, is_false, n_reviews, len(accepted) / len(stack.confidence))
        above = choice.min_confidence
    return Outcome(False, False, n_reviews, 0.0)


def measure_limit(rng: np.random.Generator, declaration: Declaration, n_audits: int) -> str:
    """Return the row of stacks that have one wrong number too many: the least favorable case."""
    n = 10_000
    confidence = np.full(n, 1 - declaration.max_error / 4)
    choice = choose_accepted(confidence, Recalibration(), declaration)
    n_wrong = max_wrong(n, declaration.max_error) + choice.size.allowed + 1
    found = rng.hypergeometric(n_wrong, n - n_wrong, choice.size.n, n_audits)
    passed = (found <= choice.size.allowed).mean()
    return format_row("one too many", [(passed, passed, 1.0, choice.size.n, 1.0)])


def format_row(name: str, values: list[tuple[float, ...]]) -> str:
    """Return a row of the table."""
    passed, false_all, false_passed, n_reviews, accepted = np.mean(values, axis=0)
    return format_line(
        name,
        f"{100 * passed:.1f}",
        f"{100 * false_all:.2f}",
        f"{100 * false_passed:.1f}",
        f"{n_reviews:.0f}",
        f"{100 * accepted:.1f}",
    )


def format_line(name: str, *cells: str) -> str:
    """Return aligned cells."""
    return f"{name:<32}" + "".join(f"{cell:>{w}}" for cell, w in zip(cells, WIDTHS, strict=True))


def measure(declaration: Declaration, n_reviewed: int, n_stacks: int, seed: int) -> None:
    """Print a row for each reader, and one for all of them."""
    pooled: list[Outcome] = []
    for overconfidence in OVERCONFIDENCE:
        rng = np.random.default_rng([seed, round(10 * overconfidence)])
        outcomes = [
            audit(rng, make_stack(rng, overconfidence), declaration, n_reviewed)
            for _ in range(n_stacks)
        ]
        pooled += outcomes
        name = f"J={declaration.stages}, {n_reviewed} reviewed, x{overconfidence:g}"
        print(format_row(name, [summarize(outcomes)]))
    print(format_row(f"J={declaration.stages}, {n_reviewed} reviewed, all", [summarize(pooled)]))


def summarize(outcomes: list[Outcome]) -> tuple[float, ...]:
    """Return the values of a row."""
    passed = [o for o in outcomes if o.passed]
    n_false = sum(o.is_false for o in passed)
    return (
        len(passed) / len(outcomes),
        n_false / len(outcomes),
        n_false / max(1, len(passed)),
        float(np.mean([o.n_reviews for o in outcomes])),
        float(np.mean([o.accepted_share for o in passed])) if passed else 0.0,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stacks", type=int, default=1000, help="for each reader")
    parser.add_argument("--max-error", type=float, default=0.005)
    parser.add_argument("--confidence", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(machine())
    print(
        f"{options.stacks} stacks of {N_PAGES * N_PER_PAGE:,} numbers for each reader; "
        f"{options.max_error:.2%} at {options.confidence:.0%}"
    )
    print(format_line("", "passed %", "false, % of", "false, % of", "reviews", "accepted %"))
    print(format_line("", "", "all audits", "passed", "(mean)", "(passed)"))
    for stages in (1, 2):
        for n_reviewed in (0, N_REVIEWED):
            declaration = Declaration(options.max_error, options.confidence, stages)
            measure(declaration, n_reviewed, options.stacks, options.seed)
    rng = np.random.default_rng(options.seed)
    print(measure_limit(rng, Declaration(options.max_error, options.confidence), 100_000))


if __name__ == "__main__":
    main()
