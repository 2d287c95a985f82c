"""The parts of the service that batches need: their tables, files, processes and events."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from numerals.store import Store
from numerals.store.batch_files import BatchFiles, data_folder
from numerals.store.batch_items import BatchItems
from numerals.store.batches import Batches
from numerals.web.batches.batch_events import BatchEvents
from numerals.web.batches.batch_json import summarize
from numerals.web.batches.batch_runner import BatchRunner, RunnerSettings
from numerals.web.batches.folder_watch import FolderWatch
from numerals.web.settings import Settings


@dataclass(frozen=True)
class BatchService:
    """The batches of one service.

    Attributes
    ----------
    store : Store
    batches : Batches
    items : BatchItems
    files : BatchFiles
    runner : BatchRunner
    events : BatchEvents
    watches : tuple of FolderWatch
    templates : Path
        Folder of the templates of forms.
    """

    store: Store
    batches: Batches
    items: BatchItems
    files: BatchFiles
    runner: BatchRunner
    events: BatchEvents
    watches: tuple[FolderWatch, ...]
    templates: Path

    def start(self) -> None:
        """Start reading, and watching folders."""
        self.runner.start()
        for watch in self.watches:
            watch.start()

    def stop(self, timeout: float) -> None:
        """Stop within `timeout` seconds; files that are being read wait for the next start."""
        self.events.close()
        for watch in self.watches:
            watch.stop()
        self.runner.stop(timeout)


def open_batches(
    store: Store, settings: Settings, on_pages: Callable[[int, int], None]
) -> BatchService:
    """Return the batches of a store; nothing is started yet.

    Parameters
    ----------
    store : Store
    settings : Settings
    on_pages : callable
        Called with the numbers of pages and lines that were read.
    """
    batches, files = Batches(store), BatchFiles(store)
    templates = data_folder(store.engine.url) / "templates"
    runner_settings = RunnerSettings(
        settings.n_threads, settings.batch_limits, settings.timeout, templates
    )
    runner = BatchRunner(store, files, runner_settings, on_pages)
    return BatchService(
        store,
        batches,
        BatchItems(store),
        files,
        runner,
        BatchEvents(batches, lambda batch_ids: summarize(batches, runner, batch_ids)),
        tuple(FolderWatch(Path(path), batches, files, runner.wake) for path in settings.watch),
        templates,
    )
