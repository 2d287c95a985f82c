"""Pictures that need a missing extra get a 4xx error with their name."""

import sys

import pytest
from served import failure_of


@pytest.mark.parametrize("route", ["read", "digits"])
def test_heic_without_its_extra_is_reported(client, monkeypatch, route):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    heic = b"\0\0\0\x18ftypheic" + bytes(100)
    files = {"picture": ("phone.jpg", heic, "image/jpeg")}
    message = failure_of(client.post(f"/v1/{route}", files=files), 422)
    assert message == "phone.jpg: reading HEIC needs an extra: pip install 'numerals[heic]'"
