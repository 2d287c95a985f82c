"""``numerals serve``: run the HTTP service with its page."""

import secrets
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import warn
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import UsageError, check_choice, choose_one
from numerals.extras import requires_extra

if TYPE_CHECKING:
    from numerals.web import Settings
    from numerals.web.class_state import Classroom

EPILOG = """
[bold]Examples[/bold]

  numerals serve

  numerals serve --port 8080 --no-store

  numerals serve --keep pictures --keep-days 30

  numerals serve --watch scans/

  numerals serve --host 0.0.0.0 --token "$TOKEN" --allow-host numbers.example.org

  numerals serve --allow-origin https://example.org

  numerals serve --store postgresql://numerals@db/numerals

  numerals serve --class year7

  numerals serve --audit run/              # blind review of an audit's sample

Needs pip install 'numerals\\[web]'; a PostgreSQL store 'numerals\\[postgres]'.
"""


CLASS_QUEUE = 500
"""Minimum of --queue with --class: all pupils send their drawings at about the same time."""


@option_group("Network")
class NetworkOptions:
    """Where the service listens, and who may call it."""

    host: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Address to listen on; 0.0.0.0 for all. \\[default: 127.0.0.1; 0.0.0.0 with "
            "--class]",
        ),
    ] = None
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for a free one.")
    ] = 8000
    token: Annotated[
        str | None,
        typer.Option(
            envvar="NUMERALS_TOKEN",
            show_envvar=True,
            metavar="T",
            help="Access token for the API: clients send Authorization: Bearer T.",
        ),
    ] = None
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Allowed host name of the service; repeatable."),
    ] = None
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORIGIN",
            help="Origin whose pages may call the API, such as https://example.org; repeatable.",
        ),
    ] = None

    def check(self) -> None:
        """Raise `UsageError` for an empty token."""
        if self.token is not None and not self.token.strip():
            raise UsageError("--token is empty; give a token or leave the option out")

    def allowed_hosts(self, host: str) -> tuple[str, ...]:
        """Return the allowed host names; empty allows all, if others can reach the service."""
        allowed = self.allow_host or []
        if _is_loopback(host):
            return ("localhost", "127.0.0.1", "[::1]", host, *allowed)
        return (host, *allowed) if allowed else ()

    def parse_origins(self) -> tuple[str, ...]:
        """Return the allowed origins; raise `UsageError` for a text that is not an origin."""
        from numerals.web.origins import parse_origin

        origins = []
        for text in self.allow_origin or []:
            try:
                origins.append(parse_origin(text))
            except ValueError as error:
                raise UsageError(f"--allow-origin {text}: {error}") from None
        return tuple(origins)


@option_group("Class")
class ClassOptions:
    """A class whose pupils draw digits on their phones."""

    class_name: Annotated[
        str | None,
        typer.Option(
            "--class",
            metavar="NAME",
            help="Let pupils draw digits on their phones, for the data set class-NAME.",
        ),
    ] = None


@option_group("Batches")
class BatchOptions:
    """Folders whose files are read."""

    watch: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            help="Read the files that appear in this folder, as a batch; repeatable.",
        ),
    ] = None

    def folders(self, storage: "ServiceStoreOptions") -> tuple[str, ...]:
        """Return the folders to watch; raise `UsageError` if one is missing."""
        folders = self.watch or []
        if folders and storage.no_store:
            raise UsageError("--watch needs the store; leave out --no-store")
        for folder in folders:
            if not folder.is_dir():
                raise UsageError(f"--watch {folder}: is not a folder; create it, or check the path")
        return tuple(str(folder.absolute()) for folder in folders)


@option_group("Audit")
class AuditOptions:
    """A run whose sample is reviewed blind."""

    audit: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="Review the sample of this run's audit at /audit; see numerals audit plan.",
        ),
    ] = None


@option_group("Store")
class ServiceStoreOptions:
    """Whether and where the service stores readings."""

    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Database for readings: sqlite:///FILE or postgresql://... "
            "\\[default: NUMERALS_STORE, or a file in the user's data folder]",
        ),
    ] = None
    no_store: Annotated[bool, typer.Option("--no-store", help="Store no readings.")] = False
    keep: Annotated[
        str,
        typer.Option(
            metavar="WHAT", help="Pixels to store: nothing, crops (of lines), or pictures."
        ),
    ] = "crops"
    keep_days: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Days to keep pixels. \\[default: no limit]"),
    ] = None

    def check(self) -> None:
        """Raise `UsageError` for options that exclude each other, or an unknown choice."""
        choose_one({"--store": self.store, "--no-store": self.no_store})
        with requires_extra("web", "numerals serve"):
            from numerals.store import KEEP_CHOICES
        check_choice("--keep", self.keep, KEEP_CHOICES)

    def to_url(self) -> str | None:
        """Return the URL of the store; None for no store."""
        from numerals.store import default_url

        if self.no_store:
            return None
        return default_url() if self.store is None else self.store


