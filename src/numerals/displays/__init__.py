"""Draw arrays: pictures of digits, confusion matrices, calibration, curves and maps.

Functions named ``plot_`` draw into the axes that are passed as `ax`, or into a new figure of
pyplot, which notebooks show. Charts need the ``lab`` extra; contact sheets do not. Names are
imported on first use, so that pictures do not load matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from numerals.extras import requires_extra

if TYPE_CHECKING:
    from numerals.displays.accuracy_size import plot_accuracy_against_size
    from numerals.displays.accuracy_time import plot_accuracy_against_time
    from numerals.displays.calibration import CalibrationDisplay
    from numerals.displays.class_counts import plot_class_counts
    from numerals.displays.class_weights import plot_class_weights
    from numerals.displays.confusion import ConfusionDisplay
    from numerals.displays.contact_sheet import make_captioned_sheet, make_contact_sheet
    from numerals.displays.history import plot_history, plot_history_panels
    from numerals.displays.image_grid import plot_images
    from numerals.displays.rejection import plot_risk_coverage

__all__ = [
    "CalibrationDisplay",
    "ConfusionDisplay",
    "make_captioned_sheet",
    "make_contact_sheet",
    "plot_accuracy_against_size",
    "plot_accuracy_against_time",
    "plot_class_counts",
    "plot_class_weights",
    "plot_history",
    "plot_history_panels",
    "plot_images",
    "plot_risk_coverage",
]

_HOMES = {
    "CalibrationDisplay": "calibration",
    "ConfusionDisplay": "confusion",
    "make_captioned_sheet": "contact_sheet",
    "make_contact_sheet": "contact_sheet",
    "plot_accuracy_against_size": "accuracy_size",
    "plot_accuracy_against_time": "accuracy_time",
    "plot_class_counts": "class_counts",
    "plot_class_weights": "class_weights",
    "plot_history": "history",
    "plot_history_panels": "history",
    "plot_images": "image_grid",
    "plot_risk_coverage": "rejection",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use; raise `MissingExtraError` without matplotlib."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with requires_extra("lab", "drawing"):
        module = import_module(f"{__name__}.{_HOMES[name]}")
    return getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
