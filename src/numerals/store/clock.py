"""The time as the store writes it."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """Return the time, ISO 8601 in UTC, always with microseconds: it sorts as text."""
    return _written(datetime.now(UTC))


def days_ago(days: int) -> str:
    """Return the time so many days ago, in the same form."""
    try:
        return _written(datetime.now(UTC) - timedelta(days=days))
    except OverflowError:  # longer ago than there were years
        return ""


def _written(time: datetime) -> str:
    return time.isoformat(timespec="microseconds")


def moment(text: str) -> str:
    """Return a date or time as the store writes it; a date is its beginning, and UTC is meant.

    Raises
    ------
    ValueError
        If it is none, such as ``2026-13-01``.

    Examples
    --------
    >>> moment("2026-11-23")
    '2026-11-23T00:00:00.000000+00:00'
    """
    found = datetime.fromisoformat(text.strip())
    return _written((found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC))
