from datetime import date

from mailbot.domain.linkage import ClientMatch, Linkage
from mailbot.domain.obligation import Step
from mailbot.domain.office import Role
from mailbot.records.memory import MemoryRecords
from mailbot.services.people import alert_recipients, owner_of, recipients_of
from tests.builders import ESC, HEAD, OTHER_RUC, RUC, SUPERVISOR, obligation, office, staff

TODAY = date(2026, 11, 16)


def _codes(people) -> list[str]:
    return [person.code for person in people]


def _office(*changed):
    codes = {person.code for person in changed}
    return MemoryRecords(office(staff=(*changed, *(p for p in office().staff if p.code not in codes))))


def test_a_known_client_belongs_to_its_esc() -> None:
    linkage = Linkage(client=ClientMatch(ruc=OTHER_RUC, name="", how="domain"))

    assert owner_of(linkage, mailbox=ESC, records=_office()) == "KV"


def test_an_unknown_sender_belongs_to_the_owner_of_the_mailbox() -> None:
    assert owner_of(Linkage(), mailbox=ESC, records=_office()) == "RQ"


def test_a_mailbox_of_nobody_falls_to_the_first_esc() -> None:
    assert owner_of(Linkage(), mailbox="servicio@agencia.example", records=_office()) in {"RQ", "KV"}


def test_the_ladder_goes_from_owner_to_supervisor_to_head() -> None:
    records = _office()
    told = {step: recipients_of(step, obligation(), records=records, day=TODAY) for step in Step}

    assert (_codes(told[Step.OWNER].to), _codes(told[Step.OWNER].cc)) == (["RQ"], ["AA"])
    assert (_codes(told[Step.SUPERVISOR].to), _codes(told[Step.SUPERVISOR].cc)) == (["MF"], ["RQ"])
    assert (_codes(told[Step.HEAD].to), _codes(told[Step.HEAD].cc)) == (["JS"], ["MF"])


def test_absence_counts_whole_days_both_ends_included() -> None:
    absent = staff("RQ", Role.ESC, ESC, chief="MF", deputy="KV", absent_from=TODAY, absent_until=TODAY)

    today = recipients_of(Step.OWNER, obligation(), records=_office(absent), day=TODAY)
    tomorrow = recipients_of(Step.OWNER, obligation(), records=_office(absent), day=date(2026, 11, 17))

    assert (_codes(today.to), _codes(tomorrow.to)) == (["RQ", "KV"], ["RQ"])


def test_an_absent_deputy_is_replaced_by_the_chief() -> None:
    absent = staff("RQ", Role.ESC, ESC, chief="MF", deputy="KV", absent_from=TODAY)
    deputy = staff("KV", Role.ESC, "kvelarde@agencia.example", chief="MF", absent_from=TODAY)

    told = recipients_of(Step.OWNER, obligation(), records=_office(absent, deputy), day=TODAY)

    assert _codes(told.to) == ["RQ", "MF"]


def test_gerencia_is_never_told_by_mailbot() -> None:
    head = staff("JS", Role.JEFE, HEAD, chief="GG", absent_from=TODAY)
    manager = staff("GG", Role.GERENCIA, "gerencia@agencia.example")

    told = recipients_of(Step.HEAD, obligation(), records=_office(head, manager), day=TODAY)

    assert _codes(told.to) == ["JS"]


def test_an_alert_goes_to_the_supervisor_and_the_head_only_when_asked_for() -> None:
    records = _office()

    assert _codes(alert_recipients("RQ", with_head=True, records=records, day=TODAY).cc) == ["JS"]
    assert _codes(alert_recipients("RQ", with_head=False, records=records, day=TODAY).cc) == []


def test_without_a_supervisor_the_head_is_told() -> None:
    records = MemoryRecords(office(staff=(staff("RQ", Role.ESC, ESC), staff("JS", Role.JEFE, HEAD))))

    told = recipients_of(Step.SUPERVISOR, obligation(), records=records, day=TODAY)

    assert _codes(told.to) == ["JS"]


def test_the_client_of_the_sample_is_the_builders_own() -> None:
    assert (office().clients[0].ruc, office().staff[3].address) == (RUC, SUPERVISOR)
