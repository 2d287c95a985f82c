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
