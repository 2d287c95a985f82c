"""What a service can be told."""

import os
from dataclasses import dataclass

from numerals.images import Limits

MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """How a service behaves.

    Attributes
    ----------
    token : str, optional
        What a client must send as ``Authorization: Bearer TOKEN`` to everything below ``/v1``.
    hosts : tuple of str
        Names that clients may know the service by; any, if there are none. A page from elsewhere
        cannot then reach a service on this machine under a name of its own (DNS rebinding).
    origins : tuple of str
        Pages from elsewhere that may use the API in a browser, such as ``https://example.org``.
    store : str, optional
        URL of the store; None for no store.
    keep : {"nothing", "crops", "pictures"}
    keep_days : int, optional
        See `numerals.store.open_store`.
    max_body : int, bytes
    max_pixels, max_pages : int
        Of one picture, and of one PDF or TIFF.
    timeout : float, seconds
        For one request, from its first byte to the answer.
    receive_timeout : float, seconds
        For the head of a request, and for its body; see `numerals.web.request_body.BodyReceiver`.
    n_threads : int
        How many pictures are read at the same time.
    n_waiting : int
        How many requests may wait for these; more are answered 503.
    """

    token: str | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    store: str | None = None
    keep: str = "crops"
    keep_days: int | None = None
    max_body: int = 32 * MIB
    max_pixels: int = 60_000_000
    max_pages: int = 50
    timeout: float = 60.0
    receive_timeout: float = 10.0
    n_threads: int = os.cpu_count() or 1
    n_waiting: int = 32

    @property
    def limits(self) -> Limits:
        """What the images room refuses."""
        return Limits(self.max_body, self.max_pixels, self.max_pages)
