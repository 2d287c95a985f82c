"""``numerals examples`` copies the pictures that the documentation names."""


def test_copies_once(call, tmp_path):
    code, out, _ = call("examples", tmp_path / "pictures")
    assert code == 0 and "copied" in out
    assert (tmp_path / "pictures" / "phone-number.jpg").is_file()
    assert "copied 0 files" in call("examples", tmp_path / "pictures")[1]


def test_a_file_in_place_of_the_folder_is_an_error(call, tmp_path):
    (tmp_path / "taken").write_text("")
    code, _, err = call("examples", tmp_path / "taken")
    assert code == 2 and "taken" in err
