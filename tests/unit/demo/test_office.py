"""The sample office is what the demo promises, and sound by its own rules."""

from mailbot.demo.office import sample_office
from mailbot.domain.office import Role
from mailbot.records.changes import doubts


def test_it_has_the_promised_size() -> None:
    office = sample_office()

    assert (len(office.staff), len(office.clients), len(office.dispatches)) == (13, 15, 40)


def test_no_check_digit_is_doubtful() -> None:
    assert doubts(sample_office()) == ()


def test_every_role_of_the_ladder_is_there() -> None:
    roles = {person.role for person in sample_office().staff}

    assert roles >= {Role.ESC, Role.ASC, Role.SUPERVISOR, Role.JEFE, Role.ADMINISTRACION, Role.ARCHIVO, Role.ALERTAS}


def test_somebody_is_absent_and_has_a_deputy() -> None:
    (absent,) = (person for person in sample_office().staff if person.absent_from)

    assert absent.deputy is not None


def test_only_invented_domains_are_used() -> None:
    office = sample_office()
    addresses = [person.address for person in office.staff] + [contact.address for contact in office.contacts]
    recipients = [address for programme in office.programmes for address in programme.recipients]
    domains = [domain for client in office.clients for domain in client.domains]

    assert all(name.endswith(".example") for name in (*addresses, *recipients, *domains))


def test_transport_regimes_and_states_vary() -> None:
    dispatches = sample_office().dispatches

    assert {dispatch.transport.value for dispatch in dispatches} == {"maritima", "aerea", "terrestre"}
    assert {dispatch.regime for dispatch in dispatches} >= {"10", "18", "20", "21", "40", "41", "70"}
    assert len({dispatch.status for dispatch in dispatches}) >= 12
