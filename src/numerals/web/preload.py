"""What explains a digit, loaded in the background once the page is opened."""

import logging
from collections.abc import Callable
from functools import partial

import numpy as np

from numerals.errors import NumeralsError
from numerals.printable import printable
from numerals.web.explain_routes import explain_image
from numerals.web.state import State

_LOG = logging.getLogger("numerals.web")


def preload_once(state: State) -> None:
    """Let "why" be ready by the time somebody asks: its index takes seconds to build."""
    state.warming.start_once(partial(_warm, state), "numerals-warm")


def _warm(state: State, check: Callable[[], None]) -> None:
    try:
        explain_image(state, np.zeros((28, 28), np.uint8), "latin", "", check)
    except NumeralsError as error:  # it is told again to whoever asks
        _LOG.info("%s", printable(str(error)))
