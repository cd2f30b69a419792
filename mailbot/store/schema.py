"""All tables together, and the order in which their rows may be written."""

from sqlalchemy import MetaData, Table

from mailbot.store import mark_tables, office_tables, tables
from mailbot.store.columns import Row

# Naming the modules here makes sure that no table is forgotten, whoever asks first.
MODULES = (tables, office_tables, mark_tables)
METADATA: MetaData = Row.metadata
# Parents before children, so that a foreign key finds what it points at.
WRITE_ORDER = {table.name: at for at, table in enumerate(METADATA.sorted_tables)}


def table_of(row: type[Row]) -> Table:
    """The table behind a row class."""
    return METADATA.tables[str(row.__tablename__)]
