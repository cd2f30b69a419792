"""The store: open it by URL. SQLAlchemy is loaded when a database is opened, not before."""

from mailbot.ports.store import Store


def open_store(url: str) -> Store:
    """The store behind a database URL; an empty database gets its tables on the way.

    Raises `StoreRefused` for a wrong URL or a database of another version, `StoreUnavailable` when the
    server is out of reach.
    """
    from mailbot.store.opening import open_sql_store

    return open_sql_store(url)


def upgrade(url: str) -> str:
    """Bring the tables to this version, all or nothing, and say which version that is.

    Raises `StoreRefused` for a wrong URL or a database of a newer version, `StoreUnavailable` when the
    server is out of reach.
    """
    from mailbot.store.opening import upgrade_sql

    return upgrade_sql(url)
