"""Kernels compile without a writable cache: without a home folder, in a read-only container."""

import pytest

caching = pytest.importorskip("numba.core.caching", reason="needs numerals[lab]")

from numerals.search.compiled import compiled


def test_kernels_compile_without_a_cache_folder(monkeypatch):
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])

    @compiled(nogil=True)
    def double(x):
        return 2 * x

    assert double(21) == 42
    assert not double.stats.cache_path
