"""The service: the page, and an HTTP API with the same powers. Needs the ``web`` extra."""

from numerals.web.application import create_app
from numerals.web.settings import Settings

__all__ = ["Settings", "create_app"]
