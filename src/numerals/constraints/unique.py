"""Numbers that occur once in a column, such as the names of a roster."""

import heapq
import math
from collections import Counter, deque
from collections.abc import Callable, Sequence
from itertools import count

from numerals.constraints.decisions import MIN_PROBABILITY, Decision
from numerals.constraints.values import Candidate

DUPLICATE = "occurs more than once"
"""The problem of a number that another number equals."""

_Key = str | int  # a text, or the index of a number that keeps its duplicate


class UniqueSolver:
    """Chooses the most probable readings without duplicates.

    A number keeps its most probable reading, and is a duplicate, where every other choice has a
    probability below `MIN_PROBABILITY`.

    The choice is a minimum-cost assignment of numbers to texts, found by shortest augmenting paths.
    It costs a look-up for a number without conflict. Memory: the readings of the whole column that
    are probable enough, about 1.2 kB a number.

    Parameters
    ----------
    normalize : callable, optional
        Function from text to what has to be unique; by default the text without spaces.
    min_probability : float in (0, 1), default=MIN_PROBABILITY

    Examples
    --------
    >>> solver = UniqueSolver()
    >>> solver.add([("17", 0.9), ("11", 0.08)])
    >>> solver.add([("17", 0.6), ("12", 0.3)])
    >>> solver.finish()
    >>> [decision.index for decision in solver.decided]
    [0, 1]

    References
    ----------
    Jonker and Volgenant 1987, A shortest augmenting path algorithm for dense and sparse linear
    assignment problems.
    """

    def __init__(
        self,
        normalize: Callable[[str], str] | None = None,
        *,
        min_probability: float = MIN_PROBABILITY,
    ) -> None:
        self.decided: deque[Decision] = deque()
        self._normalize = normalize or _drop_spaces
        self._max_cost = -math.log(min_probability)
        self._options: list[dict[_Key, tuple[float, int]]] = []  # key -> cost, index of candidate
        self._chosen: dict[int, _Key] = {}
        self._owner: dict[_Key, int] = {}
        self._potential: dict[_Key, float] = {}

    def add(self, candidates: Sequence[Candidate]) -> None:
        """Add a number: its readings, the most probable first; none for an unread number."""
        number = len(self._options)
        options: dict[_Key, tuple[float, int]] = {}
        for index, (text, probability) in enumerate(candidates):
            cost = min(-math.log(max(probability, 1e-300)), self._max_cost)
            key = self._normalize(text)
            if key and (index == 0 or cost < self._max_cost):
                options.setdefault(key, (cost, index))
        if options:
            first = min(index for _, index in options.values())
            options[number] = (self._max_cost, first)  # a duplicate
        self._options.append(options)
        if options:
            self._assign(number)

    def finish(self) -> None:
        """Decide all numbers that were added."""
        indices = [
            options[self._chosen[number]][1] if options else None
            for number, options in enumerate(self._options)
        ]
        texts = [
            next((key for key, (_, i) in options.items() if i == index), None)
            for options, index in zip(self._options, indices, strict=True)
        ]
        counts = Counter(text for text in texts if text is not None)
        self.decided.extend(
            Decision(index, DUPLICATE if text is not None and counts[text] > 1 else "")
            for index, text in zip(indices, texts, strict=True)
        )
        self._options.clear()

    def _assign(self, number: int) -> None:
        """Assign a number to a text, and others to new ones where that is more probable."""
        distances: dict[_Key, float] = {}
        reached_from: dict[_Key, int] = {}
        scanned: set[_Key] = set()
        heap: list[tuple[float, int, _Key]] = []
        order = count()  # keys of both types are not comparable

        def expand(each: int, offset: float) -> None:
            """Add the distances of the texts that a number may have."""
            for key in self._options[each]:
                distance = offset + self._reduced_cost(each, key)
                if key not in scanned and distance < distances.get(key, math.inf):
                    distances[key], reached_from[key] = distance, each
                    heapq.heappush(heap, (distance, next(order), key))

        expand(number, 0.0)
        while True:
            distance, _, key = heapq.heappop(heap)
            if key in scanned:
                continue
            owner = self._owner.get(key)
            if owner is None:
                break
            scanned.add(key)
            expand(owner, distance - self._reduced_cost(owner, key))
        for each in scanned:
            self._potential[each] = self._potential.get(each, 0.0) + distances[each] - distance
        self._take_along_path(number, key, reached_from)

    def _take_along_path(self, number: int, key: _Key, reached_from: dict[_Key, int]) -> None:
        """Let each number on the path to a free text take the text that was reached from it."""
        while True:
            previous = reached_from[key]
            freed = self._chosen.get(previous)
            self._chosen[previous], self._owner[key] = key, previous
            if previous == number or freed is None:
                return
            key = freed

    def _reduced_cost(self, number: int, key: _Key) -> float:
        return self._options[number][key][0] - self._potential.get(key, 0.0)


def _drop_spaces(text: str) -> str:
    return text.replace(" ", "")
