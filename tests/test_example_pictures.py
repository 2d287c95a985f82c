"""The example pictures are copied once; files of the user stay as they are."""

from numerals.example_pictures import copy_examples, find_examples


def test_examples_are_copied_and_kept(tmp_path):
    folder = tmp_path / "new" / "examples"
    first = list(copy_examples(folder))
    assert all(is_new for _, is_new in first)
    assert (folder / "digits" / "10.jpg").read_bytes() == (
        find_examples() / "digits" / "10.jpg"
    ).read_bytes()
    (folder / "pages.csv").write_text("mine")
    assert not any(is_new for _, is_new in copy_examples(folder))
    assert (folder / "pages.csv").read_text() == "mine"
