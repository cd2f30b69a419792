"""Hear what people did to the mails of a mailbox since it was looked at last."""

from dataclasses import replace
from datetime import timedelta

from mailbot.domain.marking import KeptMarks, folder_names
from mailbot.ports.marks import MarkedMail
from mailbot.services.outlook import Place, taken_in, wanted_of

# How far back people's changes are looked for when nothing is known of the last look.
_FIRST_LOOK = timedelta(days=14)


def listen(place: Place) -> int:
    """Take in everything that people did since the last look; on how many mails."""
    fact = f"marks:look:{place.box.name}"
    with place.desk.store.begin() as uow:
        token = uow.facts.get(fact) or ""
    since = place.now - _FIRST_LOOK
    look = place.marks.look(place.outlook.folders, named=folder_names(), token=token, since=since)
    words = sum(_hear(place, mail) for mail in look.mails)
    # Only now: a run that is cut off hears the same again, which does no harm.
    with place.desk.store.begin() as uow:
        if look.token != token:
            uow.facts.set(fact, look.token)
            uow.commit()
    return words


def _hear(place: Place, mail: MarkedMail) -> bool:
    """Take in what people did to one mail; whether they did anything."""
    known = _kept_of(place, mail)
    if known is None:
        return False
    with place.desk.store.begin() as uow:
        kept = uow.marks.get(known.mailbox, known.message) or known
        word, after = taken_in(place, kept, mail, uow)
        if after != kept:
            # What was begun and not done, and what follows from a word, is done in the same run.
            is_due = kept.is_due or kept.pending is not None or not word.is_empty
            uow.marks.update(replace(after, is_due=is_due))
            uow.commit()
    return not word.is_empty


def _kept_of(place: Place, mail: MarkedMail) -> KeptMarks | None:
    """By what the adapter calls the mail, else by its Message-ID: it was moved."""
    with place.desk.store.begin() as uow:
        known = uow.marks.by_item(place.box.name, mail.item)
        if known is not None or not mail.message_id:
            return known
        same = [message.id for message in uow.messages.by_message_ids([mail.message_id])]
        kept = [found for name in same if (found := uow.marks.get(place.box.name, name)) is not None]
        seen = [one for one in kept if one.item and one.message_id == mail.message_id]
    # A copy in another folder is no move: the mail itself still lies where it was.
    return next((one for one in seen if _is_now(place, one, mail)), None)


def _is_now(place: Place, kept: KeptMarks, mail: MarkedMail) -> bool:
    found = place.marks.find(wanted_of(kept))
    return found is not None and found.item == mail.item
