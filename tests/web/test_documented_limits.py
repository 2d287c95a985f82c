"""docs/threat-model.md shows the limits that the service applies."""

from pathlib import Path

import pytest

from numerals.web import http_protocol, route_limits, server
from numerals.web.application import SHUTDOWN_TIMEOUT
from numerals.web.batches.batch_events import MAX_STREAMS
from numerals.web.multipart_form import MAX_PARTS
from numerals.web.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "threat-model.md"
DEFAULT = Settings()


@pytest.mark.parametrize("row", route_limits.LIMITS, ids=lambda row: row.path)
def test_each_route_limit_is_documented(row):
    has_files = row.has_pictures or row.has_files
    pictures = route_limits.format_size(row.max_body("image/png", DEFAULT)) if has_files else ""
    cells = (
        f"`{row.methods[0]} {row.path}`",
        route_limits.format_size(row.max_body("application/json", DEFAULT)),
        pictures,
        row.queue,
        f"{row.max_seconds(DEFAULT):g}",
    )
    assert "| " + " | ".join(cells).replace("|  |", "| |") + " |" in PAGE.read_text("utf-8")


def test_other_limits_are_documented():
    text = PAGE.read_text("utf-8")
    rest = route_limits.find_limits("POST", "/v1/corrections")
    for text_part in (
        f"below `/v1` | {route_limits.format_size(rest.json_body)} | | quick | "
        f"{rest.max_seconds(DEFAULT):g} |",
        f"{route_limits.N_FILES_THREADS} (files, pictures) or {route_limits.N_QUICK_THREADS} "
        f"(quick) at a time, and `--queue`, {DEFAULT.max_waiting}, more in each; "
        f"{route_limits.MAX_FILES_WAITING} in files",
        f"head | {DEFAULT.receive_timeout:g} seconds",
        f"body | {DEFAULT.receive_timeout:g} seconds, and one more for each "
        f"{route_limits.format_size(route_limits.MIN_BODY_RATE)}",
        f"dropped for up to {http_protocol.LINGER_TIMEOUT:g} seconds",
        f"does not take | {http_protocol.STALL_TIMEOUT:g} seconds",
        f"connections | {http_protocol.MAX_CONNECTIONS} |",
        f"{MAX_PARTS} parts",
        f"{route_limits.QUICK_WAIT:g} seconds for the turn, "
        f"{route_limits.STORE_WAIT:g} for the lock",
        f"{server.SHUTDOWN_GRACE} seconds for requests in flight, "
        f"{SHUTDOWN_TIMEOUT:g} more for threads",
        f"{DEFAULT.max_pixels // 1_000_000} million pixels",
        f"{DEFAULT.max_pages} pages; {DEFAULT.max_batch_pages} in a batch",
        f"{DEFAULT.timeout:g} seconds (`--timeout`), in a process of its own",
        f"streams of events | {MAX_STREAMS} |",
    ):
        assert text_part in text, text_part
