"""Finding cases by words. Chinese has no spaces: a text is kept as its windows of two characters (bigrams).

SQLite keeps them in an FTS5 table, PostgreSQL in a tsvector with a GIN index; one function makes them for both.
"""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    DDL,
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    column,
    event,
    exists,
    false,
    func,
    select,
    table,
    text,
    true,
)
from sqlalchemy.sql import literal_column

from engine.cases.models import Case
from engine.kit.db import db

MAX_TEXT = 4000
MANY = 3000
"""Fewer cases than this are looked at one by one in next to no time."""
_BREAKS = re.compile(r"[\W_]+", re.UNICODE)

SQLITE_TABLE = "CREATE VIRTUAL TABLE IF NOT EXISTS case_words USING fts5(words)"
POSTGRES_TABLE = (
    'CREATE TABLE IF NOT EXISTS case_words (case_id bigint PRIMARY KEY REFERENCES "case" (id) ON DELETE CASCADE, '
    "words tsvector NOT NULL)"
)
POSTGRES_INDEX = "CREATE INDEX IF NOT EXISTS ix_case_words ON case_words USING gin (words)"


# It is no model: on SQLite it is a virtual table.
_WORDS = table("case_words", column("case_id"))


def bigrams(words: str) -> list[str]:
    """Every window of two characters within each unbroken run of letters and digits, in order; a lone one by itself."""
    found = []
    for run in _BREAKS.split(words.lower()[:MAX_TEXT]):
        found += [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return found


def index(cases: Iterable[Case]) -> None:
    """Write the words of cases: number, title, description, place. Once, when reported: those do not change."""
    index_all((case.id, " ".join((case.number, case.title, case.description, case.place))) for case in cases)


def index_all(texts: Iterable[tuple[int, str]]) -> None:
    """Write the words of many new cases at once: (id, everything that they are to be found by)."""
    words = [(case_id, bigrams(wanted)) for case_id, wanted in texts]
    if db.engine.dialect.name == "postgresql":
        vector = "array_to_tsvector(CAST(:words AS text[]))"
        statement = text(f"INSERT INTO case_words (case_id, words) VALUES (:id, {vector})")  # noqa: S608 - constants
        rows = [{"id": case_id, "words": list(dict.fromkeys(found))} for case_id, found in words]
    else:
        statement = text("INSERT INTO case_words (rowid, words) VALUES (:id, :words)")
        rows = [{"id": case_id, "words": " ".join(found)} for case_id, found in words]
    if rows:
        db.session.execute(statement, rows)


def is_searchable(wanted: str) -> bool:
    """Is there a letter or a digit in it? Signs are not kept among the words."""
    return bool(bigrams(wanted))


def matches(wanted: str, *, seen: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """The predicate of cases that hold every word of ``wanted``; no case does where nothing of it can be looked up.

    With ``seen``, only of those that are seen; the text of the others is not read.
    """
    runs = [bigrams(run) for run in wanted.split()]
    runs = [run for run in runs if run]
    if not runs:
        return false()
    if db.engine.dialect.name == "postgresql":
        found = _on_postgres([word for run in runs for word in run])
        unbroken = and_(true(), *_unbroken(wanted))
        # PostgreSQL would look at the text first: it takes that for cheaper than a look at who may see it.
        return and_(found, unbroken if seen is None else case((seen, unbroken), else_=false()))
    found = Case.id.in_(_on_sqlite(runs))
    return found if seen is None else and_(found, seen)


def are_many(wanted: str) -> bool:
    """Do so many cases have these words that they are better gone through only once? A quick look at the index.

    PostgreSQL takes windows that always stand together for independent, and plans for a handful. SQLite goes through
    them in one way only.
    """
    words = [word for run in wanted.split() for word in bigrams(run)]
    if db.engine.dialect.name != "postgresql" or not words:
        return False
    few = select(literal_column("1")).select_from(_WORDS).where(_has_all(words)).limit(MANY + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(few)) or 0) > MANY


def among_few(found: ColumnElement[bool]) -> ColumnElement[bool]:
    """``matches`` for a list that is short already: each of its cases is looked at, not every case with these words.

    PostgreSQL takes windows that always stand together for independent, and so their cases for few. What is hidden in
    a function it cannot begin with.
    """
    return func.coalesce(found, false()) if db.engine.dialect.name == "postgresql" else found


def _on_postgres(words: list[str]) -> ColumnElement[bool]:
    # As EXISTS, it can be asked of one case, and of all at once.
    return exists().select_from(_WORDS).where(_WORDS.c.case_id == Case.id, _has_all(words))


def _has_all(words: list[str]) -> Any:
    query = " & ".join(_quoted(word) + ("" if len(word) > 1 else ":*") for word in dict.fromkeys(words))
    return text("case_words.words @@ CAST(:wanted_words AS tsquery)").bindparams(_asked(query))


def _unbroken(wanted: str) -> list[ColumnElement[bool]]:
    """A set of windows does not say that they follow each other: what the index found is looked at again.

    A word that is one window by itself needs no second look.
    """
    text_of = func.lower(func.concat_ws(" ", Case.number, Case.title, Case.description, Case.place))
    return [text_of.contains(run, autoescape=True) for run in _BREAKS.split(wanted.lower()) if len(run) > 2]


def _on_sqlite(runs: list[list[str]]) -> Any:
    query = " ".join('"' + " ".join(run) + '"' + ("*" if len(run[-1]) == 1 else "") for run in runs)
    condition = text("case_words MATCH :wanted_words").bindparams(_asked(query))
    return select(literal_column("rowid")).select_from(text("case_words")).where(condition)


def _asked(query: str) -> BindParameter[str]:
    """Under a name of its own: words and a place may be asked for together."""
    return bindparam("wanted_words", query, unique=True)


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def create_statements(dialect: str) -> list[str]:
    """What makes the table of words, for a migration and for a fresh schema."""
    return [POSTGRES_TABLE, POSTGRES_INDEX] if dialect == "postgresql" else [SQLITE_TABLE]


for _dialect in ("postgresql", "sqlite"):
    for _statement in create_statements(_dialect):
        event.listen(Case.__table__, "after_create", DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
event.listen(Case.__table__, "before_drop", DDL("DROP TABLE IF EXISTS case_words"))  # type: ignore[no-untyped-call]
