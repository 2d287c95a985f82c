"""Report imports that fail because an extra is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from numerals.errors import MissingExtraError


@contextmanager
def requires_extra(extra: str, purpose: str) -> Iterator[None]:
    """Report a failed import inside the block as a missing extra.

    Parameters
    ----------
    extra : str
        The extra that installs the module, such as ``"lab"``.
    purpose : str
        What the module is needed for, as the message names it: ``"training"``.

    Raises
    ------
    MissingExtraError
        If a module is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "numerals":  # a bug, not a missing extra
            raise
        raise MissingExtraError(f"{purpose} ({error.name})", extra) from error
