"""Numbers that do not decrease down a column, such as the readings of a meter."""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from numerals.constraints.decisions import MIN_PROBABILITY, Decision
from numerals.constraints.values import Candidate, Parse

OUT_OF_ORDER = "is out of order"
"""The problem of a number that does not fit between its neighbors."""
MAX_STATES = 64
"""Maximum number of sequences that are followed at the same time."""
MAX_LEFT_OUT = 8
"""Sequences are dropped that left out this many numbers more than the most probable one."""
MAX_UNDECIDED = 1000
"""Maximum number of numbers that wait for a decision; then the most probable sequence is chosen."""


@dataclass(eq=False)
class _Step:
    """What a sequence chose for one number; `value` is None if the number is not part of it."""

    previous: "_Step | None"
    index: int | None = None
    value: Decimal | None = None
    is_out_of_order: bool = False
    skipped: Decimal | None = None  # the value of a number that is out of order


@dataclass(eq=False)
class _Sequence:
    """A sequence of readings up to the number that was added last."""

    score: float  # sum of log-probabilities
    value: Decimal | None  # of its last number
    n_since: int  # numbers after the last one, none of which is part of the sequence
    step: _Step | None = field(repr=False, default=None)


class AscendingSolver:
    """Chooses the most probable ascending sequence of readings.

    A number of which no reading fits is left out of the sequence, as if a reading of probability
    `MIN_PROBABILITY` fitted; it keeps its most probable reading and is out of order. So is a number
    of the sequence with which it could change places.

    The sequences are followed with dynamic programming. Of two, the one with the larger last value
    is dropped if it is not more probable. Decisions are final as soon as all sequences share them,
    so that memory does not grow with the length of the column.

    Parameters
    ----------
    parse : callable
        Function from text to value. Readings without a value are ignored.
    strict : bool, default=False
        Whether equal numbers are out of order.
    max_step : Decimal, optional
        Maximum difference of a number and the one before it; a missing number allows twice as much.
    start : Decimal, optional
        Value that the first number does not fall below.
    min_probability : float in (0, 1), default=MIN_PROBABILITY

    Examples
    --------
    >>> from numerals.constraints.values import make_parser
    >>> solver = AscendingSolver(make_parser())
    >>> for readings in ([("120", 0.9)], [("187", 0.6), ("137", 0.3)], [("145", 0.9)]):
    ...     solver.add(readings)
    >>> solver.finish()
    >>> [decision.index for decision in solver.decided]
    [0, 1, 0]

    References
    ----------
    Viterbi 1967, Error bounds for convolutional codes, on dynamic programming over sequences.
    """

    def __init__(
        self,
        parse: Parse,
        *,
        strict: bool = False,
        max_step: Decimal | None = None,
        start: Decimal | None = None,
        min_probability: float = MIN_PROBABILITY,
    ) -> None:
        self.decided: deque[Decision] = deque()
        self._parse = parse
        self._strict = strict
        self._max_step = max_step
        self._min_probability = min_probability
        self._sequences = [_Sequence(0.0, start, 0)]
        self._n_undecided = 0
        self._swaps = _SwapCheck(start, self.decided, self._is_ordered)

    def add(self, candidates: Sequence[Candidate]) -> None:
        """Add a number: its readings, the most probable first; none for an unread number."""
        options = [
            (index, value, math.log(max(probability, self._min_probability)))
            for index, (text, probability) in enumerate(candidates)
            if (index == 0 or probability >= self._min_probability)
            and (value := self._parse(text)) is not None
        ]
        following = [self._without(sequence, candidates) for sequence in self._sequences]
        for option in options:
            following += self._with(option)
        self._sequences = self._prune(following)
        self._n_undecided += 1
        if self._n_undecided > MAX_UNDECIDED:
            self._sequences = self._sequences[:1]
        self._decide_shared()

    def finish(self) -> None:
        """Decide all numbers that were added."""
        self._sequences = self._sequences[:1]
        self._decide_shared()
        self._swaps.finish()

    def _without(self, sequence: _Sequence, candidates: Sequence[Candidate]) -> _Sequence:
        """Return a sequence that leaves out the number that is added."""
        step, score = _Step(sequence.step), sequence.score
        if candidates:
            step = _Step(sequence.step, 0, None, True, self._parse(candidates[0][0]))
            score += math.log(self._min_probability)
        return _Sequence(score, sequence.value, sequence.n_since + 1, step)

    def _with(self, option: tuple[int, Decimal, float]) -> Iterator[_Sequence]:
        """Yield the most probable sequence that ends with a reading, if there is one."""
        index, value, score = option
        allowed = [s for s in self._sequences if self._may_follow(s, value)]
        if allowed:
            best = max(allowed, key=lambda sequence: sequence.score)
            yield _Sequence(best.score + score, value, 0, _Step(best.step, index, value))

    def _may_follow(self, sequence: _Sequence, value: Decimal) -> bool:
        if sequence.value is None:
            return True
        if not self._is_ordered(sequence.value, value):
            return False
        step = value - sequence.value
        return self._max_step is None or step <= self._max_step * (sequence.n_since + 1)

    def _is_ordered(self, low: Decimal | None, high: Decimal | None) -> bool:
        """Return whether a value may precede another one; None may precede and follow all."""
        if low is None or high is None:
            return True
        return low < high if self._strict else low <= high

    def _prune(self, sequences: list[_Sequence]) -> list[_Sequence]:
        """Return the most probable sequences, the best first, without those that cannot win."""
        # Of equally probable sequences, one that leaves out fewer of the last numbers is first.
        sequences.sort(key=lambda sequence: (-sequence.score, sequence.n_since))
        kept: list[_Sequence] = []
        lowest: Decimal | None = None
        for sequence in sequences:
            if self._max_step is not None or not kept or _is_below(sequence.value, lowest):
                kept.append(sequence)
                lowest = sequence.value
        best = sequences[0].score
        for sequence in kept:
            sequence.score -= best  # so that scores stay precise in long columns
        min_score = MAX_LEFT_OUT * math.log(self._min_probability)
        return [sequence for sequence in kept[:MAX_STATES] if sequence.score >= min_score]

    def _decide_shared(self) -> None:
        """Decide the numbers for which all sequences chose the same reading."""
        steps = {sequence.step for sequence in self._sequences}
        n_open = 0
        while len(steps) > 1 or None in steps:
            steps = {step.previous for step in steps if step is not None}
            n_open += 1
            if n_open >= self._n_undecided:
                return
        [shared] = steps
        path = []
        step = shared
        for _ in range(self._n_undecided - n_open):
            assert step is not None
            path.append(step)
            step = step.previous
        if shared is not None:
            shared.previous = None
        self._n_undecided = n_open
        for step in reversed(path):
            self._swaps.add(step)


