"""`run`, `poll`, `deliver`, `digest`, `escalate`: the service, and each of its steps by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailbot.cli.app import Exit
from mailbot.cli.output import print_table, progress, say

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from mailbot.bootstrap import Watched
    from mailbot.runner import Clock, Service, Watcher
    from mailbot.services.deliver import Post
    from mailbot.services.desk import Desk
    from mailbot.services.tick import Job
    from mailbot.settings import Settings
    from mailbot.store.service_lock import ServiceLock

DRY_RUN = typer.Option(False, "--dry-run", help="Solo mostrar qué haría.")


def add_to(app: typer.Typer) -> None:
    """Hang the commands of this module on the app."""
    app.command("run")(run)
    app.command("poll")(poll)
    app.command("deliver")(deliver)
    app.command("escalate")(escalate)
    app.command("digest")(digest)


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Everything a step of the service works with."""

    settings: "Settings"
    desk: "Desk"
    watched: tuple["Watched", ...]
    post: "Post | None"


@contextmanager
def open_shop(*, needs_mailboxes: bool = True) -> Iterator[Shop]:
    """Open what the settings name, and let it all go at the end of the block."""
    from mailbot.bootstrap import build_desk, build_post, build_sender, build_watched, open_database
    from mailbot.cli.workshop import settings as read_settings

    settings = read_settings()
    watched = build_watched(settings) if needs_mailboxes or settings.mailbox else ()
    store = open_database(settings)
    try:
        desk = build_desk(settings, store, watched=watched)
        post = build_post(build_sender(settings, watched), watched, looks_first=settings.send.looks_first)
        yield Shop(settings=settings, desk=desk, watched=watched, post=post)
    finally:
        for item in watched:
            item.close()
        store.close()


def run() -> int:
    """El servicio: vigila los buzones y cumple el horario hasta que se le detenga (SIGTERM o Ctrl-C)."""
    from mailbot.cli.reload import Reloading
    from mailbot.cli.status import served_status
    from mailbot.cli.workshop import now
    from mailbot.logs import configure
    from mailbot.store.service_lock import hold_service_lock

    with open_shop() as found, hold_service_lock(found.settings.database_url) as lock:
        configure(found.settings.log_level)
        reloading = Reloading(found, lock)
        service = service_of(found, lock)
        service.reload = reloading.reload
        with served_status(lambda: reloading.shop.settings, found.desk.store, clock=now):
            service.run()
    return Exit.DONE


def service_of(shop: Shop, lock: "ServiceLock", *, clock: "Clock | None" = None) -> "Service":
    """The service over a shop; where several share a database, the lock says which part is this one's."""
    import threading

    from mailbot.runner import Service, utc_now

    stopping = threading.Event()
    watchers = [watcher_of(item, shop, lock, clock=clock) for item in shop.watched]
    schedule = schedule_of(shop, stopping)
    return Service(watchers=watchers, jobs=schedule, clock=clock or utc_now, stopping=stopping, is_leading=lock.is_held)


def watcher_of(item: "Watched", shop: Shop, lock: "ServiceLock", *, clock: "Clock | None" = None) -> "Watcher":
    """Who reads one mailbox of the shop."""
    import threading

    from mailbot.runner import Watcher, utc_now

    return Watcher(
        desk=shop.desk,
        source=item.source,
        box=item.box,
        interval=shop.settings.poll_interval,
        since=timedelta(days=shop.settings.since_days),
        clock=clock or utc_now,
        stopping=threading.Event(),
        is_ours=partial(lock.takes, item.box.name),
        leave=partial(lock.leave, item.box.name),
    )


def schedule_of(shop: Shop, stopping: "threading.Event") -> "Sequence[Job]":
    """The jobs of the shop."""
    from mailbot.bootstrap import habits_of
    from mailbot.services.tick import jobs

    post = None if shop.post is None else replace(shop.post, is_stopping=stopping.is_set)
    watched = [(item.box, item.source) for item in shop.watched]
    outlooks = [item.outlook for item in shop.watched if item.outlook is not None]
    drawers = {item.box.name: item.drafts for item in shop.watched if item.drafts is not None}
    habits = habits_of(shop.settings)
    return jobs(shop.desk, post, habits=habits, watched=watched, outlooks=outlooks, drawers=drawers)


def poll(
    once: bool = typer.Option(True, "--once/--forever", help="Una vuelta, o seguir hasta Ctrl-C."),
    dry_run: bool = DRY_RUN,
) -> int:
    """Leer lo nuevo de cada buzón."""
    from time import sleep

    with open_shop() as shop:
        while True:
            code = _poll_all(shop, dry_run=dry_run)
            if once:
                return code
            sleep(shop.settings.poll_seconds)


