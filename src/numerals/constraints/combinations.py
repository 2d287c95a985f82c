"""Combinations of one choice per place, in descending order of their joint probability."""

import heapq
import math
from collections.abc import Iterator, Sequence

_MIN_PROBABILITY = 1e-12  # so that combinations with a probability of 0 still have an order


def best_combinations(probabilities: Sequence[Sequence[float]]) -> Iterator[tuple[int, ...]]:
    """Yield all combinations of choices, the most probable first.

    Parameters
    ----------
    probabilities : sequence of sequence of float
        For each place, the probabilities of its choices in descending order.

    Yields
    ------
    tuple of int
        The index of a choice for each place.

    Examples
    --------
    >>> list(best_combinations([[0.9, 0.1], [0.6, 0.4]]))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    if not all(probabilities):
        return
    costs = [[-math.log(max(p, _MIN_PROBABILITY)) for p in choices] for choices in probabilities]
    start = (0,) * len(costs)
    # Best-first search. The parent of a combination has its last index above 0 decremented, so
    # that each combination has one parent and is visited once.
    heap = [(sum(choices[0] for choices in costs), start, 0)]
    while heap:
        cost, indices, last = heapq.heappop(heap)
        yield indices
        for place in range(last, len(costs)):
            following = indices[place] + 1
            if following < len(costs[place]):
                change = costs[place][following] - costs[place][following - 1]
                child = (*indices[:place], following, *indices[place + 1 :])
                heapq.heappush(heap, (cost + change, child, place))
