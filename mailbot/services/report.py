"""Queue the weekly and monthly reports to supervisors and heads: by client, with the evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.domain.contexts import ClientTally, KindTally, ReportContext, ReportLine, Tally
from mailbot.domain.mail import MailFile, MailPurpose, OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.office import Staff
from mailbot.domain.programmes import told_at
from mailbot.domain.reports import Judgement, ReportPeriod, Span, judge, last_period, leaves_at
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter
from mailbot.services.delivered import told_by_mails_underway
from mailbot.services.desk import Desk
from mailbot.services.history import as_they_stood
from mailbot.services.lines import item_of
from mailbot.services.outgoing import compose
from mailbot.services.people import summary_readers
from mailbot.services.summary import chiefs, team_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# How far before its period an obligation that fell due in it can have begun.
_LONGEST = timedelta(days=120)


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """An obligation of the period and how it stands."""

    obligation: Obligation
    judgement: Judgement


def queue_reports(desk: Desk, *, now: datetime) -> int:
    """Queue the reports of the last week and month, each once; returns how many mails were queued."""
    return sum(_queue(span, desk, now) for span in Span)


def report_for(desk: Desk, code: str, period: ReportPeriod, *, now: datetime) -> ReportContext | None:
    """A supervisor's or head's report of a period; None where there is nothing to tell."""
    with desk.store.begin() as uow:
        chief = uow.records.staff_by_code(code)
        return _context(chief, period, uow, desk=desk, now=now) if chief else None


def _queue(span: Span, desk: Desk, now: datetime) -> int:
    period = last_period(span, desk.day_of(now))
    with desk.store.begin() as uow:
        fact = f"report:{span.value}"
        is_due = now >= leaves_at(period, desk.rules(uow.records).calendar)
        if not is_due or (uow.facts.get(fact) or "") >= period.name:
            return 0
        mails = [mail for chief in chiefs(uow) for mail in _mails(chief, period, uow, desk=desk, now=now)]
        queued = sum(uow.outbox.add(mail) for mail in mails)
        uow.facts.set(fact, period.name)
        uow.commit()
    return queued


def _mails(chief: Staff, period: ReportPeriod, uow: UnitOfWork, *, desk: Desk, now: datetime) -> Iterable[OutgoingMail]:
    planned_at = leaves_at(period, desk.rules(uow.records).calendar)
    own = _context(chief, period, uow, desk=desk, now=told_at(planned_at, now))
    if own is None:
        return
    file = MailFile(name=f"reporte-{period.name}.xlsx", type=XLSX, content=desk.renderer.report_workbook(own))
    for reader in summary_readers(chief, records=uow.records, day=desk.day_of(now)):
        is_own = reader.code == chief.code
        yield compose(
            own if is_own else replace(own, recipient=reader.name, stands_in_for=chief.name),
            desk=desk,
            key=f"report:{period.name}:{chief.code}" + ("" if is_own else f":{reader.code}"),
            purpose=MailPurpose.SUMMARY,
            to=(reader,),
            now=now,
            files=(file,),
        )


def _context(chief: Staff, period: ReportPeriod, uow: UnitOfWork, *, desk: Desk, now: datetime) -> ReportContext | None:
    team = {person.code for person in team_of(chief, uow)}
    judged = [one for one in _judged(period, uow, desk=desk, now=now) if one.obligation.owner in team]
    if not judged:
        return None
    return ReportContext(
        recipient=chief.name,
        now=now,
        period=period,
        total=_tally(judged),
        clients=_by_client(judged, uow),
        kinds=_by_kind(judged),
        lines=tuple(_line(one, uow, now) for one in judged),
        office=desk.office,
    )


def _judged(period: ReportPeriod, uow: UnitOfWork, *, desk: Desk, now: datetime) -> Iterable[_Judged]:
    """Everything that fell due in the period, by due time."""
    since = datetime.combine(period.since, datetime.min.time(), tzinfo=desk.zone) - _LONGEST
    told = told_by_mails_underway(uow, policy=desk.policy, at=now)
    for stood in as_they_stood(uow.obligations.list(ObligationFilter(since=since)), uow, at=now):
        obligation = told.get(stood.id, stood)
        judgement = judge(obligation, now)
        if judgement is not None and period.since <= desk.day_of(obligation.due_at) <= period.until:
            yield _Judged(obligation=obligation, judgement=judgement)


def _tally(judged: Iterable[_Judged]) -> Tally:
    found = [one.judgement for one in judged]
    return Tally(
        met=found.count(Judgement.MET), missed=found.count(Judgement.MISSED), excused=found.count(Judgement.EXCUSED)
    )


def _by_client(judged: Sequence[_Judged], uow: UnitOfWork) -> tuple[ClientTally, ...]:
    """One row a client, those with most missed first; mail of nobody's client has no row."""
    rucs = sorted({one.obligation.client for one in judged if one.obligation.client})
    rows = []
    for ruc in rucs:
        client = uow.records.client(ruc)
        esc = uow.records.staff_by_code(client.esc) if client else None
        tally = _tally(one for one in judged if one.obligation.client == ruc)
        rows.append(ClientTally(ruc=ruc, name=client.name if client else ruc, esc=esc.name if esc else "", tally=tally))
    return tuple(sorted(rows, key=lambda row: (-row.tally.missed, row.name)))


def _by_kind(judged: Sequence[_Judged]) -> tuple[KindTally, ...]:
    rows = (
        KindTally(kind=kind, tally=_tally(one for one in judged if one.obligation.kind is kind))
        for kind in ObligationKind
    )
    found = [row for row in rows if row.tally != Tally()]
    return tuple(sorted(found, key=lambda row: (-row.tally.missed, row.kind.value)))


def _line(one: _Judged, uow: UnitOfWork, now: datetime) -> ReportLine:
    item = item_of(one.obligation, uow, now=now)
    return ReportLine(
        obligation=one.obligation.id,
        judgement=one.judgement,
        kind=item.kind,
        client=item.client,
        order=item.order,
        owner=item.owner,
        subject=item.subject,
        received_at=item.received_at,
        due_at=item.due_at,
        ended_at=one.obligation.ended_at,
        evidence=one.obligation.evidence,
        limit=item.limit,
    )
