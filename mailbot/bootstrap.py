"""Build everything from settings; the only place that knows concrete adapters."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from mailbot.bootstrap_ews import ews_drafts, ews_outlook, ews_problems, ews_sender, ews_source
from mailbot.bootstrap_graph import (
    graph_drafts,
    graph_outlook,
    graph_problems,
    graph_sender,
    graph_source,
    person_tokens,
)
from mailbot.bootstrap_imap import imap_drafts, imap_outlook, imap_problems, imap_source, is_exchange_online
from mailbot.bootstrap_office import office_checklist, office_policy
from mailbot.bootstrap_values import list_of, password_of
from mailbot.domain.drafting import DraftKind
from mailbot.domain.errors import SettingsError
from mailbot.domain.marks import Switch
from mailbot.domain.message import Address
from mailbot.domain.office import Office
from mailbot.login import Security
from mailbot.ports.drafts import MailDrafts
from mailbot.ports.mailbox import MailSource
from mailbot.ports.sender import MailSender
from mailbot.ports.store import Store
from mailbot.services.deliver import Post
from mailbot.services.desk import Box, Desk
from mailbot.services.outlook import Outlook
from mailbot.services.propose import Classroom
from mailbot.services.tick import Habits
from mailbot.settings import MailboxSettings, SendMode, Settings
from mailbot.settings_graph import GraphLogin

if TYPE_CHECKING:
    from mailbot.graph.person import PersonTokens
    from mailbot.ports.classifier import Classifier
    from mailbot.rendering.templates import TemplateRenderer

# By kind of mailbox: what can show marks on its mails.
_DRAFTS = {"graph": graph_drafts, "ews": ews_drafts, "imap": imap_drafts}
_OUTLOOKS = {"imap": imap_outlook, "graph": graph_outlook, "ews": ews_outlook}
_SMTP_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.PLAIN: 25}


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One mailbox of the settings, ready to be read."""

    box: Box
    source: MailSource
    # What may be shown on its mails; None where the office switched nothing on.
    outlook: Outlook | None = None
    # What takes answers as drafts; None where the office wants none there.
    drafts: MailDrafts | None = None

    def close(self) -> None:
        """Let its connections go."""
        self.source.close()
        for part in (self.outlook, self.drafts):
            if part is not None:
                part.close()


def person_logins(settings: Settings) -> "dict[str, PersonTokens]":
    """By address, the mailboxes of Microsoft 365 that are entered in a person's name.

    Raises `SettingsError` where the settings say that nobody enters so.
    """
    if settings.graph_login is not GraphLogin.DEVICE:
        raise SettingsError(["MAILBOT_GRAPH_LOGIN: «mailbot login» necesita el valor device (docs/graph.md)"])
    problems = list(graph_problems(settings, needed=("msal",)))
    if problems:
        raise SettingsError(problems)
    boxes = settings.mailbox.values()
    found = {box.address.lower(): False for box in boxes if box.kind == "graph"}
    found |= {box.address.lower(): True for box in boxes if is_exchange_online(box, settings)}
    if settings.send is SendMode.GRAPH:
        found.setdefault(settings.sender.lower(), False)
    return {address: person_tokens(address, settings, is_imap=is_imap) for address, is_imap in found.items()}


def open_database(settings: Settings) -> Store:
    """The store of the settings, its schema brought up to date."""
    from mailbot.store import open_store, upgrade

    upgrade(settings.database_url)
    return open_store(settings.database_url)


def build_watched(settings: Settings) -> tuple[Watched, ...]:
    """Every mailbox of the settings; nothing is connected yet."""
    problems = [problem for name, box in settings.mailbox.items() for problem in imap_problems(name, box, settings)]
    if any(box.kind == "graph" for box in settings.mailbox.values()):
        problems += graph_problems(settings)
    if any(box.kind == "ews" for box in settings.mailbox.values()):
        problems += ews_problems(settings)
    if not settings.mailbox:
        problems.append("no hay ningún buzón: agregue MAILBOT_MAILBOX__NOMBRE__ADDRESS o ejecute «mailbot init»")
    if problems:
        raise SettingsError(problems)
    watched = []
    for name, box in settings.mailbox.items():
        source = _source(name, box, settings)
        own = _box(name, box, settings)
        drafts = _DRAFTS[box.kind](name, box, settings) if settings.drafts else None
        watched.append(Watched(box=own, source=source, outlook=_outlook(own, box, settings), drafts=drafts))
    return tuple(watched)


def _box(name: str, box: MailboxSettings, settings: Settings) -> Box:
    return Box(
        name=name,
        address=box.address.lower(),
        sent_folder=box.sent_folder or None,
        keeps_copies=box.address.lower() == settings.blind_copy.lower(),
        switches=frozenset(map(Switch, list_of(settings.marks))),
    )


def _outlook(own: Box, box: MailboxSettings, settings: Settings) -> Outlook | None:
    """What shows marks on the mails of a mailbox; None where nothing was switched on."""
    return _OUTLOOKS[box.kind](own, box, settings) if own.switches else None


def _source(name: str, box: MailboxSettings, settings: Settings) -> MailSource:
    if box.kind == "graph":
        return graph_source(name, box, settings)
    if box.kind == "ews":
        return ews_source(name, box, settings)
    return imap_source(name, box, settings)


