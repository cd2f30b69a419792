"""`mailbot demo`: the whole job on a sample office, over real IMAP and SMTP, through three days.

The mails, mailboxes, store, services and schedule are those of the live service; only the clock is
ours, so that three working days pass in seconds.
"""

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from pydantic import SecretStr

from mailbot.bootstrap import Watched, build_desk, build_post, build_sender, build_watched, open_database
from mailbot.demo.mails import SENT, SampleMail, mailboxes, sample_mails
from mailbot.demo.marked import print_marked
from mailbot.demo.office import sample_office
from mailbot.demo.place import Place
from mailbot.demo.places import PLACES
from mailbot.demo.report import Shown, show_results
from mailbot.demo.story import OWN_DOMAIN, STORY_BEGINS_AT, STORY_ENDS_AT
from mailbot.demo.story_exports import SampleExport, sample_exports
from mailbot.domain.clock import LIMA
from mailbot.runner import simulate
from mailbot.services.desk import Desk
from mailbot.services.ingest import Ingested
from mailbot.services.mark import tend_all
from mailbot.services.poll import poll
from mailbot.services.tick import jobs
from mailbot.settings import Settings

# At night nothing but the clock moves: a coarse step is enough.
_NIGHT_STEP = timedelta(minutes=10)
# What is shown on the mails, and how often all mailboxes are looked at.
_MARKS = "categories,flags,dispatch"
_LOOK = timedelta(hours=1)
# Its own mailbox is watched like the others: that is where people answer.
_SENDER = f"mailbot@{OWN_DOMAIN}"
_WEEKDAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")


@dataclass(kw_only=True)
class Town:
    """The sample office at work: the mails that are still to come, and who reads them."""

    place: Place
    desk: Desk
    watched: Sequence[Watched]
    coming: list[SampleMail]
    folder: Path
    is_fast: bool
    exports: list[SampleExport] = field(default_factory=lambda: list(sample_exports()))
    now: datetime = STORY_BEGINS_AT
    # When the marks of all mailboxes are brought up to date next.
    _next_look: datetime = STORY_BEGINS_AT
    taken: Ingested = field(default_factory=Ingested)
    _shown_hour: tuple[int, int] = (0, 0)

    def live(self, now: datetime) -> None:
        """Let the mails of this moment arrive, and read them as the live service would."""
        self.now = now
        self.place.turn(now)
        if self.exports and self.exports[0].arrives_at <= now:
            import_export(self.desk, self.exports.pop(0), self.folder)
        arrived = set()
        while self.coming and self.coming[0].arrives_at <= now:
            mail = self.coming.pop(0)
            self.place.deliver(mail.raw, mail.mailbox, is_sent=mail.folder == SENT, at=mail.arrives_at)
            arrived.add(mail.mailbox.lower())
        for item in self.watched:
            if item.box.address in arrived:
                since = STORY_BEGINS_AT - timedelta(days=3)
                self.taken = self.taken.plus(poll(self.desk, item.source, item.box, now=now, since=since))
        self._tend(arrived)
        if arrived:
            self._progress()

    def _tend(self, arrived: Collection[str]) -> None:
        """Marks where mail came in, and everywhere once an hour: a live service looks each minute."""
        is_hour = self.now >= self._next_look
        if is_hour:
            self._next_look = self.now + _LOOK
        outlooks = [item.outlook for item in self.watched if is_hour or item.box.address in arrived]
        tend_all(self.desk, [outlook for outlook in outlooks if outlook is not None], now=self.now)

    def _progress(self) -> None:
        """One line each time an hour with mail begins."""
        local = self.now.astimezone(LIMA)
        if self.is_fast or (local.day, local.hour) == self._shown_hour:
            return
        self._shown_hour = (local.day, local.hour)
        day = f"{_WEEKDAYS[local.weekday()]} {local:%d/%m %H:%M}"
        print(
            f"  {day}  {self.taken.stored:>3} correos leídos · {self.taken.opened:>3} plazos abiertos · "
            f"{self.taken.met:>3} cumplidos · {len(self.place.accepted):>3} correos enviados",
            flush=True,
        )


