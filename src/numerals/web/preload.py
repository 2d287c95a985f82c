"""Build the search index for explanations in the background, when the page is opened."""

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
    """Build the search index for explanations in a thread; building takes seconds."""
    state.preload_task.start_once(partial(_explain_blank, state), "numerals-preload")


def _explain_blank(state: State, check: Callable[[], None]) -> None:
    try:
        explain_image(state, np.zeros((28, 28), np.uint8), "latin", "", check)
    except NumeralsError as error:  # a request for an explanation reports it again
        _LOG.info("%s", printable(str(error)))