def build_sender(settings: Settings, watched: Sequence[Watched] = ()) -> MailSender | None:
    """How mails leave by `MAILBOT_SEND`; None keeps them all back.

    Where the sender's own mailbox is watched, copies are filed in its Sent folder.
    """
    if settings.send in (SendMode.OFF, SendMode.SHADOW):
        return None
    if settings.send is SendMode.FOLDER:
        return _folder_sender(settings)
    if settings.send is SendMode.GRAPH:
        return graph_sender(settings)
    if settings.send is SendMode.EWS:
        return ews_sender(settings)
    from mailbot.senders.smtp import SmtpSender
    from mailbot.senders.smtp_account import SmtpAccount

    security = settings.smtp_security
    sender = SmtpSender(
        SmtpAccount(
            host=settings.smtp_host,
            port=settings.smtp_port or _SMTP_PORTS[security],
            security=security,
            username=settings.smtp_username or None,
            password=password_of(settings.smtp_password, settings.smtp_password_command),
            token_command=settings.smtp_token_command or None,
            ca_file=settings.smtp_ca_file,
            instance=settings.instance,
            blind_copy=settings.blind_copy or None,
        )
    )
    own = next((item.source for item in watched if item.box.address == settings.sender.lower()), None)
    if own is None:
        return sender
    from mailbot.senders.filing import FilingSender

    return FilingSender(sender, mailbox=own, instance=settings.instance)


def _folder_sender(settings: Settings) -> MailSender:
    from mailbot.senders.folder import FolderSender

    return FolderSender(settings.outbox_folder, instance=settings.instance)


def build_post(sender: MailSender | None, watched: Sequence[Watched], *, looks_first: bool = False) -> Post | None:
    """Who delivers; None when sending is off."""
    if sender is None:
        return None
    worker = f"{socket.gethostname()}:{os.getpid()}"
    boxes = tuple((item.box, item.source) for item in watched)
    return Post(sender=sender, worker=worker, watched=boxes, looks_first=looks_first)


def build_classifier(settings: Settings) -> "Classifier":
    """The model of the settings, or the one that ships with mailbot; loaded on first use."""
    from mailbot.classify.model import load_classifier
    from mailbot.shipped import models_folder

    return load_classifier(settings.model_file or models_folder())


def build_renderer(settings: Settings) -> "TemplateRenderer":
    """The office's own templates first, then ours."""
    from mailbot.rendering.templates import TemplateRenderer
    from mailbot.shipped import templates_folder

    own = [settings.templates_folder] if settings.templates_folder else []
    return TemplateRenderer([*own, templates_folder()], reads_answers=_reads_answers(settings))


def _reads_answers(settings: Settings) -> bool:
    """Whether the mailbox that answers to our mails go to is watched: only then do mails invite to answer."""
    return _sender_of(settings).lower() in {box.address.lower() for box in settings.mailbox.values()}


def build_desk(settings: Settings, store: Store, *, watched: Sequence[Watched] = ()) -> Desk:
    """The desk of the settings over a store."""
    from mailbot.domain.calendars import parse_hours

    if settings.secret is None:
        raise SettingsError(["MAILBOT_SECRET: falta la clave que firma nuestros correos; «mailbot init» crea una"])
    return Desk(
        store=store,
        classifier=build_classifier(settings),
        renderer=build_renderer(settings),
        policy=office_policy(settings),
        sender=Address(name=settings.sender_name, address=_sender_of(settings)),
        secret=settings.secret.get_secret_value(),
        hours=parse_hours(settings.office_hours),
        zone=ZoneInfo(settings.timezone),
        public_sector_days=settings.public_sector_days,
        checklist=office_checklist(settings),
        drafts=frozenset(map(DraftKind, list_of(settings.drafts))),
        office=settings.office_name,
        admin=Address(address=settings.admin) if settings.admin else None,
        boxes={item.box.name: item.box for item in watched},
    )


def habits_of(settings: Settings) -> Habits:
    """What the settings choose about the schedule."""
    return Habits(
        agenda_at=time.fromisoformat(settings.agenda_at.zfill(5)),
        forwards_payments=settings.forward_payments,
        is_shadow=settings.send is SendMode.SHADOW,
        shows=_folder_sender(settings) if settings.send is SendMode.SHADOW else None,
        keep=timedelta(days=settings.keep_days) if settings.keep_days else None,
        classroom=_classroom(settings),
    )


def _classroom(settings: Settings) -> Classroom | None:
    """Where to learn; an office that uses the shipped model has no folder of its own to learn into."""
    from mailbot.shipped import folder_of_model, models_folder

    if settings.model_file is None:
        return None
    return Classroom(folder=folder_of_model(settings.model_file), corpus=models_folder() / "corpus")


def _sender_of(settings: Settings) -> str:
    """From whom mailbot's mails come; by default a name at the domain of the first mailbox."""
    first = next((box.address for box in settings.mailbox.values()), "localhost")
    return settings.sender or f"mailbot@{first.rpartition('@')[2]}"


def memory_desk(settings: Settings, office: Office) -> Desk:
    """A desk over a store in memory that holds an office: for commands that keep nothing."""
    from mailbot.store.memory import MemoryStore

    store = MemoryStore()
    with store.begin() as uow:
        uow.office.save(office)
        uow.commit()
    secret = settings.secret or SecretStr("nothing is signed in memory")
    return build_desk(settings.model_copy(update={"secret": secret}), store)