def _is_below(value: Decimal | None, other: Decimal | None) -> bool:
    """Return whether a last value allows more than another one; None allows everything."""
    return other is not None and (value is None or value < other)


class _SwapCheck:
    """Marks the numbers of a sequence that a number out of order could replace.

    Of 100, 300, 200, 400, either 300 or 200 is wrong: both are marked.
    """

    def __init__(
        self,
        start: Decimal | None,
        decided: deque[Decision],
        is_ordered: Callable[[Decimal | None, Decimal | None], bool],
    ) -> None:
        self._decided = decided
        self._is_ordered = is_ordered
        self._low = start  # the value before the last number of the sequence
        self._last: _Step | None = None  # the last number of the sequence
        self._before: list[_Step] = []  # numbers out of order before it
        self._after: list[_Step] = []  # numbers that are not part of the sequence, after it

    def add(self, step: _Step) -> None:
        if step.value is None:
            self._after.append(step)
        else:
            self._close(step.value)
            self._last = step

    def finish(self) -> None:
        self._close(None)
        self._last = None

    def _close(self, high: Decimal | None) -> None:
        """Decide the last number of the sequence, given the value of the next one."""
        if self._last is not None:
            skipped = [s.skipped for s in (*self._before, *self._after) if s.skipped is not None]
            may_replace = any(
                self._is_ordered(self._low, value) and self._is_ordered(value, high)
                for value in skipped
            )
            self._decided.append(Decision(self._last.index, OUT_OF_ORDER if may_replace else ""))
            self._low = self._last.value
        for step in self._after:
            self._decided.append(Decision(step.index, OUT_OF_ORDER if step.is_out_of_order else ""))
        self._before, self._after = self._after, []
