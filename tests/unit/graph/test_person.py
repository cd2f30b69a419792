"""A person's login by a code, against Microsoft's login on loopback."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.domain.errors import Permanent, Transient
from mailbot.graph.app import GraphApp
from mailbot.graph.person import PersonTokens
from mailbot.graph.tokens import MsalTokens
from tests.servers.microsoft_login import CLIENT, SECRET, TENANT, MicrosoftLogin, microsoft_login


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MicrosoftLogin]:
    with microsoft_login(tmp_path_factory.mktemp("login")) as running:
        yield running


@pytest.fixture
def login(place: MicrosoftLogin) -> MicrosoftLogin:
    """As it was when it started."""
    place.person, place.patience, place.expires, place.knows_logins = "ana@agencia.example", 1, False, True
    place.asked.clear()
    return place


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "logins.json"


def _app(login: MicrosoftLogin) -> GraphApp:
    return GraphApp(tenant=TENANT, client_id=CLIENT, login_url=login.url, ca_file=login.ca_file)


def _tokens(
    login: MicrosoftLogin, file: Path, *, username: str = "ana@agencia.example", **changes: str
) -> PersonTokens:
    return PersonTokens(_app(login), file=file, username=username, **changes)


def _enter(login: MicrosoftLogin, file: Path) -> str:
    tokens = _tokens(login, file)
    return tokens.finish(tokens.begin())


def test_a_person_types_a_code_and_is_known_from_then_on(login: MicrosoftLogin, file: Path) -> None:
    tokens = _tokens(login, file)
    code = tokens.begin()
    assert (code.url, code.code) == ("https://microsoft.com/devicelogin", "ABCD1234")
    assert tokens.finish(code) == "ana@agencia.example"

    login.asked.clear()
    token = _tokens(login, file).get()
    assert login.given[token] == ("https://graph.microsoft.com/.default", "ana@agencia.example")
    assert login.asked == []


def test_the_file_of_logins_is_for_its_owner_alone(login: MicrosoftLogin, file: Path) -> None:
    _enter(login, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]
    file.chmod(0o644)
    with pytest.raises(Permanent, match="chmod 600"):
        _tokens(login, file).get()


def test_a_refused_token_is_renewed_by_the_kept_login_and_others_learn_of_it(login: MicrosoftLogin, file: Path) -> None:
    _enter(login, file)
    one, other = _tokens(login, file), _tokens(login, file)
    first = other.get()
    renewed = one.get(renew=True)
    assert renewed != first
    assert other.get() == renewed


def test_one_login_opens_imap_too(login: MicrosoftLogin, file: Path) -> None:
    _enter(login, file)
    app = _app(login)
    token = PersonTokens(app, file=file, scope=app.imap_scope).get()
    assert login.given[token] == ("https://outlook.office365.com/.default", "ana@agencia.example")


def test_several_persons_each_open_their_own(login: MicrosoftLogin, file: Path) -> None:
    _enter(login, file)
    login.person = "luis@agencia.example"
    _enter(login, file)
    ana, luis = (_tokens(login, file, username=f"{name}@agencia.example").get() for name in ("ana", "luis"))
    assert [login.given[token][1] for token in (ana, luis)] == ["ana@agencia.example", "luis@agencia.example"]
    with pytest.raises(Permanent, match=r"como rosa@agencia\.example"):
        _tokens(login, file, username="rosa@agencia.example").get()


def test_the_only_person_opens_shared_mailboxes(login: MicrosoftLogin, file: Path) -> None:
    _enter(login, file)
    assert _tokens(login, file, username="operaciones@agencia.example").get()


class TestRefused:
    def test_where_nobody_entered_it_says_how(self, login: MicrosoftLogin, file: Path) -> None:
        with pytest.raises(Permanent, match="mailbot login"):
            _tokens(login, file).get()

    def test_a_login_that_was_withdrawn_says_how(self, login: MicrosoftLogin, file: Path) -> None:
        _enter(login, file)
        login.knows_logins = False
        with pytest.raises(Permanent, match=r"ana@agencia\.example.*mailbot login"):
            _tokens(login, file).get(renew=True)

    def test_a_code_that_nobody_types_says_so(self, login: MicrosoftLogin, file: Path) -> None:
        login.expires = True
        with pytest.raises(Permanent, match="a tiempo"):
            _enter(login, file)
        assert not file.exists()

    def test_an_unknown_application_is_named(self, login: MicrosoftLogin, file: Path) -> None:
        app = replace(_app(login), client_id="0")
        with pytest.raises(Permanent, match="CLIENT_ID"):
            PersonTokens(app, file=file).begin()

    @pytest.mark.parametrize("text", ["no es JSON", "\xff"])
    def test_a_damaged_file_is_named(self, login: MicrosoftLogin, file: Path, text: str) -> None:
        file.write_bytes(text.encode("latin-1"))
        file.chmod(0o600)
        with pytest.raises(Permanent, match="TOKEN_FILE"):
            _tokens(login, file).get()

    def test_a_login_out_of_reach_may_be_tried_again(self, login: MicrosoftLogin, file: Path) -> None:
        app = replace(_app(login), login_url="https://127.0.0.1:1")
        with pytest.raises(Transient):
            PersonTokens(app, file=file).begin()


def test_the_application_enters_by_its_own_authority(login: MicrosoftLogin) -> None:
    app = replace(_app(login), client_secret=SECRET)
    token = MsalTokens(app, scope=app.imap_scope).get()
    assert login.given[token] == ("https://outlook.office365.com/.default", "")
