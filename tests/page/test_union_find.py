from numerals.page.union_find import group_pairs


def test_groups_are_ordered_by_their_first_members():
    assert group_pairs(6, [(4, 1), (5, 4), (3, 0)]) == [[0, 3], [1, 4, 5], [2]]


def test_a_pair_within_a_group_changes_nothing():
    assert group_pairs(3, [(0, 1), (1, 0), (0, 1)]) == [[0, 1], [2]]


def test_no_items_give_no_groups():
    assert group_pairs(0, []) == []
