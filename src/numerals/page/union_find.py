"""Pairs of things that belong together -> the groups that they form."""

from collections.abc import Iterable


def group_pairs(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the numbers 0..count - 1 in groups; whoever shares a pair shares a group.

    Groups stand in the order of their first members, members in ascending order.
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
