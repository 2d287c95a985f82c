"""What explains a digit, loaded in the background once the page is opened."""

import logging
import threading

import numpy as np

from numerals.errors import NumeralsError
from numerals.web.digit_routes import explain_image
from numerals.web.state import State

_LOG = logging.getLogger("numerals.web")


def warm_once(state: State) -> None:
    """Let "why" be ready by the time somebody asks: its index takes seconds to build."""

    def begin() -> None:
        threading.Thread(target=_warm, args=(state,), name="numerals-warm", daemon=True).start()

    state.data_sets.computed.get("warmed", begin)


def _warm(state: State) -> None:
    try:
        explain_image(state, np.zeros((28, 28), np.uint8), "latin", "")
    except NumeralsError as error:  # it is told again to whoever asks
        _LOG.info("%s", error)