def import_export(desk: Desk, export: SampleExport, folder: Path) -> None:
    """What `mailbot dispatches import` does with the day's file of the broker's own system."""
    from mailbot.records.workbook import read_dispatches

    file = folder / export.name
    file.write_bytes(export.raw)
    with desk.store.begin() as uow:
        fresh = read_dispatches(file, office=uow.office.load())
        uow.office.save_dispatches(fresh)
        uow.commit()


def run_demo(*, keep: Path | None, is_fast: bool, screens: Path | None = None, mailbox: str = "") -> int:
    """Run the demo and say where everything it made can be opened; 0 when all went well.

    `mailbox` is the kind of server; with one, what mailbot set on the mails is shown too.
    """
    began = perf_counter()
    folder = keep or Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    _say(f"mailbot demo · todo queda en {folder}", is_fast=False)
    town: Town
    with PLACES[mailbox or "imap"](_addresses(), lambda: town.now) as place:
        settings = _settings(folder, place, marks=_MARKS if mailbox else "")
        store = open_database(settings)
        watched = build_watched(settings)
        try:
            desk = _furnished(build_desk(settings, store, watched=watched), folder)
            _say(place.told, is_fast=is_fast)
            town = Town(
                place=place,
                desk=desk,
                watched=watched,
                coming=list(sample_mails()),
                folder=folder,
                is_fast=is_fast,
            )
            _live_through(town, settings)
            seconds = perf_counter() - began
            if mailbox:
                print_marked(place.marked())
            show_results(Shown(folder=folder, desk=desk, accepted=place.accepted, seconds=seconds, screens=screens))
        finally:
            for item in watched:
                item.close()
            store.close()
    return 0


def _sweep(folder: Path) -> None:
    """A demo in a kept folder begins anew; only its own database is removed."""
    for file in folder.glob("mailbot.sqlite*"):
        file.unlink()


def _say(text: str, *, is_fast: bool) -> None:
    if not is_fast:
        print(text, flush=True)


def _addresses() -> tuple[str, ...]:
    """Every mailbox of the story, and those of the people who get notices."""
    office = sample_office()
    return tuple(sorted({*mailboxes(), _SENDER, *(person.address for person in office.staff)}))


def _settings(folder: Path, place: Place, *, marks: str) -> Settings:
    """The settings a real office would write, pointed at the server of the demo."""
    values: dict[str, object] = {
        "database_url": f"sqlite:///{folder / 'mailbot.sqlite'}",
        "marks": marks,
        "sender": _SENDER,
        "secret": SecretStr("only for the demo"),
        "office_name": "Aduanas Andinas",
    }
    return Settings(_env_file=None, **{**values, **place.settings((*mailboxes(), _SENDER))})  # type: ignore[arg-type]


def _furnished(desk: Desk, folder: Path) -> Desk:
    """Write the sample workbook, as a user would fill it in, and import it."""
    from mailbot.records.workbook import read_office
    from mailbot.records.writing import write_office

    book = folder / "oficina.xlsx"
    write_office(book, sample_office())
    office = read_office(book)
    with desk.store.begin() as uow:
        uow.office.save(office)
        uow.office.save_dispatches(office.dispatches)
        uow.commit()
    print(
        f"Oficina de muestra: {len(office.staff)} personas, {len(office.clients)} clientes, "
        f"{len(office.dispatches)} despachos ({book})",
        flush=True,
    )
    return desk


def _live_through(town: Town, settings: Settings) -> None:
    """Three working days by the real schedule, with a coarse step while the office sleeps."""
    post = build_post(build_sender(settings), town.watched)
    schedule = jobs(town.desk, post)
    for _ in simulate(schedule, start=STORY_BEGINS_AT, until=STORY_ENDS_AT, before=town.live, step=_step):
        continue


def _step(now: datetime) -> timedelta:
    """By day every tick; at night the next ten minutes."""
    hour = now.astimezone(LIMA).hour
    return timedelta() if 7 <= hour < 19 else _NIGHT_STEP
