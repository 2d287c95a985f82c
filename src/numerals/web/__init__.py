"""The HTTP service: an API, and a page that uses it. Requires the ``web`` extra."""

from numerals.web.application import create_app
from numerals.web.settings import Settings

__all__ = ["Settings", "create_app"]
