"""A person's word from the command line, on a real database: `done`, `correct`, `link`, `glosas`."""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli.app import run
from mailbot.domain.labels import Category, Topic
from mailbot.domain.mail import MailPurpose
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.ports.store import Store
from mailbot.ports.stored import MessageFilter, ObligationFilter
from mailbot.services.climb import climb
from mailbot.services.deliver import deliver
from mailbot.services.ingest import ingest
from mailbot.store import open_store, upgrade
from tests.builders import ESC, REQUIREMENT, fetched, lima, raw_mail, verdict
from tests.unit.services.world import BOX, World

MONDAY_9 = lima("2026-11-16 09:00")
URL = "sqlite:///mailbot.sqlite"


class DatabaseWorld(World):
    """The small office over a database file in the working folder."""

    def over(self, store: Store) -> "DatabaseWorld":
        """The same office, kept in a store."""
        with store.begin() as uow:
            uow.office.save(self.book)
            uow.office.save_dispatches(self.book.dispatches)
            uow.commit()
        self.__dict__["desk"] = replace(World(verdicts=self.verdicts).desk, store=store)
        return self


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import os

    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "settings.env"
    file.write_text(f"MAILBOT_SECRET=clave-de-prueba-larga\nMAILBOT_MAILBOX__RQ__ADDRESS={ESC}\n", encoding="utf-8")
    file.chmod(0o600)
    return tmp_path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three mails, made once."""
    file = tmp_path_factory.mktemp("base") / "mailbot.sqlite"
    url = f"sqlite:///{file}"
    upgrade(url)
    store = open_store(url)
    world = DatabaseWorld(
        verdicts={
            "levante": REQUIREMENT,
            "nave": verdict(topics=[Topic.STATUS_QUERY]),
            "montacargas": verdict(Category.REQUIREMENT, topics=[Topic.EXTRA_SERVICE]),
        }
    ).over(store)
    mails = (
        ("levante", "¿Ya tenemos levante?", "compras@textiles.example"),
        ("nave", "Orden 2026-004512: nueva ETA 28/11/2026.", "compras@textiles.example"),
        ("montacargas", "Orden 2026-004512: necesitamos montacargas el domingo.", "compras@textiles.example"),
    )
    batch = [
        fetched(raw_mail(subject=subject, text=text, sender=sender, at=MONDAY_9), uid=uid, at=MONDAY_9)
        for uid, (subject, text, sender) in enumerate(mails, start=1)
    ]
    ingest(world.desk, batch, box=BOX, now=MONDAY_9)
    store.close()
    return file


@pytest.fixture
def stored(folder: Path, prepared: Path) -> None:
    """The three mails in the database of the working folder."""
    for file in prepared.parent.iterdir():
        shutil.copy(file, folder / file.name)


Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def lines(*arguments: str) -> list[dict[str, Any]]:
        capsys.readouterr()
        assert run([*arguments, "--jsonl"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return lines


def _of(rows: list[dict[str, Any]], **wanted: str) -> dict[str, Any]:
    return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))


@pytest.mark.usefixtures("stored")
def test_done_meets_an_obligation_with_who_and_why(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    reply = _of(ask("obligations"), kind="reply")

    assert run(["done", reply["id"], "--who", "RQ", "--why", "por teléfono"]) == 0

    assert "dado por hecho por RQ: por teléfono" in capsys.readouterr().out
    assert _of(ask("obligations"), id=reply["id"])["state"] == "met"


@pytest.mark.usefixtures("stored")
def test_an_unknown_obligation_is_a_wrong_call_that_names_the_nearest(
    ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    known = _of(ask("obligations"), kind="reply")["id"]

    assert run(["done", known[:-1] + "x"]) == 2
    assert known in capsys.readouterr().err


@pytest.mark.usefixtures("stored")
def test_correct_changes_the_labels_and_what_is_owed(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    message = _of(ask("messages"), subject="levante")

    assert run(["correct", message["id"], "--es-reclamo", "--topics", "status_query,delivery_scheduling"]) == 0

    assert "1 abiertos" in capsys.readouterr().out
    assert _of(ask("messages"), subject="levante")["primary"] == "complaint"
    assert "management_report" in {row["kind"] for row in ask("obligations")}


@pytest.mark.usefixtures("stored")
def test_correct_to_nothing_cancels_what_was_owed(ask: Ask) -> None:
    message = _of(ask("messages"), subject="levante")

    assert run(["correct", message["id"], "--categories", "", "--who", "RQ"]) == 0

    assert _of(ask("obligations"), kind="reply", id=message["obligations"][0])["state"] == "cancelled"


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param([], "diga qué corregir", id="nothing-said"),
        pytest.param(["--primary", "queja"], "se admite complaint", id="unknown-label"),
        pytest.param(["--contingency", "demurrage,lluvia"], "«lluvia» no existe", id="unknown-contingency"),
    ],
)
def test_a_correction_that_makes_no_sense_is_a_wrong_call(
    ask: Ask, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    message = _of(ask("messages"), subject="levante")

    assert run(["correct", message["id"], *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("stored")
def test_link_moves_a_mail_and_its_obligations(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    message = _of(ask("messages"), subject="levante")

    assert run(["link", message["id"], "2026-4600"]) == 0

    assert "2026-004600" in capsys.readouterr().out
    assert _of(ask("messages"), subject="levante")["dispatches"] == ["2026-004600"]
    assert _of(ask("obligations", "--dispatch", "2026-004600"), kind="reply")["owner"] == "KV"


@pytest.mark.usefixtures("stored")
def test_a_link_to_an_order_nobody_has_names_the_nearest(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    message = _of(ask("messages"), subject="levante")

    assert run(["link", message["id"], "2026-004521"]) == 2
    assert "2026-004512" in capsys.readouterr().err


@pytest.mark.usefixtures("stored")
def test_glosas_are_listed_with_order_code_text_date_and_mail(ask: Ask) -> None:
    rows = ask("glosas")

    assert [(row["order"], row["glosa"]) for row in rows] == [("2026-004512", "10110"), ("2026-004512", "40025")]
    assert "nueva ETA 28/11/2026" in rows[1]["text"]
    assert rows[1]["date"] == "2026-11-16T09:00:00-05:00"
    assert rows[1]["message_id"] == _of(ask("messages"), subject="nave")["message_id"]


@pytest.mark.usefixtures("stored")
def test_what_was_entered_is_listed_since_a_day_alone(ask: Ask) -> None:
    entries = [row for row in ask("obligations") if row["kind"] == "system_entry"]
    for entry in entries:
        run(["done", entry["id"], "--who", "AA"])

    assert ask("glosas") == []
    assert {row["state"] for row in ask("glosas", "--since", "2026-11-16")} == {"met"}
    assert ask("glosas", "--since", "2026-11-20") == []


@pytest.mark.usefixtures("stored")
def test_the_table_for_excel_has_a_mark_its_accents_need(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["glosas", "--csv", "glosas.csv"]) == 0

    content = (folder / "glosas.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert [row["glosa"] for row in rows] == ["10110", "40025"]
    assert rows[0]["fecha"] == "16/11/2026 09:00"
    assert "2 glosas" in capsys.readouterr().out


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("arguments", [["--csv", "no/such/folder/x.csv"], ["--since", "ayer"]])
def test_a_file_or_a_day_that_cannot_be_is_a_wrong_call(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["glosas", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_answer_by_mail_is_obeyed_on_a_database_as_in_memory(folder: Path) -> None:
    upgrade(URL)
    store = open_store(URL)
    world = DatabaseWorld(verdicts={"levante": REQUIREMENT}).over(store)
    mails = [raw_mail(subject="levante", at=MONDAY_9)]
    ingest(world.desk, [fetched(mails[0], uid=1, at=MONDAY_9)], box=BOX, now=MONDAY_9)
    for at in ("2026-11-16 10:36", "2026-11-16 10:46"):
        climb(world.desk, now=lima(at))
    deliver(world.desk, world.post, now=lima("2026-11-16 10:46"))
    (reminder,) = world.sender.sent
    said_at = lima("2026-11-16 10:50")
    answer = raw_mail(
        subject=f"RE: {reminder.subject}",
        text="visto, gracias",
        sender=ESC,
        to="mailbot@agencia.example",
        at=said_at,
        In_Reply_To=reminder.message_id,
    )

    ingest(world.desk, [fetched(answer, uid=2, at=said_at)], box=BOX, now=said_at)

    with store.begin() as uow:
        (reply,) = uow.obligations.list(ObligationFilter(kind=ObligationKind.REPLY))
        purposes = [mail.purpose for mail in uow.outbox.list()]
        (line,) = [line for line in uow.audit_lines() if line.action == "command_obeyed"]
        messages = uow.messages.list(MessageFilter())
    assert (reply.state, reply.seen_until) == (ObligationState.OPEN, lima("2026-11-17 09:00"))
    assert purposes == [MailPurpose.REMINDER, MailPurpose.CONFIRMATION]
    assert (line.who, line.subject) == ("RQ", messages[-1].id)
    store.close()