def _poll_all(shop: Shop, *, dry_run: bool) -> int:
    from mailbot.cli.workshop import now
    from mailbot.domain.errors import MailbotError
    from mailbot.services.poll import poll as poll_one
    from mailbot.services.poll import preview

    code = Exit.DONE
    for item in shop.watched:
        moment = now()
        since = moment - timedelta(days=shop.settings.since_days)
        try:
            if dry_run:
                count = preview(shop.desk, item.source, now=moment, since=since)
                say(f"{item.box.address}: {count} correos por leer")
                continue
            taken = poll_one(shop.desk, item.source, item.box, now=moment, since=since)
        except MailbotError as error:
            progress(f"{item.box.address}: {error}")
            code = Exit.OUT_OF_REACH
            continue
        say(
            f"{item.box.address}: {taken.stored} nuevos, {taken.duplicates} repetidos, {taken.ignored} propios, "
            f"{taken.quarantined} en cuarentena · {taken.opened} plazos abiertos, {taken.met} cumplidos"
        )
        if taken.quarantined and code == Exit.DONE:
            code = Exit.NEEDS_PERSON
    return code


def deliver(
    dry_run: bool = DRY_RUN,
    resume: bool = typer.Option(False, "--resume", help="Dejar salir correos otra vez."),
    sent: list[str] = typer.Option([], "--sent", help="Código de un correo incierto que sí llegó."),
    again: list[str] = typer.Option([], "--again", help="Código de un correo incierto o retenido que se enviará."),
) -> int:
    """Enviar lo que está en cola y ya le toca."""
    from getpass import getuser

    from mailbot.bootstrap import habits_of
    from mailbot.cli.workshop import now
    from mailbot.domain.mail import MailState
    from mailbot.services.deliver import deliver as deliver_all
    from mailbot.services.deliver import resume as resume_sending
    from mailbot.services.deliver import withhold
    from mailbot.services.doubt import decide

    with open_shop(needs_mailboxes=False) as shop:
        if dry_run:
            with shop.desk.store.begin() as uow:
                waiting = uow.outbox.list(states=[MailState.QUEUED, MailState.DEFERRED])
            rows = ([mail.purpose, ", ".join(a.address for a in mail.to), mail.subject] for mail in waiting)
            print_table(("motivo", "para", "asunto"), rows)
            return Exit.DONE
        if resume:
            resume_sending(shop.desk, now=now())
        for key in (*sent, *again):
            decide(shop.desk, key, was_sent=key in sent, who=getuser(), now=now())
        if shop.post is None:
            habits = habits_of(shop.settings)
            count = withhold(shop.desk, now=now(), worker="cli", is_shadow=habits.is_shadow, shows=habits.shows)
            say(f"MAILBOT_SEND={shop.settings.send}: {count} correos retenidos")
            return Exit.DONE
        done = deliver_all(shop.desk, shop.post, now=now())
    say(
        f"{done.sent} enviados, {done.deferred} para después, {done.uncertain} inciertos, "
        f"{done.refused} rechazados, {done.withheld} retenidos"
    )
    return Exit.NEEDS_PERSON if done.refused or done.uncertain or done.withheld else Exit.DONE


def escalate(dry_run: bool = DRY_RUN) -> int:
    """Poner en cola los recordatorios y avisos que ya tocan."""
    from mailbot.cli.workshop import now
    from mailbot.services.climb import climb
    from mailbot.services.escalate import due_steps
    from mailbot.services.notify import notify
    from mailbot.services.watch import watch

    with open_shop(needs_mailboxes=False) as shop:
        moment = now()
        if dry_run:
            rows = (
                [o.kind, o.owner, o.order or "-", step.value, f"{o.due_at.astimezone(shop.desk.zone):%d/%m %H:%M}"]
                for o, step in due_steps(shop.desk, now=moment)
            )
            print_table(("obligación", "responsable", "despacho", "paso", "vence"), rows)
            return Exit.DONE
        watch(shop.desk, now=moment)
        moved = climb(shop.desk, now=moment)
        notify(shop.desk, now=moment)
    say(f"{moved} obligaciones con un paso nuevo")
    return Exit.DONE


digest_help = typer.Argument(
    "run",
    help="run: poner en cola los status que tocan; preview: escribir uno en archivos; "
    "agenda o resumen: escribir cómo está ahora el de una persona.",
)


def digest(
    action: str = digest_help,
    client: str | None = typer.Option(None, "--client", help="RUC del cliente (preview)."),
    person: str | None = typer.Option(None, "--person", help="Código de la persona (agenda, resumen)."),
    out: Path = typer.Option(Path("digest"), "--out", help="Carpeta para los archivos."),
    dry_run: bool = DRY_RUN,
) -> int:
    """El status a los clientes; la agenda y el resumen de la oficina cuando se piden."""
    from mailbot.cli.digests import preview_digest, run_digests, write_own

    with open_shop(needs_mailboxes=False) as shop:
        if action == "preview":
            return preview_digest(shop.desk, client, out)
        if action in ("agenda", "resumen"):
            return write_own(shop.desk, action, person, out)
        if action != "run":
            raise typer.BadParameter("debe ser run, preview, agenda o resumen")
        return run_digests(shop.desk, dry_run=dry_run)
