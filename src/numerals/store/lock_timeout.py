"""How long a store waits for a lock: a service answers within seconds, a command has more time."""

from typing import Any

from sqlalchemy import Engine, event


def limit_wait(engine: Engine, seconds: float) -> None:
    """Let transactions wait no longer than this for what another process has locked.

    Parameters
    ----------
    engine : Engine
        Of a store; connections that it has already are closed.
    seconds : float
    """
    milliseconds = round(1000 * seconds)
    is_sqlite = engine.dialect.name == "sqlite"
    setting = "PRAGMA busy_timeout" if is_sqlite else "SET lock_timeout"

    def set_up(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"{setting} = {milliseconds}")
        cursor.close()
        if not is_sqlite:
            connection.commit()  # what is set in a transaction goes with it

    event.listen(engine, "connect", set_up)
    engine.dispose()
