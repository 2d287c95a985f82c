"""Group items that are connected by pairs (union-find)."""

from collections.abc import Iterable


def group_pairs(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the connected groups of the items 0 to count - 1.

    Groups are sorted by their first members, members in ascending order.
    """
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in pairs:
        parent[root(i)] = root(j)
    groups: dict[int, list[int]] = {}
    for i in range(count):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())
