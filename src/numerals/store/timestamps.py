"""Times in the format of the store: ISO 8601 in UTC with microseconds, which sorts as text."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """Return the current time."""
    return _format(datetime.now(UTC))


def timestamp(seconds: float) -> str:
    """Return a time of the file system, in seconds since 1970, in the format of the store."""
    return _format(datetime.fromtimestamp(seconds, UTC))


def days_ago(days: int) -> str:
    """Return the time `days` days ago; an empty text, which sorts first, before the year 1."""
    try:
        return _format(datetime.now(UTC) - timedelta(days=days))
    except OverflowError:
        return ""


def parse_timestamp(text: str) -> str:
    """Return a date or time, ISO 8601, in the format of the store.

    A date means its first moment. A time without an offset is UTC.

    Raises
    ------
    ValueError
        If the text is not a valid date or time, such as ``2026-13-01``.
    OverflowError
        If the time in UTC is before the year 1 or after the year 9999.

    Examples
    --------
    >>> parse_timestamp("2026-11-23")
    '2026-11-23T00:00:00.000000+00:00'
    """
    time = datetime.fromisoformat(text.strip())
    return _format((time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC))


def _format(time: datetime) -> str:
    return time.isoformat(timespec="microseconds")
