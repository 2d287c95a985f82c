"""The numba decorator of all kernels, with a cache on disk where one can be written."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function with `numba.njit` and caches the result.

    Numba raises RuntimeError if neither the package folder nor the user's cache folder is writable
    (no home folder, a read-only container). The function is then compiled without a cache, which
    takes each process some seconds.

    Parameters
    ----------
    **options
        As for `numba.njit`.
    """

    def compile_kernel(kernel: Callable[..., Any]) -> Any:
        try:
            return numba.njit(cache=True, **options)(kernel)
        except RuntimeError:
            return numba.njit(**options)(kernel)

    return compile_kernel
