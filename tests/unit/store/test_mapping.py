"""Rows and values name the same fields, and every value comes back from its row as it went in."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from mailbot.domain.labels import Category, Contingency, DocumentType, Primary, ReferenceKind, ReferencePlace, Topic
from mailbot.domain.linkage import ClientMatch, DispatchMatch, Linkage, Reference
from mailbot.domain.mail import OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationEvent
from mailbot.domain.office import Agreement, Client, Dispatch, Holiday, Staff, StatusProgramme
from mailbot.domain.verdict import DocumentVerdict, Reason, Verdict
from mailbot.ports.mailbox import Cursor
from mailbot.ports.stored import AuditLine, Notice, StoredMessage
from mailbot.store import json_values, office_tables, tables
from mailbot.store.columns import CleanText, KeyText, Row, shortened
from mailbot.store.schema import table_of

# What a table has beside the fields of its value, and what a value has that lies in another table.
PAIRS: list[tuple[type[Row], type, set[str], set[str]]] = [
    (tables.MessageRow, StoredMessage, set(), set()),
    (tables.ObligationRow, Obligation, {"is_open", "version"}, set()),
    (tables.ObligationEventRow, ObligationEvent, {"seq"}, set()),
    (tables.NoticeRow, Notice, {"seq"}, set()),
    (tables.OutboxRow, OutgoingMail, {"claimed_by", "claimed_until"}, {"files"}),
    (tables.CursorRow, Cursor, set(), set()),
    (tables.AuditRow, AuditLine, {"seq", "digest"}, set()),
    (office_tables.StaffRow, Staff, {"position"}, set()),
    (office_tables.ClientRow, Client, {"position"}, set()),
    (office_tables.AgreementRow, Agreement, {"position"}, set()),
    (office_tables.ProgrammeRow, StatusProgramme, {"position"}, set()),
    (office_tables.HolidayRow, Holiday, {"position"}, set()),
    (office_tables.DispatchRow, Dispatch, {"is_open"}, set()),
]


@pytest.mark.parametrize(("row", "value", "extra", "elsewhere"), PAIRS, ids=[pair[1].__name__ for pair in PAIRS])
def test_a_table_has_a_column_for_every_field(
    row: type[Row], value: type, extra: set[str], elsewhere: set[str]
) -> None:
    columns = {column.name for column in table_of(row).columns}
    assert columns - extra == {field.name for field in fields(value)} - elsewhere


DIALECT = create_engine("sqlite://").dialect
quickly = settings(max_examples=40, deadline=None)
words = st.text(max_size=8)
shares = st.floats(min_value=0, max_value=1)
verdicts = st.builds(
    Verdict,
    categories=st.lists(st.sampled_from(Category)).map(tuple),
    primary=st.sampled_from(Primary),
    topics=st.lists(st.sampled_from(Topic)).map(tuple),
    contingency=st.lists(st.sampled_from(Contingency)).map(tuple),
    needs_reply=st.booleans(),
    scores=st.dictionaries(words, shares),
    confidence=shares,
    needs_review=st.booleans(),
    reasons=st.lists(st.builds(Reason, label=words, because=words, weight=shares)).map(tuple),
    documents=st.lists(
        st.builds(DocumentVerdict, name=words, type=st.sampled_from(DocumentType), confidence=shares)
    ).map(tuple),
    doubts=st.lists(words).map(tuple),
    model=words,
)
matches = st.lists(
    st.builds(DispatchMatch, order=words, ruc=words, score=shares, how=st.lists(words).map(tuple)), max_size=3
).map(tuple)
linkages = st.builds(
    Linkage,
    client=st.none() | st.builds(ClientMatch, ruc=words, name=words, how=words),
    dispatches=matches,
    candidates=matches,
    question=st.none() | words,
)
references = st.lists(
    st.builds(
        Reference,
        kind=st.sampled_from(ReferenceKind),
        value=words,
        canonical=words,
        where=st.sampled_from(ReferencePlace),
        valid=st.none() | st.booleans(),
    )
).map(tuple)


def through_json(value: Any, there: Callable[[Any], Any], back: Callable[[Any], Any]) -> Any:
    column = table_of(tables.MessageRow).columns["verdict"].type
    dumped = column.bind_processor(DIALECT)(there(value))
    return back(column.result_processor(DIALECT, None)(dumped))


@quickly
@given(verdicts)
def test_a_verdict_survives_json(verdict: Verdict) -> None:
    assert through_json(verdict, json_values.from_verdict, json_values.to_verdict) == verdict


@quickly
@given(linkages)
def test_a_linkage_survives_json(linkage: Linkage) -> None:
    assert through_json(linkage, json_values.from_linkage, json_values.to_linkage) == linkage


@quickly
@given(references)
def test_references_survive_json(found: tuple[Reference, ...]) -> None:
    assert through_json(found, json_values.from_references, json_values.to_references) == found


@quickly
@given(st.text(st.characters(), max_size=3000))
def test_any_text_can_be_stored_and_a_key_is_short_and_always_the_same(text: str) -> None:
    clean = CleanText().process_bind_param(text, DIALECT)
    key = KeyText().process_bind_param(text, DIALECT)
    assert clean is not None
    assert key is not None
    assert "\x00" not in clean
    clean.encode()
    assert len(key.encode()) <= 1300
    assert shortened(key) == key


def test_long_texts_that_differ_late_have_different_keys() -> None:
    assert shortened("x" * 4000 + "a") != shortened("x" * 4000 + "b")
