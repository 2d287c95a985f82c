"""``numerals serve``: the page, and the HTTP API behind it."""

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import warn
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
        str, typer.Option(metavar="ADDRESS", help="Where to listen; 0.0.0.0 is everywhere.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="NUMERALS_TOKEN",
            show_envvar=True,
            metavar="T",
            help="What clients of the API must send: Authorization: Bearer T.",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A name that clients know the service by; may be given again."
        ),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORIGIN",
            help="Pages from elsewhere that may use the API, such as https://example.org; may be "
            "given again.",
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where to keep what was read: sqlite:///FILE or postgresql://... "
            "\\[default: NUMERALS_STORE, or a file in the user's data folder]",
        ),
    ] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Keep nothing.")] = False,
    keep: Annotated[
        str,
        typer.Option(
            metavar="WHAT", help="Which pixels are kept: nothing, crops of lines, pictures as well."
        ),
    ] = "crops",
    keep_days: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="For how long pixels are kept. \\[default: ever]"),
    ] = None,
    max_body: Annotated[
        float, typer.Option(min=0.001, max=1024, metavar="MIB", help="Of one request.")
    ] = 32,
    max_pixels: Annotated[
        float, typer.Option(min=0.001, max=1000, metavar="MILLIONS", help="Of one picture.")
    ] = 60,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=3600, metavar="SECONDS", help="For one request.")
    ] = 60,
    queue: Annotated[
        int, typer.Option(min=0, max=10_000, metavar="N", help="Requests that may wait.")
    ] = 32,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, metavar="N", help="Pictures read at a time. \\[default: cores]"
        ),
    ] = None,
) -> None:
    """Open a page on which numbers are drawn, photographed, reviewed; and an HTTP API."""
    if no_store and store:
        raise typer.BadParameter("choose one of --store and --no-store")
    if keep not in ("nothing", "crops", "pictures"):
        raise typer.BadParameter(f"--keep {keep}: expected nothing, crops or pictures")
    if token is not None and not token.strip():
        raise typer.BadParameter("--token is empty; leave it out for a service without one")
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
        n_waiting=queue,
    )
    if workers is not None:
        from dataclasses import replace

        settings = replace(settings, n_threads=workers)
    if not _is_loopback(host) and token is None:
        warn(f"warning: whoever reaches {host} can use this service; give it a --token")
    _run(settings, host, port)


def _run(settings: "Settings", host: str, port: int) -> None:
    from numerals.web import create_app
    from numerals.web.server import run_until_stopped

    with _listen(host, port) as listener:
        app = create_app(settings)
        shown = f"[{host}]" if ":" in host else host
        warn(f"http://{shown}:{listener.getsockname()[1]}  (Ctrl+C ends it)")
        run_until_stopped(app, listener, settings)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is loaded: whoever starts it twice is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
        # asyncio does so for sockets that it made itself; else an answer in two parts waits 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        reason = error.strerror or str(error)
    except UnicodeError as error:  # a name that can be none
        reason = str(error)
    raise typer.BadParameter(
        f"{host}, port {port}: cannot listen there ({reason}); choose another --port or --host"
    )


def _hosts(host: str, allowed: list[str]) -> tuple[str, ...]:
    """Return the names the service goes by; any where it listens for others without a list."""
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
            raise typer.BadParameter(f"--allow-origin {text}: {error}") from None
    return tuple(origins)


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
