"""Functions compiled by numba, kept on disk where there is a place for that."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a kernel: ``numba.njit`` with these options, and its cache if that can be.

    Where neither the package's folder nor the user's cache can be written (no home, a read-only
    container), numba raises RuntimeError; there each process compiles anew, which takes seconds.
    """

    def compile_kernel(kernel: Callable[..., Any]) -> Any:
        try:
            return numba.njit(cache=True, **options)(kernel)
        except RuntimeError:
            return numba.njit(**options)(kernel)

    return compile_kernel
