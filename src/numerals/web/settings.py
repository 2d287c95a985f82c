"""Settings of the service."""

import os
from dataclasses import dataclass, field

from numerals.images import Limits
from numerals.images.limits import MIB
from numerals.training.finetuning import FinetuningSettings


@dataclass(frozen=True)
class Settings:
    """Settings of one service.

    Attributes
    ----------
    token : str, optional
        Access token. If set, requests below ``/v1`` need ``Authorization: Bearer TOKEN``.
    hosts : tuple of str
        Allowed names in the Host header; empty allows all. The list prevents other web pages from
        reaching a local service under their own name (DNS rebinding).
    origins : tuple of str
        Origins whose pages may call the API from a browser, such as ``https://example.org``.
    store : str, optional
        URL of the store; None for no store.
    keep : {"nothing", "crops", "pictures"}
    keep_days : int, optional
        See `numerals.store.open_store`.
    max_body : int, bytes
        Maximum size of a request body.
    max_upload : int, bytes
        Maximum size of a request that adds files to a batch; such requests are written to disk.
    max_pixels : int
        Maximum number of pixels of a picture.
    max_pages : int
        Maximum number of pages of a PDF or TIFF.
    max_batch_pages : int
        The same for files of batches.
    timeout : float, seconds
        Maximum time from the first byte of a request to its response.
    receive_timeout : float, seconds
        Maximum time to receive the head of a request, and its body; see
        `numerals.web.request_body.BodyReceiver`.
    n_threads : int
        Number of pictures read at the same time.
    max_waiting : int
        Maximum number of requests waiting for a thread; further ones get status 503.
    watch : tuple of str
        Folders whose files are added to batches.
    finetuning : FinetuningSettings
        Settings of the trainings that the page starts.
    class_name, class_address : str
        The class whose pupils draw digits, and the address at which they reach the service.
    audit_run : str, optional
        Folder of the run whose audit is reviewed.
    """

    token: str | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    store: str | None = None
    keep: str = "crops"
    keep_days: int | None = None
    max_body: int = 32 * MIB
    max_upload: int = 256 * MIB
    max_pixels: int = 60_000_000
    max_pages: int = 50
    max_batch_pages: int = 2000
    timeout: float = 60.0
    receive_timeout: float = 10.0
    n_threads: int = os.cpu_count() or 1
    max_waiting: int = 32
    watch: tuple[str, ...] = ()
    finetuning: FinetuningSettings = field(default_factory=FinetuningSettings)
    class_name: str | None = None
    class_address: str = "http://localhost:8000"
    audit_run: str | None = None

    @property
    def limits(self) -> Limits:
        """The limits for decoding pictures."""
        return Limits(self.max_body, self.max_pixels, self.max_pages)

    @property
    def batch_limits(self) -> Limits:
        """The limits for decoding the files of batches."""
        return Limits(self.max_upload, self.max_pixels, self.max_batch_pages)
