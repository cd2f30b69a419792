"""Hypothesis strategies for whole offices: what a person could have typed, and nothing odd about it."""

from datetime import UTC, date, datetime, time

from hypothesis import strategies as st
from stdnum.pe import ruc as ruc_check

from mailbot.domain.office import (
    Agreement,
    CalendarName,
    Client,
    Contact,
    Dispatch,
    Holiday,
    Language,
    Modality,
    Office,
    Role,
    Staff,
    StatusProgramme,
    Transport,
)
from mailbot.records.states import STATES


def _ruc(serial: int) -> str:
    base = f"20{serial:08d}"
    return next(f"{base}{digit}" for digit in range(10) if ruc_check.is_valid(f"{base}{digit}"))


WORDS = (
    st.text(alphabet="aábcñ dEÉx=+-@'&<>\"0123", min_size=1, max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
RUCS = st.integers(10_000_000, 99_999_999).map(_ruc)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
MOMENTS = st.integers(1_577_836_800, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))
ADDRESSES = st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}@[a-z]{2,8}\.example", fullmatch=True)
PIECES = st.lists(st.from_regex(r"[A-Z]{1,3}-[0-9]{1,6}", fullmatch=True), max_size=3, unique=True).map(tuple)
CONTAINERS = st.lists(st.from_regex(r"[A-Z]{3}U[0-9]{7}", fullmatch=True), max_size=3, unique=True).map(tuple)
DAMS = st.from_regex(r"118-202[0-9]-(10|20|40)-[0-9]{6}", fullmatch=True)
WINDOWS = st.sampled_from([(), ((time(9), time(13)),), ((time(8, 30), time(12)), (time(14), time(16, 15)))])


@st.composite
def offices(draw: st.DrawFn) -> Office:
    """An office whose sheets fit together."""
    staff = draw(_staff())
    rucs = draw(st.lists(RUCS, min_size=1, max_size=3, unique=True))
    client = st.sampled_from(rucs)
    return Office(
        staff=staff,
        clients=tuple(draw(_client(ruc)) for ruc in rucs),
        contacts=tuple(draw(st.lists(_contact(client), max_size=3, unique_by=lambda row: (row.address, row.ruc)))),
        agreements=tuple(draw(st.lists(_agreement(client), max_size=3, unique_by=lambda row: (row.ruc, row.since)))),
        dispatches=tuple(draw(st.lists(_dispatch(client), max_size=4, unique_by=lambda row: row.order))),
        programmes=tuple(draw(st.lists(_programme(client), max_size=2, unique_by=lambda row: row.ruc))),
        holidays=tuple(draw(st.lists(_holiday(), max_size=3, unique_by=lambda row: row.day))),
    )


@st.composite
def _staff(draw: st.DrawFn) -> tuple[Staff, ...]:
    chief = Staff(code="JEF", name=draw(WORDS), address="jefe@agencia-propia.example", role=Role.JEFE)
    since = draw(st.none() | DAYS)
    owner = Staff(
        code="ESC",
        name=draw(WORDS),
        address=draw(ADDRESSES).replace("@", "@x"),
        role=Role.ESC,
        chief=draw(st.sampled_from([None, "JEF"])),
        deputy=draw(st.sampled_from([None, "JEF"])),
        absent_from=since,
        absent_until=since,
    )
    return (chief, owner)


def _client(ruc: str) -> st.SearchStrategy[Client]:
    return st.builds(
        Client,
        ruc=st.just(ruc),
        name=WORDS,
        domains=st.just((f"cliente{ruc}.example", f"otro{ruc}.example")),
        esc=st.just("ESC"),
        has_credit=st.booleans(),
        language=st.sampled_from(Language),
    )


def _contact(client: st.SearchStrategy[str]) -> st.SearchStrategy[Contact]:
    return st.builds(Contact, ruc=client, name=WORDS, address=ADDRESSES, position=st.just("") | WORDS)


def _agreement(client: st.SearchStrategy[str]) -> st.SearchStrategy[Agreement]:
    limits = st.sampled_from(["48 h", "4 h hábiles", "2 días hábiles"])
    return st.builds(
        Agreement, ruc=client, kind=st.just("reply"), limit=limits, since=st.none() | DAYS, basis=st.just("") | WORDS
    )


def _dispatch(client: st.SearchStrategy[str]) -> st.SearchStrategy[Dispatch]:
    return st.builds(
        Dispatch,
        order=st.from_regex(r"20[0-9]{2}-[0-9]{6}", fullmatch=True),
        ruc=client,
        regime=st.sampled_from(["10", "20", "40"]),
        modality=st.sampled_from(Modality),
        transport=st.sampled_from(Transport),
        customs_office=st.sampled_from(["", "118", "046"]),
        dam=st.none() | DAMS,
        bls=PIECES,
        awbs=st.sampled_from([(), ("139-12345675", "HAWB-1")]),
        containers=CONTAINERS,
        invoices=PIECES,
        purchase_orders=PIECES,
        vessel=st.just("") | WORDS,
        voyage=st.just("") | WORDS,
        eta=st.none() | MOMENTS,
        discharge_ended_on=st.none() | DAYS,
        loading_ended_on=st.none() | DAYS,
        numbered_on=st.none() | DAYS,
        channel=st.sampled_from(["", "verde", "naranja", "rojo"]),
        released_on=st.none() | DAYS,
        regularized_on=st.none() | DAYS,
        delivered_on=st.none() | DAYS,
        regime_expires_on=st.none() | DAYS,
        needs_regularization=st.booleans(),
        free_days=st.none() | st.integers(0, 60),
        status=st.sampled_from(["", *STATES]),
        status_note=st.just("") | WORDS,
        status_noted_at=st.none() | MOMENTS,
    )


def _programme(client: st.SearchStrategy[str]) -> st.SearchStrategy[StatusProgramme]:
    return st.builds(
        StatusProgramme,
        ruc=client,
        frequency=st.sampled_from(["diario 09:00", "lun,mie,vie 16:00", "cada 2 días 08:30"]),
        recipients=st.lists(ADDRESSES, min_size=1, max_size=2, unique=True).map(tuple),
        columns=st.sampled_from([(), ("Orden", "Canal")]),
        only_changes=st.booleans(),
        language=st.none() | st.sampled_from(Language),
    )


def _holiday() -> st.SearchStrategy[Holiday]:
    return st.builds(Holiday, day=DAYS, name=WORDS, calendar=st.none() | st.sampled_from(CalendarName), windows=WINDOWS)
