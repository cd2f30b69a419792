"""Column kinds shared by the tables: text that any database takes, JSON, enums held to their values."""

import hashlib
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, MetaData, String
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

# Every constraint has a name, so that a migration can find it again on any database.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """The root of all tables; rows are never built from it, see `mapping`."""

    metadata = MetaData(naming_convention=NAMES)


class CleanText(TypeDecorator[str]):
    """Text as mail brings it: PostgreSQL takes no NUL, and neither database half a surrogate pair."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Put the replacement character where a character cannot be stored."""
        if value is None or (value.isascii() and "\x00" not in value):
            return value
        return value.replace("\x00", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


# A PostgreSQL index takes entries of up to 2,704 bytes; keys of two such columns must fit.
_LONGEST_KEY = 1200


class KeyText(CleanText):
    """Text that stands in an index; what is absurdly long is shortened, always in the same way."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Keep the beginning and a digest of the whole, so that look-ups still find it."""
        return None if value is None else shortened(super().process_bind_param(value, dialect) or "")


def shortened(text: str) -> str:
    """The text as a key column holds it."""
    if len(text) <= _LONGEST_KEY // 4 or len(text.encode("utf-8", "replace")) <= _LONGEST_KEY:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"{text[: _LONGEST_KEY // 4]}~{digest}"


class Word(TypeDecorator[str]):
    """The value of an enum's member; a driver is given the bare word, not the member."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The bare word."""
        return None if value is None else str(value)


class Json(TypeDecorator[Any]):
    """Lists and mappings as JSON; None is the database's NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True


def text_column(**how: Any) -> Any:
    """A column of text."""
    return Field(sa_type=CleanText, **how)


def key_column(**how: Any) -> Any:
    """A column of text that is looked up."""
    return Field(sa_type=KeyText, **how)


def word_column() -> Any:
    """A column for a member of an enum, see `one_of`."""
    return Field(sa_type=Word)


def json_column(**how: Any) -> Any:
    """A column of JSON."""
    return Field(sa_type=Json, **how)


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """The column holds a member's value and nothing else."""
    allowed = ", ".join(f"'{member.value}'" for member in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)
