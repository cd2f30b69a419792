"""Opening a database for use, and bringing it up to date."""

from sqlalchemy import Engine

from mailbot.domain.errors import StoreRefused
from mailbot.store.engine import WRITING, file_of, is_sqlite, make_engine
from mailbot.store.faults import translated
from mailbot.store.revisions import apply_migrations, check_revision, revision_of, revisions
from mailbot.store.unit_of_work import SqlStore


def open_sql_store(url: str) -> SqlStore:
    """A store over the database; an empty database gets its tables, an outdated one is refused."""
    make_folder(url)
    engine = make_engine(url)
    try:
        with translated(), engine.connect() as connection:
            revision = revision_of(connection)
        if revision is None:
            upgrade_engine(engine)
        else:
            check_revision(revision)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine)


def upgrade_sql(url: str) -> str:
    """Bring the database's tables to this version, all or nothing, and say which version that is."""
    make_folder(url)
    engine = make_engine(url)
    try:
        return upgrade_engine(engine)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine) -> str:
    """Bring the tables behind an engine to this version; costs one look when they are there already."""
    with translated(), engine.connect() as connection:
        if revision_of(connection) == revisions()[-1]:
            return revisions()[-1]
        connection.rollback()
        writing = connection.execution_options(**{WRITING: True})
        with writing.begin():
            return apply_migrations(writing)


def make_folder(url: str) -> None:
    """Make the folder of an SQLite file."""
    if not is_sqlite(url):
        return
    folder = file_of(url).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreRefused(f"no se puede crear la carpeta {folder}: {error.strerror}") from error
