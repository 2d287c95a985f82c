"""The lock timeout of a store: shorter for the web service than for commands."""

from typing import Any

from sqlalchemy import Engine, event


def set_lock_timeout(engine: Engine, seconds: float) -> None:
    """Set how long a transaction waits for a lock that another process holds.

    Parameters
    ----------
    engine : Engine
        Engine of a store; its open connections are closed.
    seconds : float
    """
    milliseconds = round(1000 * seconds)
    is_sqlite = engine.dialect.name == "sqlite"
    setting = "PRAGMA busy_timeout" if is_sqlite else "SET lock_timeout"

    def set_timeout(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"{setting} = {milliseconds}")
        cursor.close()
        if not is_sqlite:
            connection.commit()  # a rollback would revert the setting

    event.listen(engine, "connect", set_timeout)
    engine.dispose()
