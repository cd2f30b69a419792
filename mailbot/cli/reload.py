"""New settings for a running service (SIGHUP): what did not change goes on, faulty settings are refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from mailbot.cli.service import Shop, schedule_of, watcher_of
from mailbot.domain.errors import MailbotError, SettingsError

if TYPE_CHECKING:
    from mailbot.bootstrap import Watched
    from mailbot.runner import Service, Watcher
    from mailbot.settings import Settings
    from mailbot.store.service_lock import ServiceLock

_log = structlog.get_logger()

# These are taken up by a new start alone.
_FIXED = ("database_url", "metrics_port", "log_level")
# By what settings besides its own a mailbox is reached.
_WAYS = ("imap_", "graph_", "ews_", "poll_", "marks", "drafts")


@dataclass
class Reloading:
    """The shop as the last settings that were accepted made it."""

    shop: Shop
    lock: "ServiceLock"

    def reload(self, service: "Service") -> None:
        """Read the settings again and let the service go on with them, or with the old ones."""
        try:
            shop = _renewed(self.shop)
        except SettingsError as error:
            _log.error("settings_refused", problems=list(error.problems))
            return
        except MailbotError as error:
            _log.error("settings_refused", problems=[str(error)])
            return
        before, past, self.shop = service.watchers, self.shop.watched, shop
        watchers = [self._watcher(item, before) for item in shop.watched]
        kept = sum(watcher in before for watcher in watchers)
        service.adopt(watchers, schedule_of(shop, service.stopping))
        _let_go(past, shop.watched)
        _log.info("settings_reloaded", mailboxes=len(watchers), kept=kept)

    def _watcher(self, item: "Watched", before: "Iterable[Watcher]") -> "Watcher":
        watcher = next((one for one in before if one.source is item.source), None)
        if watcher is None:
            return watcher_of(item, self.shop, self.lock)
        watcher.desk, watcher.interval = self.shop.desk, self.shop.settings.poll_interval
        watcher.since = timedelta(days=self.shop.settings.since_days)
        return watcher


def _let_go(past: "Sequence[Watched]", present: "Sequence[Watched]") -> None:
    """What showed marks or took drafts before and does so no more; a source is closed by its watcher."""
    kept = [part for item in present for part in (item.outlook, item.drafts)]
    for part in [part for item in past for part in (item.outlook, item.drafts)]:
        if part is not None and not any(part is one for one in kept):
            part.close()


def _renewed(shop: Shop) -> Shop:
    from mailbot.bootstrap import build_desk, build_post, build_sender, build_watched
    from mailbot.cli.workshop import settings as read_settings

    settings = _with_fixed(read_settings(), shop.settings)
    watched = _kept(build_watched(settings), settings, shop)
    desk = build_desk(settings, shop.desk.store, watched=watched)
    post = build_post(build_sender(settings, watched), watched, looks_first=settings.send.looks_first)
    return Shop(settings=settings, desk=desk, watched=watched, post=post)


def _with_fixed(new: "Settings", old: "Settings") -> "Settings":
    changed = [name for name in _FIXED if getattr(new, name) != getattr(old, name)]
    if changed:
        _log.warning("settings_need_restart", settings=[f"MAILBOT_{name.upper()}" for name in changed])
    return new.model_copy(update={name: getattr(old, name) for name in changed})


def _kept(watched: "Sequence[Watched]", settings: "Settings", shop: Shop) -> "tuple[Watched, ...]":
    """The mailboxes, with the connections of those that are reached as before."""
    before = {item.box.name: item for item in shop.watched}
    return tuple(
        replace(before[item.box.name], box=item.box)
        if item.box.name in before and _is_same(item.box.name, settings, shop.settings)
        else item
        for item in watched
    )


def _is_same(name: str, new: "Settings", old: "Settings") -> bool:
    # What a command prints may be another password now.
    if new.mailbox[name].password_command or new.imap_password_command or name not in old.mailbox:
        return False
    ways = [field for field in type(new).model_fields if field.startswith(_WAYS)]
    return new.mailbox[name] == old.mailbox[name] and all(getattr(new, way) == getattr(old, way) for way in ways)
