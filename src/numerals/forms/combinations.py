"""One reading of each place: all the ways to combine them, likeliest first."""

import heapq
import math
from collections.abc import Iterator, Sequence

_LEAST = 1e-12  # a probability of 0 would make all combinations with it alike


def best_combinations(probabilities: Sequence[Sequence[float]]) -> Iterator[tuple[int, ...]]:
    """Yield which choice to take in each place, the jointly likeliest first.

    Parameters
    ----------
    probabilities : sequence of sequence of float
        For each place, those of its choices, falling.

    Yields
    ------
    tuple of int
        An index for each place; every combination comes once.

    Examples
    --------
    >>> list(best_combinations([[0.9, 0.1], [0.6, 0.4]]))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    if not all(probabilities):
        return
    costs = [[-math.log(max(p, _LEAST)) for p in choices] for choices in probabilities]
    start = (0,) * len(costs)
    # Each combination has one parent: the one with its last index above 0 lowered.
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
