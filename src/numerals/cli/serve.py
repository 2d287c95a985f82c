"""``numerals serve``: run the HTTP service with its page."""

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import warn
from numerals.cli.usage import UsageError
from numerals.errors import MissingExtraError

if TYPE_CHECKING:
    from numerals.web import Settings

EPILOG = """
[bold]Examples[/bold]

  numerals serve

  numerals serve --port 8080 --no-store

  numerals serve --keep pictures --keep-days 30

  numerals serve --host 0.0.0.0 --token "$TOKEN" --allow-host numbers.example.org

  numerals serve --allow-origin https://example.org

  numerals serve --store postgresql://numerals@db/numerals

Needs pip install 'numerals\\[web]'; a PostgreSQL store 'numerals\\[postgres]'.
"""

_MIB = 1024 * 1024


def serve(
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Address to listen on; 0.0.0.0 for all.",
            rich_help_panel="Network",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, help="Port to listen on; 0 for a free one.", rich_help_panel="Network"
        ),
    ] = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="NUMERALS_TOKEN",
            show_envvar=True,
            metavar="T",
            help="Access token for the API: clients send Authorization: Bearer T.",
            rich_help_panel="Network",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Allowed host name of the service; repeatable.",
            rich_help_panel="Network",
        ),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORIGIN",
            help="Origin whose pages may call the API, such as https://example.org; repeatable.",
            rich_help_panel="Network",
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Database for readings: sqlite:///FILE or postgresql://... "
            "\\[default: NUMERALS_STORE, or a file in the user's data folder]",
            rich_help_panel="Store",
        ),
    ] = None,
    no_store: Annotated[
        bool, typer.Option("--no-store", help="Store no readings.", rich_help_panel="Store")
    ] = False,
    keep: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="Pixels to store: nothing, crops (of lines), or pictures.",
            rich_help_panel="Store",
        ),
    ] = "crops",
    keep_days: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Days to keep pixels. \\[default: no limit]",
            rich_help_panel="Store",
        ),
    ] = None,
    max_body: Annotated[
        float,
        typer.Option(
            min=0.001,
            max=1024,
            metavar="MIB",
            help="Maximum request size.",
            rich_help_panel="Limits",
        ),
    ] = 32,
    max_pixels: Annotated[
        float,
        typer.Option(
            min=0.001,
            max=1000,
            metavar="MILLIONS",
            help="Maximum pixels per picture.",
            rich_help_panel="Limits",
        ),
    ] = 60,
    timeout: Annotated[
        float,
        typer.Option(
            min=0.1,
            max=3600,
            metavar="SECONDS",
            help="Time limit of a request.",
            rich_help_panel="Limits",
        ),
    ] = 60,
    queue: Annotated[
        int,
        typer.Option(
            min=0,
            max=10_000,
            metavar="N",
            help="Maximum number of waiting requests.",
            rich_help_panel="Limits",
        ),
    ] = 32,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            metavar="N",
            help="Number of pictures read at the same time. \\[default: number of cores]",
            rich_help_panel="Limits",
        ),
    ] = None,
) -> None:
    """Serve the page for drawing, photographing and reviewing numbers, and the HTTP API."""
    if no_store and store:
        raise UsageError("choose one of --store and --no-store")
    if keep not in ("nothing", "crops", "pictures"):
        raise UsageError(f"--keep {keep}: expected nothing, crops or pictures")
    if token is not None and not token.strip():
        raise UsageError("--token is empty; give a token or leave the option out")
    try:
        from numerals.store import default_url
        from numerals.web import Settings
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"numerals serve ({error.name})", "web") from error
    settings = Settings(
        token=token,
        hosts=_hosts(host, allow_host or []),
        origins=_origins(allow_origin or []),
        store=None if no_store else default_url() if store is None else store,
        keep=keep,
        keep_days=keep_days,
        max_body=round(max_body * _MIB),
        max_pixels=round(max_pixels * 1e6),
        timeout=timeout,
        max_waiting=queue,
    )
    if workers is not None:
        from dataclasses import replace

        settings = replace(settings, n_threads=workers)
    if not _is_loopback(host) and token is None:
        warn(f"warning: anyone who can reach {host} can use this service; set a --token")
    _run(settings, host, port)


def _run(settings: "Settings", host: str, port: int) -> None:
    from numerals.web import create_app
    from numerals.web.server import run_until_stopped

    with _listen(host, port) as listener:
        app = create_app(settings)
        shown = f"[{host}]" if ":" in host else host
        warn(f"http://{shown}:{listener.getsockname()[1]}  (Ctrl+C to stop)")
        run_until_stopped(app, listener, settings)


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


def _hosts(host: str, allowed: list[str]) -> tuple[str, ...]:
    """Return the allowed host names; empty allows all, if others can reach the service."""
    if _is_loopback(host):
        return ("localhost", "127.0.0.1", "[::1]", host, *allowed)
    return (host, *allowed) if allowed else ()


def _origins(allowed: list[str]) -> tuple[str, ...]:
    from numerals.web.origins import parse_origin

    origins = []
    for text in allowed:
        try:
            origins.append(parse_origin(text))
        except ValueError as error:
            raise UsageError(f"--allow-origin {text}: {error}") from None
    return tuple(origins)


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