@option_group("Limits")
class LimitOptions:
    """Limits on requests, and on the work that is done at the same time."""

    max_body: Annotated[
        float,
        typer.Option(min=0.001, max=1024, metavar="MIB", help="Maximum request size."),
    ] = 32
    max_upload: Annotated[
        float,
        typer.Option(
            min=0.001,
            max=10_240,
            metavar="MIB",
            help="Maximum size of a request that adds files to a batch.",
        ),
    ] = 256
    max_pixels: Annotated[
        float,
        typer.Option(min=0.001, max=1000, metavar="MILLIONS", help="Maximum pixels per picture."),
    ] = 60
    timeout: Annotated[
        float,
        typer.Option(min=0.1, max=3600, metavar="SECONDS", help="Time limit of a request."),
    ] = 60
    queue: Annotated[
        int,
        typer.Option(min=0, max=10_000, metavar="N", help="Maximum number of waiting requests."),
    ] = 32
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            metavar="N",
            help="Number of pictures read at the same time. \\[default: number of cores]",
        ),
    ] = None


@with_option_groups
def serve(
    network: NetworkOptions,
    storage: ServiceStoreOptions,
    batches: BatchOptions,
    limits: LimitOptions,
    class_options: ClassOptions,
    audit_options: AuditOptions,
) -> None:
    """Serve the page for drawing, photographing and reviewing numbers, and the HTTP API."""
    storage.check()
    network.check()
    with requires_extra("web", "numerals serve"):
        from numerals.web import Settings
    from numerals.images.limits import MIB

    class_name = class_options.class_name
    if class_name == "":
        raise UsageError("--class is empty; give a name such as year7, or leave the option out")
    host = network.host or ("0.0.0.0" if class_name else "127.0.0.1")
    token = network.token
    if class_name and token is None:  # pupils reach the service, and must not use all of it
        token = secrets.token_urlsafe(12)
    settings = Settings(
        token=token,
        hosts=network.allowed_hosts(host),
        origins=network.parse_origins(),
        store=storage.to_url(),
        keep=storage.keep,
        keep_days=storage.keep_days,
        max_body=round(limits.max_body * MIB),
        max_upload=round(limits.max_upload * MIB),
        watch=batches.folders(storage),
        max_pixels=round(limits.max_pixels * 1e6),
        timeout=limits.timeout,
        max_waiting=max(limits.queue, CLASS_QUEUE) if class_name else limits.queue,
        class_name=class_name,
        audit_run=None if audit_options.audit is None else str(audit_options.audit),
    )
    if limits.workers is not None:
        settings = replace(settings, n_threads=limits.workers)
    if not _is_loopback(host) and token is None:
        warn(f"warning: anyone who can reach {host} can use this service; set a --token")
    _run(settings, host, network.port)


def _run(settings: "Settings", host: str, port: int) -> None:
    from numerals.web import create_app
    from numerals.web.server import run_until_stopped

    with _listen(host, port) as listener:
        port = listener.getsockname()[1]
        settings = replace(settings, class_address=f"http://{_reachable_host(host)}:{port}")
        app = create_app(settings)
        warn(f"http://{_in_url(host)}:{port}  (Ctrl+C to stop)")
        if settings.class_name:
            # Browsers do not send the fragment, so that the token is not in any log.
            board = f"http://{_board_host(host)}:{port}/board#{settings.token}"
            _print_class(app.state.numerals.classroom, board)
        if settings.audit_run:
            warn(f"blind review: http://{_board_host(host)}:{port}/audit")
        run_until_stopped(app, listener, settings)


def _print_class(classroom: "Classroom", board: str) -> None:
    """Print the addresses of the class, and its QR code on a terminal."""
    import segno

    if sys.stderr.isatty():
        segno.make(classroom.pupil_address, error="l").terminal(out=sys.stderr, compact=True)
    warn(f"class {classroom.name}: pupils open {classroom.pupil_address}")
    warn(f"board: {board}")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _board_host(host: str) -> str:
    """Return the host of the board's address: this machine, if the service listens on all."""
    return "127.0.0.1" if host == "0.0.0.0" else "[::1]" if host == "::" else _in_url(host)


def _reachable_host(host: str) -> str:
    """Return the host at which other machines reach the service."""
    if host not in ("0.0.0.0", "::"):
        return _in_url(host)
    family = socket.AF_INET if host == "0.0.0.0" else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a UDP socket sends nothing; it selects the interface of the default route.
            probe.connect(("192.0.2.1", 9) if host == "0.0.0.0" else ("2001:db8::1", 9))
            return _in_url(str(probe.getsockname()[0]))
        except OSError:  # no network
            return _board_host(host)


def _listen(host: str, port: int) -> socket.socket:
    """Listen on the port before models are loaded, so that an occupied port is reported at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
        # asyncio sets this only for its own sockets; without it, some responses are 40 ms slower.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        reason = error.strerror or str(error)
    except UnicodeError as error:  # not a valid host name
        reason = str(error)
    raise UsageError(
        f"cannot listen on {host}, port {port} ({reason}); choose another --port or --host"
    )


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
