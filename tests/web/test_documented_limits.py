"""The page of the threat model shows the limits that the service applies."""

from pathlib import Path

import pytest

from numerals.web import http_protocol as protocol
from numerals.web import route_limits as limits
from numerals.web import server as serving
from numerals.web.application import END_TIMEOUT
from numerals.web.multipart_form import MAX_PARTS
from numerals.web.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "threat-model.md"
DEFAULT = Settings()


@pytest.mark.parametrize("row", limits.LIMITS, ids=lambda row: row.path)
def test_each_row_of_the_table_is_documented(row):
    pictures = limits.size(row.max_body("image/png", DEFAULT)) if row.has_pictures else ""
    cells = (
        f"`{row.methods[0]} {row.path}`",
        limits.size(row.max_body("application/json", DEFAULT)),
        pictures,
        row.queue,
        f"{row.max_seconds(DEFAULT):g}",
    )
    assert "| " + " | ".join(cells).replace("|  |", "| |") + " |" in PAGE.read_text("utf-8")


def test_the_rest_is_documented():
    text = PAGE.read_text("utf-8")
    rest = limits.limits_of("POST", "/v1/corrections")
    for told in (
        f"below `/v1` | {limits.size(rest.json_body)} | | quick | {rest.max_seconds(DEFAULT):g} |",
        f"or {limits.QUICK_AT_ONCE} (quick) at a time, and `--queue`, {DEFAULT.n_waiting},",
        f"head | {DEFAULT.receive_timeout:g} seconds",
        f"body | {DEFAULT.receive_timeout:g} seconds, and one more for each "
        f"{limits.size(limits.MIN_RATE)}",
        f"dropped for up to {protocol.LINGER_TIMEOUT:g} seconds",
        f"does not take | {protocol.STALL_TIMEOUT:g} seconds",
        f"connections | {protocol.MAX_CONNECTIONS} |",
        f"{MAX_PARTS} parts",
        f"{limits.QUICK_WAIT:g} seconds for the turn, {limits.STORE_WAIT:g} for the lock",
        f"{serving.END_GRACE} seconds for requests in flight, {END_TIMEOUT:g} more for threads",
        f"{DEFAULT.max_pixels // 1_000_000} million pixels",
        f"{DEFAULT.max_pages} pages",
    ):
        assert told in text, told
